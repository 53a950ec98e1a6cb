"""Scans with a number stamped on them are read, and so are those with files attached."""

from __future__ import annotations

from fpdf import FPDF
from PIL import Image
from scans import A4, pdf_of, saved, scan

from backstory.indexer.ocr.stage import OcrReport, scans_to_read
from tests.indexer.ocr.conftest import CRATE, LAMP, LEDGER, Place


def stamped(*pages: Image.Image | str, first: int = 123) -> bytes:
    """Write a PDF whose pages have a number each, at the bottom: scans and a page of text."""
    paper = FPDF(format=A4)
    paper.set_auto_page_break(False)
    for number, page in enumerate(pages, first):
        paper.add_page()
        paper.set_font("Helvetica", "", 9)
        if isinstance(page, str):
            paper.multi_cell(0, 6, page)
        else:
            paper.image(page, 0, 0, *A4)
        paper.set_xy(150, 285)
        paper.cell(50, 6, f"FUND-{number:06}")
    return bytes(paper.output())


def with_attachment(pdf: bytes, name: str, data: bytes) -> bytes:
    """Attach a file to a PDF."""
    import io

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.add_attachment(name, data)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def test_the_scan_under_a_stamp_is_read_and_the_stamp_is_kept(place: Place) -> None:
    place.write("exhibit.pdf", stamped(scan(LAMP)))
    place.sync()
    assert place.texts("exhibit") == ["FUND-000123"]
    document = place.archive.open("exhibit").document
    assert "page 1 is a picture with a line of text on it, and needs OCR" in [
        note.sentence for note in document.notes
    ]
    assert place.archive.picture("exhibit", 1, "lamps").boxes == ()
    assert place.recognize().pages == 1
    passages = place.archive.passage_index.open().passages("exhibit")
    assert [(each.text, each.confidence is None) for each in passages] == [
        ("FUND-000123", True),
        (LAMP, False),
    ]
    (lamps,) = place.archive.picture("exhibit", 1, "lamps").boxes
    assert lamps[3] < 0.2  # at the top, where the scan has it
    (stamp,) = place.archive.picture("exhibit", 1, "FUND-000123").boxes
    assert stamp[1] > 0.9
    assert place.recognize() == OcrReport()


def test_the_stamp_of_each_page_is_a_passage_of_its_own(place: Place) -> None:
    place.write("production.pdf", stamped(*(scan(f"Page {n}.", dpi=50) for n in range(4))))
    place.sync()
    passages = place.archive.passage_index.open().passages("production")
    assert [(each.page, each.text) for each in passages] == [
        (page, f"FUND-{122 + page:06}") for page in range(1, 5)
    ]


def test_every_page_of_a_production_is_read_among_pages_of_text(place: Place) -> None:
    sheets = [scan(f"{LAMP} This is page {n}.", dpi=150) for n in range(1, 5)]
    place.write("production.pdf", stamped(*sheets[:2], CRATE, *sheets[2:]))
    place.sync()
    scans = scans_to_read(place.archive.passage_index.open())
    assert [each.pages for each in scans] == [(1, 2, 4, 5)]
    assert place.recognize().pages == 4
    passages = place.archive.passage_index.open().passages("production")
    read = [(each.page, each.text) for each in passages if "FUND" not in each.text]
    assert read == [
        (1, f"{LAMP} This is page 1."),
        (2, f"{LAMP} This is page 2."),
        (3, CRATE),
        (4, f"{LAMP} This is page 3."),
        (5, f"{LAMP} This is page 4."),
    ]
    omissions = place.archive.left_out("production").pieces
    shown = [each.text for each in (*passages, *omissions)]
    assert [n for n in range(123, 128) if not any(f"{n:06}" in each for each in shown)] == []


def test_a_scan_with_files_attached_waits_and_is_read(place: Place) -> None:
    scans = pdf_of([scan(LAMP)])
    place.write("letter.pdf", with_attachment(scans, "memo.txt", b"A memo on herrings."))
    place.sync()
    assert place.texts("letter.pdf/memo.txt") == ["A memo on herrings."]
    snapshot = place.archive.passage_index.open()
    assert [(s.path, s.reason) for s in snapshot.skipped()] == [
        ("letter.pdf", "needs OCR: its 1 page holds no text")
    ]
    assert [(each.path, each.pages) for each in scans_to_read(snapshot)] == [("letter.pdf", (1,))]
    assert place.recognize().pages == 1
    assert (place.texts("letter"), place.archive.passage_index.open().skipped()) == ([LAMP], ())
    assert place.texts("letter.pdf/memo.txt") == ["A memo on herrings."]


def test_a_scan_is_read_with_the_scans_that_are_attached_to_it(place: Place) -> None:
    inner = saved(scan(LEDGER), "PNG")
    place.write("letter.pdf", with_attachment(pdf_of([scan(LAMP)]), "photo.png", inner))
    place.sync()
    assert place.recognize().pages == 2
    assert place.texts("letter") == [LAMP]
    assert place.texts("letter.pdf/photo.png") == [LEDGER]


def test_a_blank_page_with_files_attached_is_no_failure(place: Place) -> None:
    data = with_attachment(pdf_of([scan(" ")]), "memo.txt", b"A memo on herrings.")
    place.write("folder.pdf", data)
    place.sync()
    place.recognize()
    assert place.archive.passage_index.open().skipped() == ()
    assert place.recognize() == OcrReport()
