"""Whatever the corpus and query, arrays give what the naive walk gives, to the last bit."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.indexes.embedded import matches
from backstory.engine.indexes.embedded.proximity import near, phrase
from backstory.engine.matching import near_windows, phrase_starts
from backstory.engine.query import (
    And,
    BagOfWords,
    Boost,
    Exact,
    Field,
    Query,
)
from backstory.engine.ranking import BM25
from backstory.testing import ask
from backstory.testing.corpora import corpora, deletions, filled
from backstory.testing.queries import pages, queries

Make = Callable[..., IndexedDocument]
NewIndex = Callable[[str], Any]


def answer(snapshot: Snapshot, query: Query, ranking: BM25, offset: int, limit: int) -> Any:
    """Return all that a search tells."""
    facets = ("source", "name")
    found = ask(snapshot, query, ranking, offset=offset, limit=limit, facets=facets)
    hits = [(hit.passage.address, hit.score, hit.all_words) for hit in found.top]
    return hits, found.total, found.all_words, found.facets, found.documents, found.places


@pytest.fixture(params=[0, None, 1 << 40], ids=["sparse", "usual", "dense"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the ways of sparse arrays always, where they are shorter, or never."""
    if request.param is not None:
        for name in ("BISECTION", "ENTRIES_A_SORT", "ENTRIES_A_SUM"):
            monkeypatch.setattr(matches, name, request.param)


@given(corpora, deletions, st.lists(st.tuples(queries, pages), min_size=1))
@settings(max_examples=60)
@pytest.mark.usefixtures("ways")
def test_arrays_find_what_the_walk_finds(
    new_index: NewIndex, corpus: Any, gone: list[int], asked: Any
) -> None:
    walk, arrays = (filled(new_index(name), corpus, gone) for name in ("reference", "embedded"))
    for query, page in asked:
        assert ask(arrays, query, **page) == ask(walk, query, **page)
        assert arrays.count(query) == walk.count(query)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.usefixtures("ways")
def test_the_best_few_of_many_are_those_that_the_walk_finds(new_index: NewIndex, seed: int) -> None:
    chance = random.Random(seed)
    vocabulary = [f"w{n}" for n in range(12)]
    weights = [1 / (n + 1) for n in range(12)]

    def text() -> str:
        return " ".join(chance.choices(vocabulary, weights, k=chance.randint(1, 9)))

    corpus = [[[text() for _ in range(20)] for _ in range(6)] for _ in range(3)]
    walk, arrays = (filled(new_index(name), corpus, [1, 7]) for name in ("reference", "embedded"))
    for turn in range(30):
        # A word that stands nowhere keeps every match out of the first tier.
        asked = [*chance.sample(vocabulary, chance.randint(1, 5)), "absent"]
        bag = BagOfWords(tuple(Boost(Exact(w, w), chance.choice([0.5, 1.0, 2.5])) for w in asked))
        query = And((bag, Field("source", f"s{turn % 3}"))) if turn % 4 == 0 else bag
        page = query, BM25(), 0, chance.choice([1, 2, 3, 10])
        assert answer(arrays, *page) == answer(walk, *page)


@pytest.mark.parametrize("name", ["reference", "embedded"])
def test_passages_that_tie_are_in_the_order_of_their_addresses(
    new_index: NewIndex, name: str
) -> None:
    corpus = [[["sea of ship"] * 5 for _ in range(3)] for _ in range(3)]
    snapshot = filled(new_index(name), corpus, [4])
    query = BagOfWords((Exact("sea", "sea"), Exact("lamp", "lamp")))
    hits = answer(snapshot, query, BM25(), 0, 100)[0]
    kept = [f"d{at}-{n}" for at in range(3) for n in range(3) if (at, n) != (1, 1)]

    assert [hit[0] for hit in hits] == [f"{one}#p{n}" for one in kept for n in range(1, 6)]
    assert len({score for _, score, _ in hits}) == 1
    for offset in range(40):
        assert answer(snapshot, query, BM25(), offset, 3)[0] == hits[offset : offset + 3]


# Words in a row and near each other

positions = st.lists(st.integers(0, 9), unique=True).map(sorted)
entries = st.dictionaries(st.integers(0, 3), positions, max_size=4)


def places(word: dict[int, list[int]]) -> Any:
    """Return the places of a word, given its positions by entry."""
    each = [entry << 32 | position for entry in sorted(word) for position in word[entry]]
    return np.array(each, np.int64)


def told(found: Any) -> dict[int, int]:
    """Return how often, by entry."""
    return dict(zip(found.ids.tolist(), found.frequencies.tolist(), strict=True))


@given(st.lists(entries, min_size=1, max_size=4), st.integers(0, 6), st.booleans())
def test_words_stand_together_where_the_matcher_says(
    parts: list[dict[int, list[int]]], distance: int, is_repeated: bool
) -> None:
    if is_repeated:
        parts = [*parts, parts[0]]
    in_a_row, close = {}, {}
    for entry in range(4):
        held = [part.get(entry, []) for part in parts]
        if all(held):
            in_a_row[entry] = len(phrase_starts(held))
            close[entry] = len(near_windows(held, distance))

    assert told(phrase(list(map(places, parts)))) == {e: n for e, n in in_a_row.items() if n}
    assert told(near(list(map(places, parts)), distance)) == {e: n for e, n in close.items() if n}
