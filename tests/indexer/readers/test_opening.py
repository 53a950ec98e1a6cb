"""Opening a file by what it is, and what is said when that cannot be done."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import dossier
import pytest

from backstory.indexer.readers import Reading, Source
from backstory.indexer.readers.opening import needs_own_process
from backstory.indexer.readers.sniffing import true_suffix
from backstory.indexer.settings import CorpusSettings

STORY = dossier.story(1)


@pytest.mark.parametrize(
    ("name", "data", "suffix"),
    [
        ("a.txt", dossier.pdf(STORY), ".pdf"),
        ("a.docx", dossier.opendocument(STORY), ".odt"),
        ("a.odt", dossier.word(STORY), ".docx"),
        ("a.zip", dossier.book(STORY), ".epub"),
        ("a.txt", dossier.archive({"a.txt": b"A line."}), ".zip"),
        ("a.pdf", dossier.page(STORY), ".html"),
        ("a.txt", "\ufeff<!DOCTYPE html><p>x".encode("utf-16-le"), ".html"),
        ("a.doc.txt", dossier.rich_text(STORY), ".rtf"),
        ("a.html", dossier.page(STORY), ".html"),
        ("a.htm", dossier.page(STORY), ".htm"),
        ("a.md", b"<html>\n", ".md"),
        ("a.txt", b"A text that speaks of <html> and of %PDF-1.7.", ".txt"),
        ("a.csv", b"PK,title\n1,2\n", ".csv"),
        ("a.PDF", dossier.pdf(STORY), ".pdf"),
        ("a.docm", dossier.word(STORY), ".docm"),
    ],
)
def test_a_file_is_told_by_its_content(name: str, data: bytes, suffix: str) -> None:
    found, notes = true_suffix(name, data)
    assert found == suffix
    assert bool(notes) == (suffix != f".{name.lower().rpartition('.')[2]}")


@pytest.mark.parametrize(
    ("name", "data", "is_apart"),
    [
        ("a.txt", b"A line.", False),
        ("a.csv", b"a,b\n1,2\n", False),
        ("a.txt", dossier.page(STORY), True),
        ("a.pdf", dossier.pdf(STORY), True),
        ("a.txt", dossier.archive({"a.txt": b"A line."}), True),
        ("a.txt", b"PK\x03\x04 and noise", True),
    ],
)
def test_whatever_could_do_harm_is_read_in_a_process_of_its_own(
    name: str, data: bytes, is_apart: bool
) -> None:
    source = Source(Path(name), name, data, False, CorpusSettings())
    assert needs_own_process(source) is is_apart


def test_an_archive_is_not_opened_to_tell_where_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = dossier.archive({"a.txt": b"A line."})
    monkeypatch.setattr("zipfile.ZipFile", None)
    assert needs_own_process(Source(Path("a"), "a.zip", data, False, CorpusSettings()))


def test_an_encrypted_office_file_is_told_from_an_old_one(why_not: Callable[..., str]) -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    assert "old Office file" in why_not("a.docx", old)
    assert "encrypted" in why_not("a.docx", old + "EncryptedPackage".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("name", "data", "package"),
    [
        ("a.html", dossier.page(STORY), "trafilatura"),
        ("a.pdf", dossier.pdf(STORY), "pypdfium2"),
        ("a.docx", dossier.word(STORY), "lxml"),
        ("a.rtf", dossier.rich_text(STORY), "striprtf"),
    ],
)
def test_a_file_whose_library_is_missing_names_the_command_that_installs_it(
    why_not: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    data: bytes,
    package: str,
) -> None:
    for module in [each for each in sys.modules if each.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    assert "pip install 'backstory[formats]'" in why_not(name, data)


@pytest.mark.parametrize("name", ["a.eml", "a.csv", "a.vtt", "a.zip"])
def test_formats_of_the_standard_library_need_no_extra(
    read_bytes: Callable[..., Reading], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for package in ("trafilatura", "pypdfium2", "lxml", "striprtf"):
        monkeypatch.setitem(sys.modules, package, None)
    data = {
        "a.eml": dossier.mail(STORY),
        "a.csv": dossier.table([STORY]),
        "a.vtt": dossier.captions(STORY),
        "a.zip": dossier.archive({"a.txt": b"A line."}),
    }[name]
    reading = read_bytes(name, data)
    assert reading.paragraphs or reading.members


def test_a_member_that_breaks_its_reader_costs_only_itself(
    read_bytes: Callable[..., Reading], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(source: object) -> Reading:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("backstory.indexer.readers.text.read", broken)
    from backstory.indexer.readers import _readers

    _readers.cache_clear()
    try:
        data = dossier.archive({"a.txt": b"A line.", "b.md": b"Another."})
        first, second = read_bytes("a.zip", data).members
    finally:
        _readers.cache_clear()
    assert first.reason == "the reader failed (ZeroDivisionError: by zero)"
    assert second.reading is not None
