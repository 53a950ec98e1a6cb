"""Query trees and pages that Hypothesis makes, over the words of `backstory.testing.corpora`."""

from __future__ import annotations

from hypothesis import strategies as st

from backstory.engine.ordering import SORTS
from backstory.engine.query import (
    All,
    And,
    AnyOf,
    BagOfWords,
    Boost,
    Exact,
    Field,
    Forms,
    InTitle,
    Near,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefer,
    Term,
    Undated,
)
from backstory.engine.ranking import BM25
from backstory.testing.corpora import WORDS

_stems = st.lists(
    st.sampled_from(["en:ship", "en:sea", "en:lamp", "en:absent"]), min_size=1, unique=True
)
_surfaces = st.lists(st.sampled_from([*WORDS, "absent"]), unique=True)
terms = _stems.map(lambda stems: Term("a", "a", tuple(stems)))
_words = (
    st.sampled_from([*WORDS, "absent"]).map(lambda word: Exact(word, word))
    | terms
    | _surfaces.map(lambda surfaces: Forms("a*", tuple(surfaces)))
)
_rows = st.lists(_words, min_size=1, max_size=4).map(tuple)
_spellings = _words | st.builds(Phrase, st.just("a"), _rows)
_leaves = (
    _words
    | st.builds(Phrase, st.just("a"), _rows)
    | st.builds(Near, st.just("a"), _rows, st.integers(0, 5))
    | st.builds(
        AnyOf,
        st.just("a"),
        st.lists(_words | st.builds(Phrase, st.just("a"), _rows), min_size=1, max_size=3).map(
            tuple
        ),
    )
)
_filters = st.sampled_from(
    [
        Field("source", "s1"),
        Field("source", "s0 s2"),
        Field("date", "2018"),
        InTitle((), frozenset({"d0-0#p1", "d0-2#p3", "d1-0#p1", "d9-9#p1"})),
        Undated(),
        All(),
        Nothing(),
    ]
)
queries = st.recursive(
    _leaves | _filters,
    lambda inner: st.one_of(
        st.builds(Boost, inner, st.sampled_from([0.5, 1.0, 2.0])),
        st.builds(Prefer, inner, inner, st.sampled_from([0.1, 0.5])),
        st.builds(Not, inner),
        st.lists(inner, min_size=1, max_size=4).map(tuple).map(And),
        st.lists(inner, min_size=1, max_size=4).map(tuple).map(Or),
        st.builds(BagOfWords, st.lists(inner, max_size=4).map(tuple), st.just(())),
        st.builds(BagOfWords, st.lists(inner, max_size=3).map(tuple), st.lists(inner).map(tuple)),
    ),
    max_leaves=8,
)
_rankings = st.builds(
    BM25, st.sampled_from([0.0, 0.4, 1.2, 9.0]), st.sampled_from([0.0, 0.75, 1.0])
)
# Keywords of `backstory.testing.ask`.
pages = st.fixed_dictionaries(
    {
        "ranking": _rankings,
        "offset": st.integers(0, 9),
        "limit": st.sampled_from([1, 2, 5, 60]),
        "sort": st.sampled_from(SORTS),
        "grouped": st.booleans(),
        "facets": st.just(("source", "name")),
    }
)
