"""A folder of real-looking files in every format, indexed and compared paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import dossier
import pytest

from backstory.engine.documents import Passage
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer.readers.registry import registry, suffixes
from backstory.indexer.sync import SyncReport, sync
from backstory.settings import Config

# Formats that have no headings, or no place for an author or a date.
WITHOUT_HEADINGS = (".txt", ".rtf", ".eml", ".mbox", ".csv", ".jsonl", ".srt", ".vtt")
TABLES = (".csv", ".jsonl")
WITHOUT_AUTHOR = (".txt", ".srt", ".vtt")
# Formats that hold no stories: tested beside their readers.
OTHER_READERS = frozenset(
    "json_records latex logs old_word outlook pictures sheets slides tarred xml_blocks".split()
)
HEAD_OF_MAIL = "From Ines Falk <ines@gazette.example>, to City Desk <desk@gazette.example>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dossier.Story]]:
    root = tmp_path_factory.mktemp("dossier")
    return root, dossier.write_files(root / "corpus")


@pytest.fixture(scope="module")
def indexed(folder: tuple[Path, dict[str, dossier.Story]]) -> tuple[Snapshot, SyncReport]:
    index = ReferenceIndex()
    report = sync(index, Config(root=folder[0]).override(index__jobs=1))
    return index.open(), report


def test_the_dossier_has_sixty_files_in_every_format_that_can_be_read(
    folder: tuple[Path, dict[str, dossier.Story]],
) -> None:
    files = [path for path in (folder[0] / "corpus").rglob("*") if path.is_file()]
    same = {
        ".emlx",
        ".mbx",
        ".htm",
        ".xhtml",
        ".markdown",
        ".mht",
        ".docm",
        ".dotx",
        ".dotm",
        ".ott",
        ".tsv",
        ".ndjson",
    }
    assert len(files) >= 60
    told = registry().by_suffix
    stories = {
        each
        for each in suffixes()
        if told[each].module.__name__.split(".")[-1] not in OTHER_READERS
    }
    assert {path.suffix for path in files} >= stories - same


def test_every_story_is_indexed_and_nothing_is_skipped(
    folder: tuple[Path, dict[str, dossier.Story]], indexed: tuple[Snapshot, SyncReport]
) -> None:
    reader, report = indexed
    assert report.skipped == ()
    assert {document.id for document, _, _ in reader.documents()} == set(folder[1])


def test_every_paragraph_is_as_it_was_written(
    folder: tuple[Path, dict[str, dossier.Story]], indexed: tuple[Snapshot, SyncReport]
) -> None:
    wrong = {}
    for document_id, story in folder[1].items():
        found = written(indexed[0].passages(document_id))
        if any(f"{each}/" in document_id for each in TABLES):
            assert story.author in found.pop()[1]  # the columns beside the text
        if [text for _, text in found] != story.paragraphs:
            wrong[document_id] = found
        elif has(document_id, WITHOUT_HEADINGS):
            continue
        elif found != story.placed:
            wrong[document_id] = found
    assert not wrong


def test_every_story_has_its_title_author_and_date(
    folder: tuple[Path, dict[str, dossier.Story]], indexed: tuple[Snapshot, SyncReport]
) -> None:
    wrong = []
    for document_id, story in folder[1].items():
        document = indexed[0].document(document_id)
        assert document is not None
        title = document.title.replace("'", "’")
        if title != story.title and not document_id.startswith("srt/"):
            wrong.append((document_id, "title", document.title))
        if not has(document_id, WITHOUT_AUTHOR):
            wrong += [(document_id, "author", document.author)] * (document.author != "Ines Falk")
            wrong += [(document_id, "date", document.date)] * (document.date != story.date)
    assert not wrong


def test_pages_of_a_pdf_are_kept(indexed: tuple[Snapshot, SyncReport]) -> None:
    pages = [
        [passage.page for passage in indexed[0].passages(document.id)]
        for document, _, _ in indexed[0].documents()
        if document.path.endswith(".pdf")
    ]
    assert pages
    assert all(numbers[0] == 1 and numbers == sorted(numbers) for numbers in pages)  # type: ignore[type-var]
    assert max(number for numbers in pages for number in numbers if number) > 1


def has(document_id: str, formats: Sequence[str]) -> bool:
    """Tell whether a document is of one of some formats, by the folder or file that it is in."""
    return document_id.endswith("with-attachment") or (
        any(document_id.startswith(f"{each[1:]}/") or f"{each}/" in document_id for each in formats)
        and not document_id.endswith(".docx")
    )


def written(passages: Sequence[Passage]) -> list[tuple[str, str]]:
    """Return headings and texts as they were meant: with the apostrophe that PDF fonts lack."""
    pairs = [(each.heading, each.text.replace("'", "’")) for each in passages]
    return [pair for pair in pairs if pair[1] != HEAD_OF_MAIL]
