"""EPUB books."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import dossier

from backstory.indexer.readers import Reading

Read = Callable[..., Reading]


def without(data: bytes, *names: str, **more: bytes) -> bytes:
    """Return a book without some of its files, and with others."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        held = {name: book.read(name) for name in book.namelist() if name not in names}
    return dossier.archive({**held, **more})


def test_chapters_are_read_in_the_order_of_the_book(read_bytes: Read) -> None:
    story = dossier.story(4, sections=12)
    reading = read_bytes("a.epub", dossier.book(story))
    assert [(each.heading, each.text) for each in reading.paragraphs] == story.placed
    assert (reading.title, reading.author, reading.date) == (story.title, "Ines Falk", story.date)
    assert (reading.language, reading.kind) == ("en", "book")


def test_a_table_of_contents_is_no_text(read_bytes: Read) -> None:
    found = [each.text for each in read_bytes("a.epub", dossier.book(dossier.story(1))).paragraphs]
    assert "Contents" not in found


def test_a_missing_chapter_costs_only_itself(read_bytes: Read) -> None:
    story = dossier.story(4)
    data = without(dossier.book(story), "OEBPS/chapter 1.xhtml")
    found = [each.text for each in read_bytes("a.epub", data).paragraphs]
    assert found == [*story.sections[0][1], *story.sections[2][1]]


def test_a_locked_book_says_so(why_not: Callable[..., str]) -> None:
    lock = b'<e><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></e>'
    data = without(dossier.book(dossier.story(1)), **{"META-INF/encryption.xml": lock})
    assert "DRM" in why_not("a.epub", data)


def test_scrambled_fonts_lock_nothing(read_bytes: Read) -> None:
    font = b'<e><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/></e>'
    data = without(dossier.book(dossier.story(1)), **{"META-INF/encryption.xml": font})
    assert read_bytes("a.epub", data).paragraphs


def test_a_book_without_its_package_is_reported(why_not: Callable[..., str]) -> None:
    data = without(dossier.book(dossier.story(1)), "OEBPS/book.opf")
    assert "it lacks OEBPS/book.opf" in why_not("a.epub", data)


def test_notes_of_a_book_are_text_and_what_is_hidden_is_left_out(read_bytes: Read) -> None:
    page = "<html><body><p>Paid.</p><aside><p>Says the clerk.</p></aside><p hidden>No.</p>"
    chapters = {"OEBPS/chapter 0.xhtml": f"{page}<nav>Contents</nav></body></html>".encode()}
    data = without(dossier.book(dossier.story(1, sections=1)), *chapters, **chapters)
    reading = read_bytes("a.epub", data)
    assert [each.text for each in reading.paragraphs] == ["Paid.", "Says the clerk."]
    assert [(each.kind, each.text) for each in reading.left_out] == [
        ("hidden", "No."), ("menu", "Contents"),
    ]  # fmt: skip
