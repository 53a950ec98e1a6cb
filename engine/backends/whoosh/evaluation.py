"""A query evaluated over whole posting lists: term at a time, into plain dicts.

It mirrors `engine.matching.evaluate`, node for node and sum for sum, so that the scores are the
same to the last bit; the tests hold the two together. A node gives its matches with their points,
and the passages in which every word of its Bags was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import reduce

from backstory.engine.backends.whoosh.phrases import phrase_counts
from backstory.engine.backends.whoosh.postings import Postings, PostingsSource
from backstory.engine.backends.whoosh.schema import STEM, SURFACE
from backstory.engine.matching import near_windows, phrase_starts
from backstory.engine.query import (
    All,
    And,
    Bag,
    Boost,
    Exact,
    Field,
    Filter,
    Forms,
    Leaf,
    Near,
    Not,
    Nothing,
    Or,
    Phrase,
    Query,
    Range,
    Term,
)
from backstory.engine.ranking import BM25, total

Frequencies = dict[int, int]


@dataclass(frozen=True, slots=True)
class Matches:
    """Points by passage, and the passages that match fully (`None`: all of them)."""

    points: dict[int, float]
    full_or_all: set[int] | None = None

    @property
    def full(self) -> set[int]:
        """The passages that match fully."""
        return set(self.points) if self.full_or_all is None else self.full_or_all


class Evaluation:
    """Evaluates queries over one snapshot's postings.

    `norms_of` gives the BM25 length terms of passages; `passes` gives the passages that a filter
    lets through.
    """

    def __init__(
        self,
        source: PostingsSource,
        ranking: BM25,
        norms_of: Callable[[Sequence[int]], Sequence[float]],
        passages: int,
        passes: Callable[[Filter], set[int]],
    ) -> None:
        self._source = source
        self._ranking = ranking
        self._norms_of = norms_of
        self._passages = passages
        self._passes = passes

    def evaluate(self, query: Query) -> Matches:
        """Return the matches of an expanded query."""
        match query:
            case Term() | Exact() | Forms() | Phrase() | Near():
                return self._scored(frequencies(query, self._source))
            case Field() | Range() | All() | Nothing():
                return Matches(dict.fromkeys(self._passes(query), 0.0))
            case Not(child):
                found = self._passes(All()) - self.evaluate(child).points.keys()
                return Matches(dict.fromkeys(found, 0.0))
            case Boost(child, factor):
                inner = self.evaluate(child)
                boosted = {passage: points * factor for passage, points in inner.points.items()}
                return Matches(boosted, inner.full_or_all)
            case And(nodes):
                return self._every(nodes)
            case Or(nodes):
                return self._any([self.evaluate(node) for node in nodes])
            case Bag(words, must):
                return self._bag([*map(self.evaluate, must)], [*map(self.evaluate, words)])
            case _:
                raise TypeError(f"{type(query).__name__} must be expanded before it is searched")

    def _scored(self, found: Frequencies | Postings) -> Matches:
        weight = self._ranking.weight(self._passages, len(found))
        if isinstance(found, Postings):
            passages, counts = found.passages, found.frequencies
        else:
            passages, counts = list(found), list(found.values())
        rows = zip(passages, counts, self._norms_of(passages), strict=True)
        # engine.ranking.score, written out: this line runs for every posting.
        return Matches({at: weight * count / (count + norm) for at, count, norm in rows})

    def _every(self, nodes: Sequence[Query]) -> Matches:
        """Intersect; exclusions and filters only narrow, so they never become dicts of zeros."""
        narrowing = [node for node in nodes if isinstance(node, Not | Filter)]
        scored = [self.evaluate(node) for node in nodes if not isinstance(node, Not | Filter)]
        kept = _common([matches.points.keys() for matches in scored])
        for node in narrowing:
            if isinstance(node, Not):
                start = self._passes(All()) if kept is None else kept
                kept = start - self.evaluate(node.child).points.keys()
            else:
                allowed = self._passes(node)
                kept = set(allowed) if kept is None else kept & allowed
        assert kept is not None, "And has children"
        points = {at: total(matches.points[at] for matches in scored) for at in kept}
        return Matches(points, _all_full(scored, kept))

    def _any(self, found: Sequence[Matches]) -> Matches:
        points: dict[int, float] = {}
        for matches in found:
            _add(points, matches.points)
        return Matches(points, set().union(*(matches.full for matches in found)))

    def _bag(self, must: Sequence[Matches], words: Sequence[Matches]) -> Matches:
        points: dict[int, float] = {}
        for matches in (*must, *words):
            _add(points, matches.points)
        if must:
            kept = _common([matches.points.keys() for matches in must]) or set()
            points = {at: points[at] for at in kept}
        common = _common([m.points.keys() for m in (*must, *words)]) or set()
        return Matches(points, _all_full([*must, *words], common))


def _add(points: dict[int, float], more: dict[int, float]) -> None:
    if not points:
        points.update(more)
        return
    held = points.get
    for at, value in more.items():
        points[at] = held(at, 0.0) + value


def _common(keys: Sequence[AbstractSet[int]]) -> set[int] | None:
    """Intersect, smallest first; None where there is nothing to intersect."""
    if not keys:
        return None
    ordered = sorted(keys, key=len)
    return reduce(lambda kept, more: kept & more, ordered[1:], set(ordered[0]))


def _all_full(found: Sequence[Matches], among: set[int]) -> set[int]:
    full = set(among)
    for matches in found:
        if matches.full_or_all is not None:
            full &= matches.full_or_all
    return full


def frequencies(leaf: Leaf, source: PostingsSource) -> Frequencies | Postings:
    """Return how often a leaf stands in each passage that has it."""
    match leaf:
        case Phrase(words=words):
            found = _in_a_row(words, source)
            if found is not None:
                return found
            return _together(words, source, lambda parts: len(phrase_starts(parts)))
        case Near(words=words, distance=distance):
            return _together(words, source, lambda parts: len(near_windows(parts, distance)))
        case _:
            held = [source.get(field, text) for field, text in terms_of(leaf)]
            return held[0] if len(held) == 1 else _summed(held)


def counted(leaf: Leaf, source: PostingsSource) -> int:
    """Return how many passages have a leaf; of a word under one term no postings are read."""
    if isinstance(leaf, Term | Exact):
        held = [size for term in terms_of(leaf) if (size := len(source.listing(*term)))]
        if len(held) < 2:
            return sum(held)
    return len(frequencies(leaf, source))


def terms_of(word: Query) -> list[tuple[str, str]]:
    """Return the (field, term)s that a single word is stored under."""
    match word:
        case Term(stems=stems):
            return [(STEM, stem) for stem in stems]
        case Exact(surface=surface):
            return [(SURFACE, surface)]
        case Forms(surfaces=surfaces):
            return [(SURFACE, surface) for surface in surfaces]
        case _:
            raise TypeError(f"{type(word).__name__} is not a word")


def _summed(found: Sequence[Postings]) -> Frequencies:
    total: Frequencies = {}
    for postings in found:
        for at, count in zip(postings.passages, postings.frequencies, strict=True):
            total[at] = total.get(at, 0) + count
    return total


def _in_a_row(words: Sequence[Query], source: PostingsSource) -> Frequencies | None:
    """Count a phrase, segment by segment; None where a word is stored under several terms."""
    postings = []
    for word in words:
        held = [found for term in terms_of(word) if (found := source.get(*term))]
        if not held:
            return {}
        if len(held) > 1:
            return None
        postings.append({part.base: part for part in held[0].parts})
    counts: Frequencies = {}
    for base in sorted(set.intersection(*(set(parts) for parts in postings))):
        parts = [held[base] for held in postings]
        deleted = parts[0].deleted
        for entry, count in phrase_counts([part.raw for part in parts]).items():
            if entry not in deleted:
                counts[entry + base] = count
    return counts


def _together(
    words: Sequence[Query],
    source: PostingsSource,
    count: Callable[[list[list[int]]], int],
) -> Frequencies:
    """Count how often words stand together, in the passages that have all of them."""
    parts = [[source.get(*term) for term in terms_of(word)] for word in words]
    candidates = _common([_passages(part) for part in parts]) or set()
    found = {}
    for at in sorted(candidates):
        times = count([_positions(part, at) for part in parts])
        if times:
            found[at] = times
    return found


def _passages(part: Sequence[Postings]) -> set[int]:
    return set().union(*(postings.passages for postings in part))


def _positions(part: Sequence[Postings], at: int) -> list[int]:
    if len(part) == 1:
        return part[0].positions(at)
    return sorted({position for postings in part for position in postings.positions(at)})
