"""Documents and passages come back from their entries as they were."""

from __future__ import annotations

import json

import pytest

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import Document, FileState, IndexedDocument, Passage, SkippedFile
from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.opensearch.entries import (
    LONGEST_ID,
    LONGEST_KEY,
    StoredDocument,
    document_id,
    document_key,
    entries_of,
    entry_id,
    is_hashed,
    passage_of,
    prepare,
    value_key,
    value_of,
    with_terms,
)
from backstory.engine.remarks import Code, Remark

PASSAGES = (
    Passage("a\udce9", 1, "Radios for the harbour.", "The radios", 3, 10, 16, ("Harbour",)),
    Passage("a\udce9", 2, "Órdenes \x00 y más.", language="es", seconds=(0, 15), confidence=0),
    Passage("a\udce9", 3, "* * *", mentions=("2018-03",)),
)
DOCUMENT = Document(
    "a\udce9", "A title", "Gazette", "Falk", "2018-3", tags=("one", "two"), kind="memo",
    notes=(Remark.of(Code.CUT, limit=3),), added="2019-05-01T09:30:00+00:00",
)  # fmt: skip
INDEXED = IndexedDocument(DOCUMENT, PASSAGES, FileState("a.md", 9, 8, 7, (5, 6)))


def test_document_and_passages_come_back() -> None:
    own, *others = entries_of(INDEXED, Analyzer()).entries
    stored = StoredDocument.of(own)

    assert (stored.document, stored.file) == (DOCUMENT, INDEXED.file)
    assert stored.counts == Counts(1, 3, 7, {"en": 2, "es": 1})
    assert tuple(map(passage_of, others)) == PASSAGES


def test_entries_are_ascii_whatever_the_texts_are() -> None:
    for entry in entries_of(INDEXED, Analyzer()).entries:
        json.dumps(entry).encode("ascii")


def test_dates_are_sorted_as_they_are_compared() -> None:
    dates = ("2017", "2018", "2018-3", "2018-03-09", "2018-10")
    keys = [
        entries_of(IndexedDocument(Document("a", "", date=date), ()), Analyzer()).entries[0]["when"]
        for date in dates
    ]
    assert keys == sorted(keys)
    undated = entries_of(IndexedDocument(Document("a", "", date="soon"), ()), Analyzer())
    assert (undated.entries[0]["when"], undated.entries[0]["undated"]) == ("", 1)


def test_terms_that_are_not_stored_are_made_again() -> None:
    analyzer = Analyzer()
    for entry in entries_of(INDEXED, analyzer).entries:
        bare = {name: v for name, v in entry.items() if name not in ("stem", "surface", "head")}
        assert with_terms(bare, DOCUMENT, analyzer) == entry


@pytest.mark.parametrize("id_", ["a", "ä/b c", "\udcff", "x\0y", "文件"])
def test_ids_come_back_and_sort_as_texts_do(id_: str) -> None:
    assert document_id(document_key(id_)) == id_
    others = ["Z", "a", "é", "日"]
    assert sorted([*others, id_], key=document_key) == sorted([*others, id_])


def test_same_document_of_another_commit_is_another_entry() -> None:
    assert entry_id("a", 1, 7) == entry_id("a", 1, 7)
    assert len({entry_id("a", 1, 7), entry_id("a", 1, 8), entry_id("a", 11, 7)}) == 3


def test_long_values_are_hashed_and_others_are_read_from_their_keys() -> None:
    assert value_of(value_key("Peña \udce9", "es")) == ("Peña \udce9", "es")
    assert is_hashed(value_key("x" * LONGEST_KEY, ""))
    assert value_key("x" * LONGEST_KEY, "") != value_key("x" * LONGEST_KEY + "y", "")


def test_documents_that_cannot_be_taken_are_named() -> None:
    misnumbered = IndexedDocument(Document("b", ""), (Passage("b", 2, "x"),))
    long_ = IndexedDocument(Document("é" * LONGEST_ID, ""), ())
    batch = prepare([INDEXED, INDEXED, misnumbered, long_], Analyzer())

    assert [one.document_id for one in batch.documents] == [DOCUMENT.id]
    assert "same id" in batch.rejected[DOCUMENT.id]
    assert "numbered" in batch.rejected["b"]
    assert "longer" in batch.rejected["é" * LONGEST_ID]


def test_skipped_files_come_back() -> None:
    for state in (None, FileState("x", 1, 2, 3, (4, 5))):
        skipped = SkippedFile("\udce9", Remark.of(Code.UNREADABLE, detail="x"), state)
        assert SkippedFile.from_json(json.loads(json.dumps(skipped.to_json()))) == skipped


def test_counts_are_added_and_taken_away() -> None:
    some, more = Counts(1, 2, 30, {"en": 2}), Counts(1, 1, 5, {"es": 1})
    both = some.plus(more)

    assert both == Counts(2, 3, 35, {"en": 2, "es": 1})
    assert both.plus(some, -1) == more
    assert Counts(**json.loads(json.dumps(both.to_json()))) == both
