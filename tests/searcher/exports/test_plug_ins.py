"""Exports of installed packages: an export that is added from outside is everywhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backstory.engine.errors import IndexUnavailable
from backstory.engine.hits import Hit
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.searcher import Searcher
from backstory.searcher.exports import OURS, export, exports, find
from backstory.searcher.exports.base import ExportBroken, ExportNotFound
from backstory.searcher.exports.registry import citations
from backstory.settings import Config
from backstory.testing import fill_index, make_document
from backstory.webui.app import create_app
from tests.searcher.exports.conftest import TALKS

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs/how-to/add-an-export.md").read_text(encoding="utf-8")
(RIS,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
TABS = """
from backstory.searcher.exports import TableExport

EXPORT = TableExport(
    name="tsv",
    label="Tabs",
    help="Columns between tabs.",
    media_type="text/tab-separated-values",
    suffix="tsv",
    write=lambda records, columns: (
        "\\t".join(str(record.get(name)) for name in columns) + "\\n" for record in records
    ),
)
"""
Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a package with one export where Python looks for packages, as an installer would."""

    def put(source: str, name: str = "ris", package: str = "newsroom-ris") -> Path:
        module = package.replace("-", "_")
        folder = tmp_path / package
        facts = folder / f"{module}-1.2.dist-info"
        facts.mkdir(parents=True)
        (folder / f"{module}.py").write_text(source, encoding="utf-8")
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
        (facts / "entry_points.txt").write_text(
            f"[backstory.exports]\n{name} = {module}:EXPORT\n", encoding="utf-8"
        )
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, module, raising=False)
        return folder

    return put


def log_searcher() -> Searcher:
    return Searcher(fill_index(ReferenceIndex(), make_document("log", "The radio is silent.")))


def test_an_export_from_outside_is_in_pages_api_and_schemas(install: Install) -> None:
    install(RIS)
    client = create_app(Config(), log_searcher()).test_client()

    for address in ("/export?q=radio&format=ris", "/api/export?q=radio&format=ris"):
        file = client.get(address)
        assert file.text.startswith("TY  - GEN\nTI  - ")
        assert file.content_type == "application/x-research-info-systems; charset=utf-8"
        assert file.headers["Content-Disposition"].endswith('.ris"')
    assert "format=ris" in client.get("/search?q=radio").text
    assert "AB  - The radio is silent." in client.get("/cite/log?p=1").text
    assert "TY  - GEN" in client.get("/cite/log?p=1&format=ris").text
    assert "<code>ris</code>" in client.get("/help").text
    passage = client.get("/api/passages/log%23p1").json
    assert passage
    assert passage["citations"]["ris"].startswith("TY  - GEN")
    described = client.get("/api/openapi.json").text
    operation = json.loads(described)["paths"]["/api/export"]["get"]
    (formats,) = (p["schema"]["enum"] for p in operation["parameters"] if p["name"] == "format")
    assert formats == [*OURS, "ris"]
    assert "application/x-research-info-systems" in operation["responses"]["200"]["content"]
    assert "ris" in json.loads(described)["components"]["schemas"]["Citations"]["required"]


Command = Callable[..., str]


@pytest.fixture
def backstory(tmp_path: Path) -> Command:
    """Run the command on a small corpus, with whatever was installed so far."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/log.txt").write_text("The radio is silent.\n", encoding="utf-8")

    def run(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "backstory", *arguments],
            cwd=tmp_path,
            env={"PYTHONPATH": os.pathsep.join([*sys.path, str(ROOT)])},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout

    run("index")
    return run


def test_an_export_from_outside_is_a_format_of_the_command(
    install: Install, backstory: Command
) -> None:
    install(RIS)
    assert "AB  - The radio is silent." in backstory("query", "radio", "--format", "ris")
    assert "AB  - The radio is silent." in backstory("show", "log#p1", "--format", "ris")
    assert "json, ris." in " ".join(backstory("query", "--help").split())


def test_a_table_from_outside_also_writes_batches_and_tables(
    install: Install, backstory: Command, tmp_path: Path
) -> None:
    install(TABS, "tsv")
    (tmp_path / "queries.txt").write_text("7\tradio\n")
    hit = backstory("query", "radio", "--format", "tsv").split("\t")
    assert backstory("query", "--batch", "queries.txt", "--format", "tsv") == "\t".join(["7", *hit])
    line = backstory("query", "radio", "--kwic", "--format", "tsv")
    assert line.startswith("The \tradio\t is silent.\tlog#p1\t")


@pytest.mark.parametrize(
    ("source", "name", "problem"),
    [
        ("import nothing_of_this_name", "ris", "No module named"),
        ("1 / 0", "ris", "ZeroDivisionError"),
        ("EXPORT = 'ris'", "ris", "is no TableExport or CitationExport"),
        (RIS, "endnote", "its Export is called ris"),
        (RIS.replace('name="ris"', 'name="R I S"'), "R I S", "a-z, 0-9"),
    ],
)
def test_a_broken_package_is_named_and_the_other_exports_go_on(
    install: Install, source: str, name: str, problem: str
) -> None:
    install(source, name)
    assert [each.name for each in exports()] == list(OURS)
    with pytest.raises(ExportBroken, match=f"of the package newsroom-ris 1.2 .*{problem}"):
        find(name)
    assert "".join(export(log_searcher().search("radio"), "quote")).startswith("“The radio")
    with pytest.raises(ExportNotFound):
        find("pdf")


def test_a_package_cannot_take_the_name_of_one_of_ours(install: Install) -> None:
    install(RIS.replace('name="ris"', 'name="csv"'), "csv")
    assert find("csv").label == "Table (CSV)"
    assert [each.name for each in exports()] == list(OURS)


def test_two_packages_of_one_name_are_the_first(install: Install) -> None:
    install(RIS, package="b-ris")
    install(RIS.replace('"RIS"', '"First"'), package="a-ris")
    assert [each.label for each in exports() if each.name == "ris"] == ["First"]


def test_an_export_that_fails_while_it_writes_is_named(install: Install) -> None:
    install(RIS.replace("quotation.title", "quotation.headline"))
    client = create_app(Config(), log_searcher()).test_client()
    with pytest.raises(ExportBroken, match=r"newsroom-ris 1\.2 .*headline"):
        list(export(log_searcher().search("radio"), "ris"))
    failed = client.get("/api/export?q=radio&format=ris")
    assert failed.json
    assert (failed.status_code, failed.json["code"]) == (503, "export_broken")
    page = client.get("/cite/log?p=1").text
    assert "BibTeX" in page
    assert "RIS" not in page
    assert citations(TALKS)["ris"] == ""
    assert citations(TALKS)["bibtex"]


def test_errors_of_the_index_are_not_blamed_on_a_package(install: Install) -> None:
    def cut() -> Iterator[Hit]:
        yield from log_searcher().search("radio")
        raise IndexUnavailable(Path("index"), "gone")

    install(RIS)
    with pytest.raises(IndexUnavailable):
        list(export(cut(), "ris"))
