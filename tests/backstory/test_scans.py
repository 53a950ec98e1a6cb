"""Scans at the command line: read by `index`, shown as what they are, listed by `status`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from originals import mail
from scans import needs_tesseract, pdf_of, saved, scan

import backstory
from backstory.commands.index import WatchTeller
from backstory.engine.documents import SkippedFile
from backstory.engine.remarks import Code, Remark
from backstory.indexer.ocr.recognition import Program
from backstory.indexer.sync import SyncReport

Run = Callable[..., Any]
RunThere = Callable[..., tuple[int, str]]

LAMP = "The keeper of the northern light wrote a long letter about forty lamps."
LEDGER = "On 9 March 2018 Admiral Quintero counted the ledger of the fund in a single night."


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    needs_tesseract("eng")
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "mixed.pdf").write_bytes(pdf_of(["A typed page.", scan(LAMP)]))
    return folder


@pytest.fixture
def run(corpus: Path, run: Run) -> Callable[..., tuple[int, str]]:
    """Run the command and return its exit status and all that it printed, without the places."""

    def run_there(*arguments: str) -> tuple[int, str]:
        places = ["--corpus", str(corpus), "--index", str(corpus.parent / "index")]
        done = run(*places, *arguments)
        return done.status, (done.out + done.err).replace(" ".join(["", *places]), "")

    return run_there


def test_index_reads_scans_unless_told_not_to(run: RunThere) -> None:
    code, said = run("index", "--no-ocr")
    assert (code, "Scans" in said) == (0, False)
    assert "1 page needs OCR: backstory index --ocr." in said
    status = run("status")[1]
    assert "1 page to read: backstory index --ocr" in status
    assert "to read    mixed.pdf: pages 2" in status
    code, said = run("index", "--ocr")
    assert code == 0
    assert "Scans: 1 page of 1 file read; now 2 passages." in said
    assert "to read" not in run("status")[1]
    ocr = json.loads(run("status", "--json")[1])["ocr"]
    assert (ocr["enabled"], ocr["languages"], ocr["waiting"], ocr["failed"]) == (
        True,
        "eng",
        {},
        {},
    )
    assert run("index")[1].startswith("Nothing to do")


def test_what_was_read_from_a_scan_says_so_wherever_it_is_shown(run: RunThere) -> None:
    run("index")
    assert "mixed#p2, page 2 (read from a scan, confidence 9" in run("query", "lamps")[1]
    assert "(read from a scan, confidence 9" in run("show", "mixed#p2")[1]
    record = json.loads(run("query", "lamps", "--json")[1].splitlines()[0])
    assert 80 < record["confidence"] <= 100
    assert "page 2, read from a scan" in run("query", "lamps", "--format", "quote")[1]
    assert "read from a scan" not in run("query", "typed")[1]


def test_without_tesseract_a_run_says_what_to_install(
    run: RunThere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Program, "of", lambda *_: None)
    code, said = run("index")
    assert code == 0
    assert "1 page needs OCR: install tesseract-ocr" in said
    assert "ocr        none: install tesseract-ocr" in run("status")[1]


def test_a_language_that_is_lacking_is_an_error_in_a_line(
    run: RunThere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKSTORY_OCR_LANGUAGES", "eng+xyz")
    code, said = run("index")
    assert code == 2
    assert "Tesseract has no language 'xyz'" in said
    assert "Traceback" not in said


def test_python_reads_scans_when_it_is_asked_to(corpus: Path, tmp_path: Path) -> None:
    with backstory.open(tmp_path / "index", corpus=corpus) as archive:
        archive.index()
        assert archive.read_scans().pages == 1
        assert archive.search("lamps").hits[0].confidence is not None


def test_what_ocr_reads_next_is_not_called_skipped(run: RunThere, corpus: Path) -> None:
    (corpus / "letter.png").write_bytes(saved(scan(LAMP), "PNG"))
    (corpus / "mail.eml").write_bytes(bytes(mail("See", "Attached.", fax=pdf_of([scan(LEDGER)]))))
    (corpus / "blank.pdf").write_bytes(pdf_of([scan(" ")]))
    code, said = run("index", "--dry-run")
    assert (code, "skip" in said) == (0, False)
    assert "ocr     letter.png: needs OCR: its 1 page holds no text" in said
    assert "read by OCR 3" in said
    code, said = run("index")
    lines = said.splitlines()
    assert code == 1  # a page is blank
    assert "3 to be read by OCR" in lines[0]
    assert lines[1].startswith("Scans: 4 pages of 4 files read; now ")
    assert lines[2:] == ["Skipped: blank.pdf: OCR has read no words on it"]
    code, said = run("index")
    assert code == 1
    assert "Skipped: blank.pdf: OCR has read no words on it" in said


def test_without_ocr_scans_are_skipped_and_a_run_says_what_to_do(
    run: RunThere, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (corpus / "letter.png").write_bytes(saved(scan(LAMP), "PNG"))
    skipped = "Skipped: letter.png: needs OCR: its 1 page holds no text"
    code, said = run("index", "--no-ocr")
    assert (code, skipped in said) == (1, True)
    assert "2 pages need OCR: backstory index --ocr." in said
    monkeypatch.setattr(Program, "of", lambda *_: None)
    code, said = run("index")
    assert (code, skipped in said) == (1, True)
    assert "2 pages need OCR: install tesseract-ocr" in said
    assert "skip    letter.png: needs OCR" in run("index", "--dry-run", "--verify")[1]


def test_a_scan_that_is_added_is_read(run: RunThere, corpus: Path, tmp_path: Path) -> None:
    run("index", "--no-ocr")
    (tmp_path / "letter.pdf").write_bytes(pdf_of([scan(LEDGER)]))
    code, said = run("add", str(tmp_path / "letter.pdf"))
    assert code == 0
    assert said.splitlines() == [
        "Scans: 1 page of 1 file read; now 2 passages.",
        "letter: 1 passage, added (letter.pdf)",
    ]
    assert "letter#p1, page 1 (read from a scan" in run("query", "quintero")[1]
    assert "to read    mixed.pdf: pages 2" in run("status")[1]  # that one was not added


def test_a_scan_that_is_added_without_ocr_says_what_to_do(run: RunThere, tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(pdf_of([scan(LEDGER)]))
    code, said = run("add", "--no-ocr", str(tmp_path / "letter.pdf"))
    assert code == 1
    assert said.splitlines() == [
        "1 page needs OCR: backstory index --ocr.",
        "In the corpus, not in the index: letter.pdf: needs OCR: its 1 page holds no text",
    ]
    assert run("index")[0] == 0
    assert "letter#p1" in run("query", "quintero")[1]


def test_a_scan_that_cannot_be_read_is_told_once(run: RunThere, tmp_path: Path) -> None:
    (tmp_path / "blank.pdf").write_bytes(pdf_of([scan(" ")]))
    code, said = run("add", str(tmp_path / "blank.pdf"))
    assert code == 1
    assert said.count("OCR has read no words on it") == 1


@pytest.mark.parametrize("reads_scans", [True, False])
def test_who_watches_is_not_told_of_files_that_ocr_reads_next(
    reads_scans: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = SkippedFile("scan.pdf", Remark.of(Code.NEEDS_OCR, pages=1, where="1-1"))
    gone = SkippedFile("gone.pdf", Remark.of(Code.BROKEN, detail="broken (PDF)"))
    tell = WatchTeller(reads_scans=reads_scans)
    tell(SyncReport(added=1, skipped=(gone, waiting)))
    told = capsys.readouterr()
    assert "Skipped: gone.pdf: broken (PDF)" in told.err
    assert ("scan.pdf" in told.err) is not reads_scans
    assert ("1 skipped, 1 to be read by OCR" in told.out) is reads_scans
