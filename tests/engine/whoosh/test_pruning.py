"""The fast path is exact: the same passages, scores, order and counts as scoring all of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.engine.backends.base import Backend
from backstory.engine.backends.whoosh import occurrences, pruning
from backstory.engine.backends.whoosh.bags import words_of_bag
from backstory.engine.backends.whoosh.bitsets import bits_of, members
from backstory.engine.backends.whoosh.occurrences import OccurrenceSource
from backstory.engine.backends.whoosh.pruning import Sums
from backstory.engine.documents import IndexedDocument
from backstory.engine.query import (
    All,
    And,
    Bag,
    Boost,
    Exact,
    Field,
    Forms,
    Near,
    Not,
    Nothing,
    Or,
    Phrase,
    Query,
    Term,
)
from backstory.engine.ranking import BM25
from tests.conftest import CODECS, MIXED, RANKING_WITH_NUMPY

Make = Callable[..., IndexedDocument]
NewBackend = Callable[[str], Any]
NAMES = (*CODECS, MIXED, *RANKING_WITH_NUMPY)

# From a word that stands everywhere to one that stands almost nowhere, and one that never does.
WORDS = ("the", "of", "sea", "ship", "lamp", "quokka")
COMMON = [word for n, word in enumerate(WORDS) for _ in range(3 ** (len(WORDS) - n - 1) // 3 + 1)]

texts = st.lists(st.sampled_from(COMMON), max_size=14).map(" ".join)
documents = st.lists(texts, min_size=1, max_size=12)
corpora = st.lists(st.lists(documents, min_size=1, max_size=4), min_size=1, max_size=4)
stems = st.lists(
    st.sampled_from(["en:ship", "en:sea", "en:lamp", "en:absent"]), min_size=1, unique=True
)
some = st.lists(st.sampled_from([*WORDS, "absent"]), unique=True)
leaves = (
    st.sampled_from([*WORDS, "absent"]).map(lambda word: Exact(word, word))
    | stems.map(lambda held: Term("a", "a", tuple(held)))
    | some.map(lambda held: Forms("a*", tuple(held)))
)
weighted = leaves | st.builds(Boost, leaves, st.sampled_from([0.5, 1.0, 2.0, 3.0]))
bags = weighted | st.lists(weighted, max_size=6).map(lambda words: Bag(tuple(words)))
filters = st.sampled_from([Field("source", "s1"), Field("source", "s0 s2"), All(), Nothing()])
together = st.lists(weighted, min_size=2, max_size=3).map(lambda some: And(tuple(some)))
queries = (
    bags
    | together
    | st.builds(lambda bag, wanted: And((bag, wanted)), bags, filters)
    | st.builds(lambda some, wanted: And((*some.children, wanted)), together, filters)
)
rankings = st.builds(BM25, st.sampled_from([0.0, 0.4, 1.2, 9.0]), st.sampled_from([0.0, 0.75, 1.0]))


def filled(backend: Backend, corpus: Any, gone: Sequence[int], make: Make) -> Backend:
    """Commit each part of a corpus, so that it has a segment, then delete some documents."""
    for at, part in enumerate(corpus):
        writer = backend.writer()
        writer.add(
            make(f"d{at}-{n}", *paragraphs, source=f"S{n % 3}") for n, paragraphs in enumerate(part)
        )
        writer.commit()
        writer.close()
    writer = backend.writer()
    for number in gone:
        writer.delete(f"d{number % len(corpus)}-{number // len(corpus)}")
    writer.commit()
    writer.close()
    return backend


def both(reader: Any, query: Query, ranking: BM25, offset: int, limit: int) -> list[Any]:
    """Return what the fast path finds and what scoring every match does.

    A Boost of a Boost multiplies by one and is nothing that the fast path takes.
    """

    def answer(asked: Query) -> Any:
        found = reader.search(asked, ranking, offset=offset, limit=limit, facets=("source",))
        hits = [(hit.passage.address, hit.score, hit.is_full) for hit in found.found]
        return hits, found.total, found.full, found.facets

    answers = [answer(query), answer(Boost(Boost(query, 1.0), 1.0))]
    with choosing():
        assert answer(query) == answers[0], "with many postings it would find something else"
    return answers


@contextmanager
def choosing() -> Iterator[None]:
    """Let there be no result so small that all passages are scored."""
    before = pruning.FEW
    pruning.FEW = -1
    try:
        yield
    finally:
        pruning.FEW = before


@pytest.fixture(params=[1, 10, 1 << 40], ids=["rare", "some-rare", "none-rare"])
def rare(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let words be kept as dictionaries: those in fewer than one entry of so many."""
    monkeypatch.setattr(occurrences, "RARE", request.param)


@given(
    st.sampled_from(NAMES),
    corpora,
    st.lists(st.integers(0, 15), max_size=5),
    st.lists(
        st.tuples(queries, rankings, st.integers(0, 9), st.sampled_from([1, 2, 5, 60])), min_size=1
    ),
)
@settings(max_examples=60)
@pytest.mark.usefixtures("rare")
def test_fast_path_finds_what_scoring_everything_finds(
    new_backend: NewBackend, document: Make, name: str, corpus: Any, gone: list[int], asked: Any
) -> None:
    reader = filled(new_backend(name), corpus, gone, document).reader()
    for query, ranking, offset, limit in asked:
        fast, slow = both(reader, query, ranking, offset, limit)
        assert fast == slow


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.usefixtures("rare")
def test_best_few_of_many_are_those_that_scoring_everything_finds(
    new_backend: NewBackend, document: Make, name: str, seed: int
) -> None:
    chance = random.Random(seed)
    vocabulary = [f"w{n}" for n in range(12)]
    weights = [1 / (n + 1) for n in range(12)]
    corpus = [
        [
            [
                " ".join(chance.choices(vocabulary, weights, k=chance.randint(1, 9)))
                for _ in range(20)
            ]
            for _ in range(6)
        ]
        for _ in range(3)
    ]
    reader = filled(new_backend(name), corpus, [1, 7], document).reader()
    for turn in range(60):
        # A word that stands nowhere keeps every match out of the first tier.
        words = [*chance.sample(vocabulary, chance.randint(1, 5)), "absent"]
        bag = Bag(tuple(Boost(Exact(w, w), chance.choice([0.5, 1.0, 2.5])) for w in words))
        query = And((bag, Field("source", f"s{turn % 3}"))) if turn % 4 == 0 else bag
        fast, slow = both(reader, query, BM25(), 0, chance.choice([1, 2, 3, 10]))
        assert fast == slow


@dataclass
class Spy:
    """Counts how often a method is called, and goes on with it."""

    calls: int = 0

    def on(self, monkeypatch: pytest.MonkeyPatch, kind: Any, name: str) -> Spy:
        real = getattr(kind, name)

        def spy(*arguments: Any) -> Any:
            self.calls += 1
            return real(*arguments)

        monkeypatch.setattr(kind, name, spy)
        return self


def skewed(make: Make, segments: int) -> list[list[IndexedDocument]]:
    """Return documents with a rare word in few, a common one in most, and a full match in one."""
    parts = []
    for segment in range(segments):
        parts.append(
            [
                make(
                    f"s{segment}-{n}",
                    *[
                        f"{'quokka ' if (n * 40 + p) % 37 == 0 else ''}{'the ' * (p % 3)}"
                        f"{'ship ' if p % 5 == segment else ''}{'word ' * (p % 7)}"
                        for p in range(40)
                    ],
                )
                for n in range(5)
            ]
        )
    return parts


@pytest.mark.parametrize("name", [*CODECS, MIXED])
@pytest.mark.parametrize("delete", [[], ["s0-1", "s2-4"]])
@pytest.mark.parametrize("query", [
    Bag((Exact("the", "the"), Exact("quokka", "quokka"), Exact("ship", "ship"))),
    Bag((Exact("the", "the"), Exact("quokka", "quokka"), Exact("absent", "absent"))),
    Bag((Boost(Exact("the", "the"), 2.0), Exact("quokka", "quokka"), Exact("zzz", "zzz"))),
])  # fmt: skip
def test_passages_that_cannot_be_among_the_best_are_not_scored(
    new_backend: NewBackend,
    document: Make,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    delete: list[str],
    query: Query,
) -> None:
    backend = new_backend(name)
    for part in skewed(document, 3):
        writer = backend.writer()
        writer.add(part)
        for document_id in delete:
            writer.delete(document_id)
        writer.commit()
        writer.close()
    reader = backend.reader()
    scored = []

    def spy(passages: int) -> list[int]:
        scored.append(passages.bit_count())
        return members(passages)

    monkeypatch.setattr(pruning, "members", spy)
    counts = {}
    for most in (1, 2, 3, 8, 15, 40, 1000):
        scored.clear()
        fast, slow = both(reader, query, BM25(), 0, most)
        assert fast == slow
        counts[most] = sum(scored[len(scored) // 2 :])  # where it may choose
    assert counts[1] < counts[1000] // 4


@pytest.mark.parametrize("name", ["whoosh", *RANKING_WITH_NUMPY])
def test_passages_that_tie_are_in_the_order_of_their_addresses(
    new_backend: NewBackend, document: Make, name: str
) -> None:
    corpus = [[["sea of ship"] * 5 for _ in range(3)] for _ in range(3)]
    reader = filled(new_backend(name), corpus, [4], document).reader()
    query = Bag((Exact("sea", "sea"), Exact("lamp", "lamp")))
    whole, _, _, facets = both(reader, query, BM25(), 0, 100)[0]

    assert len(whole) == 40
    assert len({score for _, score, _ in whole}) == 1
    for offset in range(40):
        fast, slow = both(reader, query, BM25(), offset, 3)
        assert fast == slow == (whole[offset : offset + 3], 40, 0, facets)


# What it does not take


class Source(OccurrenceSource):
    """Words that stand in the first of many passages."""

    def __init__(self, **frequencies: int) -> None:
        self._frequencies = frequencies

    def get(self, terms: Sequence[tuple[str, str]]) -> Any:
        held = {term.removeprefix("en:").removeprefix("es:") for _, term in terms}
        return range(sum(self._frequencies.get(word, 0) for word in held))


SEA, SHIP = Exact("sea", "sea"), Term("ship", "ship", ("en:ship",))
TWICE = Term("ship", "ship", ("en:ship", "es:ship"))


@pytest.mark.parametrize(
    "query",
    [
        Phrase("sea ship", (SEA, SHIP)), Near("sea ship", (SEA, SHIP), 2),
        Field("lang", "en"), All(), Nothing(), Not(SEA), And((SEA, Or((SHIP,)))), Or((SEA, SHIP)),
        Boost(Boost(SEA, 2.0), 2.0), Boost(Bag((SEA, SHIP)), 2.0), Bag((SEA,), (SHIP,)),
        Bag((SEA, Bag((SHIP,)))), Bag((SEA, Phrase("sea ship", (SEA, SHIP)))),
    ],
    ids=str,
)  # fmt: skip
def test_other_queries_are_left_to_the_evaluation(query: Query) -> None:
    assert words_of_bag(query, Source(sea=2, ship=3), BM25(), 9) is None


def test_words_come_in_the_order_of_the_query_with_their_weights() -> None:
    query = Bag((SEA, Boost(TWICE, 3.0), SEA, Exact("absent", "absent")))
    words = words_of_bag(query, Source(sea=2, ship=3), BM25(), 9)

    assert words is not None
    weights = [BM25().weight(9, frequency) for frequency in (2, 3, 2, 0)]
    assert [word.weight for word in words] == weights
    assert [word.factor for word in words] == [1.0, 3.0, 1.0, 1.0]
    assert len(words_of_bag(And((SEA, SHIP)), Source(sea=2, ship=3), BM25(), 9) or ()) == 2


# Sums


@given(
    st.lists(st.tuples(st.sets(st.integers(0, 60)), st.integers(0, 40)), max_size=8),
    st.sets(st.integers(0, 60)),
    st.integers(1, 70),
    st.integers(0, 400),
)
def test_sums_are_those_of_numbers(
    added: list[tuple[set[int], int]], among: set[int], count: int, number: int
) -> None:
    sums, numbers = Sums(), Counter(dict.fromkeys(range(61), 0))
    for passages, more in added:
        sums.add(bits_of(passages, 61), more)
        for passage in passages:
            numbers[passage] += more
    bits = bits_of(among, 61)

    reached = sorted(passage for passage in among if numbers[passage] >= number)
    assert members(sums.at_least(number, bits)) == reached
    highest = sorted((numbers[passage] for passage in among), reverse=True)[:count]
    expected = sorted(passage for passage in among if numbers[passage] >= min(highest, default=0))
    assert members(sums.highest(bits, count)) == expected
