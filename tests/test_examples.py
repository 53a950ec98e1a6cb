"""What the README and the documentation show is what happens: every command and every program.

The commands of a page are run one after the other, in a folder of their own with the sample
dossier, by a user who has a folder `~/dossier`. tests/consoles.py says how a page is written.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import dossier
import pytest
from consoles import NOT_RUN, Example, blocks, examples, is_shown, run

import backstory.engine.fields

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    ROOT / "README.md",
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page.parent.name != "decisions"),
]
# What is not run, by page and reason: a new one is added here, with its reason on the page.
LEFT_OUT = {
    ("README.md", "needs the network"): 4,
    ("docs/how-to/find-by-meaning.md", "needs the network"): 3,
    ("docs/how-to/newsroom.md", "needs an administrator"): 9,
    ("docs/how-to/let-a-machine-ask.md", "needs the network"): 1,
    ("docs/how-to/pdfs-and-scans.md", "needs an administrator"): 1,
    ("docs/how-to/pdfs-and-scans.md", "needs the network"): 1,
    ("docs/how-to/run-on-a-cluster.md", "needs a cluster"): 3,
    ("docs/how-to/run-on-a-cluster.md", "needs the network"): 1,
    ("docs/how-to/your-own-documents.md", "needs the network"): 1,
    ("docs/tutorial/evening.md", "needs the network"): 1,
}
MEMO = (
    "The clerk of the harbour office asked twice for marine radios, and the admiral never ordered"
    " them.\n\nThe ledger of the lighthouse fund says who paid.\n"
)
FERRY = (
    "---\ntitle: The ferry\nsource: Gazette\ndate: 2018-03-09\n---\n\n"
    "Ferry prices rose in March; the mayor said nothing of the ferry.\n\n"
    "The old ferry sailed from the harbour to the island.\n"
)
REPORT = dossier.Story(
    "Repairs of the ferry",
    "Otto Brandt",
    "2018-05-02",
    (
        ("What was found", ("Inspectors found rust below the water line of the ferry.",)),
        ("What it costs", ("The repairs of the ferry cost more than the fund has.",)),
    ),
)


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def texts(language: str) -> dict[str, str]:
    """Return the pages that have blocks in a language."""
    found = {name(page): page.read_text(encoding="utf-8") for page in PAGES}
    return {page: text for page, text in found.items() if any(blocks(text, language))}


@dataclass(frozen=True)
class Desk:
    """A folder to work in, and the environment of somebody who has Backstory installed."""

    folder: Path
    environ: Mapping[str, str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A checkout in which `make` has installed, and a home with documents to be indexed."""
    work, home = tmp_path / "work", tmp_path / "home"
    for folder in (work / ".venv/bin", home / "dossier", home / "Downloads"):
        folder.mkdir(parents=True)
    shutil.copytree(ROOT / "corpus", work / "corpus")
    for file in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy2(ROOT / file, work)
    for command in ("python", "backstory"):
        _script(work / ".venv/bin" / command, "" if command == "python" else " -m backstory")
    (work / ".venv/installed").touch()
    _fill(home)
    # Settings of ours, and what a make that runs the tests tells the make of an example.
    others = ("BACKSTORY", "MAKE", "MFLAGS")
    clean = {key: each for key, each in os.environ.items() if not key.startswith(others)}
    places = {
        f"XDG_{key}_HOME": str(home / f".{key.lower()}") for key in ("CACHE", "DATA", "CONFIG")
    }
    environ = (
        clean
        | places
        | {
            "PATH": f"{work / '.venv/bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(home),
            "BROWSER": "true",  # a program that opens no page, and says that it has
            "BACKSTORY_WEB_PORT": "0",
            "PORT": "0",
        }
    )
    return Desk(work, environ)


def _script(path: Path, arguments: str) -> None:
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n', encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def _fill(home: Path) -> None:
    """Put a memo, a report and a mailbox into `~/dossier`, and another memo into `~/Downloads`."""
    (home / "dossier/memo.txt").write_text(MEMO, encoding="utf-8")
    (home / "dossier/report.pdf").write_bytes(dossier.pdf(REPORT))
    (home / "dossier/letters.mbox").write_bytes(LETTERS)
    lines = (f"Point {number} of the memo is about the port." for number in range(12))
    (home / "Downloads/memo.txt").write_text("\n\n".join(lines), encoding="utf-8")


LETTERS = b"""From ines@example.org Fri Mar  9 10:00:00 2018
From: Ines Falk <ines@example.org>
To: Otto Brandt <otto@example.org>
Subject: The ledger
Date: Fri, 9 Mar 2018 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="cut"

--cut
Content-Type: text/plain; charset=utf-8

I have seen the ledger of the fund. A copy is attached.

--cut
Content-Type: text/plain; charset=utf-8
Content-Disposition: attachment; filename="ledger.txt"

In March the fund paid for 1,750 radios that nobody ordered.

--cut--

"""


@pytest.mark.parametrize("page", texts("console"))
def test_a_terminal_that_a_page_shows_is_what_happens(page: str, desk: Desk) -> None:
    if page == "docs/tutorial/evening.md":  # which begins in an empty folder
        shutil.rmtree(desk.folder / "corpus")
    for example, came in run(texts("console")[page], desk.folder, desk.environ):
        assert not example.shown or is_shown(came, example.shown), (
            f"{page} shows of `{example.command}`:\n{example.shown}\nbut it printed:\n{came}"
        )


def test_what_is_not_run_is_listed_with_its_reason() -> None:
    found = Counter(
        (page, example.reason)
        for page, text in texts("console").items()
        for example in examples(text)
        if example.reason
    )
    assert found == LEFT_OUT
    assert {reason for _, reason in LEFT_OUT} == set(NOT_RUN)
    assert sum(len(examples(text)) for text in texts("console").values()) > 40


@pytest.mark.parametrize("page", texts("python"))
def test_a_program_that_a_page_shows_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    if page == "docs/how-to/use-from-python.md":
        _ferries(tmp_path / "corpus")
    monkeypatch.chdir(tmp_path)
    # A line for engine/fields.py is read as that module would read it.
    names = dict(vars(backstory.engine.fields)) if page == "docs/how-to/add-a-field.md" else {}
    names["__name__"] = "example"
    for program in blocks(texts("python")[page], "python"):
        exec(compile(program, page, "exec", dont_inherit=True), names)
    came = capsys.readouterr().out
    if page == "README.md":
        assert "#p" in came
        assert "radios" in came
    if page == "docs/how-to/use-from-python.md":
        assert "ferry#p1" in came
        assert "@" in came, "BibTeX"
        assert "added memo.txt" in came
    if page == "docs/explanation/an-index-on-a-cluster.md":
        assert came in texts("python")[page], "the table is what the program prints"


def _ferries(corpus: Path) -> None:
    """Put a small corpus in place of the sample dossier."""
    shutil.rmtree(corpus)
    corpus.mkdir()
    (corpus / "ferry.md").write_text(FERRY, encoding="utf-8")
    harbour = "The harbour master counted every ferry, and prices.\n"
    (corpus / "harbour.txt").write_text(harbour, encoding="utf-8")


@pytest.mark.parametrize(
    ("came", "shown", "is_same"),
    [
        ("a\nb\nc\n", "a\nb\nc", True),
        ("a\nb\nc\n", "a\n...\nc", True),
        ("a\nc\n", "a\n...\nc", True),
        ("a\nb\nc\n", "a\n...", True),
        ("a long line\nc\n", "a long ...\nc", True),
        ("done in 3.2 s.\n", "done in 0.8 s.", True),
        ("on http://127.0.0.1:4711/\n", "on http://127.0.0.1:8000/", True),
        ("a\nb\n", "a", False),
        ("a\nb\n", "b", False),
        ("a\nb\nc\n", "a\nc", False),
        ("a\nx\n", "...\nb", False),
    ],
)
def test_what_is_printed_is_compared_line_by_line(came: str, shown: str, is_same: bool) -> None:
    assert is_shown(came, shown) is is_same


def test_a_block_has_commands_what_they_print_and_perhaps_a_reason() -> None:
    page = (
        "```console\n$ a b\nc\n$ d\n```\n"
        "- e:\n\n  ```console\n  # needs the network\n  $ f\n  ```\n"
    )
    assert examples(page) == [
        Example("a b", "c"),
        Example("d", ""),
        Example("f", "", "needs the network"),
    ]
    with pytest.raises(AssertionError, match="no reason to run nothing: is boring"):
        examples("```console\n# is boring\n$ a\n```\n")
