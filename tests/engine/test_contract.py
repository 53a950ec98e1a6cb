"""The contract of `engine.backends.base`, held by every backend: storing and changing."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from backstory.engine.backends.base import Backend, Reader
from backstory.engine.documents import Document, FileState, IndexedDocument, Passage, SkippedFile
from backstory.engine.errors import IndexBusy, UnreadableDocument
from backstory.engine.query import All, Exact, Field, Not, Query
from backstory.engine.ranking import BM25
from backstory.engine.remarks import Code, Remark, unreadable
from tests.asking import ask

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Backend]

RADIO = Exact("radio", "radio")


def found(reader: Reader, query: Query, limit: int = 100) -> list[str]:
    """Return the addresses that a query finds, best first."""
    ranking = ask(reader, query, BM25(), offset=0, limit=limit)
    return [hit.passage.address for hit in ranking.found]


# What is stored comes back


def test_every_field_of_a_document_comes_back(backend: Backend, fill: Fill) -> None:
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
    reader = fill(backend, IndexedDocument(document, passages, file)).reader()

    assert reader.document("box/7") == document
    assert tuple(reader.passages("box/7")) == passages
    assert reader.passage("box/7", 2) == passages[1]
    assert list(reader.documents()) == [(document, file, 6)]


@pytest.mark.parametrize("number", [-1, 0, 6, 10**9])
def test_passage_outside_its_document_is_none(
    backend: Backend, fill: Fill, affair: Sequence[IndexedDocument], number: int
) -> None:
    reader = fill(backend, *affair).reader()

    assert reader.passage("ledger", number) is None
    assert reader.passage("ledger", 5) is not None


def test_unknown_document_has_nothing(backend: Backend, fill: Fill, document: Make) -> None:
    reader = fill(backend, document("a", "word")).reader()

    assert reader.document("b") is None
    assert reader.passages("b") == []
    assert reader.passage("b", 1) is None


@pytest.mark.parametrize(
    "document_id",
    [
        "café/mémo #3 100%?", "ملف", "文件", "नोट", "it's “quoted”", "two\nlines\tand tab", "nul\0",
        "<b>&amp;</b>", "n" * 255, "\u202ertl", "not-utf8-\udce9\udcff.txt", "a#p2", " ", ".",
    ],
)  # fmt: skip
def test_any_text_may_be_a_document_id(
    backend: Backend, fill: Fill, document: Make, document_id: str
) -> None:
    fill(backend, document(document_id, "one radio", "two"), document("other", "radio"))
    reader = fill(backend, document("third", "a third radio")).reader()

    assert [one.id for one, _, _ in reader.documents() if one.id == document_id] == [document_id]
    assert reader.document(document_id) == document(document_id).document
    assert [passage.text for passage in reader.passages(document_id)] == ["one radio", "two"]
    assert reader.passage(document_id, 2) == reader.passages(document_id)[1]
    assert f"{document_id}#p1" in found(reader, RADIO)
    assert found(reader, Field("doc", document_id)) == [f"{document_id}#p1", f"{document_id}#p2"]

    fill(backend, delete=[document_id])
    assert backend.reader().document(document_id) is None
    assert len(found(backend.reader(), RADIO)) == 2


def test_documents_come_in_order_of_id(backend: Backend, fill: Fill, document: Make) -> None:
    fill(backend, document("b", "x"), document("ä", "x", "y"))
    fill(backend, document("a", "x"), document("B", "x"))

    listed = [(d.id, passages) for d, _, passages in backend.reader().documents()]
    assert listed == [("B", 1), ("a", 1), ("b", 1), ("ä", 2)]


def test_passage_without_words_is_kept_and_never_found_by_a_word(
    backend: Backend, fill: Fill, document: Make
) -> None:
    reader = fill(backend, document("a", "* * *", "radio", "—")).reader()

    assert reader.statistics.passages == 3
    assert reader.statistics.words == 1
    assert found(reader, All()) == ["a#p1", "a#p2", "a#p3"]
    assert found(reader, RADIO) == ["a#p2"]
    assert found(reader, Not(RADIO)) == ["a#p1", "a#p3"]


def test_document_without_passages_is_listed(backend: Backend, fill: Fill, document: Make) -> None:
    fill(backend, document("empty"), document("full", "radio"))
    reader = fill(backend, document("later", "radio", language="es")).reader()

    assert [(d.id, passages) for d, _, passages in reader.documents()] == [
        ("empty", 0),
        ("full", 1),
        ("later", 1),
    ]
    assert reader.passages("empty") == []
    assert reader.statistics.documents == 3
    assert found(reader, All()) == ["full#p1", "later#p1"]


# Changing it


def test_nothing_is_seen_before_commit(backend: Backend, fill: Fill, document: Make) -> None:
    fill(backend, document("a", "radio"))
    writer = backend.writer()
    writer.add([document("b", "radio")])
    writer.delete("a")
    writer.skip([SkippedFile("c", unreadable("empty"))])

    assert found(backend.reader(), RADIO) == ["a#p1"]
    assert backend.reader().skipped() == ()

    writer.commit()
    assert found(backend.reader(), RADIO) == ["b#p1"]
    writer.close()


def test_replaced_document_has_only_its_new_passages(
    backend: Backend, fill: Fill, document: Make
) -> None:
    fill(backend, document("a", "one radio", "two", "three radio"), document("b", "radio"))
    reader = fill(backend, document("a", "four", language="es")).reader()

    assert found(reader, RADIO) == ["b#p1"]
    assert [p.text for p in reader.passages("a")] == ["four"]
    assert (reader.statistics.documents, reader.statistics.passages) == (2, 2)
    assert reader.statistics.languages == {"en": 1, "es": 1}


def test_document_added_twice_before_a_commit_is_its_last_version(
    backend: Backend, document: Make
) -> None:
    writer = backend.writer()
    writer.add([document("a", "first")])
    writer.add([document("a", "second", "radio")])
    writer.commit()
    writer.close()
    reader = backend.reader()

    assert [p.text for p in reader.passages("a")] == ["second", "radio"]
    assert reader.statistics.words == 2
    assert reader.frequency("first") == 0


def test_deleted_document_is_nowhere(backend: Backend, fill: Fill, document: Make) -> None:
    fill(backend, document("a", "radio shed"), document("b", "radio"))
    reader = fill(backend, delete=["a"]).reader()

    assert reader.document("a") is None
    assert reader.passages("a") == []
    assert found(reader, RADIO) == found(reader, All()) == ["b#p1"]
    assert reader.frequency("shed") == 0
    assert reader.statistics.words == 1
    assert [d.id for d, _, _ in reader.documents()] == ["b"]


def test_document_may_come_back_after_it_was_deleted(
    backend: Backend, fill: Fill, document: Make
) -> None:
    one = document("a", "radio")
    for _ in range(3):
        fill(backend, one, document("b", "shed"))
        assert found(backend.reader(), RADIO) == ["a#p1"]
        fill(backend, delete=["a"])
        assert found(backend.reader(), RADIO) == []


def test_deleting_and_adding_in_one_commit_go_in_order(
    backend: Backend, fill: Fill, document: Make
) -> None:
    fill(backend, document("a", "old"))
    writer = backend.writer()
    writer.delete("a")
    writer.add([document("a", "new"), document("b", "new")])
    writer.delete("b")
    writer.commit()
    writer.close()

    assert [p.text for p in backend.reader().passages("a")] == ["new"]
    assert backend.reader().document("b") is None


def test_clear_deletes_everything(backend: Backend, fill: Fill, document: Make) -> None:
    fill(backend, document("a", "radio"))
    writer = backend.writer()
    writer.clear()
    writer.add([document("b", "shed")])
    writer.commit()
    writer.close()
    reader = backend.reader()

    assert found(reader, All()) == ["b#p1"]
    assert list(reader.vocabulary()) == ["shed"]
    assert reader.statistics.words == 1


def test_rollback_forgets_changes_and_the_writer_goes_on(
    backend: Backend, fill: Fill, document: Make
) -> None:
    fill(backend, document("a", "radio"))
    writer = backend.writer()
    writer.add([document("b", "radio")])
    writer.delete("a")
    writer.skip([SkippedFile("c", unreadable("empty"))])
    writer.rollback()
    writer.add([document("d", "radio")])
    writer.commit()
    writer.close()

    assert found(backend.reader(), RADIO) == ["a#p1", "d#p1"]
    assert backend.reader().skipped() == ()


def test_rollback_before_the_first_commit_leaves_nothing(backend: Backend, document: Make) -> None:
    writer = backend.writer()
    writer.add([document("a", "radio")])
    writer.rollback()
    writer.add([document("b", "radio")])
    writer.commit()
    writer.close()

    assert found(backend.reader(), All()) == ["b#p1"]
    assert list(backend.check()) == []


def test_close_forgets_what_is_not_committed(backend: Backend, fill: Fill, document: Make) -> None:
    fill(backend, document("a", "radio"))
    writer = backend.writer()
    writer.add([document("b", "radio")])
    writer.delete("a")
    writer.close()

    assert found(backend.reader(), RADIO) == ["a#p1"]
    assert list(backend.check()) == []
    writer = backend.writer()
    assert not writer.recovered, "closing is no interruption"
    writer.commit()
    writer.close()
    assert found(backend.reader(), RADIO) == ["a#p1"]


def test_rebuild_starts_from_nothing_beside_the_old(
    backend: Backend, fill: Fill, document: Make
) -> None:
    fill(backend, document("a", "radio"))
    before = backend.reader().statistics.generation
    writer = backend.writer(rebuild=True)
    writer.add([document("b", "radio")])
    assert found(backend.reader(), RADIO) == ["a#p1"]
    writer.commit()
    writer.close()

    assert found(backend.reader(), RADIO) == ["b#p1"]
    assert backend.reader().statistics.generation > before


def test_rebuild_forgets_skipped_files(backend: Backend, document: Make) -> None:
    writer = backend.writer()
    writer.add([document("a", "radio")])
    writer.skip([SkippedFile("b", unreadable("empty"))])
    writer.commit()
    writer.close()
    writer = backend.writer(rebuild=True)
    writer.add([document("a", "radio")])
    writer.commit()
    writer.close()

    assert backend.reader().skipped() == ()


def test_rebuild_rolled_back_is_still_from_nothing(
    backend: Backend, fill: Fill, document: Make
) -> None:
    fill(backend, document("a", "radio"))
    writer = backend.writer(rebuild=True)
    writer.rollback()
    writer.add([document("b", "radio")])
    writer.commit()
    writer.close()

    assert found(backend.reader(), RADIO) == ["b#p1"]


def test_skipped_files_stay_until_others_replace_them(
    backend: Backend, fill: Fill, document: Make
) -> None:
    state = FileState("x.bin", 1, 2, 3, (4, 5))
    skipped = (
        SkippedFile("x.bin", unreadable("binary"), state),
        SkippedFile("\udce9", unreadable("no permission")),
    )
    writer = backend.writer()
    writer.skip(skipped)
    writer.commit()
    writer.close()
    fill(backend, document("a", "radio"))
    assert backend.reader().skipped() == skipped

    writer = backend.writer()
    writer.skip([])
    writer.commit()
    writer.close()
    assert backend.reader().skipped() == ()


def test_settings_are_remembered_until_others_replace_them(
    backend: Backend, fill: Fill, document: Make
) -> None:
    told = {"rows.title": ["a", "é"], "formats.seconds": 60.0, "corpus.language": None}
    fill(backend, document("a", "radio"))
    assert backend.reader().settings == {}
    before = backend.reader()
    writer = backend.writer()
    writer.remember({"gone": 1})
    writer.rollback()
    writer.remember(told)
    generation = writer.commit()
    assert writer.commit() == generation
    writer.close()

    assert (before.settings, backend.reader().settings) == ({}, told)
    fill(backend, document("b", "radio"))
    assert backend.reader().settings == told
    writer = backend.writer(rebuild=True)
    writer.commit()
    writer.close()
    assert backend.reader().settings == {}


# Commits and generations


def test_generation_rises_with_each_commit_that_changes_something(
    backend: Backend, document: Make
) -> None:
    writer = backend.writer()
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
        assert backend.reader().statistics.generation == generations[-1]
    writer.close()

    first = generations[0]
    assert [g - first for g in generations] == [0, 1, 2, 3, 3, 3]


def test_commit_without_changes_keeps_the_reader(
    backend: Backend, fill: Fill, document: Make
) -> None:
    fill(backend, document("a", "radio"))
    reader = backend.reader()
    fill(backend)
    fill(backend, delete=["nobody"])

    assert backend.reader() is reader


def test_first_commit_may_be_empty(backend: Backend) -> None:
    writer = backend.writer()
    writer.commit()
    writer.close()
    reader = backend.reader()

    assert found(reader, All()) == found(reader, RADIO) == []
    assert reader.languages == ()
    assert list(reader.vocabulary()) == []
    assert reader.statistics.passages == reader.statistics.words == 0


def test_reader_keeps_its_view_whatever_is_committed(
    backend: Backend, fill: Fill, document: Make
) -> None:
    fill(backend, document("a", "radio one", "two"), document("b", "radio"))
    old = backend.reader()
    for turn in range(12):  # enough for segments to be merged and their files deleted
        fill(backend, document(f"new{turn}", "radio"), delete=["a"])

    assert found(old, RADIO) == ["b#p1", "a#p1"]
    assert old.passages("a")[1].text == "two"
    assert old.frequency("one") == 1
    assert old.statistics.passages == 3
    assert "a#p1" not in found(backend.reader(), RADIO)
    assert len(found(backend.reader(), RADIO)) == 13


# The one writer


def test_second_writer_is_refused(backend: Backend) -> None:
    writer = backend.writer()
    with pytest.raises(IndexBusy, match="being written by") as refused:
        backend.writer()
    assert refused.value.exit_code == 3
    writer.close()
    backend.writer().close()


def test_closing_twice_does_not_let_a_third_writer_in(backend: Backend, document: Make) -> None:
    first = backend.writer()
    first.close()
    second = backend.writer()
    second.add([document("a", "radio")])
    prepared = backend.prepare([document("b", "radio")])
    first.close()
    with pytest.raises(IndexBusy):
        backend.writer()

    second.adopt(prepared)
    second.commit()
    second.close()
    assert found(backend.reader(), RADIO) == ["a#p1", "b#p1"]


def test_writer_is_released_after_an_exception(
    backend: Backend, fill: Fill, document: Make
) -> None:
    def broken() -> Iterator[IndexedDocument]:
        yield document("b", "radio")
        raise RuntimeError("the reader of files broke")

    fill(backend, document("a", "radio"))
    with pytest.raises(RuntimeError, match="broke"):
        fill(backend, broken().__next__(), *broken())

    fill(backend, document("c", "radio"))
    assert found(backend.reader(), RADIO) == ["a#p1", "c#p1"]


# Documents that cannot be taken


def misnumbered(document: Make) -> IndexedDocument:
    """Return a document whose second passage is called its third."""
    whole = document("bad", "one radio", "two")
    return replace(whole, passages=(whole.passages[0], replace(whole.passages[1], number=3)))


def test_rejected_document_is_named_and_the_rest_taken(backend: Backend, document: Make) -> None:
    writer = backend.writer()
    prepared = backend.prepare(
        [document("a", "radio"), misnumbered(document), document("c", "radio")]
    )
    assert list(prepared.rejected) == ["bad"]
    assert "numbered" in prepared.rejected["bad"]
    writer.adopt(prepared)
    writer.commit()
    writer.close()

    assert found(backend.reader(), RADIO) == ["a#p1", "c#p1"]
    assert backend.reader().document("bad") is None


def test_second_document_of_an_id_in_one_batch_is_rejected(
    backend: Backend, document: Make
) -> None:
    writer = backend.writer()
    prepared = backend.prepare([document("a", "radio"), document("a", "shed")])
    writer.adopt(prepared)
    writer.commit()
    writer.close()

    assert "same id" in prepared.rejected["a"]
    assert [p.text for p in backend.reader().passages("a")] == ["radio"]


def test_add_raises_for_a_rejected_document(backend: Backend, document: Make) -> None:
    writer = backend.writer()
    with pytest.raises(UnreadableDocument, match="bad"):
        writer.add([document("a", "radio"), misnumbered(document)])
    writer.commit()
    writer.close()

    assert found(backend.reader(), RADIO) == ["a#p1"]


def test_prepared_documents_may_come_from_another_process(backend: Backend, document: Make) -> None:
    writer = backend.writer()
    prepared = pickle.loads(pickle.dumps(backend.prepare([document("a", "radio", "Peña")])))
    writer.adopt(prepared)
    writer.commit()
    writer.close()

    assert found(backend.reader(), Exact("Peña", "pena")) == ["a#p2"]
