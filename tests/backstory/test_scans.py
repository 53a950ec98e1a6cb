"""Scans at the command line: read by `index`, shown as what they are, listed by `status`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scans import needs_tesseract, pdf_of, scan

import backstory
from backstory.indexer.ocr.recognition import Program

Run = Callable[..., Any]
RunThere = Callable[..., tuple[int, str]]

LAMP = "The keeper of the northern light wrote a long letter about forty lamps."


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    needs_tesseract("eng")
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "mixed.pdf").write_bytes(pdf_of(["A typed page.", scan(LAMP)]))
    return folder


@pytest.fixture
def run(corpus: Path, run: Run) -> Callable[..., tuple[int, str]]:
    """Run the command and return its exit status and all that it printed."""

    def run_there(*arguments: str) -> tuple[int, str]:
        places = ["--corpus", str(corpus), "--index", str(corpus.parent / "index")]
        done = run(*places, *arguments)
        return done.status, done.out + done.err

    return run_there


def test_index_reads_scans_unless_told_not_to(run: RunThere) -> None:
    code, said = run("index", "--no-ocr")
    assert (code, "Scans" in said) == (0, False)
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
