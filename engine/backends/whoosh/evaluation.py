"""A query evaluated over whole posting lists: node by node, on arrays.

It mirrors `engine.matching.evaluate`, node for node and sum for sum, so that the scores are the
same to the last bit; the tests hold the two together. A node gives its matches, ascending, with
their scores, and which of them have every word of its bags.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backstory.engine.backends.whoosh.arrays import (
    BISECTION,
    NO_IDS,
    Flags,
    Floats,
    Ids,
    first_of_each,
    where_in,
)
from backstory.engine.backends.whoosh.postings import Postings, PostingsReader, Term
from backstory.engine.backends.whoosh.proximity import near, phrase
from backstory.engine.backends.whoosh.schema import STEM, SURFACE
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
)
from backstory.engine.query import Term as TermQuery
from backstory.engine.ranking import BM25

# An array with a place for each of so many entries costs as much as sorting one more match, or as
# finding the place of one.
ENTRIES_A_SORT, ENTRIES_A_SUM = 8, 64


@dataclass(frozen=True, slots=True)
class Scores:
    """The matches of a node, ascending, and their scores.

    `all_words` tells which of them have every word; None: all of them do.
    """

    ids: Ids
    scores: Floats
    all_words: Flags | None = None

    @property
    def full(self) -> Ids:
        """The matches that have every word."""
        return self.ids if self.all_words is None else self.ids[self.all_words]


@dataclass(frozen=True, slots=True)
class Collection:
    """What BM25 needs to know of a snapshot: its size and average, and every entry's norm."""

    passages: int
    entries: int
    norms: Floats


class Evaluator:
    """Evaluates queries over one snapshot; `mask` tells which entries a filter lets through."""

    def __init__(
        self,
        reader: PostingsReader,
        ranking: BM25,
        collection: Collection,
        mask: Callable[[Filter], Flags],
    ) -> None:
        self._reader, self._ranking = reader, ranking
        self._collection, self._mask = collection, mask

    def evaluate(self, query: Query) -> Scores:
        """Return the matches of an expanded query."""
        match query:
            case TermQuery() | Exact() | Forms() | Phrase() | Near():
                return self._leaf(query)
            case Field() | Range() | All() | Nothing():
                return _unscored(np.flatnonzero(self._mask(query)))
            case Not(child):
                return _unscored(np.flatnonzero(self._without(self._mask(All()), child)))
            case Boost(child, factor):
                inner = self.evaluate(child)
                return Scores(inner.ids, inner.scores * factor, inner.all_words)
            case And(nodes):
                return self._every(nodes)
            case Or(nodes):
                return self._any([self.evaluate(node) for node in nodes])
            case Bag(words, must):
                return self._bag([*map(self.evaluate, must)], [*map(self.evaluate, words)])
            case _:
                raise TypeError(f"{type(query).__name__} must be expanded before it is searched")

    def _leaf(self, leaf: Leaf) -> Scores:
        found = postings_of(leaf, self._reader)
        weight = self._ranking.weight(self._collection.passages, len(found))
        return Scores(found.ids, found.scores(weight, self._collection.norms))

    def _without(self, mask: Flags, child: Query) -> Flags:
        left = mask.copy()
        left[self.evaluate(child).ids] = False
        return left

    def _every(self, nodes: Sequence[Query]) -> Scores:
        """Intersect; filters and exclusions only narrow."""
        scored = [self.evaluate(node) for node in nodes if not isinstance(node, Not | Filter)]
        mask = self._narrowed(nodes)
        if not scored:
            assert mask is not None, "And has children"
            return _unscored(np.flatnonzero(mask))
        ids = self._common([matches.ids for matches in scored])
        if mask is not None:
            ids = ids[mask[ids]]
        return Scores(ids, self._summed(scored, ids), _every_flag(scored, ids))

    def _narrowed(self, nodes: Sequence[Query]) -> Flags | None:
        """Return which entries filters and exclusions let through; None where there are none."""
        mask: Flags | None = None
        for node in nodes:
            if isinstance(node, Filter):
                mask = self._mask(node) if mask is None else mask & self._mask(node)
        for node in nodes:
            if isinstance(node, Not):
                mask = self._without(self._mask(All()) if mask is None else mask, node.child)
        return mask

    def _any(self, found: Sequence[Scores]) -> Scores:
        ids, scores = self._united(found)
        flags: Flags = np.zeros(len(ids), bool)
        for matches in found:
            flags[where_in(ids, matches.full)[1]] = True
        return Scores(ids, scores, flags)

    def _bag(self, must: Sequence[Scores], words: Sequence[Scores]) -> Scores:
        found = [*must, *words]
        if not found:
            return _unscored(NO_IDS)
        if must:
            ids = self._common([matches.ids for matches in must])
            scores = self._summed(found, ids)
        else:
            ids, scores = self._united(found)
        full = self._common([matches.full for matches in found])
        if len(full) == len(ids):
            return Scores(ids, scores)
        flags: Flags = np.zeros(len(ids), bool)
        flags[where_in(ids, full)[1]] = True
        return Scores(ids, scores, flags)

    def _common(self, lists: Sequence[Ids]) -> Ids:
        """Return the entries that are in every list."""
        ids, *others = sorted(lists, key=len)
        for other in others:
            if len(ids) * BISECTION < len(other):
                ids = ids[where_in(other, ids)[0]]
            else:
                marked: Flags = np.zeros(self._collection.entries, bool)
                marked[other] = True
                ids = ids[marked[ids]]
        return ids

    def _summed(self, found: Sequence[Scores], ids: Ids) -> Floats:
        """Return the sum of the nodes' scores for some entries, added in order."""
        total: Floats = np.zeros(len(ids))
        for matches in found:
            if matches.ids is ids:
                total += matches.scores
            elif len(ids) * BISECTION < len(matches.ids) + self._collection.entries // 8:
                which, at = where_in(matches.ids, ids)
                total[which] += matches.scores[at]
            else:
                spread: Floats = np.zeros(self._collection.entries)
                spread[matches.ids] = matches.scores
                total += spread[ids]
        return total

    def _united(self, found: Sequence[Scores]) -> tuple[Ids, Floats]:
        """Return the entries that are in any node's matches, with the sum of their scores.

        `np.bincount` adds in the order of its arguments, which is that of the query's words.
        """
        if len(found) == 1:
            return found[0].ids, found[0].scores
        ids = np.concatenate([matches.ids for matches in found])
        scores = np.concatenate([matches.scores for matches in found])
        distinct = self._distinct(ids)
        if len(ids) * ENTRIES_A_SUM < self._collection.entries:
            return distinct, _added(distinct.searchsorted(ids), scores, len(distinct))
        return distinct, _added(ids, scores, self._collection.entries)[distinct]

    def _distinct(self, ids: Ids) -> Ids:
        if len(ids) * ENTRIES_A_SORT < self._collection.entries:
            ordered = np.sort(ids)
            return ordered[first_of_each(ordered)]
        marked: Flags = np.zeros(self._collection.entries, bool)
        marked[ids] = True
        return np.flatnonzero(marked)


def _added(numbers: Ids, scores: Floats, size: int) -> Floats:
    total: Any = np.bincount(numbers, scores, size)  # whose stub knows of counts alone
    return np.asarray(total, float)


def _unscored(ids: Ids) -> Scores:
    return Scores(ids, np.zeros(len(ids)))


def _every_flag(found: Sequence[Scores], ids: Ids) -> Flags | None:
    """Return which of some entries have every word of every node."""
    flags: Flags | None = None
    for matches in found:
        if matches.all_words is not None:
            own = matches.all_words[where_in(matches.ids, ids)[1]]
            flags = own if flags is None else flags & own
    return flags


def postings_of(leaf: Leaf, reader: PostingsReader) -> Postings:
    """Return in which passages a word, a phrase or words near each other stand, and how often."""
    if not isinstance(leaf, Phrase | Near):
        return reader.get(terms_of(leaf))
    found = reader.postings.get(leaf)
    if found is None:
        places = [reader.places(terms_of(word)) for word in leaf.words]
        found = near(places, leaf.distance) if isinstance(leaf, Near) else phrase(places)
        reader.postings.put(leaf, found, found.size)
    return found


def count_of(leaf: Leaf, reader: PostingsReader) -> int:
    """Return in how many passages a leaf stands; of a word under one term nothing is kept."""
    if isinstance(leaf, Phrase | Near):
        return len(postings_of(leaf, reader))
    return reader.count(terms_of(leaf))


def terms_of(word: Query) -> tuple[Term, ...]:
    """Return the (field, term)s that a single word is stored under."""
    match word:
        case TermQuery(stems=stems):
            return tuple([(STEM, stem) for stem in stems])
        case Exact(surface=surface):
            return ((SURFACE, surface),)
        case Forms(surfaces=surfaces):
            return tuple([(SURFACE, surface) for surface in surfaces])
        case _:
            raise TypeError(f"{type(word).__name__} is not a word")
