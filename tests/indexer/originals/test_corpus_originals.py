"""An original is the very bytes that were indexed, or an error that says what became of them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from campaigns.hostile_documents import FILES as HOSTILE

import backstory
from backstory import Archive
from backstory.engine.documents import FileState
from backstory.engine.errors import NoPicture, OriginalGone
from backstory.engine.originals import Original
from tests.originals import branching_pdf, large_image_pdf, pdf, zipped

FILES = {
    "report": "report.pdf",
    "trap": "trap.html",
    "note": "note.txt",
    "noted": "noted.txt",
}
MEMBERS = {
    "box.zip/memo.txt": b"A memo on herrings.\n",
    "box.zip/inner.zip/leaf.txt": b"A leaf fell.\n",
    "box.zip/inner.zip/deep.pdf": pdf("The octopus signed the contract."),
    "boxed.zip/cod.txt": b"A memo on cod.\n",
    "roll.tar.gz/plan.pdf": pdf("The plan of the pier."),
    "letters.mbox/2/invoice.pdf": pdf("An invoice for lenses."),
}
CONTAINERS = {"rows.csv/2": "rows.csv", "letters.mbox/1": "letters.mbox"}


def taken(original: Original) -> bytes:
    data = b"".join(original.pieces)
    assert len(data) == original.size
    return data


@pytest.mark.parametrize(("document", "name"), FILES.items())
def test_a_file_is_given_as_it_is(shared: Archive, document: str, name: str) -> None:
    original = shared.original(document)
    assert taken(original) == (shared.config.corpus_path / name).read_bytes()
    assert (original.name, original.is_container) == (name, False)


def without_times(data: bytes) -> bytes:
    """Return a PDF without what differs each time that it is made."""
    lines = data.split(b"\n")
    return b"\n".join(line for line in lines if not line.startswith((b"/CreationDate", b"/ID")))


@pytest.mark.parametrize(("document", "data"), MEMBERS.items())
def test_a_member_is_unpacked(shared: Archive, document: str, data: bytes) -> None:
    original = shared.original(document)
    assert without_times(taken(original)) == without_times(data)
    assert (original.name, original.is_container) == (document.rpartition("/")[2], False)


@pytest.mark.parametrize(("document", "name"), CONTAINERS.items())
def test_a_row_and_a_mail_give_the_file_that_holds_them(
    shared: Archive, document: str, name: str
) -> None:
    original = shared.original(document)
    assert taken(original) == (shared.config.corpus_path / name).read_bytes()
    assert (original.name, original.is_container) == (name, True)


def test_a_row_in_an_archive_gives_its_table(archive: Archive) -> None:
    table = b"title,text\nOne,The row has a heron\nTwo,The row has a stork\n"
    (archive.config.corpus_path / "tables.zip").write_bytes(zipped(birds__csv=table))
    archive.index()
    original = archive.original("tables.zip/birds.csv/2")
    assert (taken(original), original.name, original.is_container) == (table, "birds.csv", True)


# --- What has changed


def appended(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"!")


def altered_unseen(path: Path) -> None:
    """Change a byte and leave size and time as they are."""
    status, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def deleted(path: Path) -> None:
    path.unlink()


def made_a_link(path: Path) -> None:
    moved = path.parents[1] / "elsewhere"
    path.rename(moved)
    path.symlink_to(moved)


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def made_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


Change = Callable[[Path], None]
CHANGES = [appended, altered_unseen, emptied, deleted, made_a_link, made_a_folder, made_a_pipe]


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_is_not_what_was_indexed_is_not_given(archive: Archive, change: Change) -> None:
    change(archive.config.corpus_path / "report.pdf")
    with pytest.raises(OriginalGone, match=r"report\.pdf"):
        archive.original("report")
    with pytest.raises(OriginalGone):
        archive.picture("report", 1)


# A byte behind an archive, or in another member, changes no member of it.
@pytest.mark.parametrize("change", [emptied, deleted, made_a_link])
@pytest.mark.parametrize(
    "document", ["box.zip/inner.zip/deep.pdf", "letters.mbox/2/invoice.pdf", *CONTAINERS]
)
def test_nor_is_what_lies_in_one(archive: Archive, change: Change, document: str) -> None:
    change(archive.config.corpus_path / document.partition("/")[0])
    with pytest.raises(OriginalGone):
        archive.original(document)


@pytest.mark.parametrize("document", CONTAINERS)
def test_nor_is_a_file_that_has_grown(archive: Archive, document: str) -> None:
    appended(archive.config.corpus_path / document.partition("/")[0])
    with pytest.raises(OriginalGone):
        archive.original(document)


def test_nor_is_a_page_that_was_shown_before(archive: Archive) -> None:
    archive.picture("box.zip/inner.zip/deep.pdf", 1)
    emptied(archive.config.corpus_path / "box.zip")
    with pytest.raises(OriginalGone):
        archive.picture("box.zip/inner.zip/deep.pdf", 1)


def test_a_member_of_an_archive_that_was_packed_anew_is_given(archive: Archive) -> None:
    path = archive.config.corpus_path / "boxed.zip"
    path.write_bytes(zipped(other__txt=b"Another memo.\n", cod__txt=b"A memo on cod.\n"))
    assert taken(archive.original("boxed.zip/cod.txt")) == b"A memo on cod.\n"
    path.write_bytes(zipped(cod__txt=b"A memo on cod?\n"))
    with pytest.raises(OriginalGone):
        archive.original("boxed.zip/cod.txt")


def test_a_file_of_which_only_the_beginning_was_read_is_given_whole(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    path = tmp_path / "corpus/log.txt"
    data = b"The gulls were counted again.\n\n" * 50_000
    path.write_bytes(data)
    places = {"corpus": tmp_path / "corpus", "corpus__max_file_mb": 1}
    with backstory.open(tmp_path / "index", **places) as archive:
        archive.index()
        assert taken(archive.original("log")) == data
        path.write_bytes(data[:-1])
        with pytest.raises(OriginalGone):
            archive.original("log")
        path.write_bytes(b"t" + data[1:])
        with pytest.raises(OriginalGone):
            archive.original("log")


def test_what_cannot_be_unpacked_any_more_gives_the_file_that_holds_it(archive: Archive) -> None:
    corpus = archive.config.corpus_path
    packed = zipped(large__txt=os.urandom(1_500_000), small__pdf=pdf("A small smelt."))
    (corpus / "large.zip").write_bytes(packed)
    archive.index()
    assert archive.original("large.zip/small.pdf").name == "small.pdf"
    places = {"corpus": corpus, "corpus__max_file_mb": 1}
    with backstory.open(archive.config.index_path, **places) as smaller:
        original = smaller.original("large.zip/small.pdf")
        assert (taken(original), original.is_container) == (packed, True)
        with pytest.raises(NoPicture, match="could not be unpacked"):
            smaller.picture("large.zip/small.pdf", 1)


def test_a_page_that_failed_is_not_tried_again(archive: Archive) -> None:
    path = archive.config.corpus_path / "report.pdf"
    data = path.read_bytes()[:300]
    path.write_bytes(data)
    status, (document, _) = path.stat(), archive.searcher.filed("report")
    file = FileState("report.pdf", status.st_size, status.st_mtime_ns, status.st_ino)
    broken = replace(document, sha256=sha256(data).hexdigest())
    for _ in range(2):
        with pytest.raises(NoPicture, match="broken"):
            archive.originals.picture(broken, file, 1)
    used = {each.name: each for each in archive.caches.usage()}["pages"]
    assert (used.entries, used.hits) == (1, 1)


def test_metadata_beside_a_file_count_as_they_did_for_the_index(archive: Archive) -> None:
    (archive.config.corpus_path / "noted.txt.yaml").write_text("title: Gulls\n", encoding="utf-8")
    with pytest.raises(OriginalGone):
        archive.original("noted")
    archive.index()
    assert taken(archive.original("noted")) == b"The terns were counted.\n"


def test_a_folder_that_became_a_link_is_not_followed(archive: Archive) -> None:
    corpus = archive.config.corpus_path
    (corpus / "below").mkdir()
    (corpus / "below/eel.txt").write_text("The eel was seen.\n", encoding="utf-8")
    archive.index()
    assert taken(archive.original("below/eel")) == b"The eel was seen.\n"
    (corpus / "below").rename(corpus.parent / "outside")
    (corpus / "below").symlink_to(corpus.parent / "outside")
    with pytest.raises(OriginalGone, match=r"link|gone"):
        archive.original("below/eel")


def test_a_corpus_that_is_not_there_is_said(archive: Archive) -> None:
    corpus = archive.config.corpus_path
    corpus.rename(corpus.parent / "unmounted")
    with pytest.raises(OriginalGone, match="is gone"):
        archive.original("report")


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "a/../../b", "", "a//b", "a\0b"])
def test_a_name_that_leads_out_is_no_file_of_the_corpus(shared: Archive, name: str) -> None:
    document, file = shared.searcher.filed("note")
    with pytest.raises(OriginalGone, match="no file of the corpus"):
        shared.originals.open(document, FileState(name, file.size, file.mtime_ns, file.inode))


def test_a_file_that_is_written_to_while_it_is_read_breaks_off(archive: Archive) -> None:
    path = archive.config.corpus_path / "note.txt"
    path.write_bytes(b"The gulls were counted again.\n" * 40_000)
    archive.index()
    original = archive.original("note")
    begin = next(original.pieces)
    with path.open("ab") as file:
        file.write(b"More.\n")
    with pytest.raises(OriginalGone, match="changed while"):
        list(original.pieces)
    assert 0 < len(begin) < original.size


# --- Pages


def test_a_page_is_a_picture_with_its_words_marked(shared: Archive) -> None:
    plain, marked = shared.picture("report", 2), shared.picture("report", 2, "ledger")
    assert (plain.width, plain.pages, plain.boxes) == (1_000, 3, ())
    assert 1_410 < plain.height < 1_420
    assert len(marked.boxes) == 2
    assert (marked.width, marked.height) == (plain.width, plain.height)
    assert plain.png[:8] == marked.png[:8] == b"\x89PNG\r\n\x1a\n"
    assert plain.png != marked.png
    assert shared.picture("report", 2, "ledger") == marked


def test_a_phrase_is_marked_as_one(shared: Archive) -> None:
    (box,) = shared.picture("report", 2, '"kept the ledger of the fund"').boxes
    assert box[2] - box[0] > 0.2


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("box.zip/inner.zip/deep.pdf", "octopus"),
        ("roll.tar.gz/plan.pdf", "pier"),
        ("letters.mbox/2/invoice.pdf", "lenses"),
    ],
)
def test_a_member_has_pictures_too(shared: Archive, document: str, words: str) -> None:
    assert len(shared.picture(document, 1, words).boxes) == 1


@pytest.mark.parametrize("page", [0, -1, 4, 10**6])
def test_a_page_that_is_not_there_has_none(shared: Archive, page: int) -> None:
    with pytest.raises(NoPicture, match="it has"):
        shared.picture("report", page)


@pytest.mark.parametrize("document", ["note", "trap", "rows.csv/1", "letters.mbox/1"])
def test_what_has_no_pages_has_no_picture(shared: Archive, document: str) -> None:
    with pytest.raises(NoPicture, match="no pages"):
        shared.picture(document, 1)


def test_a_pdf_by_another_name_has_pictures(archive: Archive) -> None:
    (archive.config.corpus_path / "scan").write_bytes(pdf("A crab walked by."))
    (archive.config.corpus_path / "false.pdf").write_text("<!doctype html><p>No crab.")
    archive.index()
    assert archive.picture("scan", 1, "crab").boxes
    with pytest.raises(NoPicture):
        archive.picture("false", 1)


def test_one_page_of_five_metres_has_no_more_pixels_than_another(archive: Archive) -> None:
    corpus = archive.config.corpus_path
    (corpus / "wide.pdf").write_bytes(pdf("A wide whale.", size=(5_000, 5_000)))
    (corpus / "long.pdf").write_bytes(pdf("A long whale.", size=(50, 5_000)))
    archive.index()
    for document in ("wide", "long"):
        picture = archive.picture(document, 1, "whale")
        assert picture.width <= 1_000
        assert picture.width * picture.height <= 4_000_000
        assert picture.boxes


def test_any_of_a_thousand_pages_is_shown(archive: Archive) -> None:
    many = pdf(*(f"This is sheet {n}." for n in range(1, 1_201)))
    (archive.config.corpus_path / "many.pdf").write_bytes(many)
    archive.index()
    assert archive.picture("many", 1_200, "sheet").pages == 1_200


HOSTILE_PDFS = {
    **{name: make for name, make in HOSTILE.items() if name.endswith(".pdf")},
    "branching.pdf": lambda size: branching_pdf(30),
    "image.pdf": lambda size: large_image_pdf(60_000),
    "empty.pdf": lambda size: b"",
}


@pytest.mark.parametrize("name", HOSTILE_PDFS)
def test_a_hostile_pdf_gives_a_picture_or_a_reason(tmp_path: Path, name: str) -> None:
    (tmp_path / "corpus").mkdir()
    path = tmp_path / "corpus/report.pdf"
    (tmp_path / "corpus/sound.pdf").write_bytes(pdf("A sound page."))
    path.write_bytes(pdf("A page."))
    with backstory.open(
        tmp_path / "index", corpus=tmp_path / "corpus", formats__seconds=1.0
    ) as archive:
        archive.index()
        document, _ = archive.searcher.filed("report")
        data = HOSTILE_PDFS[name](1)
        path.write_bytes(data)
        status = path.stat()
        # As the index would have it, had it read this file: the hash agrees.
        file = FileState("report.pdf", status.st_size, status.st_mtime_ns, status.st_ino)
        changed = replace(document, sha256=sha256(data).hexdigest())
        with contextlib.suppress(NoPicture):
            picture = archive.originals.picture(changed, file, 1)
            assert picture.width * picture.height <= 4_000_000
        assert archive.picture("sound", 1, "sound").boxes


def test_pages_are_kept_within_the_budget_of_all_caches(shared: Archive) -> None:
    shared.picture("report", 1)
    used = {each.name: each for each in shared.caches.usage()}["pages"]
    assert 0 < used.bytes < 1_000_000
    assert used.entries


def test_no_process_is_left_when_it_is_closed(archive: Archive) -> None:
    archive.picture("report", 1)
    pid = archive.originals._room._child.pid  # type: ignore[union-attr]
    archive.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
