"""Related passages: of other documents, one a document, each with what it shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from encoders import Thesaurus, embed_all

from backstory.engine.documents import IndexedDocument
from backstory.engine.errors import PassageNotFound
from backstory.engine.hits import Shared
from backstory.engine.indexes.contract import Index
from backstory.engine.query import words_of
from backstory.engine.ranking import BM25
from backstory.searcher import related as related_module
from backstory.searcher.search import Searcher

Make = Callable[..., IndexedDocument]

COPIED = "On 3 May 1999 Ines Falk sold 1,750 barrels of oil to the harbour office for its lamps."


@pytest.fixture
def dossier(index: Index, document: Make, fill: Callable[..., Index]) -> Searcher:
    """Six documents about a sale, a person and a song."""
    filler = [f"Nothing of note happened on day {word}." for word in "one two three four".split()]
    fill(
        index,
        document("sale", COPIED, "The lamps burnt until 2001.", *filler),
        document("agency", COPIED),
        document("inquiry", "An inquiry heard how Falk sold barrels of oil.", "Oil is oil."),
        document("person", "Ines Falk was born in 1950.", "She sold barrels to lamplighters."),
        document("carta", "Ines Falk vendió 1,750 barriles de petróleo.", language="es"),
        document("song", "The choir sang of spring."),
    )
    return Searcher(index)


def test_related_passages_come_from_other_documents_once_each(dossier: Searcher) -> None:
    found = dossier.related("sale#p1")
    documents = [one.hit.document for one in found]

    assert documents[0] == "agency"
    assert len(documents) == len(set(documents))
    assert "sale" not in documents
    assert "song" not in documents
    assert {"inquiry", "person", "carta"} <= set(documents)
    assert [one.hit.rank for one in found] == list(range(1, len(found) + 1))


def test_passage_is_compared_in_its_own_language(
    index: Index, document: Make, fill: Callable[..., Index]
) -> None:
    fill(
        index,
        document("report", "Los barcos viajaron al puerto.", spoken={1: "es"}),
        document("carta", "El barco viajaba por el puerto.", language="es"),
    )
    (found,) = Searcher(index).related("report#p1")

    assert {one.text for one in found.shared} == {"barcos", "viajaron", "puerto"}


def test_each_says_what_it_shares(dossier: Searcher) -> None:
    found = {one.hit.document: one for one in dossier.related("sale#p1")}
    shared = {
        name: {(entry.kind, entry.text) for entry in one.shared} for name, one in found.items()
    }

    assert shared["agency"] >= {("name", "Ines"), ("date", "1999"), ("number", "1,750")}
    assert ("word", "barrels") in shared["inquiry"]
    assert ("word", "falk") not in shared["inquiry"], "a name is no word besides"
    assert ("number", "1,750") in shared["carta"], "across languages"
    assert found["agency"].is_copy
    assert not found["inquiry"].is_copy


def test_same_text_is_shown_once(index: Index, document: Make, fill: Callable[..., Index]) -> None:
    fill(
        index,
        document("a", "Falk sold oil to the office for its lamps and left."),
        *(document(name, COPIED) for name in ("b", "c", "d")),
    )
    assert [one.hit.document for one in Searcher(index).related("a#p1")] == ["b"]


def test_limit_bounds_the_documents(dossier: Searcher) -> None:
    assert len(dossier.related("sale#p1", limit=2)) == 2
    assert dossier.related("song#p1") == ()


def test_documents_are_related_as_wholes(dossier: Searcher) -> None:
    found = dossier.related_documents("sale")

    assert found[0][0].id == "agency"
    assert "sale" not in {document.id for document, _ in found}
    assert all(shared for _, shared in found[:2])


@pytest.mark.parametrize("name", ["reference", "embedded"])
def test_what_is_nearest_is_kept_for_one_commit_only(
    new_index: Callable[[str], Index], document: Callable[..., IndexedDocument], name: str
) -> None:
    index = new_index(name)

    def commit(*documents: IndexedDocument) -> None:
        writer = index.writer()
        writer.add(documents)
        writer.commit()
        writer.close()

    commit(document("a", "A walrus on the pier."), document("b", "The walrus and its keeper."))
    searcher = Searcher(index)
    first = searcher.related_documents("a")
    assert [found.id for found, _ in first] == ["b"]
    assert searcher.related_documents("a") is first
    commit(document("c", "A walrus on the pier again."))
    assert [found.id for found, _ in searcher.related_documents("a")] == ["c", "b"]


@pytest.mark.parametrize("name", ["reference", "embedded"])
def test_frequent_words_are_asked_for_only_where_there_are_few(
    new_index: Callable[[str], Index],
    document: Callable[..., IndexedDocument],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setattr(related_module, "MAX_POSTINGS", 12)
    index = new_index(name)
    rare = ["anchor", "barrel", "candle", "dagger", "engine", "falcon", "garden"]
    words = " ".join(rare)
    writer = index.writer()
    writer.add(
        document(f"d{n}", f"The harbour {words if n < 2 else ''} number{n}.") for n in range(20)
    )
    writer.commit()
    writer.close()
    snapshot, bm25 = index.open(), BM25()
    held, passages = snapshot.document("d0"), snapshot.passages("d0")
    assert held
    reads = [related_module._analyze(held, passage, snapshot) for passage in passages]
    asked = {leaf.text for leaf in words_of(related_module.question(reads, snapshot, bm25))}
    assert asked == set(rare[:6])


@pytest.mark.parametrize("address", ["nowhere#p1", "sale#p99", "", "sale#p0"])
def test_unknown_address_is_an_error(dossier: Searcher, address: str) -> None:
    with pytest.raises(PassageNotFound):
        dossier.related(address)
    if "sale" not in address:
        with pytest.raises(PassageNotFound):
            dossier.related_documents(address)


def test_indexes_agree(
    new_index: Callable[[str], Index],
    affair: Sequence[IndexedDocument],
    fill: Callable[..., Index],
) -> None:
    answers = []
    for name in ("reference", "embedded"):
        searcher = Searcher(fill(new_index(name), *affair))
        answers.append([one.to_json() for one in searcher.related("ledger#p1")])
    assert answers[0] == answers[1]
    assert answers[0]


def test_passages_close_in_meaning_are_related_without_a_common_word(
    index: Index, document: Make, fill: Callable[..., Index]
) -> None:
    fill(
        index,
        document("one", "The transmitter was hidden in the cellar.", title=""),
        document("two", "Talkies lay under every bed.", title=""),
        document("three", "The cellar was dry and the roof was not.", title=""),
        document("four", "Rain fell for a week.", title=""),
    )
    assert [one.hit.document for one in Searcher(index).related("one#p1")] == ["three"]
    embed_all(index, Thesaurus())
    related = {one.hit.document: one for one in Searcher(index).related("one#p1")}

    assert set(related) == {"two", "three"}
    assert related["two"].shared == (Shared("meaning", ""),)
    assert "meaning" not in {one.kind for one in related["three"].shared}
    documents = {other.id: shared for other, shared in Searcher(index).related_documents("one")}
    assert documents["two"] == (Shared("meaning", ""),)
