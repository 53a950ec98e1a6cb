"""What a reader keeps from one commit to the next, and what it looks up in the texts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backstory.engine.errors import IndexDamaged, QueryRefused
from backstory.engine.indexes.contract import Index, Snapshot
from backstory.engine.indexes.opensearch import OpenSearchIndex, retrieval
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.indexes.opensearch.vectors import VectorTable
from backstory.engine.indexes.opensearch.view import PAGE
from backstory.engine.query import Exact, Forms, Near, Phrase
from backstory.testing import ReferenceIndex, ask, fill_index, make_document
from backstory.testing.embedding import ANY, addresses, embed, vector_of
from tests.cluster.clearing import delete_indexes, new_index

SEA = Exact("sea", "sea")
WIDE = Phrase('"s* o*"', (Forms("s*", ("sea", "ship")), Forms("o*", ("of", "over"))))


@pytest.fixture
def index(one_node: tuple[str, ...]) -> Iterator[OpenSearchIndex]:
    """An empty index of two parts."""
    yield new_index(one_node, shards=2, replicas=0)
    delete_indexes(one_node)


def fill(index: Index) -> Snapshot:
    """Add some documents."""
    texts = ("sea of ships", "ship over sea", "sea and sea", "over the sea")
    return fill_index(index, *(make_document(f"d{n}", text) for n, text in enumerate(texts))).open()


def test_vectors_are_handed_on_with_what_has_changed(
    index: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = ReferenceIndex()

    def compare() -> None:
        snapshots = index.open(), reference.open()
        near, owed = (each.nearest(vector_of("sea", 72), k=9) for each in snapshots)
        assert (near.cosines, near.median) == (owed.cosines, owed.median)
        assert addresses(snapshots[0], near) == addresses(snapshots[1], owed)

    for each in (index, reference):
        fill(each)
        embed(each, ANY)
    compare()
    monkeypatch.delattr(VectorTable, "_load")
    for each in (index, reference):
        writer = each.writer()
        writer.delete("d1")
        writer.add([make_document("d2", "sea and more", "a lamp"), make_document("c", "a bell")])
        writer.commit()
        writer.close()
    compare()
    index.open()  # a commit of which nobody wants the vectors
    for each in (index, reference):
        embed(each, ANY)
        fill_index(each, make_document("e", "a whale"))
    compare()


@pytest.mark.parametrize("leaf", [WIDE, Near("sea sea", (SEA, SEA), 3)])
def test_what_only_texts_tell_is_found_there(
    index: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch, leaf: Phrase | Near
) -> None:
    monkeypatch.setattr(retrieval, "share_of_clauses", lambda query: 2)
    snapshot, expected = fill(index), fill(ReferenceIndex())
    assert ask(snapshot, leaf) == ask(expected, leaf)
    monkeypatch.setattr(retrieval, "MOST_ALONE", 2)
    snapshot = fill(index)
    assert ask(snapshot, leaf) == ask(expected, leaf)


@pytest.mark.parametrize("limit", ["MOST_LISTED", "MOST_READ"])
def test_phrase_that_is_too_wide_is_refused(
    index: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(retrieval, "share_of_clauses", lambda query: 2)
    if limit == "MOST_READ":
        monkeypatch.setattr(retrieval, "MOST_ALONE", 2)
    monkeypatch.setattr(retrieval, limit, 1)
    with pytest.raises(QueryRefused, match=r"“s\* o\*” is too wide .* [23] passages"):
        fill(index).count(WIDE)


def test_long_document_is_read_to_its_end_though_other_parts_end_before(
    index: OpenSearchIndex,
) -> None:
    documents = [make_document(f"a{n}", "sea") for n in range(20)]
    documents.append(make_document("z", *(f"sea {n}" for n in range(PAGE + 50))))
    snapshot = fill_index(index, *documents).open()
    numbers = tuple(range(1, PAGE + 51))
    assert tuple(passage.number for passage in snapshot.passages("z")) == numbers
    assert snapshot.places(SEA, ["z"])["z"].numbers == numbers
    assert len(list(snapshot.documents())) == 21


def test_passage_without_its_document_is_damage(
    index: OpenSearchIndex, one_node: tuple[str, ...]
) -> None:
    snapshot = fill(index)
    cluster = index._connect()[0]
    query = {"bool": {"filter": [{"term": {"what": "d"}}, {"term": {"folded": "d0"}}]}}
    name = snapshot._view.index  # type: ignore[attr-defined]
    params = {"refresh": "true"}
    cluster.request("POST", f"/{name}/_delete_by_query", {"query": query}, params)
    assert isinstance(cluster, Cluster)
    with pytest.raises(IndexDamaged, match="d0"):
        ask(snapshot, SEA)
