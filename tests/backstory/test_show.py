"""`backstory show --left-out` lists what is in no passage, in the forms of the other lists."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fpdf import FPDF

from tests.backstory.conftest import Run
from tests.originals import pdf


@pytest.fixture
def note(dossier: Path, run: Run) -> Path:
    """An indexed page with a comment that no passage has."""
    path = dossier / "corpus/note.md"
    path.write_text("# Note\n\nThe lamp was lit.\n\n<!-- Not by\nthe keeper. -->\n")
    assert run("index").status == 0
    return path


def test_each_piece_is_listed_with_its_kind(note: Path, run: Run) -> None:
    done = run("show", "note", "--left-out")
    assert (done.status, done.err) == (0, "")
    assert done.out == "Note · note\n\n  comment\n  Not by the keeper.\n\n"


def test_a_document_that_is_all_passages_says_so(note: Path, run: Run) -> None:
    assert run("show", "storm", "--left-out").out.endswith("\nNothing was left out.\n")


def test_pieces_come_as_json_and_csv(note: Path, run: Run) -> None:
    (line,) = run("show", "note", "--left-out", "--json").out.splitlines()
    piece = {"document": "note", "kind": "comment", "page": None, "text": "Not by the keeper."}
    assert json.loads(line) == piece
    table = run("show", "note", "--left-out", "--csv").out.splitlines()
    assert table == ["document,kind,page,text", "note,comment,,Not by the keeper."]


def test_a_changed_file_is_read_with_a_word_on_that(note: Path, run: Run) -> None:
    note.write_text("# Note\n\nThe lamp was lit.\n\n<!-- Anew. -->\n")
    done = run("show", "note", "--left-out")
    assert "Anew." in done.out
    assert done.err.startswith("backstory: note.md has changed since it was indexed")


def test_a_file_that_is_gone_is_one_line_and_status_2(note: Path, run: Run) -> None:
    note.unlink()
    done = run("show", "note", "--left-out")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert "is gone" in done.err


def test_a_guessed_date_says_so_in_the_terminal_and_in_json(dossier: Path, run: Run) -> None:
    scan = FPDF()
    scan.set_creation_date(datetime(2019, 2, 3, tzinfo=UTC))
    scan.add_page()
    scan.set_font("Helvetica", size=11)
    scan.cell(text="The gulls were counted by nobody at all that spring.")
    scan.output(str(dossier / "corpus/scan.pdf"))
    assert run("index").status == 0
    assert "2019-02-03 (guessed)" in run("show", "scan").out
    assert "2019-02-03 (guessed)" in run("query", "gulls").out
    (hit,) = map(json.loads, run("query", "gulls", "--json").out.splitlines())
    assert hit["date_guessed"] is True
    (passage,) = map(json.loads, run("show", "scan", "--json").out.splitlines())
    assert passage["date_guessed"] is True


# --- A page as a picture


@pytest.fixture
def report(dossier: Path, run: Run) -> Path:
    """An indexed PDF of two pages, and where a picture goes."""
    (dossier / "corpus/report.pdf").write_bytes(pdf("The gulls flew.", "The walrus slept late."))
    assert run("index").status == 0
    return dossier / "out.png"


def test_a_page_is_written_as_a_picture(report: Path, run: Run) -> None:
    plain = run("show", "report", "--page", "2", "--picture", report)
    assert (plain.status, plain.out) == (0, "")
    assert plain.err == f"{report}: page 2 of 2 of report\n"
    first = report.read_bytes()
    assert first.startswith(b"\x89PNG")
    marked = run("show", "report", "--page", "2", "--picture", report, "--query", "walrus")
    assert "1 place marked" in marked.err
    assert report.read_bytes() != first


def test_the_page_of_a_passage_need_not_be_said(report: Path, run: Run) -> None:
    assert "page 1 of 2" in run("show", "report#p1", "--picture", report).err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report", "--page", "3"], "it has 2 pages"),
        (["storm", "--page", "1"], "no pages that can be shown"),
        (["report"], "--page NUMBER"),
        (["storm#p1"], "--page NUMBER"),
        (["report", "--page", "0"], "0 is not in the range"),
    ],
)
def test_where_there_is_no_picture_it_is_said(
    report: Path, run: Run, arguments: list[str], said: str
) -> None:
    done = run("show", *arguments, "--picture", report)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert not report.exists()


def test_a_page_alone_and_a_place_that_cannot_be_written_are_errors(report: Path, run: Run) -> None:
    assert "--picture FILE" in run("show", "report", "--page", "1").err
    done = run("show", "report", "--page", "1", "--picture", report / "there.png")
    assert done.status == 5
    assert "Cannot write to" in done.err


def test_a_changed_file_has_no_picture(report: Path, run: Run) -> None:
    (report.parent / "corpus/report.pdf").write_bytes(pdf("Other gulls flew."))
    done = run("show", "report", "--page", "1", "--picture", report)
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert "has changed since it was indexed" in done.err
