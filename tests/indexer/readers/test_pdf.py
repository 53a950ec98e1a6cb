"""PDFs: paragraphs out of lines, and what stands at the edges of pages left out."""

from __future__ import annotations

from collections.abc import Callable

import dossier
import pytest
from pdf_layouts import LAYOUTS, ROWS, TALK, story

from backstory.indexer.readers import Reading
from backstory.indexer.readers.pdf.flow import PAGE_HEAD
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


# --- What stands at the edges of pages


@pytest.mark.parametrize("name", ["letter", "invoices", "statements", "memo and its copy"])
def test_pages_that_are_not_one_text_lose_nothing(read_bytes: Read, name: str) -> None:
    assert read_bytes("a.pdf", LAYOUTS[name]()).left_out == ()


def test_running_heads_are_listed_with_their_pages(read_bytes: Read) -> None:
    left_out = read_bytes("a.pdf", LAYOUTS["running heads"]()).left_out
    pages = max(each.page or 0 for each in left_out)
    heads = [each.page for each in left_out if each.kind == "running head"]
    numbers = [each.text for each in left_out if each.kind == "page number"]
    assert heads == list(range(1, pages + 1))
    assert numbers == [str(page) for page in heads]


def test_bates_numbers_stay_on_their_pages(read_bytes: Read) -> None:
    reading = read_bytes("a.pdf", LAYOUTS["Bates numbers"]())
    stamps = [each for each in reading.paragraphs if each.heading == PAGE_HEAD]
    assert [each.text for each in stamps] == [
        f"AMARO-{4200 + (each.page or 0):06d}" for each in stamps
    ]
    assert len(stamps) > 2


def test_a_docket_number_stays_once_and_the_rest_is_listed(read_bytes: Read) -> None:
    reading = read_bytes("a.pdf", LAYOUTS["docket"]())
    heads = [each.text for each in reading.paragraphs if each.heading == PAGE_HEAD]
    assert heads == ["Case 18-cv-04417, filed 9 May 2018"]
    assert {each.text for each in reading.left_out if each.kind == "running head"} == set(heads)


@pytest.mark.parametrize("date", ["08/05/2020", "12/11/2018", "05.08.2020", "1/15/19"])
def test_a_stamp_is_one_running_head_though_its_date_has_the_number_of_a_page(
    read_bytes: Read, date: str
) -> None:
    stamp = f"Case: 20-16276, {date}, ID: 11778722, DktEntry: 19, Page"
    body = [f"and lamp {row} burned on, while" for row in range(18)]
    contents = [
        lines(
            *((72, 690 - 28 * row, text) for row, text in enumerate(body)),
            (117, 770, f"{stamp} {page} of 15"),
        )
        for page in range(1, 16)
    ]
    reading = read_bytes("a.pdf", dossier.raw_pages(contents))
    heads = [each.text for each in reading.paragraphs if each.heading == PAGE_HEAD]
    assert heads == [f"{stamp} 1 of 15"]
    assert [each.page for each in reading.left_out] == list(range(2, 16))
    assert not any("Case:" in each.text for each in reading.paragraphs if not each.heading)


def test_a_head_is_one_where_the_text_of_its_page_begins_higher(read_bytes: Read) -> None:
    body = [f"and lamp {row} burned on, while" for row in range(20)]
    contents = [
        lines(
            (72, 770, "The Ledger of the Harbour"),
            *((72, (755 if page == 3 else 700) - 14 * row, text) for row, text in enumerate(body)),
        )
        for page in range(6)
    ]
    reading = read_bytes("a.pdf", dossier.raw_pages(contents))
    assert [each.page for each in reading.left_out] == [1, 2, 3, 4, 5, 6]


def test_a_line_at_the_foot_of_a_few_pages_stays(read_bytes: Read) -> None:
    answer = "A.  Yes, she gave me the ledger."
    body = [(72, 700 - 14 * row, f"The {row} of lamps, which goes on and") for row in range(20)]
    contents = [lines(*body, *([(72, 410, answer)] * (page % 4 == 0))) for page in range(12)]
    written = texts(read_bytes("a.pdf", dossier.raw_pages(contents)))
    assert written.count(answer.replace("  ", " ")) == 3


@pytest.mark.parametrize("mark", ["Page 1 of 1", "Page 1", "- 1 -", "1"])
def test_the_number_of_a_single_page_is_left_out(read_bytes: Read, mark: str) -> None:
    page = lines((72, 700, "A lamp burned."), (72, 686, "A ship came."), (300, 40, mark))
    reading = read_bytes("a.pdf", dossier.raw_pdf(1, page))
    assert [each.kind for each in reading.left_out] == ["page number"]
    assert texts(reading) == ["A lamp burned. A ship came."]


@pytest.mark.parametrize("figure", ["1,250,000", "2014", "17", "AMARO-1", "3 May 2014"])
def test_a_figure_at_the_foot_of_a_single_page_stays(read_bytes: Read, figure: str) -> None:
    page = lines((72, 700, "A lamp burned."), (72, 686, "A ship came."), (300, 40, figure))
    reading = read_bytes("a.pdf", dossier.raw_pdf(1, page))
    assert texts(reading)[-1] == figure


# --- The order of lines


def test_columns_drawn_row_by_row_are_read_one_after_the_other(read_bytes: Read) -> None:
    by_rows, in_order = (
        " ".join(texts(read_bytes("a.pdf", LAYOUTS[name]())))
        for name in ("two columns by rows", "two columns")
    )
    assert by_rows == in_order


def test_a_row_of_a_table_is_a_passage_with_its_cells_apart(read_bytes: Read) -> None:
    written = texts(read_bytes("a.pdf", LAYOUTS["table"]()))
    assert written[1:-1] == [" | ".join(row) for row in ROWS]


def test_a_table_drawn_column_by_column_is_read_row_by_row(read_bytes: Read) -> None:
    cells = [
        (72 + 150 * x, 700 - 20 * y, cell)
        for x, column in enumerate(zip(*ROWS, strict=True))
        for y, cell in enumerate(column)
    ]
    written = texts(read_bytes("a.pdf", dossier.raw_pdf(1, lines(*cells))))
    assert written == [" | ".join(row) for row in ROWS]


def test_a_cell_that_leaves_no_gap_is_told_by_those_above(read_bytes: Read) -> None:
    page = lines(
        (72, 700, "north light"), (200, 700, "broken"), (330, 700, "3 March"),
        (72, 680, "old pier"), (200, 680, "in order"), (330, 680, "4 March"),
        (72, 660, "ferry stairs"), (200, 660, "waits for parts since May"), (330, 660, "9 May"),
    )  # fmt: skip
    assert texts(read_bytes("a.pdf", dossier.raw_pdf(1, page)))[-1] == (
        "ferry stairs | waits for parts since May | 9 May"
    )


def test_a_drop_cap_belongs_to_its_word(read_bytes: Read) -> None:
    reading = read_bytes("a.pdf", LAYOUTS["drop cap"]())
    assert texts(reading) == [each.replace("'", "’") for each in story(4)[:2]]
    assert reading.title == "A"


@pytest.mark.parametrize("name", ["clauses", "clauses drawn apart"])
def test_clauses_stand_behind_their_numbers(read_bytes: Read, name: str) -> None:
    written = texts(read_bytes("a.pdf", LAYOUTS[name]()))
    assert written == [
        f"4.{n} {text.replace(chr(39), '’')}" for n, text in enumerate(story(8, 3), 1)
    ]


def test_footnotes_come_after_the_paragraph_that_they_interrupt(read_bytes: Read) -> None:
    reading = read_bytes("a.pdf", LAYOUTS["footnotes"]())
    notes = ["1 Ledger, sheet nine.", "2 Letter, undated."]
    at = texts(reading).index(notes[0])
    assert texts(reading)[at : at + 2] == notes
    assert reading.paragraphs[at].page == reading.paragraphs[at - 1].page == 1
    assert all(text[0].isupper() for text in texts(reading)[at + 2 :])


@pytest.mark.parametrize("name", ["transcript", "transcript drawn apart"])
def test_a_transcript_has_a_passage_a_speaker_without_its_numbers(
    read_bytes: Read, name: str
) -> None:
    reading = read_bytes("a.pdf", LAYOUTS[name]())
    said = {f"{who} {what}" for who, what in TALK}
    assert said <= set(texts(reading))
    assert all(text.startswith(tuple(who for who, _ in TALK)) for text in texts(reading)[:20])
    numbers = [each.text for each in reading.left_out if each.kind == "line number"]
    assert numbers[0] == " ".join(map(str, range(1, 26)))


def test_leading_is_that_of_the_lines_around(read_bytes: Read) -> None:
    written = texts(read_bytes("a.pdf", LAYOUTS["two leadings"]()))
    assert written == [each.replace("'", "’") for each in (*story(16), *story(17))]


def test_rotated_text_is_a_paragraph_of_its_own(read_bytes: Read) -> None:
    written = texts(read_bytes("a.pdf", LAYOUTS["rotated"]()))
    assert written[-1] == "Received by the archive on the ninth of May"
    assert written[:-1] == [each.replace("'", "’") for each in story(14)]


def test_italics_made_by_skewing_are_in_their_line(read_bytes: Read) -> None:
    page = b"""BT /F1 11 Tf 1 0 0 1 72 700 Tm (The court in ) Tj
1 0 .33 1 134 700 Tm (Ferry v. Lamp) Tj
1 0 0 1 215 700 Tm (stayed) Tj 1 0 0 1 72 686 Tm (all of it.) Tj ET"""
    assert texts(read_bytes("a.pdf", dossier.raw_pdf(1, page))) == [
        "The court in Ferry v. Lamp stayed all of it."
    ]


def test_accents_drawn_apart_are_composed(read_bytes: Read) -> None:
    page = b"BT /F1 20 Tf 1 0 0 1 72 700 Tm (prot) Tj (e) Tj 1 0 0 1 109 700 Tm (\\264) Tj ET"
    text = texts(read_bytes("a.pdf", dossier.raw_pdf(1, page)))[0]
    assert text == "proté"


def test_indices_belong_to_their_line(read_bytes: Read) -> None:
    page = (
        b"BT /F1 11 Tf 1 0 0 1 72 700 Tm (They burned CO) Tj /F1 7 Tf 1 0 0 1 153 697 Tm (2) Tj "
        b"/F1 11 Tf 1 0 0 1 160 700 Tm (for a week and more.) Tj ET"
    )
    assert len(texts(read_bytes("a.pdf", dossier.raw_pdf(1, page)))) == 1


# --- Beside the text


def test_fields_comments_and_attached_files_are_read(read_bytes: Read) -> None:
    reading = read_bytes("a.pdf", dossier.filled_pdf())
    placed = [(each.heading, each.text) for each in reading.paragraphs]
    assert ("form", "reason: The lamps that nobody ordered") in placed
    assert ("comment", "Ask her who signed it.") in placed
    assert [(each.name, each.reason) for each in reading.members] == [("ledger.txt", "")]
    attached = reading.members[0].reading
    assert attached is not None
    assert attached.paragraphs[0].text == "The ledger of the fund."


def test_an_attachment_in_an_attachment_does_not_go_on_for_ever(read_bytes: Read) -> None:
    data = dossier.filled_pdf()
    for _ in range(6):
        data = dossier.filled_pdf(data, "more.pdf")
    reading, depth = read_bytes("a.pdf", data), 0
    while reading.members and reading.members[0].reading:
        reading, depth = reading.members[0].reading, depth + 1
    assert depth < 6
    assert reading.members[0].reason
