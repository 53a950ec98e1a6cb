"""The contract of `engine.indexes.contract`, held by every index: storing and changing."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from backstory.engine.documents import Document, FileState, IndexedDocument, Passage, SkippedFile
from backstory.engine.errors import IndexBusy, UnreadableDocument
from backstory.engine.indexes.contract import Index, Snapshot
from backstory.engine.query import All, Exact, Field, Not, Query
from backstory.engine.ranking import BM25
from backstory.engine.remarks import Code, Remark, unreadable
from tests.asking import ask

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Index]

RADIO = Exact("radio", "radio")


def found(snapshot: Snapshot, query: Query, limit: int = 100) -> list[str]:
    """Return the addresses that a query finds, best first."""
    ranking = ask(snapshot, query, BM25(), offset=0, limit=limit)
    return [hit.passage.address for hit in ranking.top]


# What is stored comes back


def test_every_field_of_a_document_comes_back(index: Index, fill: Fill) -> None:
    document = Document(
        "box/7", "A title", "A source", "An author", "2018-03", "es", "memo",
        ("one", "two"), "https://example.org/?a=1", "box/7.md", "ab" * 32,
        (Remark.of(Code.CUT, limit=3),),
    )  # fmt: skip
    passages = (
        Passage("box/7", 1, "First.", "Heading", 3, 10, 16),
        Passage("box/7", 2, "Second\n“line” \udce9 \x00.", "", None, 20, 40),
        Passage("box/7", 3, "Third.", names=("Third",), mentions=("2018",), language="en"),
        Passage("box/7", 4, "Fourth.", language="de"),
        Passage("box/7", 5, "Fifth.", seconds=(0, 15)),
        Passage("box/7", 6, "Sixth.", names=("Sixth",)),
    )
    file = FileState("box/7.md", 99, 1_700_000_000_000_000_000, 12, (5, 6))
    snapshot = fill(index, IndexedDocument(document, passages, file)).open()

    assert snapshot.document("box/7") == document
    assert tuple(snapshot.passages("box/7")) == passages
    assert snapshot.passage("box/7", 2) == passages[1]
    assert list(snapshot.documents()) == [(document, file, 6)]


@pytest.mark.parametrize("number", [-1, 0, 6, 10**9])
def test_passage_outside_its_document_is_none(
    index: Index, fill: Fill, affair: Sequence[IndexedDocument], number: int
) -> None:
    snapshot = fill(index, *affair).open()

    assert snapshot.passage("ledger", number) is None
    assert snapshot.passage("ledger", 5) is not None


def test_unknown_document_has_nothing(index: Index, fill: Fill, document: Make) -> None:
    snapshot = fill(index, document("a", "word")).open()

    assert snapshot.document("b") is None
    assert snapshot.passages("b") == []
    assert snapshot.passage("b", 1) is None


@pytest.mark.parametrize(
    "document_id",
    [
        "café/mémo #3 100%?", "ملف", "文件", "नोट", "it's “quoted”", "two\nlines\tand tab", "nul\0",
        "<b>&amp;</b>", "n" * 255, "\u202ertl", "not-utf8-\udce9\udcff.txt", "a#p2", " ", ".",
    ],
)  # fmt: skip
def test_any_text_may_be_a_document_id(
    index: Index, fill: Fill, document: Make, document_id: str
) -> None:
    fill(index, document(document_id, "one radio", "two"), document("other", "radio"))
    snapshot = fill(index, document("third", "a third radio")).open()

    assert [one.id for one, _, _ in snapshot.documents() if one.id == document_id] == [document_id]
    assert snapshot.document(document_id) == document(document_id).document
    assert [passage.text for passage in snapshot.passages(document_id)] == ["one radio", "two"]
    assert snapshot.passage(document_id, 2) == snapshot.passages(document_id)[1]
    assert f"{document_id}#p1" in found(snapshot, RADIO)
    assert found(snapshot, Field("doc", document_id)) == [f"{document_id}#p1", f"{document_id}#p2"]

    fill(index, delete=[document_id])
    assert index.open().document(document_id) is None
    assert len(found(index.open(), RADIO)) == 2


def test_documents_come_in_order_of_id(index: Index, fill: Fill, document: Make) -> None:
    fill(index, document("b", "x"), document("ä", "x", "y"))
    fill(index, document("a", "x"), document("B", "x"))

    listed = [(d.id, passages) for d, _, passages in index.open().documents()]
    assert listed == [("B", 1), ("a", 1), ("b", 1), ("ä", 2)]


def test_passage_without_words_is_kept_and_never_found_by_a_word(
    index: Index, fill: Fill, document: Make
) -> None:
    snapshot = fill(index, document("a", "* * *", "radio", "—")).open()

    assert snapshot.statistics.passages == 3
    assert snapshot.statistics.words == 1
    assert found(snapshot, All()) == ["a#p1", "a#p2", "a#p3"]
    assert found(snapshot, RADIO) == ["a#p2"]
    assert found(snapshot, Not(RADIO)) == ["a#p1", "a#p3"]


def test_document_without_passages_is_listed(index: Index, fill: Fill, document: Make) -> None:
    fill(index, document("empty"), document("full", "radio"))
    snapshot = fill(index, document("later", "radio", language="es")).open()

    assert [(d.id, passages) for d, _, passages in snapshot.documents()] == [
        ("empty", 0),
        ("full", 1),
        ("later", 1),
    ]
    assert snapshot.passages("empty") == []
    assert snapshot.statistics.documents == 3
    assert found(snapshot, All()) == ["full#p1", "later#p1"]


# Changing it


def test_nothing_is_seen_before_commit(index: Index, fill: Fill, document: Make) -> None:
    fill(index, document("a", "radio"))
    writer = index.writer()
    writer.add([document("b", "radio")])
    writer.delete("a")
    writer.skip([SkippedFile("c", unreadable("empty"))])

    assert found(index.open(), RADIO) == ["a#p1"]
    assert index.open().skipped() == ()

    writer.commit()
    assert found(index.open(), RADIO) == ["b#p1"]
    writer.close()


def test_replaced_document_has_only_its_new_passages(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(index, document("a", "one radio", "two", "three radio"), document("b", "radio"))
    snapshot = fill(index, document("a", "four", language="es")).open()

    assert found(snapshot, RADIO) == ["b#p1"]
    assert [p.text for p in snapshot.passages("a")] == ["four"]
    assert (snapshot.statistics.documents, snapshot.statistics.passages) == (2, 2)
    assert snapshot.statistics.languages == {"en": 1, "es": 1}


def test_document_added_twice_before_a_commit_is_its_last_version(
    index: Index, document: Make
) -> None:
    writer = index.writer()
    writer.add([document("a", "first")])
    writer.add([document("a", "second", "radio")])
    writer.commit()
    writer.close()
    snapshot = index.open()

    assert [p.text for p in snapshot.passages("a")] == ["second", "radio"]
    assert snapshot.statistics.words == 2
    assert snapshot.frequency("first") == 0


def test_deleted_document_is_nowhere(index: Index, fill: Fill, document: Make) -> None:
    fill(index, document("a", "radio shed"), document("b", "radio"))
    snapshot = fill(index, delete=["a"]).open()

    assert snapshot.document("a") is None
    assert snapshot.passages("a") == []
    assert found(snapshot, RADIO) == found(snapshot, All()) == ["b#p1"]
    assert snapshot.frequency("shed") == 0
    assert snapshot.statistics.words == 1
    assert [d.id for d, _, _ in snapshot.documents()] == ["b"]


def test_document_may_come_back_after_it_was_deleted(
    index: Index, fill: Fill, document: Make
) -> None:
    one = document("a", "radio")
    for _ in range(3):
        fill(index, one, document("b", "shed"))
        assert found(index.open(), RADIO) == ["a#p1"]
        fill(index, delete=["a"])
        assert found(index.open(), RADIO) == []


def test_deleting_and_adding_in_one_commit_go_in_order(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(index, document("a", "old"))
    writer = index.writer()
    writer.delete("a")
    writer.add([document("a", "new"), document("b", "new")])
    writer.delete("b")
    writer.commit()
    writer.close()

    assert [p.text for p in index.open().passages("a")] == ["new"]
    assert index.open().document("b") is None


def test_clear_deletes_everything(index: Index, fill: Fill, document: Make) -> None:
    fill(index, document("a", "radio"))
    writer = index.writer()
    writer.clear()
    writer.add([document("b", "shed")])
    writer.commit()
    writer.close()
    snapshot = index.open()

    assert found(snapshot, All()) == ["b#p1"]
    assert list(snapshot.vocabulary()) == ["shed"]
    assert snapshot.statistics.words == 1


def test_rollback_forgets_changes_and_the_writer_goes_on(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(index, document("a", "radio"))
    writer = index.writer()
    writer.add([document("b", "radio")])
    writer.delete("a")
    writer.skip([SkippedFile("c", unreadable("empty"))])
    writer.rollback()
    writer.add([document("d", "radio")])
    writer.commit()
    writer.close()

    assert found(index.open(), RADIO) == ["a#p1", "d#p1"]
    assert index.open().skipped() == ()


def test_rollback_before_the_first_commit_leaves_nothing(index: Index, document: Make) -> None:
    writer = index.writer()
    writer.add([document("a", "radio")])
    writer.rollback()
    writer.add([document("b", "radio")])
    writer.commit()
    writer.close()

    assert found(index.open(), All()) == ["b#p1"]
    assert list(index.check()) == []


def test_close_forgets_what_is_not_committed(index: Index, fill: Fill, document: Make) -> None:
    fill(index, document("a", "radio"))
    writer = index.writer()
    writer.add([document("b", "radio")])
    writer.delete("a")
    writer.close()

    assert found(index.open(), RADIO) == ["a#p1"]
    assert list(index.check()) == []
    writer = index.writer()
    assert not writer.recovered, "closing is no interruption"
    writer.commit()
    writer.close()
    assert found(index.open(), RADIO) == ["a#p1"]


def test_rebuild_starts_from_nothing_beside_the_old(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(index, document("a", "radio"))
    before = index.open().statistics.generation
    writer = index.writer(rebuild=True)
    writer.add([document("b", "radio")])
    assert found(index.open(), RADIO) == ["a#p1"]
    writer.commit()
    writer.close()

    assert found(index.open(), RADIO) == ["b#p1"]
    assert index.open().statistics.generation > before


def test_rebuild_forgets_skipped_files(index: Index, document: Make) -> None:
    writer = index.writer()
    writer.add([document("a", "radio")])
    writer.skip([SkippedFile("b", unreadable("empty"))])
    writer.commit()
    writer.close()
    writer = index.writer(rebuild=True)
    writer.add([document("a", "radio")])
    writer.commit()
    writer.close()

    assert index.open().skipped() == ()


def test_rebuild_rolled_back_is_still_from_nothing(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(index, document("a", "radio"))
    writer = index.writer(rebuild=True)
    writer.rollback()
    writer.add([document("b", "radio")])
    writer.commit()
    writer.close()

    assert found(index.open(), RADIO) == ["b#p1"]


def test_skipped_files_stay_until_others_replace_them(
    index: Index, fill: Fill, document: Make
) -> None:
    state = FileState("x.bin", 1, 2, 3, (4, 5))
    skipped = (
        SkippedFile("x.bin", unreadable("binary"), state),
        SkippedFile("\udce9", unreadable("no permission")),
    )
    writer = index.writer()
    writer.skip(skipped)
    writer.commit()
    writer.close()
    fill(index, document("a", "radio"))
    assert index.open().skipped() == skipped

    writer = index.writer()
    writer.skip([])
    writer.commit()
    writer.close()
    assert index.open().skipped() == ()


def test_settings_are_remembered_until_others_replace_them(
    index: Index, fill: Fill, document: Make
) -> None:
    told = {"rows.title": ["a", "é"], "formats.seconds": 60.0, "corpus.language": None}
    fill(index, document("a", "radio"))
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
    fill(index, document("b", "radio"))
    assert index.open().settings == told
    writer = index.writer(rebuild=True)
    writer.commit()
    writer.close()
    assert index.open().settings == {}


# Commits and generations


def test_generation_rises_with_each_commit_that_changes_something(
    index: Index, document: Make
) -> None:
    writer = index.writer()
    generations = []
    changes: list[Callable[[], None]] = [
        lambda: writer.add([document("a", "radio")]),
        lambda: writer.add([document("a", "radio")]),
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


def test_commit_without_changes_keeps_the_reader(index: Index, fill: Fill, document: Make) -> None:
    fill(index, document("a", "radio"))
    snapshot = index.open()
    fill(index)
    fill(index, delete=["nobody"])

    assert index.open() is snapshot


def test_first_commit_may_be_empty(index: Index) -> None:
    writer = index.writer()
    writer.commit()
    writer.close()
    snapshot = index.open()

    assert found(snapshot, All()) == found(snapshot, RADIO) == []
    assert snapshot.languages == ()
    assert list(snapshot.vocabulary()) == []
    assert snapshot.statistics.passages == snapshot.statistics.words == 0


def test_reader_keeps_its_view_whatever_is_committed(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(index, document("a", "radio one", "two"), document("b", "radio"))
    old = index.open()
    for turn in range(12):  # enough for segments to be merged and their files deleted
        fill(index, document(f"new{turn}", "radio"), delete=["a"])

    assert found(old, RADIO) == ["b#p1", "a#p1"]
    assert old.passages("a")[1].text == "two"
    assert old.frequency("one") == 1
    assert old.statistics.passages == 3
    assert "a#p1" not in found(index.open(), RADIO)
    assert len(found(index.open(), RADIO)) == 13


# The one writer


def test_second_writer_is_refused(index: Index) -> None:
    writer = index.writer()
    with pytest.raises(IndexBusy, match="being written by") as refused:
        index.writer()
    assert refused.value.exit_code == 3
    writer.close()
    index.writer().close()


def test_closing_twice_does_not_let_a_third_writer_in(index: Index, document: Make) -> None:
    first = index.writer()
    first.close()
    second = index.writer()
    second.add([document("a", "radio")])
    prepared = index.prepare([document("b", "radio")])
    first.close()
    with pytest.raises(IndexBusy):
        index.writer()

    second.adopt(prepared)
    second.commit()
    second.close()
    assert found(index.open(), RADIO) == ["a#p1", "b#p1"]


def test_writer_is_released_after_an_exception(index: Index, fill: Fill, document: Make) -> None:
    def broken() -> Iterator[IndexedDocument]:
        yield document("b", "radio")
        raise RuntimeError("the reader of files broke")

    fill(index, document("a", "radio"))
    with pytest.raises(RuntimeError, match="broke"):
        fill(index, broken().__next__(), *broken())

    fill(index, document("c", "radio"))
    assert found(index.open(), RADIO) == ["a#p1", "c#p1"]


# Documents that cannot be taken


def misnumbered(document: Make) -> IndexedDocument:
    """Return a document whose second passage is called its third."""
    whole = document("bad", "one radio", "two")
    return replace(whole, passages=(whole.passages[0], replace(whole.passages[1], number=3)))


def test_rejected_document_is_named_and_the_rest_taken(index: Index, document: Make) -> None:
    writer = index.writer()
    prepared = index.prepare(
        [document("a", "radio"), misnumbered(document), document("c", "radio")]
    )
    assert list(prepared.rejected) == ["bad"]
    assert "numbered" in prepared.rejected["bad"]
    writer.adopt(prepared)
    writer.commit()
    writer.close()

    assert found(index.open(), RADIO) == ["a#p1", "c#p1"]
    assert index.open().document("bad") is None


def test_second_document_of_an_id_in_one_batch_is_rejected(index: Index, document: Make) -> None:
    writer = index.writer()
    prepared = index.prepare([document("a", "radio"), document("a", "shed")])
    writer.adopt(prepared)
    writer.commit()
    writer.close()

    assert "same id" in prepared.rejected["a"]
    assert [p.text for p in index.open().passages("a")] == ["radio"]


def test_add_raises_for_a_rejected_document(index: Index, document: Make) -> None:
    writer = index.writer()
    with pytest.raises(UnreadableDocument, match="bad"):
        writer.add([document("a", "radio"), misnumbered(document)])
    writer.commit()
    writer.close()

    assert found(index.open(), RADIO) == ["a#p1"]


def test_prepared_documents_may_come_from_another_process(index: Index, document: Make) -> None:
    writer = index.writer()
    prepared = pickle.loads(pickle.dumps(index.prepare([document("a", "radio", "Peña")])))
    writer.adopt(prepared)
    writer.commit()
    writer.close()

    assert found(index.open(), Exact("Peña", "pena")) == ["a#p2"]
