"""PDFs: paragraphs out of lines, and what stands at the edges of pages left out."""

from __future__ import annotations

from collections.abc import Callable

import dossier
import pytest

from backstory.indexer.readers import Reading
from tests.conftest import sentences

Read = Callable[..., Reading]


def texts(reading: Reading) -> list[str]:
    return [paragraph.text.replace("'", "’") for paragraph in reading.paragraphs]


def lines(*written: tuple[int, int, str]) -> bytes:
    """Return the content of a page: lines of text, each at its place."""
    shown = (f"1 0 0 1 {x} {y} Tm ({text}) Tj\n" for x, y, text in written)
    return b"BT /F1 11 Tf\n" + "".join(shown).encode("latin-1") + b"ET"


@pytest.mark.parametrize("number", range(6))
def test_paragraphs_are_rebuilt_with_their_headings(read_bytes: Read, number: int) -> None:
    story = dossier.story(number, sections=4)
    reading = read_bytes("report.pdf", dossier.pdf(story))
    assert texts(reading) == story.paragraphs
    assert [each.heading for each in reading.paragraphs] == [heading for heading, _ in story.placed]


def test_two_columns_are_read_one_after_the_other(read_bytes: Read) -> None:
    story = dossier.story(7, sections=2)
    reading = read_bytes("report.pdf", dossier.pdf(story, columns=2))
    assert " ".join(texts(reading)).replace(" ", "") == "".join(story.paragraphs).replace(" ", "")


def test_running_heads_and_page_numbers_are_no_text(read_bytes: Read) -> None:
    reading = read_bytes("report.pdf", dossier.pdf(dossier.story(3, sections=4)))
    assert max(each.page or 0 for each in reading.paragraphs) > 1
    assert not any("Gazette" in text or "Page 2" in text for text in texts(reading))


def test_a_pdf_tells_about_itself(read_bytes: Read) -> None:
    story = dossier.story(3)
    reading = read_bytes("report.pdf", dossier.pdf(story))
    assert (reading.title, reading.author, reading.date) == (
        dossier.plain_letters(story.title),
        "Ines Falk",
        story.date,
    )
    assert sentences(reading.notes) == (f"date {story.date} guessed from the file's metadata",)


def test_words_divided_at_line_ends_are_whole_again(read_bytes: Read) -> None:
    page = lines(
        (72, 700, "The lighthouse fund paid for radios that nobody had or-"),
        (72, 686, "dered, and a well-"),
        (72, 672, "known admiral signed."),
    )
    reading = read_bytes("a.pdf", dossier.raw_pdf(1, page))
    said = "The lighthouse fund paid for radios that nobody had ordered, and a well-known admiral"
    assert texts(reading) == [f"{said} signed."]


def test_indented_lines_begin_paragraphs(read_bytes: Read) -> None:
    page = lines(
        (84, 700, "The fund paid for the radios in the spring, says the ledger,"),
        (72, 686, "and nobody knows who had ordered them at all in that year."),
        (84, 672, "The clerk copied the ledger at night and kept her own copy."),
        (72, 658, "It was found in a shed."),
    )
    assert len(read_bytes("a.pdf", dossier.raw_pdf(1, page)).paragraphs) == 2


def test_a_paragraph_goes_on_over_the_end_of_a_page(read_bytes: Read) -> None:
    story = dossier.story(5, sections=6)
    reading = read_bytes("report.pdf", dossier.pdf(story))
    assert texts(reading) == story.paragraphs
    assert [each.page for each in reading.paragraphs] == sorted(
        each.page or 0 for each in reading.paragraphs
    )


def test_a_scan_needs_ocr_and_says_so(why_not: Callable[..., str]) -> None:
    drawn = dossier.raw_pdf(2, b"72 72 m 300 300 l S")
    assert why_not("scan.pdf", drawn) == "needs OCR: its 2 pages hold no text"


def test_a_locked_pdf_says_that_it_needs_a_password(why_not: Callable[..., str]) -> None:
    assert "password" in why_not("locked.pdf", dossier.locked_pdf())


@pytest.mark.parametrize("cut", [20, 400, 1500])
def test_a_cut_pdf_is_reported(why_not: Callable[..., str], cut: int) -> None:
    assert "broken" in why_not("cut.pdf", dossier.pdf(dossier.story(1))[:cut])


def test_a_pdf_larger_than_the_limit_is_reported(why_not: Callable[..., str]) -> None:
    assert "max_file_mb" in why_not("a.pdf", dossier.pdf(dossier.story(1)), is_cut=True)
