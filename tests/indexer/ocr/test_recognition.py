"""One page at a time: what hostile pages may cost, and that pages on their side are turned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dossier
import pytest
from fpdf import FPDF
from scans import bomb, needs_tesseract, pdf_of, saved, scan, worn

from backstory.indexer.ocr.paragraphs import texts
from backstory.indexer.ocr.recognition import Program, Recognizer, words_in
from backstory.indexer.ocr.rendering import Renderer, dpi_within
from backstory.indexer.settings import FormatSettings, OcrSettings

LAMP = "The keeper of the northern light wrote a long letter about forty lamps."
LIMITS = FormatSettings()


@pytest.fixture
def recognizer() -> Iterator[Recognizer]:
    made = made_with(OcrSettings(dpi=150))
    yield made
    made.close()


def made_with(settings: OcrSettings) -> Recognizer:
    needs_tesseract("eng")
    program = Program.of(settings, LIMITS)
    assert program is not None
    return Recognizer(program)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_page_that_lies_on_its_side_is_turned(recognizer: Recognizer, degrees: int) -> None:
    page = scan(*dossier.story(5, 2).paragraphs, LAMP).rotate(degrees, expand=True)
    assert LAMP in [each.text for each in texts(recognizer.read(pdf_of([page]), 1))]


def test_a_page_that_is_askew_and_stained_is_read(recognizer: Recognizer) -> None:
    page = worn(scan(LAMP, dpi=300), degrees=1, stains=5)
    assert LAMP in [each.text for each in texts(recognizer.read(saved(page, "JPEG"), 1))]


def test_a_page_that_is_not_there_or_no_pdf_fails_with_a_reason(recognizer: Recognizer) -> None:
    assert recognizer.read(pdf_of([scan(LAMP)]), 7).failure == "the page is broken"
    assert recognizer.read(b"%PDF-1.4 and nothing", 1).failure == "the page is broken"
    assert recognizer.read(pdf_of([scan(LAMP)]), 1).failure == ""


def test_a_picture_that_is_too_large_is_not_decoded(recognizer: Recognizer) -> None:
    failure = recognizer.read(bomb(), 1).failure
    assert failure == "30,000 × 30,000 dots are more than 60 million (ocr.max_megapixels)"


def test_a_page_out_of_time_is_given_up() -> None:
    recognizer = made_with(OcrSettings(dpi=300, page_seconds=0.1))
    recognizer._program.__dict__["made_by"] = "tesseract"  # asking for it takes as long
    try:
        failure = recognizer.read(saved(scan(LAMP), "PNG"), 1).failure
    finally:
        recognizer.close()
    assert failure == "not read within 0.1 seconds (ocr.page_seconds)"


def test_a_page_of_five_metres_is_drawn_within_the_limit() -> None:
    paper = FPDF(format=(5000, 5000))
    paper.add_page()
    settings = OcrSettings(max_megapixels=4)
    renderer = Renderer(settings, LIMITS)
    try:
        drawn, dpi = renderer.draw(bytes(paper.output()), 1)
    finally:
        renderer.close()
    assert dpi < 20
    assert len(drawn) < 4_300_000


@pytest.mark.parametrize(
    ("sides", "dpi"),
    [
        ((595, 842), 300),
        ((14_400, 14_400), 38),
        ((1e9, 1e9), 0),
        ((0, 100), 0),
        ((float("nan"), 5), 0),
    ],
)
def test_a_larger_page_is_drawn_more_coarsely(sides: tuple[float, float], dpi: int) -> None:
    assert dpi_within(*sides, 300, 60_000_000) == dpi


def test_a_table_that_is_cut_gives_the_words_that_are_whole() -> None:
    table = (
        b"level\tpage_num\n1\t1\t0\t0\t0\t0\t0\t0\t100\t200\t-1\t\n"
        b"5\t1\t1\t1\t1\t1\t10\t20\t30\t40\t91.5\tlamp\n5\t1\t1\t1\t2\t1\t10\t20\n"
        b"5\t1\t1\t1\t2\t1\t10\t80\t30\t40\t91.5\t \n"
    )
    (word,) = words_in(table)
    assert (word.text, word.left, word.top, word.right, word.bottom) == ("lamp", 0.1, 0.1, 0.4, 0.3)
    assert words_in(b"") == []


def test_the_program_says_how_it_reads() -> None:
    needs_tesseract("eng")
    program = Program.of(replace(OcrSettings(), dpi=200), LIMITS)
    assert program is not None
    assert program.made_by.startswith("tesseract ")
    assert program.made_by.endswith(", eng, 200 dpi")
    assert Path(program.tool.program).is_absolute()
