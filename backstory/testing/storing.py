"""What is stored in an index comes back as it was, and what cannot be stored is named."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from backstory.engine.documents import Document, FileState, IndexedDocument, Passage
from backstory.engine.errors import UnreadableDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.query import All, Exact, Field, Not
from backstory.engine.remarks import Code, Remark
from backstory.engine.tokens import is_traced
from backstory.testing.common import RADIO, SuiteOfOneIndex, addresses
from backstory.testing.corpora import AFFAIR, fill_index, make_document


def misnumbered() -> IndexedDocument:
    """Return a document whose second passage is called its third."""
    whole = make_document("bad", "one radio", "two")
    return replace(whole, passages=(whole.passages[0], replace(whole.passages[1], number=3)))


class StoringContract(SuiteOfOneIndex):
    """Documents, passages and their facts."""

    def test_every_field_of_a_document_comes_back(self, index: Index) -> None:
        document = Document(
            "box/7", "A title", "A source", "An author", "2018-03", "es", "memo",
            ("one", "two"), "https://example.org/?a=1", "box/7.md", "ab" * 32,
            (Remark.of(Code.CUT, limit=3),), "2019-05-01T09:30:00+00:00",
        )  # fmt: skip
        passages = (
            Passage("box/7", 1, "First.", "Heading", 3, 10, 16),
            Passage("box/7", 2, "Second\n“line” \udce9 \x00.", "", None, 20, 40),
            Passage("box/7", 3, "Third.", names=("Third",), mentions=("2018",), language="en"),
            Passage("box/7", 4, "Fourth.", language="de"),
            Passage("box/7", 5, "Fifth.", seconds=(0, 15)),
            Passage("box/7", 6, "Sixth.", names=("Sixth",)),
            Passage("box/7", 7, "Seventh.", page=2, confidence=0),
        )
        file = FileState("box/7.md", 99, 1_700_000_000_000_000_000, 12, (5, 6))
        snapshot = fill_index(index, IndexedDocument(document, passages, file)).open()

        assert snapshot.document("box/7") == document
        assert snapshot.file("box/7") == file
        assert tuple(snapshot.passages("box/7")) == passages
        assert snapshot.passage("box/7", 2) == passages[1]
        assert list(snapshot.documents()) == [(document, file, 7)]

    @pytest.mark.parametrize("number", [-1, 0, 6, 10**9])
    def test_passage_outside_its_document_is_none(self, index: Index, number: int) -> None:
        snapshot = fill_index(index, *AFFAIR).open()

        assert snapshot.passage("ledger", number) is None
        assert snapshot.passage("ledger", 5) is not None

    def test_unknown_document_has_nothing(self, index: Index) -> None:
        snapshot = fill_index(index, make_document("a", "word")).open()

        assert snapshot.document("b") is None
        assert snapshot.file("b") is None
        assert snapshot.passages("b") == []
        assert snapshot.passage("b", 1) is None

    @pytest.mark.parametrize(
        "document_id",
        [
            "café/mémo #3 100%?", "ملف", "文件", "नोट", "it's “quoted”", "two\nlines\tand tab",
            "nul\0", "<b>&amp;</b>", "n" * 255, "\u202ertl",
            "not-utf8-\udce9\udcff.txt", "a#p2", " ", ".",
        ],
    )  # fmt: skip
    def test_any_text_may_be_a_document_id(self, index: Index, document_id: str) -> None:
        one = make_document(document_id, "one radio", "two")
        fill_index(index, one, make_document("other", "radio"))
        snapshot = fill_index(index, make_document("third", "a third radio")).open()

        assert [d.id for d, _, _ in snapshot.documents()].count(document_id) == 1
        assert snapshot.document(document_id) == one.document
        assert [passage.text for passage in snapshot.passages(document_id)] == ["one radio", "two"]
        assert snapshot.passage(document_id, 2) == snapshot.passages(document_id)[1]
        assert f"{document_id}#p1" in addresses(snapshot, RADIO)
        own = addresses(snapshot, Field("doc", document_id))
        assert own == [f"{document_id}#p1", f"{document_id}#p2"]

        fill_index(index, delete=[document_id])
        assert index.open().document(document_id) is None
        assert len(addresses(index.open(), RADIO)) == 2

    def test_documents_come_in_order_of_id(self, index: Index) -> None:
        fill_index(index, make_document("b", "x"), make_document("ä", "x", "y"))
        fill_index(index, make_document("a", "x"), make_document("B", "x"))

        listed = [(d.id, passages) for d, _, passages in index.open().documents()]
        assert listed == [("B", 1), ("a", 1), ("b", 1), ("ä", 2)]

    def test_surface_forms_with_traces_are_told_apart(self, index: Index) -> None:
        text = "Half-finished C++ of Herr Müller in the US: 50 \u0e40\u0e23\u0e37\u0e2d, l'eau."
        fill_index(index, make_document("a", text))
        snapshot = fill_index(index, make_document("b", "A #tag of cafés.")).open()

        assert list(snapshot.traced()) == ["US", "c++", "half-", "muller¨", "tag#"]
        assert set(snapshot.traced()) == set(filter(is_traced, snapshot.vocabulary()))

    def test_passage_without_words_is_kept_and_never_found_by_a_word(self, index: Index) -> None:
        snapshot = fill_index(index, make_document("a", "* * *", "radio", "—")).open()

        assert snapshot.statistics.passages == 3
        assert snapshot.statistics.words == 1
        assert addresses(snapshot, All()) == ["a#p1", "a#p2", "a#p3"]
        assert addresses(snapshot, RADIO) == ["a#p2"]
        assert addresses(snapshot, Not(RADIO)) == ["a#p1", "a#p3"]

    def test_document_without_passages_is_listed(self, index: Index) -> None:
        fill_index(index, make_document("empty"), make_document("full", "radio"))
        snapshot = fill_index(index, make_document("later", "radio", language="es")).open()

        assert [(d.id, passages) for d, _, passages in snapshot.documents()] == [
            ("empty", 0),
            ("full", 1),
            ("later", 1),
        ]
        assert snapshot.passages("empty") == []
        assert snapshot.statistics.documents == 3
        assert addresses(snapshot, All()) == ["full#p1", "later#p1"]

    def test_rejected_document_is_named_and_the_rest_taken(self, index: Index) -> None:
        writer = index.writer()
        prepared = index.prepare(
            [make_document("a", "radio"), misnumbered(), make_document("c", "radio")]
        )
        assert list(prepared.rejected) == ["bad"]
        assert "numbered" in prepared.rejected["bad"]
        writer.adopt(prepared)
        writer.commit()
        writer.close()

        assert addresses(index.open(), RADIO) == ["a#p1", "c#p1"]
        assert index.open().document("bad") is None

    def test_second_document_of_an_id_in_one_batch_is_rejected(self, index: Index) -> None:
        writer = index.writer()
        prepared = index.prepare([make_document("a", "radio"), make_document("a", "shed")])
        writer.adopt(prepared)
        writer.commit()
        writer.close()

        assert "same id" in prepared.rejected["a"]
        assert [p.text for p in index.open().passages("a")] == ["radio"]

    def test_add_raises_for_a_rejected_document(self, index: Index) -> None:
        writer = index.writer()
        with pytest.raises(UnreadableDocument, match="bad"):
            writer.add([make_document("a", "radio"), misnumbered()])
        writer.commit()
        writer.close()

        assert addresses(index.open(), RADIO) == ["a#p1"]

    def test_prepared_documents_may_come_from_another_process(self, index: Index) -> None:
        writer = index.writer()
        prepared = pickle.loads(pickle.dumps(index.prepare([make_document("a", "radio", "Peña")])))
        writer.adopt(prepared)
        writer.commit()
        writer.close()

        assert addresses(index.open(), Exact("Peña", "pena")) == ["a#p2"]
