"""The contract of an index as a suite of tests: subclass `IndexContract` in a test module.

    from backstory.testing import IndexContract

    class TestMyIndex(IndexContract):
        def new_index(self):
            return MyIndex(...)

It needs pytest and Hypothesis. An index that computes its scores elsewhere, with other rounding,
sets `has_exact_scores = False`: scores are then compared with a tolerance of one in a million.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstory.engine.indexes.reference import ReferenceIndex
from backstory.engine.query import Exact, Phrase, Query, Term
from backstory.testing.answers import ask
from backstory.testing.changing import ChangingContract
from backstory.testing.committing import CommittingContract
from backstory.testing.corpora import WORDS, corpora, deletions, filled
from backstory.testing.embedding import EmbeddingContract
from backstory.testing.queries import pages, queries, terms
from backstory.testing.storing import StoringContract


class IndexContract(StoringContract, ChangingContract, CommittingContract, EmbeddingContract):
    """What every index owes: it stores, changes and finds what the reference index does."""

    has_exact_scores: ClassVar[bool] = True

    @given(corpora, deletions, st.lists(st.tuples(queries, pages), min_size=1))
    @settings(deadline=None, suppress_health_check=list(HealthCheck))
    def test_any_query_finds_what_the_reference_finds(
        self, corpus: Any, gone: list[int], asked: list[tuple[Query, dict[str, Any]]]
    ) -> None:
        expected = filled(ReferenceIndex(), corpus, gone)
        snapshot = filled(self.new_index(), corpus, gone)
        for query, page in asked:
            one, other = ask(snapshot, query, **page), ask(expected, query, **page)
            assert one.facts == other.facts
            scores, owed = ([hit.score for hit in each.top] for each in (one, other))
            assert scores == (owed if self.has_exact_scores else pytest.approx(owed))
            assert snapshot.count(query) == expected.count(query) == one.total

    @given(corpora, deletions, st.lists(st.lists(terms, min_size=1, max_size=3), min_size=1))
    @settings(deadline=None, suppress_health_check=list(HealthCheck))
    def test_titles_that_have_all_the_words_are_those_of_the_reference(
        self, corpus: Any, gone: list[int], asked: list[list[Term]]
    ) -> None:
        expected = filled(ReferenceIndex(), corpus, gone)
        snapshot = filled(self.new_index(), corpus, gone)
        for words in asked:
            assert snapshot.titled(words) == expected.titled(words)

    @given(corpora, deletions, st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)))
    @settings(deadline=None, suppress_health_check=list(HealthCheck))
    def test_titles_that_have_what_is_quoted_are_those_of_the_reference(
        self, corpus: Any, gone: list[int], asked: list[list[str]]
    ) -> None:
        expected = filled(ReferenceIndex(), corpus, gone)
        snapshot = filled(self.new_index(), corpus, gone)
        stem = snapshot.analyzer.stem
        for words in asked:
            own = [Term(word, word, (stem(word, "en"), stem(word, "es"))) for word in words]
            quoted = Phrase(" ".join(words), tuple(Exact(word, word) for word in words))
            assert snapshot.titled(own, quoted) == expected.titled(own, quoted)
