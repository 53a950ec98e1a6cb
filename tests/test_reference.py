"""The reference's own promises: what it lists is what there is, and it lists everything."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest

from backstory.api import Archive
from backstory.cli import VERBS, cli
from backstory.engine.fields import FIELDS
from backstory.searcher.dates import SIDES
from backstory.searcher.exports import OURS
from backstory.searcher.syntax import operators
from backstory.settings import Config
from backstory.webui.api.openapi import description

ROOT = Path(__file__).resolve().parents[1]
OFFERED = (
    *("search", "open", "passage", "related", "complete", "add", "remove", "export", "index"),
    *("status", "check", "concordance", "collocates", "frequencies", "original", "picture"),
)


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def generated() -> ModuleType:
    """The module that makes pages when the site is built."""
    spec = importlib.util.spec_from_file_location("generated", ROOT / "docs/site/generated.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference") / "index"
    assert backstory("--index", str(folder), "index").returncode == 0
    return folder


def backstory(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backstory", "--corpus", str(ROOT / "corpus"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def queries_of_the_table() -> list[str]:
    table = page("reference/query-language").split("\n## ")[0]
    cells = re.findall(r"^\| (.*?) \| ", table, re.M)
    found = [text for cell in cells for text in re.findall(r"`([^`]+)`", cell) if text[-1] != ":"]
    assert len(found) > 20
    return found


@pytest.mark.parametrize("text", [t for t in queries_of_the_table() if t != "NOT"])
def test_every_kind_of_query_is_understood(index: Path, text: str) -> None:
    done = backstory("--index", str(index), "query", "--exact", "--", text)
    assert done.returncode in (0, 1)
    assert "was searched as" not in done.stderr
    assert "ignored" not in done.stderr


def test_every_field_verb_export_and_status_is_documented() -> None:
    language, command = page("reference/query-language"), page("reference/command")
    assert all(f"`{name}:" in language for name in (*FIELDS.filters, *SIDES))
    assert all(f"| `backstory {verb}" in command for verb in VERBS)
    table = page("how-to/tables-and-exports").split("| `--format`, `format=` |")[1].split("\n\n")[0]
    assert all(f"`{name}`" in table for name in OURS)
    assert all(re.search(rf"\b{status} ", command) for status in (0, 1, 2, 3, 4, 5, 130))


def test_the_page_about_python_shows_all_that_an_archive_offers() -> None:
    text = page("how-to/use-from-python")
    assert [name for name in OFFERED if f"archive.{name}(" not in text] == []
    assert [name for name in OFFERED if not (getattr(Archive, name).__doc__ or "").strip()] == []


def test_every_option_of_every_verb_is_generated(generated: ModuleType) -> None:
    text = generated.commands()
    for verb in VERBS:
        command = cli.get_command(click.Context(cli), verb)
        assert command is not None
        part = text.split(f"### backstory {verb}\n")[1].split("\n### backstory")[0]
        for option in command.params:
            if isinstance(option, click.Option) and not {*option.opts} & {*generated.EVERYWHERE}:
                assert f"`{option.opts[0]}" in part, (verb, option.opts)
    assert "### backstory meaning install\n" in text
    assert "```text\nbackstory list --year 2018 --sort newest\n```" in text


def test_every_setting_is_generated_with_its_default_and_meaning(generated: ModuleType) -> None:
    rows = re.findall(r"^\| `([a-z]+\.\w+)` \| (.*?) \| (.+?) \| ", generated.settings(), re.M)
    assert sorted(name for name, _, _ in rows) == sorted(Config.setting_names())
    defaults = {name: default for name, default, _ in rows}
    assert defaults["ranking.k1"] == "`1.2`"
    assert defaults["corpus.path"] == '`"corpus"`'
    assert "only from a file that you named or wrote" in generated.settings()


def test_every_way_to_ask_and_every_address_is_generated(generated: ModuleType) -> None:
    text = generated.queries()
    assert all(f"`{example}`" in text for each in operators() for example in each.examples)
    text, document = generated.addresses(), description(Config().search)
    asked = [(path, method) for path, methods in document["paths"].items() for method in methods]
    headings = [path if method == "get" else f"{method.upper()} {path}" for path, method in asked]
    assert all(f"### {heading}\n" in text for heading in headings)
    records = {name for name in document["components"]["schemas"] if f"### {name}\n" in text}
    assert records >= {"Hit", "Document", "Passage", "Problem", "Suggestion"}


def test_every_page_that_is_generated_asks_for_it_once(generated: ModuleType) -> None:
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "docs/reference").glob("*.md")]
    marked = [
        name for text in pages for name in re.findall(r"^<!-- generated: (.+) -->$", text, re.M)
    ]
    assert sorted(marked) == sorted(generated.PAGES)
    assert sum(text.count("<!-- /generated -->") for text in pages) == len(marked)
