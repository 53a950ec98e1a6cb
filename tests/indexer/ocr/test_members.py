"""Scans that are attached to mails, or lie in archives, are read like those beside them."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest
from containers import container
from office import BODY, DATA, LONG_NAME, SUBJECT, message, values
from originals import mail, tarred, zipped
from scans import pdf_of, saved, scan

from backstory.indexer.ocr import members
from backstory.indexer.ocr.stage import OcrReport, Scanned, scans_to_read
from backstory.indexer.sync import SyncOptions, sync
from tests.indexer.ocr.conftest import CRATE, LAMP, LEDGER, Place

IN_MAIL = "mail.eml/invoice.pdf"


def skipped(place: Place) -> dict[str, str]:
    return {each.path: each.reason for each in place.archive.passage_index.open().skipped()}


def waiting(place: Place) -> list[Scanned]:
    return scans_to_read(place.archive.passage_index.open())


def marks_on(place: Place, document: str, page: int, text: str) -> int:
    """Return how many words are marked on the picture of a page."""
    return len(place.archive.picture(document, page, text).boxes)


def write_mailbox(path: Path, *messages: object) -> None:
    box = mailbox.mbox(path)
    for each in messages:
        box.add(each)  # type: ignore[arg-type]
    box.close()


def test_scans_in_mails_and_archives_are_read_and_their_pages_shown(place: Place) -> None:
    png, tiff = saved(scan(LEDGER), "PNG"), saved(scan(CRATE), "TIFF")
    place.write("mail.eml", bytes(mail("See", "Attached.", invoice=pdf_of(["Typed.", scan(LAMP)]))))
    place.write("box.zip", zipped(inner__zip=zipped(shot__png=png), memo__txt=b"A memo."))
    place.write("roll.tar.gz", tarred(sheet__tif=tiff))
    attached = [values({LONG_NAME: "fax.jpg", DATA: saved(scan(f"{LAMP} By fax."), "JPEG")})]
    told = {SUBJECT: "A fax", BODY: "It is attached."}
    place.write("fax.msg", container(message(told, {}, attached=attached)))
    place.sync()
    assert [(each.path, each.file, each.pages) for each in waiting(place)] == [
        ("box.zip/inner.zip/shot.png", "box.zip", (1,)),
        ("fax.msg/fax.jpg", "fax.msg", (1,)),
        (IN_MAIL, "mail.eml", (2,)),
        ("roll.tar.gz/sheet.tif", "roll.tar.gz", (1,)),
    ]
    report = place.recognize()
    assert (report.pages, report.failed, report.files, report.waiting) == (4, 0, 4, 0)
    assert place.texts(IN_MAIL) == ["Typed.", LAMP]
    assert place.texts("box.zip/inner.zip/shot.png") == [LEDGER]
    assert place.texts("roll.tar.gz/sheet.tif") == [CRATE]
    assert place.texts("fax.msg/fax.jpg") == [f"{LAMP} By fax."]
    assert (skipped(place), waiting(place)) == ({}, [])
    hit = next(h for h in place.archive.search("northern light").hits if h.document == IN_MAIL)
    assert (hit.page, hit.has_picture, hit.confidence is not None) == (2, True, True)
    assert marks_on(place, IN_MAIL, 2, '"northern light"') == 1
    assert marks_on(place, "box.zip/inner.zip/shot.png", 1, "quintero") == 1
    assert marks_on(place, "roll.tar.gz/sheet.tif", 1, "crate") == 1
    assert marks_on(place, "fax.msg/fax.jpg", 1, "lamps") == 1


def test_a_page_of_a_member_is_read_once_wherever_it_turns_up(place: Place) -> None:
    data = pdf_of([scan(LAMP), scan(LEDGER)])
    first = mail("First", "See what is attached.", invoice=data)
    write_mailbox(place.corpus / "letters.mbox", first)
    place.sync()
    assert place.recognize().pages == 2
    rows, texts = place.rows(), place.texts("letters.mbox/1/invoice.pdf")
    assert texts == [LAMP, LEDGER]
    assert place.recognize() == OcrReport()
    # A mail more makes another file of the mailbox, and no other scan of the one that was there.
    more = mail("Second", "Another.", crate=pdf_of([scan(CRATE)]))
    write_mailbox(place.corpus / "letters.mbox", more)
    place.sync()
    assert place.texts("letters.mbox/1/invoice.pdf") == texts
    assert place.recognize().pages == 1
    assert place.texts("letters.mbox/2/crate.pdf") == [CRATE]
    # Nor does it matter when the same scan comes as a file of its own, or all is indexed anew.
    place.write("invoice.pdf", data)
    place.sync()
    assert place.recognize().pages == 0
    assert place.texts("invoice") == texts
    sync(place.archive.passage_index, place.config, SyncOptions(rebuild=True))
    assert place.recognize().pages == 0
    assert place.texts("letters.mbox/2/crate.pdf") == [CRATE]
    assert {key: place.rows()[key] for key in rows} == rows


def test_many_members_are_unpacked_a_few_at_a_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans = {f"s{n}__png": saved(scan(f"{LAMP} Number {n}.", dpi=100), "PNG") for n in range(4)}
    place.write("box.zip", zipped(**scans))
    place.sync()
    answers = []
    monkeypatch.setattr(members, "TOGETHER", 1)
    pieces = members._pieces
    monkeypatch.setattr(
        members, "_pieces", lambda *of: answers.append(list(pieces(*of))) or answers[-1]
    )
    assert place.recognize().pages == 4
    assert [len(each) for each in answers] == [1, 1, 1, 1]
    assert place.texts("box.zip/s3.png") == [f"{LAMP} Number 3."]


def test_what_was_stopped_within_a_mailbox_goes_on_there(place: Place) -> None:
    scans = [pdf_of([scan(f"{LAMP} Number {n}.", dpi=100)]) for n in range(8)]
    write_mailbox(place.corpus / "a.mbox", *(mail("See", "It.", scan=each) for each in scans))
    place.sync()
    first = place.recognize(after=2)
    assert first.waiting > 0
    second = place.recognize()
    assert (second.waiting, first.pages + second.pages) == (0, 8)
    assert place.texts("a.mbox/8/scan.pdf") == [f"{LAMP} Number 7."]


def test_a_member_that_cannot_be_read_costs_itself_and_is_reported(place: Place) -> None:
    broken = saved(scan(LAMP), "PNG")[:5000]
    place.write("box.zip", zipped(cut__png=broken, fine__png=saved(scan(LEDGER), "PNG")))
    place.sync()
    report = place.recognize()
    assert (report.pages, report.failed, report.waiting) == (1, 1, 0)
    assert place.texts("box.zip/fine.png") == [LEDGER]
    assert skipped(place)["box.zip/cut.png"].startswith("not read by OCR: ")
    assert place.recognize() == OcrReport()


def test_metadata_beside_an_archive_do_not_keep_its_scans_from_being_read(place: Place) -> None:
    place.write("box.zip", zipped(shot__png=saved(scan(LEDGER), "PNG")))
    place.write("box.zip.yaml", b"source: Harbour\n")
    place.sync()
    place.recognize()
    assert place.texts("box.zip/shot.png") == [LEDGER]
    assert place.archive.open("box.zip/shot.png").document.source == "Harbour"
    assert marks_on(place, "box.zip/shot.png", 1, "quintero") == 1
