"""A format is one module of the package, found by its suffixes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.indexer import readers
from backstory.indexer.readers import Paragraph, Source, suffix_of, title_from_name
from backstory.indexer.readers.registry import holds_members, reader_for, registry, suffixes
from backstory.indexer.settings import CorpusSettings

NEW_FORMAT = """
from backstory.indexer.readers import Format, Paragraph, Reading, Source
FORMAT = Format("a shout", (".shout",))
def read(source: Source) -> Reading:
    return Reading((Paragraph(source.data.decode().upper()),))
"""


@pytest.fixture
def package_with_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "shouting.py").write_text(NEW_FORMAT)
    monkeypatch.setattr(readers, "__path__", [*readers.__path__, str(tmp_path)])
    registry.cache_clear()
    yield
    registry.cache_clear()
    sys.modules.pop("backstory.indexer.readers.shouting", None)


@pytest.mark.usefixtures("package_with_new_file")
def test_new_format_is_one_new_file() -> None:
    read = reader_for(".shout")
    assert read is not None
    reading = read(Source(Path("a.shout"), "a.shout", b"go home", False, CorpusSettings()))
    assert reading.paragraphs == (Paragraph("GO HOME"),)
    assert ".shout" in suffixes()


def test_reader_that_finds_members_says_so() -> None:
    folder = Path(readers.__file__).parent
    finding = {
        p for p in folder.glob("*.py") if re.search(r"\byield (?:Member|guarded)\(", p.read_text())
    }
    claiming = {suffix for suffix in suffixes() if holds_members(suffix)}

    assert {p.stem for p in finding} == {"mail", "outlook", "rows", "sheets", "tarred", "zipped"}
    claimed = (registry().by_suffix[suffix].module.__name__ for suffix in claiming)
    named = {name.rpartition(".")[2] for name in claimed}
    assert named == {p.stem for p in finding} | {"json_records"}


def test_text_and_markdown_can_be_read() -> None:
    assert {".txt", ".md", ".markdown"} <= set(suffixes())


def test_suffixes_are_sorted() -> None:
    assert list(suffixes()) == sorted(suffixes())


@pytest.mark.parametrize("suffix", [".txt", ".TXT", ".Txt"])
def test_case_of_a_suffix_does_not_matter(suffix: str) -> None:
    assert reader_for(suffix) is not None
    assert reader_for(suffix) == reader_for(".txt")


@pytest.mark.parametrize("suffix", ["", ".", "txt", ".exe", ".py"])
def test_unknown_suffix_has_no_reader(suffix: str) -> None:
    assert reader_for(suffix) is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("article.txt", "Article"),
        ("2018-09-08_secret-talks.txt", "2018-09-08 Secret talks"),
        ("2018-09-08-secret-talks.txt", "2018-09-08 Secret talks"),
        ("folder/deep/NYT_notes.md", "NYT notes"),
        ("covid-19-report.txt", "Covid 19 report"),
        ("iPhone leak.txt", "iPhone leak"),
        ("reunión_en_bogotá.txt", "Reunión en bogotá"),
        ("notes.v2.txt", "Notes.v2"),
        ("1999.txt", "1999"),
        ("two\nlines.txt", "Two lines"),
        ("___.txt", "___.txt"),
        (".txt", ".txt"),
    ],
)
def test_file_name_becomes_a_readable_title(name: str, title: str) -> None:
    assert title_from_name(name) == title


@given(st.text() | st.text("a./é \n"))
def test_suffix_is_the_one_that_pathlib_tells(name: str) -> None:
    assert suffix_of(name) == PurePosixPath(name).suffix
