"""Commits have numbers, snapshots never change, and there is one writer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from backstory.engine.documents import IndexedDocument, SkippedFile
from backstory.engine.errors import IndexBusy
from backstory.engine.indexes.contract import Index
from backstory.engine.query import All
from backstory.engine.remarks import unreadable
from backstory.testing.common import RADIO, SuiteOfOneIndex, addresses
from backstory.testing.corpora import fill_index, make_document


class CommittingContract(SuiteOfOneIndex):
    """Commits, and who may make them."""

    def test_generation_rises_with_each_commit_that_changes_something(self, index: Index) -> None:
        writer = index.writer()
        generations = []
        changes: list[Callable[[], None]] = [
            lambda: writer.add([make_document("a", "radio")]),
            lambda: writer.add([make_document("a", "radio")]),
            lambda: writer.skip([SkippedFile("x", unreadable("binary"))]),
            lambda: writer.delete("a"),
            lambda: writer.add([]),
            lambda: writer.delete("a"),
        ]
        for change in changes:
            change()
            generations.append(writer.commit())
            assert index.open().statistics.generation == generations[-1]
        writer.close()

        first = generations[0]
        assert [g - first for g in generations] == [0, 1, 2, 3, 3, 3]

    def test_commit_without_changes_keeps_the_reader(self, index: Index) -> None:
        fill_index(index, make_document("a", "radio"))
        snapshot = index.open()
        fill_index(index)
        fill_index(index, delete=["nobody"])

        assert index.open() is snapshot

    def test_first_commit_may_be_empty(self, index: Index) -> None:
        writer = index.writer()
        writer.commit()
        writer.close()
        snapshot = index.open()

        assert addresses(snapshot, All()) == addresses(snapshot, RADIO) == []
        assert snapshot.languages == ()
        assert list(snapshot.vocabulary()) == []
        assert snapshot.statistics.passages == snapshot.statistics.words == 0

    def test_reader_keeps_its_view_whatever_is_committed(self, index: Index) -> None:
        fill_index(index, make_document("a", "radio one", "two"), make_document("b", "radio"))
        old = index.open()
        for turn in range(12):  # enough for segments to be merged and their files deleted
            fill_index(index, make_document(f"new{turn}", "radio"), delete=["a"])

        assert addresses(old, RADIO) == ["b#p1", "a#p1"]
        assert old.passages("a")[1].text == "two"
        assert old.frequency("one") == 1
        assert old.statistics.passages == 3
        assert "a#p1" not in addresses(index.open(), RADIO)
        assert len(addresses(index.open(), RADIO)) == 13

    def test_index_says_where_it_is_and_how_its_machines_are(self, index: Index) -> None:
        fill_index(index, make_document("a", "radio"))
        assert index.place
        health = index.health()
        assert health is None or (health.machines and health.missing == 0)

    def test_second_writer_is_refused(self, index: Index) -> None:
        writer = index.writer()
        with pytest.raises(IndexBusy, match="being written by") as refused:
            index.writer()
        assert refused.value.exit_code == 3
        writer.close()
        index.writer().close()

    def test_closing_twice_does_not_let_a_third_writer_in(self, index: Index) -> None:
        first = index.writer()
        first.close()
        second = index.writer()
        second.add([make_document("a", "radio")])
        prepared = index.prepare([make_document("b", "radio")])
        first.close()
        with pytest.raises(IndexBusy):
            index.writer()

        second.adopt(prepared)
        second.commit()
        second.close()
        assert addresses(index.open(), RADIO) == ["a#p1", "b#p1"]

    def test_writer_is_released_after_an_exception(self, index: Index) -> None:
        def broken() -> Iterator[IndexedDocument]:
            yield make_document("b", "radio")
            raise RuntimeError("the reader of files broke")

        fill_index(index, make_document("a", "radio"))
        with pytest.raises(RuntimeError, match="broke"):
            fill_index(index, broken().__next__(), *broken())

        fill_index(index, make_document("c", "radio"))
        assert addresses(index.open(), RADIO) == ["a#p1", "c#p1"]
