"""Ranking: BM25 as the textbook has it, and one order whatever the index has been through."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index, Snapshot
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.engine.query import (
    And,
    BagOfWords,
    Boost,
    Filter,
    Not,
    Or,
    Prefer,
    Query,
    children,
)
from backstory.engine.ranking import BM25, order, score, total
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.testing.corpora import corpora, deletions, filled
from backstory.testing.queries import queries

Make = Callable[..., IndexedDocument]

PASSAGES = {
    "a": ["radio order radio shed", "order", "the shed of the radio factory by the sea"],
    "b": ["radio", "radio order", "order order order radio radio fund fund fund fund"],
    "c": ["nothing here", "sea sea sea", "shed order"],
}


def bm25(words: Sequence[str], k1: float, b: float) -> dict[str, float]:
    """Score the passages above for some words: the formula, written out once more."""
    texts = {f"{d}#p{n}": t.split() for d, ts in PASSAGES.items() for n, t in enumerate(ts, 1)}
    average = sum(map(len, texts.values())) / len(texts)
    scores: dict[str, float] = {}
    for word in words:
        holders = [address for address, text in texts.items() if word in text]
        idf = math.log(1 + (len(texts) - len(holders) + 0.5) / (len(holders) + 0.5))
        for address in holders:
            tf, length = texts[address].count(word), len(texts[address])
            gain = tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / average))
            scores[address] = scores.get(address, 0) + idf * gain
    return scores


@pytest.fixture
def passages(index: Index, document: Make, fill: Callable[..., Index]) -> Index:
    """The passages above, with others that were deleted again."""
    fill(index, document("gone", "radio radio radio", "order shed sea fund"))
    fill(index, document("a", *PASSAGES["a"]), document("b", "radio"))
    fill(index, *(document(name, *PASSAGES[name]) for name in "bc"), delete=["gone"])
    return index


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0.0, 0.75), (2.0, 0.0), (0.9, 1.0)])
@pytest.mark.parametrize(
    "text", ["radio", "order radio", "radio radio order", "=sea =shed =fund", "order OR shed"]
)
def test_scores_are_those_of_the_textbook(passages: Index, text: str, k1: float, b: float) -> None:
    config = Config().override(ranking__k1=k1, ranking__b=b)
    hits = Searcher(passages, ranking=config.ranking).search(text, limit=100).hits
    words = text.replace("=", "").replace(" OR ", " ").split()

    assert {hit.passage: hit.score for hit in hits} == pytest.approx(bm25(words, k1, b), rel=1e-12)


def test_repeated_query_word_counts_as_often_as_it_stands(passages: Index) -> None:
    searcher = Searcher(passages)
    once = {hit.passage: hit.score for hit in searcher.search("radio")}
    thrice = {hit.passage: hit.score for hit in searcher.search("radio Radios radio")}

    assert thrice == {address: pytest.approx(3 * points) for address, points in once.items()}


def test_phrase_is_ranked_by_how_often_it_stands(
    index: Index, document: Make, fill: Callable[..., Index]
) -> None:
    fill(index, document("a", "red sea red sea", "red sea one two", "sea red"), document("b", "x"))
    hits = Searcher(index).search('"red sea"').hits
    idf = math.log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    length = 1 - 0.75 + 0.75 * 4 / (11 / 4)

    assert [hit.passage for hit in hits] == ["a#p1", "a#p2"]
    expected = [idf * tf * 2.2 / (tf + 1.2 * length) for tf in (2, 1)]
    assert [hit.score for hit in hits] == pytest.approx(expected)


def test_passages_with_all_words_come_first_whatever_their_score(passages: Index) -> None:
    result = Searcher(passages).search("fund order", limit=100)
    full = [hit.all_words for hit in result]

    assert full == sorted(full, reverse=True)
    assert sum(full) == result.all_words == 1
    loud = Searcher(passages).search("sea radio", limit=100).hits
    assert loud[0].passage == "a#p3"
    assert loud[0].score < loud[1].score, "a stray word that is repeated would score higher"


def test_ties_come_by_document_and_then_by_passage_number(
    index: Index, document: Make, fill: Callable[..., Index]
) -> None:
    for name in ("b", "a10", "ä", "a2", "B"):
        fill(index, document(name, *["radio shed"] * 11))
    hits = Searcher(index).search("radio", limit=100).hits

    assert [(hit.document, hit.number) for hit in hits] == [
        (name, number) for name in ("B", "a10", "a2", "b", "ä") for number in range(1, 12)
    ]
    assert [hit.rank for hit in hits] == list(range(1, 56))


@pytest.mark.parametrize("seed", range(3))
def test_answers_do_not_depend_on_how_the_index_came_about(
    kind: str, new_index: Callable[[str], Index], document: Make, seed: int
) -> None:
    documents = [
        document(f"d{n}", *[f"radio {'order ' * (n % 4)}shed{m % 2}" for m in range(n % 3 + 1)])
        for n in range(9)
    ]
    at_once, in_turns = new_index(kind), new_index(kind)
    writer = at_once.writer()
    writer.add(documents)
    writer.commit()
    writer.close()

    shuffle = random.Random(seed)
    for document_now in shuffle.sample(documents, len(documents)):
        writer = in_turns.writer()
        writer.add([document(f"d{shuffle.randrange(9)}", "radio radio of an older version")])
        writer.add([document("stranger", "radio order shed1")])
        writer.commit()
        writer.delete("stranger")
        writer.add([document_now])
        writer.commit()
        writer.close()
    writer = in_turns.writer()
    writer.add(documents[:4])
    writer.commit()
    writer.add(documents[4:])
    writer.commit()
    writer.close()

    for text in ("radio", "order shed1", "radio -order", '"radio order"', "*"):
        one, other = (
            [(hit.passage, hit.score) for hit in Searcher(index).search(text, limit=100)]
            for index in (at_once, in_turns)
        )
        assert one == other


@given(st.integers(0, 10**7), st.data())
def test_no_word_ever_counts_against_a_passage(passages: int, data: st.DataObject) -> None:
    frequency = data.draw(st.integers(0, passages))

    assert BM25().weight(passages, frequency) >= 0


def test_rarer_words_weigh_more() -> None:
    weights = [BM25().weight(100, frequency) for frequency in range(101)]

    assert weights == sorted(set(weights), reverse=True)


def test_k1_and_b_do_what_their_comments_say() -> None:
    assert score(1.0, 1, BM25(k1=0).norm(9, 3)) == score(1.0, 50, BM25(k1=0).norm(9, 3))
    assert BM25(b=0).norm(9, 3) == BM25(b=0).norm(1, 3)
    assert BM25(b=1).norm(9, 3) > BM25(b=0.5).norm(9, 3) > BM25(b=0).norm(9, 3)
    assert BM25().norm(0, 0) > 0, "an index without words divides by nothing"


def test_order_is_full_first_then_points_then_address() -> None:
    listed = [
        order(True, 1.0, "b", 9),
        order(True, 0.5, "a", 10),
        order(True, 0.5, "b", 2),
        order(True, 0.5, "b", 10),
        order(False, 7.0, "a", 1),
    ]
    assert listed == sorted(listed)


def test_scores_are_added_from_left_to_right() -> None:
    values = [0.1] * 10 + [1e16, 1.0, -1e16]
    added = 0.0
    for value in values:
        added = added + value

    assert total(values) == added
    assert total([]) == 0.0


def bound(query: Query, snapshot: Snapshot, ranking: BM25) -> float:
    """Return the upper bound of a query's score, as `engine.ranking` tells it."""
    if isinstance(query, Not | Filter):
        return 0.0
    match query:
        case Boost(child, factor):
            return factor * bound(child, snapshot, ranking)
        case Prefer(child, preferred, factor):
            more = factor * bound(preferred, snapshot, ranking)
            return bound(child, snapshot, ranking) + more
        case And() | Or() | BagOfWords():
            return sum(bound(child, snapshot, ranking) for child in children(query))
        case _:
            return ranking.weight(snapshot.statistics.passages, snapshot.count(query))


@given(corpora, deletions, queries, st.sampled_from([BM25(), BM25(0.0), BM25(9.0, 1.0)]))
def test_no_score_is_above_its_bound(
    corpus: Any, gone: list[int], query: Query, ranking: BM25
) -> None:
    snapshot = filled(ReferenceIndex(), corpus, gone)
    highest = bound(query, snapshot, ranking) * (1 + 1e-9)

    for candidate in snapshot.retrieve(query, ranking, k=1_000).top:
        assert candidate.score <= highest
