"""Vectors of passages are kept with them, and those nearest to another vector are found."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstory.engine.documents import Passage
from backstory.engine.embeddings import EmbeddingModel, Rows, quantized
from backstory.engine.indexes.contract import DocumentVectors, Embedding, Index, Nearest, Snapshot
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.engine.query import All, Exact, Query
from backstory.engine.ranking import BM25
from backstory.testing.common import SuiteOfOneIndex
from backstory.testing.corpora import corpora, deletions, fill_index, filled, make_document
from backstory.testing.queries import queries

ENGLISH = EmbeddingModel("small-en", "a" * 64, 16, ("en",))
ANY = EmbeddingModel("any", "b" * 64, 72)


def vector_of(text: str, dimensions: int) -> Rows:
    """Return a vector, (1, dimensions), that is always the same for a text."""
    random = np.random.default_rng(zlib.crc32(text.encode()))
    return quantized(random.normal(size=(1, dimensions)).astype(np.float32))


def vectors_of(passages: Iterable[Passage], model: EmbeddingModel) -> list[DocumentVectors]:
    """Return the vectors of passages, each on its own."""
    return [
        DocumentVectors(p.document, (p.number,), vector_of(p.text, model.dimensions))
        for p in passages
    ]


def embed(index: Index, model: EmbeddingModel, *, every: int = 1) -> Snapshot:
    """Embed every so many-th passage that waits for it, in one commit."""
    passages = [passage for _, passage in index.open().unembedded(model)]
    writer = index.writer()
    writer.embed(model, vectors_of(passages[::every], model))
    writer.commit()
    writer.close()
    return index.open()


def is_vector(snapshot: Snapshot, number: int, expected: Rows) -> bool:
    """Tell whether a passage of the document `a` has a vector."""
    row = snapshot.vector("a", number)
    return row is not None and np.array_equal(row, expected)


def addresses(snapshot: Snapshot, near: Nearest) -> list[str]:
    """Return the addresses of the nearest passages."""
    return [passage.address for _, passage in snapshot.read(near.ids)]


def waiting(snapshot: Snapshot, model: EmbeddingModel) -> list[str]:
    """Return the addresses of the passages that lack a vector."""
    return sorted(passage.address for _, passage in snapshot.unembedded(model))


class EmbeddingContract(SuiteOfOneIndex):
    """What every index owes of vectors."""

    def test_index_without_vectors_finds_none(self, index: Index) -> None:
        snapshot = fill_index(index, make_document("a", "one", "two")).open()
        question = vector_of("one", 16)

        assert snapshot.embedding is None
        assert snapshot.nearest(question, k=5) == Nearest((), (), 0.0)
        assert snapshot.vector("a", 1) is None
        assert waiting(snapshot, ANY) == ["a#p1", "a#p2"]

    def test_text_finds_itself_first(self, index: Index) -> None:
        fill_index(index, make_document("a", "one", "two"), make_document("b", "three"))
        snapshot = embed(index, ANY)
        near = snapshot.nearest(vector_of("two", 72), k=2)

        assert snapshot.embedding == Embedding(ANY, 3, 0)
        assert addresses(snapshot, near)[0] == "a#p2"
        assert near.cosines[0] == pytest.approx(1)
        assert near.cosines[1] < 0.5
        assert snapshot.cosines(vector_of("two", 72), near.ids) == list(near.cosines)

    def test_passages_in_other_languages_than_the_model_knows_wait_for_nothing(
        self, index: Index
    ) -> None:
        fill_index(
            index,
            make_document("a", "one", "dos", spoken={2: "es"}),
            make_document("b", "tres", "four", language="es", spoken={2: "en"}),
        )
        assert waiting(index.open(), ENGLISH) == ["a#p1", "b#p2"]
        snapshot = embed(index, ENGLISH)
        assert snapshot.embedding == Embedding(ENGLISH, 2, 0)
        assert waiting(snapshot, ANY) == ["a#p1", "a#p2", "b#p1", "b#p2"]

    def test_vectors_of_another_model_are_forgotten(self, index: Index) -> None:
        fill_index(index, make_document("a", "one", "two"))
        embed(index, ENGLISH)
        snapshot = embed(index, ANY, every=2)

        assert snapshot.embedding == Embedding(ANY, 1, 1)
        assert snapshot.vector("a", 2) is None
        assert is_vector(snapshot, 1, vector_of("one", 72))

    def test_changed_document_has_no_vectors_and_a_new_one_waits(self, index: Index) -> None:
        fill_index(index, make_document("a", "one", "two"), make_document("b", "three"))
        embed(index, ANY)
        snapshot = fill_index(index, make_document("a", "four")).open()

        assert snapshot.embedding == Embedding(ANY, 1, 1)
        assert waiting(snapshot, ANY) == ["a#p1"]
        assert addresses(snapshot, snapshot.nearest(vector_of("two", 72), k=9)) == ["b#p1"]

    def test_vectors_may_come_in_parts_and_the_last_counts(self, index: Index) -> None:
        fill_index(index, make_document("a", "one", "two", "three"))
        writer = index.writer()
        rows = np.concatenate([vector_of("x", 16), vector_of("three", 16)])
        writer.embed(ENGLISH, [DocumentVectors("a", (1, 3), rows)])
        writer.embed(ENGLISH, [DocumentVectors("a", (1,), vector_of("one", 16))])
        writer.commit()
        writer.close()

        assert waiting(index.open(), ENGLISH) == ["a#p2"]
        assert is_vector(index.open(), 1, vector_of("one", 16))
        assert is_vector(index.open(), 3, vector_of("three", 16))

    def test_vectors_of_what_is_not_there_are_passed_over(self, index: Index) -> None:
        fill_index(index, make_document("a", "one"))
        rows = np.concatenate([vector_of(text, 16) for text in ("x", "one", "y")])
        writer = index.writer()
        writer.embed(
            ENGLISH,
            [DocumentVectors("a", (0, 1, 2), rows), DocumentVectors("gone", (1,), rows[:1])],
        )
        writer.commit()
        writer.close()

        assert index.open().embedding == Embedding(ENGLISH, 1, 0)
        assert is_vector(index.open(), 1, vector_of("one", 16))

    def test_nothing_is_seen_before_commit_nor_after_rollback(self, index: Index) -> None:
        fill_index(index, make_document("a", "one"))
        writer = index.writer()
        writer.embed(ANY, vectors_of(index.open().passages("a"), ANY))
        assert index.open().embedding is None
        writer.rollback()
        writer.commit()
        writer.close()

        assert index.open().embedding is None

    def test_forgotten_vectors_are_nowhere(self, index: Index) -> None:
        fill_index(index, make_document("a", "one"))
        before = embed(index, ANY)
        writer = index.writer()
        writer.forget_vectors()
        writer.commit()
        writer.close()

        assert index.open().embedding is None
        assert index.open().nearest(vector_of("one", 72), k=1).ids == ()
        assert len(before.nearest(vector_of("one", 72), k=1).ids) == 1

    def test_score_of_passages_is_that_of_a_page_of_hits(self, index: Index) -> None:
        fill_index(index, make_document("a", "sea ship", "lamp"), make_document("b", "sea sea"))
        snapshot, ranking = index.open(), BM25()
        everything = [one.id for one in snapshot.retrieve(All(), ranking, k=9).top]
        sea = Exact("sea", "sea")
        top = snapshot.retrieve(sea, ranking, k=9).top
        scored = snapshot.score(sea, ranking, everything)

        assert sorted((one for one in scored if one), key=lambda one: -one.score) == list(top)
        assert len(scored) == 3
        assert scored.count(None) == 1

    @given(
        corpora,
        deletions,
        st.lists(st.sampled_from([(ANY, 1), (ANY, 2), (ENGLISH, 3)]), min_size=1, max_size=2),
        st.lists(st.tuples(st.none() | queries, st.sampled_from([1, 3, 50])), min_size=1),
    )
    @settings(deadline=None, suppress_health_check=list(HealthCheck))
    def test_nearest_passages_are_those_of_the_reference(
        self,
        corpus: Any,
        gone: list[int],
        rounds: Sequence[tuple[EmbeddingModel, int]],
        asked: Sequence[tuple[Query | None, int]],
    ) -> None:
        snapshots = []
        for index in (ReferenceIndex(), self.new_index()):
            filled(index, corpus, ())
            for model, every in rounds:
                embed(index, model, every=every)
            snapshots.append(filled(index, corpus[:1], gone))
        expected, snapshot = snapshots
        assert snapshot.embedding == expected.embedding
        assert waiting(snapshot, ANY) == waiting(expected, ANY)
        question = vector_of("sea", rounds[-1][0].dimensions)
        for query, k in asked:
            near, owed = (one.nearest(question, k=k, within=query) for one in snapshots[::-1])
            assert (near.cosines, near.median) == (owed.cosines, owed.median)
            assert addresses(snapshot, near) == addresses(expected, owed)
            scores = [
                [candidate and (candidate.score, candidate.all_words) for candidate in one]
                for one in (
                    snapshot.score(query or All(), BM25(), near.ids),
                    expected.score(query or All(), BM25(), owed.ids),
                )
            ]
            assert scores[0] == scores[1]
