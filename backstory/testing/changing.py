"""Documents are added, replaced and deleted, and nothing is seen of it before the commit."""

from __future__ import annotations

from backstory.engine.documents import FileState, SkippedFile
from backstory.engine.indexes.contract import Index
from backstory.engine.query import All
from backstory.engine.remarks import unreadable
from backstory.testing.common import RADIO, SuiteOfOneIndex, addresses
from backstory.testing.corpora import fill_index, make_document


class ChangingContract(SuiteOfOneIndex):
    """What a writer may do before it commits."""

    def test_nothing_is_seen_before_commit(self, index: Index) -> None:
        fill_index(index, make_document("a", "radio"))
        writer = index.writer()
        writer.add([make_document("b", "radio")])
        writer.delete("a")
        writer.skip([SkippedFile("c", unreadable("empty"))])

        assert addresses(index.open(), RADIO) == ["a#p1"]
        assert index.open().skipped() == ()

        writer.commit()
        assert addresses(index.open(), RADIO) == ["b#p1"]
        writer.close()

    def test_replaced_document_has_only_its_new_passages(self, index: Index) -> None:
        fill_index(
            index,
            make_document("a", "one radio", "two", "three radio"),
            make_document("b", "radio"),
        )
        snapshot = fill_index(index, make_document("a", "four", language="es")).open()

        assert addresses(snapshot, RADIO) == ["b#p1"]
        assert [p.text for p in snapshot.passages("a")] == ["four"]
        assert (snapshot.statistics.documents, snapshot.statistics.passages) == (2, 2)
        assert snapshot.statistics.languages == {"en": 1, "es": 1}

    def test_document_added_twice_before_a_commit_is_its_last_version(self, index: Index) -> None:
        writer = index.writer()
        writer.add([make_document("a", "first")])
        writer.add([make_document("a", "second", "radio")])
        writer.commit()
        writer.close()
        snapshot = index.open()

        assert [p.text for p in snapshot.passages("a")] == ["second", "radio"]
        assert snapshot.statistics.words == 2
        assert snapshot.frequency("first") == 0

    def test_deleted_document_is_nowhere(self, index: Index) -> None:
        fill_index(index, make_document("a", "radio shed"), make_document("b", "radio"))
        snapshot = fill_index(index, delete=["a"]).open()

        assert snapshot.document("a") is None
        assert snapshot.passages("a") == []
        assert addresses(snapshot, RADIO) == addresses(snapshot, All()) == ["b#p1"]
        assert snapshot.frequency("shed") == 0
        assert snapshot.statistics.words == 1
        assert [d.id for d, _, _ in snapshot.documents()] == ["b"]

    def test_document_may_come_back_after_it_was_deleted(self, index: Index) -> None:
        one = make_document("a", "radio")
        for _ in range(3):
            fill_index(index, one, make_document("b", "shed"))
            assert addresses(index.open(), RADIO) == ["a#p1"]
            fill_index(index, delete=["a"])
            assert addresses(index.open(), RADIO) == []

    def test_deleting_and_adding_in_one_commit_go_in_order(self, index: Index) -> None:
        fill_index(index, make_document("a", "old"))
        writer = index.writer()
        writer.delete("a")
        writer.add([make_document("a", "new"), make_document("b", "new")])
        writer.delete("b")
        writer.commit()
        writer.close()

        assert [p.text for p in index.open().passages("a")] == ["new"]
        assert index.open().document("b") is None

    def test_clear_deletes_everything(self, index: Index) -> None:
        fill_index(index, make_document("a", "radio"))
        writer = index.writer()
        writer.clear()
        writer.add([make_document("b", "shed")])
        writer.commit()
        writer.close()
        snapshot = index.open()

        assert addresses(snapshot, All()) == ["b#p1"]
        assert list(snapshot.vocabulary()) == ["shed"]
        assert snapshot.statistics.words == 1

    def test_rollback_forgets_changes_and_the_writer_goes_on(self, index: Index) -> None:
        fill_index(index, make_document("a", "radio"))
        writer = index.writer()
        writer.add([make_document("b", "radio")])
        writer.delete("a")
        writer.skip([SkippedFile("c", unreadable("empty"))])
        writer.rollback()
        writer.add([make_document("d", "radio")])
        writer.commit()
        writer.close()

        assert addresses(index.open(), RADIO) == ["a#p1", "d#p1"]
        assert index.open().skipped() == ()

    def test_rollback_before_the_first_commit_leaves_nothing(self, index: Index) -> None:
        writer = index.writer()
        writer.add([make_document("a", "radio")])
        writer.rollback()
        writer.add([make_document("b", "radio")])
        writer.commit()
        writer.close()

        assert addresses(index.open(), All()) == ["b#p1"]
        assert list(index.check()) == []

    def test_close_forgets_what_is_not_committed(self, index: Index) -> None:
        fill_index(index, make_document("a", "radio"))
        writer = index.writer()
        writer.add([make_document("b", "radio")])
        writer.delete("a")
        writer.close()

        assert addresses(index.open(), RADIO) == ["a#p1"]
        assert list(index.check()) == []
        writer = index.writer()
        assert not writer.recovered, "closing is no interruption"
        writer.commit()
        writer.close()
        assert addresses(index.open(), RADIO) == ["a#p1"]

    def test_rebuild_starts_from_nothing_beside_the_old(self, index: Index) -> None:
        fill_index(index, make_document("a", "radio"))
        before = index.open().statistics.generation
        writer = index.writer(rebuild=True)
        writer.add([make_document("b", "radio")])
        assert addresses(index.open(), RADIO) == ["a#p1"]
        writer.commit()
        writer.close()

        assert addresses(index.open(), RADIO) == ["b#p1"]
        assert index.open().statistics.generation > before

    def test_rebuild_forgets_skipped_files(self, index: Index) -> None:
        writer = index.writer()
        writer.add([make_document("a", "radio")])
        writer.skip([SkippedFile("b", unreadable("empty"))])
        writer.commit()
        writer.close()
        writer = index.writer(rebuild=True)
        writer.add([make_document("a", "radio")])
        writer.commit()
        writer.close()

        assert index.open().skipped() == ()

    def test_rebuild_rolled_back_is_still_from_nothing(self, index: Index) -> None:
        fill_index(index, make_document("a", "radio"))
        writer = index.writer(rebuild=True)
        writer.rollback()
        writer.add([make_document("b", "radio")])
        writer.commit()
        writer.close()

        assert addresses(index.open(), RADIO) == ["b#p1"]

    def test_skipped_files_stay_until_others_replace_them(self, index: Index) -> None:
        state = FileState("x.bin", 1, 2, 3, (4, 5))
        skipped = (
            SkippedFile("x.bin", unreadable("binary"), state),
            SkippedFile("\udce9", unreadable("no permission")),
        )
        writer = index.writer()
        writer.skip(skipped)
        writer.commit()
        writer.close()
        fill_index(index, make_document("a", "radio"))
        assert index.open().skipped() == skipped

        writer = index.writer()
        writer.skip([])
        writer.commit()
        writer.close()
        assert index.open().skipped() == ()

    def test_skipped_files_stay_when_all_documents_are_deleted(self, index: Index) -> None:
        skipped = (SkippedFile("x.bin", unreadable("binary")),)
        writer = index.writer()
        writer.add([make_document("a", "radio")])
        writer.skip(skipped)
        writer.commit()
        writer.clear()
        writer.add([make_document("a", "shed")])
        writer.commit()
        assert index.open().skipped() == skipped
        writer.clear()
        writer.skip([])
        writer.commit()
        assert index.open().skipped() == ()
        writer.clear()
        writer.skip(skipped)
        writer.clear()
        writer.commit()
        writer.close()
        assert index.open().skipped() == skipped
        assert index.open().statistics.documents == 0

    def test_settings_are_remembered_until_others_replace_them(self, index: Index) -> None:
        told = {"rows.title": ["a", "é"], "formats.seconds": 60.0, "corpus.language": None}
        fill_index(index, make_document("a", "radio"))
        assert index.open().settings == {}
        before = index.open()
        writer = index.writer()
        writer.remember({"gone": 1})
        writer.rollback()
        writer.remember(told)
        generation = writer.commit()
        assert writer.commit() == generation
        writer.close()

        assert (before.settings, index.open().settings) == ({}, told)
        fill_index(index, make_document("b", "radio"))
        assert index.open().settings == told
        writer = index.writer(rebuild=True)
        writer.commit()
        writer.close()
        assert index.open().settings == {}
