"""Why a passage stands where it stands, and what each word of a query was taken to be.

The reasons add up to the score: what each word gives, what titles and headings add, and what the
words add that the best passages share.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from engine.backends.base import Reader
from engine.hits import Found, Reason, WordRead
from engine.matching import Matcher
from engine.query import (
    Exact,
    Expandable,
    Forms,
    Leaf,
    Query,
    Term,
    words_of,
)
from engine.ranking import BM25, score

MOST_FORMS = 12
# Stems share at least so many first letters with their forms.
SHARED = 3


class Explainer:
    """Explains the hits of one query over one reader."""

    def __init__(self, matcher: Matcher, reader: Reader, ranking: BM25) -> None:
        self._matcher, self._reader, self._ranking = matcher, reader, ranking
        statistics = reader.statistics
        self._passages = statistics.passages
        self._average = statistics.words / (statistics.passages or 1)
        self._weights: dict[Leaf, float] = {}

    def reasons(self, found: Found) -> tuple[Reason, ...]:
        """Return what gave the passage its score, most first."""
        terms = self._matcher.terms(found.document, found.passage)
        norm = self._ranking.norm(len(terms), self._average)
        times: dict[Leaf, int] = {}

        def points(leaf: Leaf) -> float | None:
            frequency = times[leaf] = terms.frequency(leaf)
            return score(self._weight(leaf), frequency, norm) if frequency else None

        outcome = self._matcher.outcome(found.document, found.passage, points)
        given: dict[Leaf, float] = {}
        for leaf, part in outcome.parts if outcome else ():
            given[leaf] = given.get(leaf, 0.0) + part
        reasons = [Reason("word", leaf.text, part, times[leaf]) for leaf, part in given.items()]
        if found.heading:
            reasons.append(Reason("heading", "", found.heading))
        if found.related:
            reasons.append(Reason("related", "", found.related))
        return tuple(sorted(reasons, key=lambda reason: -reason.points))

    def _weight(self, leaf: Leaf) -> float:
        known = self._weights.get(leaf)
        if known is None:
            known = self._ranking.weight(self._passages, self._reader.count(leaf))
            self._weights[leaf] = known
        return known


def words_read(query: Query, reader: Reader) -> tuple[WordRead, ...]:
    """Return what every word and phrase of a query stands for, with how many passages have it."""
    return tuple(
        WordRead(getattr(leaf, "text", ""), reader.count(leaf), _forms(leaf, reader), _kind(leaf))
        for leaf in dict.fromkeys(words_of(query))
        if not isinstance(leaf, Expandable)
    )


def _kind(leaf: Query) -> str:
    match leaf:
        case Term():
            return "forms"
        case Exact():
            return "exact"
        case Forms():
            return "pattern"
        case _:
            return "phrase"


def _forms(leaf: Query, reader: Reader) -> tuple[tuple[str, int], ...]:
    """Return the surface forms that a word stands for, most frequent first."""
    match leaf:
        case Term():
            surfaces = set(_inflected(leaf, reader))
        case Forms(surfaces=held):
            surfaces = set(held)
        case _:
            return ()
    counted = [(surface, reader.frequency(surface)) for surface in surfaces]
    live = sorted((-count, surface) for surface, count in counted if count)
    return tuple((surface, -count) for count, surface in live[:MOST_FORMS])


def _inflected(word: Term, reader: Reader) -> Iterator[str]:
    vocabulary, analyzer = reader.vocabulary(), reader.analyzer
    for stem in word.stems:
        language, _, root = stem.partition(":")
        start = root[:SHARED]
        for at in range(bisect_left(vocabulary, start), len(vocabulary)):
            surface = vocabulary[at]
            if not surface.startswith(start):
                break
            if analyzer.stem(surface, language) == stem:
                yield surface
