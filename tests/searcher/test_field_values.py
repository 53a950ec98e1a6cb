"""Values of fields that name a file, and those that nothing in the index has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from backstory.engine.documents import FileState, IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.searcher import Searcher

Make = Callable[..., IndexedDocument]


def from_file(one: IndexedDocument, path: str) -> IndexedDocument:
    return replace(one, file=FileState(path, 1, 2, 3))


@pytest.fixture
def searcher(document: Make, fill: Callable[..., Index]) -> Searcher:
    """Two files with a document each, and one with two."""
    return Searcher(
        fill(
            ReferenceIndex(),
            from_file(document("a", "a radio", kind="Court filing"), "a.md"),
            from_file(
                document("notes/b", "a radio", kind="letter", source="Gazette"), "notes/b.txt"
            ),
            from_file(document("rows.csv/1", "a radio", language="es"), "rows.csv"),
            from_file(document("rows.csv/2", "a radio"), "rows.csv"),
        )
    )


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("doc:a", ["a"]),
        ("doc:a.md", ["a"]),
        ("doc:A.MD radio", ["a"]),
        ("doc:a.txt", []),
        ("doc:notes/b.txt", ["notes/b"]),
        ("doc:notes/*", ["notes/b"]),
        ("doc:notes/*.txt", ["notes/b"]),
        ("doc:*.md", ["a"]),
        ("doc:b.txt", []),
        ("doc:rows.csv", ["rows.csv/1", "rows.csv/2"]),
        ("doc:rows.*", ["rows.csv/1", "rows.csv/2"]),
        ("doc:rows.csv/2", ["rows.csv/2"]),
        ("radio -doc:rows.csv", ["a", "notes/b"]),
        ("kind:court", ["a"]),
        ("title:Abo* kind:fil*", ["a"]),
        ("lang:Spanish", ["rows.csv/1"]),
        ("lang:español", ["rows.csv/1"]),
    ],
)
def test_documents_are_found_by_the_name_of_their_file(
    searcher: Searcher, text: str, documents: list[str]
) -> None:
    assert sorted(hit.document for hit in searcher.search(text, limit=9)) == documents


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("kind:curt", "There is no kind “curt” in this index; there are: Court filing, letter."),
        ("lang:fr", "There is no language “fr” in this index; there are: en, es."),
        ("source:Post", "There is no source “Post” in this index; there are: Gazette."),
        ("title:zebra*", "There is no title “zebra*” in this index."),
        ("radio -tag:sea", "There is no tag “sea” in this index."),
        (
            "doc:rows",
            "There is no document “rows” in this index; "
            "there are: a, notes/b, rows.csv/1, rows.csv/2.",
        ),
    ],
)
def test_value_that_nothing_has_is_told(searcher: Searcher, text: str, note: str) -> None:
    assert searcher.search(text).understanding.notes == (note,)


def test_any_number_of_files_fit_a_pattern(document: Make, fill: Callable[..., Index]) -> None:
    files = (from_file(document(f"m/{n}", "a radio"), f"m/{n}.md") for n in range(300))
    result = Searcher(fill(ReferenceIndex(), *files)).search("radio doc:*.md")

    assert (result.total, result.understanding.notes, result.understanding.limits) == (300, (), ())


def test_of_many_documents_those_with_a_near_id_are_offered(
    document: Make, fill: Callable[..., Index]
) -> None:
    def documents() -> Iterator[IndexedDocument]:
        for number in range(20):
            yield document(f"minutes/{number}", "a radio")
        yield document("letters/smith", "a radio")

    searcher = Searcher(fill(ReferenceIndex(), *documents()))

    assert searcher.search("doc:letters/smyth").understanding.notes == (
        "There is no document “letters/smyth” in this index.",
    )
    assert searcher.search("doc:letters/smiht").understanding.notes == (
        "There is no document “letters/smiht” in this index; near it: letters/smith.",
    )
    assert searcher.search("doc:smith.txt").understanding.notes == (
        "There is no document “smith.txt” in this index; near it: letters/smith.",
    )


@pytest.mark.parametrize("text", ["doc:a", "kind:letter", "lang:es", "radio doc:a kind:letter"])
def test_nothing_is_said_of_values_that_there_are(searcher: Searcher, text: str) -> None:
    assert searcher.search(text).understanding.notes == ()
