"""Scans become searchable after the rest has, page by page, each page once."""

from __future__ import annotations

import pytest
from scans import pdf_of, saved, scan

from backstory.engine.errors import BackstoryError
from backstory.indexer.ocr import stage
from backstory.indexer.ocr.cache import OcrCache
from backstory.indexer.ocr.recognition import Program
from backstory.indexer.ocr.stage import OcrReport, scans_to_read
from backstory.indexer.sync import sync
from tests.indexer.ocr.conftest import CRATE, LAMP, LEDGER, Place


def test_text_is_searchable_first_and_scanned_pages_come_after(place: Place) -> None:
    place.write("memo.txt", b"The lamps were never ordered.")
    place.write("mixed.pdf", pdf_of([CRATE, scan(LAMP), "The end of it."]))
    place.write("scan.pdf", pdf_of([scan(LEDGER)]))
    place.sync()
    assert place.archive.search("lamps").total == 1
    assert place.texts("mixed") == [CRATE, "The end of it."]
    assert place.texts("scan") == []
    report = place.recognize()
    assert (report.pages, report.failed, report.files, report.waiting) == (2, 0, 2, 0)
    assert place.texts("mixed") == [CRATE, LAMP, "The end of it."]
    assert place.texts("scan") == [LEDGER]
    hit = place.archive.search("ledger of the fund").hits[0]
    assert hit.confidence is not None
    assert hit.confidence > 80
    assert place.archive.search("crate").hits[0].confidence is None


def test_nothing_that_ocr_has_read_becomes_a_date_a_title_or_a_name(place: Place) -> None:
    place.write("scan.png", saved(scan("9 March 2018", LEDGER), "PNG"))
    place.sync()
    place.recognize()
    document = place.archive.open("scan").document
    assert (document.title, document.date, document.author) == ("Scan", "", "")
    assert {
        (each.names, each.mentions) for each in place.archive.passage_index.open().passages("scan")
    } == {((), ())}


def test_a_page_is_read_once_whatever_becomes_of_its_file(place: Place) -> None:
    data = pdf_of([scan(LAMP), scan(LEDGER)])
    place.write("a.pdf", data)
    place.sync()
    assert place.recognize().pages == 2
    rows = place.rows()
    assert place.recognize() == OcrReport()
    (place.corpus / "a.pdf").rename(place.corpus / "b.pdf")
    place.write("copy.pdf", data)
    place.sync()
    assert place.recognize().pages == 0
    sync(place.archive.passage_index, place.config, stage.SyncOptions(rebuild=True))
    assert place.texts("b") == [LAMP, LEDGER]
    assert place.recognize().pages == 0
    assert place.rows() == rows


def test_two_copies_of_a_scan_are_read_as_one(place: Place) -> None:
    data = pdf_of([scan(LAMP)])
    for name in ("a.pdf", "b.pdf"):
        place.write(name, data)
    place.sync()
    assert place.recognize().pages == 1
    skipped = place.archive.passage_index.open().skipped()
    assert [each.remark.code.value for each in skipped] == ["duplicate"]


def test_what_was_stopped_goes_on_where_it_was(place: Place) -> None:
    place.write("long.pdf", pdf_of([scan(f"{LAMP} This is page {n}.") for n in range(1, 7)]))
    place.sync()
    first = place.recognize(after=2)
    assert first.waiting > 0
    assert len(place.texts("long")) >= 2
    rows = place.rows()
    second = place.recognize()
    assert second.waiting == 0
    assert first.pages + second.pages == 6
    assert {key: place.rows()[key] for key in rows} == rows
    assert [text.split()[-1] for text in place.texts("long")] == [f"{n}." for n in range(1, 7)]


def test_another_language_reads_again_and_until_then_the_old_words_stay(place: Place) -> None:
    spanish = "El almirante pidió una lámpara para el año siguiente, según la señora Muñoz."
    place.write("carta.pdf", pdf_of([scan(spanish)]))
    place.sync()
    place.recognize()
    assert place.texts("carta") != [spanish]
    other = Place(place.root, ocr__languages="eng+spa")
    other.sync()
    assert other.texts("carta") == place.texts("carta")
    assert other.recognize().pages == 1
    assert other.texts("carta") == [spanish]
    assert other.recognize() == OcrReport()
    assert other.archive.search("lámpara").total == 1


def test_a_language_that_is_not_installed_is_an_error_with_those_that_are(place: Place) -> None:
    place.write("scan.pdf", pdf_of([scan(LAMP)]))
    place.sync()
    other = Place(place.root, ocr__languages="eng+xyz")
    with pytest.raises(BackstoryError, match=r"no language 'xyz' .*it has eng, .*spa"):
        other.recognize()


def test_blank_and_broken_pages_are_tried_once_and_reported(place: Place) -> None:
    place.write("blank.pdf", pdf_of([scan(" ")]))
    place.write("cut.png", saved(scan(LAMP), "PNG")[:5000])
    place.sync()
    assert place.recognize().waiting == 0
    reasons = {s.path: s.reason for s in place.archive.passage_index.open().skipped()}
    assert reasons["blank.pdf"] == "OCR has read no words on it"
    assert reasons["cut.png"].startswith("not read by OCR: ")
    assert place.recognize() == OcrReport()


def test_without_tesseract_the_pages_that_wait_are_counted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("scan.pdf", pdf_of([scan(LAMP), scan(LEDGER)]))
    place.sync()
    monkeypatch.setattr(Program, "of", lambda *_: None)
    report = place.recognize()
    assert (report.waiting, report.is_missing) == (2, True)
    assert [(f.path, f.pages) for f in scans_to_read(place.archive.passage_index.open())] == [
        ("scan.pdf", (1, 2))
    ]


def test_the_words_of_a_page_have_their_places(place: Place) -> None:
    place.write("scan.png", saved(scan(LAMP), "PNG"))
    place.sync()
    place.recognize()
    (key,) = place.rows()
    page = OcrCache(place.config.state_path).page(*key)
    assert page is not None
    first, last = page.words[0], page.words[-1]
    assert (first.text, first.line, first.paragraph) == ("The", 1, 1)
    assert 0.1 < first.left < first.right < 0.2
    assert 0 < first.top < first.bottom < last.bottom + 0.01 < 0.2
