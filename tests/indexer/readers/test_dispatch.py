"""Opening a file by what it is, and what is said when that cannot be done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import dossier
import pytest
from containers import container

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, Paragraph, Reading, Source
from backstory.indexer.readers.dispatch import may_be_read_now, needs_own_process, read_plainly
from backstory.indexer.readers.registry import GROUP, registry
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
        ("a.doc", b"A letter.\r\n\r\nCaf\xe9.", ".txt"),
        ("a.rtf", b"A letter.", ".txt"),
        ("a.docx", b"A letter.", ".txt"),
        ("a.xls", b"Vessel\tLamps\nIris\t7\n", ".csv"),
        ("a.msg", b"A letter.", ".txt"),
        ("a.doc", b"\0\0\0", ".doc"),
        ("a.doc", b" ", ".doc"),
        ("a.pdf", b"junk before\n%PDF-1.4", ".pdf"),
        ("a.zip", b"A letter.", ".zip"),
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
    assert "old Office file" in why_not("a.docx", container({"PowerPoint Document": b"slides"}))
    encrypted = container({"EncryptedPackage": b"secret", "EncryptionInfo": b"how"})
    assert "encrypted" in why_not("a.docx", encrypted)


@pytest.mark.parametrize(
    ("name", "data", "package"),
    [
        ("a.html", dossier.page(STORY), "trafilatura"),
        ("a.pdf", dossier.pdf(STORY), "pypdfium2"),
        ("a.docx", dossier.word(STORY), "lxml"),
        ("a.odt", dossier.opendocument(STORY), "lxml"),
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


@pytest.mark.parametrize("name", ["a.eml", "a.csv", "a.vtt", "a.zip", "a.rtf"])
def test_formats_of_the_standard_library_need_no_extra(
    read_bytes: Callable[..., Reading], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for package in ("trafilatura", "pypdfium2", "lxml"):
        monkeypatch.setitem(sys.modules, package, None)
    data = {
        "a.eml": dossier.mail(STORY),
        "a.csv": dossier.table([STORY]),
        "a.vtt": dossier.captions(STORY),
        "a.rtf": dossier.rich_text(STORY),
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
    data = dossier.archive({"a.txt": b"A line.", "b.md": b"Another."})
    first, second = read_bytes("a.zip", data).members
    assert first.reason == "the reader failed (ZeroDivisionError: by zero)"
    assert second.reading is not None


# Several formats that fit


def zipped(*names: str) -> bytes:
    return dossier.archive(dict.fromkeys(names, b"x"))


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, Format], None]]:
    """Declare a format as an installed package does: `declare("name", Format(…))`."""
    points: list[EntryPoint] = []

    def add(name: str, declared: Format) -> None:
        module = ModuleType(f"plugin_{name}")
        vars(module).update(FORMAT=declared, read=lambda source: Reading((Paragraph(name),)))
        monkeypatch.setitem(sys.modules, module.__name__, module)
        points.append(EntryPoint(name, module.__name__, GROUP))
        registry.cache_clear()

    monkeypatch.setattr("backstory.indexer.readers.registry.entry_points", lambda group: points)
    yield add
    registry.cache_clear()


@pytest.mark.parametrize(
    ("name", "data", "suffix"),
    [
        ("a.txt", zipped("xl/workbook.xml", "x.txt"), ".xlsx"),
        ("a.docx", zipped("xl/workbook.xml", "word/document.xml"), ".docx"),
        ("a.xlsx", zipped("xl/workbook.xml", "word/document.xml"), ".xlsx"),
        ("a.txt", zipped("xl/workbook.xml", "xl/macros.bin", "word/document.xml"), ".xlsm"),
        ("a.xlsx", zipped("xl/workbook.xml", "xl/macros.bin"), ".xlsx"),
        ("a.xlsx", zipped("workbook.xml"), ".zip"),
        ("a.odt", dossier.opendocument(STORY), ".odt"),
        ("a.txt", b"SQLite format 3\0", ".db"),
        ("a.txt", b"SQLite is a library.", ".txt"),
        ("a.fla", container({"Contents": b"film"}), ".fla"),
        ("a.doc", container({"Contents": b"film"}), ".fla"),
    ],
)
def test_own_suffix_decides_between_formats_that_fit_and_then_most_names(
    declare: Callable[[str, Format], None], name: str, data: bytes, suffix: str
) -> None:
    declare("sheets", Format("a spreadsheet", (".xlsx",), zip_names=("xl/workbook.xml",)))
    macros = ("xl/workbook.xml", "xl/macros.bin")
    declare("macros", Format("a spreadsheet with macros", (".xlsm",), zip_names=macros))
    declare("base", Format("a database", (".db",), magic=(b"SQLite format 3\0",)))
    declare("flash", Format("a Flash film", (".fla",), streams=("Contents",)))
    assert true_suffix(name, data)[0] == suffix


def test_an_old_office_file_is_no_other_one_for_which_there_is_a_reader(
    declare: Callable[[str, Format], None], why_not: Callable[..., str]
) -> None:
    declare("flash", Format("a Flash film", (".fla",), streams=("Contents",)))
    assert "old Office file" in why_not("a.fla", container({"PowerPoint Document": b"slides"}))


def test_an_archive_that_only_its_program_understands_is_not_taken_apart(
    read_bytes: Callable[..., Reading], why_not: Callable[..., str]
) -> None:
    data = dossier.archive({"part.xml": b"<a>A part.</a>"})
    assert why_not("a.pages", data) == "no reader for .pages: save it as PDF"
    assert [each.name for each in read_bytes("saved", data).members] == ["part.xml"]


def test_a_plugin_replaces_a_reader_and_the_first_by_name_has_the_suffix(
    declare: Callable[[str, Format], None], read_bytes: Callable[..., Reading]
) -> None:
    declare("b", Format("b's text", (".txt", ".b")))
    declare("a", Format("a's text", (".txt", ".pdf")))
    assert read_bytes("x.txt", b"A line.").paragraphs == (Paragraph("a"),)
    assert read_bytes("x.pdf", dossier.pdf(STORY)).paragraphs == (Paragraph("a"),)
    assert read_bytes("x.b", b"A line.").paragraphs == (Paragraph("b"),)
    assert registry().problems == (("b", ".txt is read by plug-in a"),)


def test_an_archive_of_a_plugin_is_read_apart_whatever_it_declares(
    declare: Callable[[str, Format], None],
) -> None:
    declare("sheets", Format("a spreadsheet", (".xlsx",), zip_names=("xl/workbook.xml",)))
    data = zipped("xl/workbook.xml")
    assert needs_own_process(Source(Path("a"), "a.xlsx", data, False, CorpusSettings()))


def test_a_plugin_whose_library_is_missing_names_what_installs_it(
    declare: Callable[[str, Format], None],
    read_bytes: Callable[..., Reading],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    declared = Format("x", (".x",), packages=("no_such_library",), requires="news[sheets]")
    declare("x", declared)

    def read(source: Source) -> Reading:
        import no_such_library  # type: ignore[import-not-found]

        return Reading((Paragraph(str(no_such_library)),))

    monkeypatch.setattr(sys.modules["plugin_x"], "read", read)
    with pytest.raises(UnreadableDocument) as caught:
        read_bytes("a.x", b"A line.")
    lacking = caught.value.remark
    assert lacking == Remark.of(Code.NEEDS_EXTRA, suffix=".x", requires="news[sheets]")
    assert not may_be_read_now(lacking)
    monkeypatch.setattr("backstory.indexer.readers.dispatch.find_spec", lambda name: True)
    assert may_be_read_now(lacking)
    assert may_be_read_now(Remark.of(Code.NO_READER, suffix=".x"))
    assert not may_be_read_now(Remark.of(Code.NO_READER, suffix=".y"))
    assert not may_be_read_now(Remark.of(Code.ENCRYPTED, detail="encrypted: it needs a password"))


@pytest.mark.parametrize(
    "wrong", [{"suffixes": ()}, {"suffixes": ("x",)}, {"suffixes": (".X",)}, {"magic": (b"BM",)}]
)
def test_a_declaration_that_cannot_be_true_is_refused(wrong: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match=r"suffix|bytes"):
        Format(**{"label": "x", "suffixes": (".x",), **wrong})  # type: ignore[arg-type]


def test_what_a_file_is_takes_no_time_to_tell() -> None:
    # A comment that may end at any of two hundred ends was tried at all of them, in all ways.
    for start in (b"<!---->", b"<?xml?>", b"<?xml ?> <!-- -->"):
        assert true_suffix("a.txt", start * 200 + b"x") == (".txt", ())
    assert true_suffix("a.txt", b"<!-- a --> <!-- b -->\n<html>")[0] == ".html"


@pytest.mark.parametrize(
    ("name", "size", "is_apart"),
    [
        ("a.txt", 1_000_000, False),
        ("a.md", 64_000, False),
        ("a.md", 64_001, True),
        ("a.csv", 8_001, True),
        ("a.vtt", 8_001, True),
        ("a.unknown", 1_000_000, False),
    ],
)
def test_a_reader_vouches_for_so_many_bytes(name: str, size: int, is_apart: bool) -> None:
    source = Source(Path(name), name, b"w" * size, False, CorpusSettings())
    assert needs_own_process(source) is is_apart


@pytest.mark.parametrize(
    "why", [Code.TIMED_OUT, Code.MEMBER_TIMED_OUT, Code.CRASHED, Code.NEEDS_MEMORY, Code.TOO_DEEP]
)
def test_a_text_that_its_reader_could_not_cope_with_is_read_as_plain_text(why: Code) -> None:
    data = {"seconds": 60, "how": "SIGSEGV", "limit": 1, "detail": "too deep"}
    failed = Remark.of(why, **data)
    for name in ("a.md", "a.csv", "a.vtt"):
        reading = read_plainly(
            Source(Path(name), name, b"A line.", False, CorpusSettings()), failed
        )
        assert reading is not None
        assert [each.text for each in reading.paragraphs] == ["A line."]
        assert reading.notes[-1].sentence.endswith("read as plain text")
    page = Source(Path("a"), "a.html", b"<p>A line.", False, CorpusSettings())
    assert read_plainly(page, failed) is None
    text = Source(Path("a"), "a.md", b"A line.", False, CorpusSettings())
    assert read_plainly(text, Remark.of(Code.ENCRYPTED, detail="encrypted")) is None
