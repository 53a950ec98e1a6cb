"""`backstory draft`: what it prints and writes, and how it ends."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

import backstory
from tests.backstory.conftest import Run

SAME = "“Nine ships waited outside the harbour wall”, the Gazette wrote.\n"
OTHER = "“Nine ships waited outside the harbour gate”, it says. “The moon is made of cheese.”\n"


def written(folder: Path, text: str, name: str = "draft.md") -> Path:
    """Write a draft outside of the corpus."""
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_all_found_ends_with_status_0(indexed: Path, run: Run) -> None:
    done = run("draft", written(indexed, SAME))
    assert (done.status, done.err) == (0, "")
    assert "Word for word in harbour#p2" in " ".join(done.out.split())


def test_what_is_not_found_comes_first_and_ends_with_status_1(indexed: Path, run: Run) -> None:
    done = run("draft", written(indexed, OTHER))
    assert done.status == 1
    assert done.out.startswith(
        "2 checked: 1 not found, 1 found differently, 0 found.\n\nNot found\n"
    )
    parts = ("Not found", "Found differently", "Sentence by sentence", "~ 1. ", "? 2. ")
    places = [done.out.index(part) for part in parts]
    assert places == sorted(places)
    assert "Draft: “gate”; documents: “wall”." in done.out


def test_the_standard_input_is_a_draft(
    indexed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SAME.encode())))
    assert run("draft", "-").status == 0


def test_the_standard_input_must_be_text(
    indexed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\xfa")))
    done = run("draft", "-")
    assert done.status == 2
    assert "no UTF-8 text" in done.err


def test_json_has_what_python_has(indexed: Path, run: Run) -> None:
    done = run("draft", written(indexed, OTHER), "--format", "json")
    with backstory.open(index=indexed / "var/index", corpus=indexed / "corpus") as archive:
        assert json.loads(done.out) == archive.check_draft(OTHER).to_json()


@pytest.mark.parametrize(
    ("name", "start"),
    [("o.md", b"2 checked:"), ("o.json", b"{"), ("o.docx", b"PK"), ("o", b"2 ch")],
)
def test_the_name_of_the_output_says_how_it_is_written(
    indexed: Path, run: Run, name: str, start: bytes
) -> None:
    done = run("draft", written(indexed, OTHER), "--output", indexed / name)
    assert (done.status, done.out) == (1, "")
    assert (indexed / name).read_bytes().startswith(start)


def test_a_checked_word_document_can_be_checked_again(indexed: Path, run: Run) -> None:
    run("draft", written(indexed, SAME), "--output", indexed / "checked.docx")
    done = run("draft", indexed / "checked.docx")
    assert "“Nine ships waited outside the harbour wall”" in done.out


def test_nothing_of_a_draft_is_kept(indexed: Path, run: Run) -> None:
    text = "Pneumono Ultramicro paid for “Nine ships waited outside the harbour wall”.\n"
    run("draft", written(indexed, text))
    (indexed / "draft.md").unlink()
    kept = [p for p in indexed.rglob("*") if p.is_file() and b"Pneumono" in p.read_bytes()]
    assert kept == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.md"], "nowhere.md"),
        (["corpus"], "is a directory"),
        (["draft.md", "--format", "docx"], "--output FILE.docx"),
        (["draft.md", "--format", "pdf"], "'pdf' is not one of"),
        (
            ["long.md"],
            "200,001 characters; at most 200,000 are checked at a time. Check it in parts.",
        ),
        (["draft.xyz"], "no reader for .xyz files"),
    ],
)
def test_what_cannot_be_checked_is_said(
    indexed: Path, run: Run, arguments: list[str], said: str
) -> None:
    written(indexed, SAME)
    written(indexed, SAME, "draft.xyz")
    written(indexed, "a" * 200_001, "long.md")
    done = run("draft", *arguments)
    assert (done.status, done.out) == (2, "")
    assert said in done.err


def test_where_nothing_can_be_written(indexed: Path, run: Run) -> None:
    done = run("draft", written(indexed, SAME), "--output", indexed / "no/such/folder.md")
    assert done.status == 5
    assert "nothing was written" in done.err
