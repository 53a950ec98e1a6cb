"""A query evaluated over whole posting lists: node by node, on arrays.

It mirrors `engine.matching.evaluate`, node for node and sum for sum, so that the scores are the
same to the last bit; the tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from backstory.engine.indexes.embedded.arrays import (
    NO_IDS,
    Flags,
    Floats,
    Ids,
    where_in,
)
from backstory.engine.indexes.embedded.matches import (
    Matches,
    Scores,
    among,
    common,
    every_word,
    summed,
    united,
)
from backstory.engine.indexes.embedded.maxscore import Union
from backstory.engine.indexes.embedded.postings import Postings, PostingsReader, Term, merged
from backstory.engine.indexes.embedded.proximity import near, phrase
from backstory.engine.indexes.embedded.schema import STEM, SURFACE
from backstory.engine.query import (
    All,
    And,
    AnyOf,
    BagOfWords,
    Boost,
    Exact,
    Field,
    Filter,
    Forms,
    InTitle,
    Leaf,
    Near,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefer,
    Query,
    Range,
    Undated,
)
from backstory.engine.query import Term as TermQuery
from backstory.engine.ranking import BM25


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

    def evaluate(self, query: Query) -> Matches:
        """Return the matches of an expanded query."""
        match query:
            case TermQuery() | Exact() | Forms() | AnyOf() | Phrase() | Near():
                return self._leaf(query)
            case Field() | InTitle() | Range() | Undated() | All() | Nothing():
                return _unscored(np.flatnonzero(self._mask(query)))
            case Not(child):
                return _unscored(np.flatnonzero(self._without(self._mask(All()), child)))
            case Boost(child, factor):
                inner = self.evaluate(child)
                return Scores(inner.ids, inner.scores * factor, inner.all_words)
            case Prefer(child, preferred, factor):
                return _preferred(self.evaluate(child), self.evaluate(preferred), factor)
            case And(nodes):
                return self._every(nodes)
            case Or(nodes):
                return self._any([self.evaluate(node) for node in nodes])
            case BagOfWords(words, must):
                return self._bag([*map(self.evaluate, must)], [*map(self.evaluate, words)])
            case _:
                raise TypeError(f"{type(query).__name__} must be expanded before it is searched")

    def _leaf(self, leaf: Leaf) -> Scores:
        postings = postings_of(leaf, self._reader)
        weight = self._ranking.weight(self._collection.passages, len(postings))
        return Scores(postings.ids, postings.scores(weight, self._collection.norms))

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
        entries = self._collection.entries
        ids = common([matches.ids for matches in scored], entries)
        if mask is not None:
            ids = ids[mask[ids]]
        return Scores(ids, summed(scored, ids, entries), every_word(scored, ids))

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

    def _any(self, nodes: Sequence[Matches]) -> Scores:
        ids, scores = united(nodes, self._collection.entries)
        flags: Flags = np.zeros(len(ids), bool)
        for matches in nodes:
            flags[where_in(ids, matches.all_words_ids)[1]] = True
        return Scores(ids, scores, flags)

    def _bag(self, must: Sequence[Matches], words: Sequence[Matches]) -> Matches:
        nodes, entries = [*must, *words], self._collection.entries
        if not nodes:
            return _unscored(NO_IDS)
        if not must:
            return Union(words, entries)
        ids = common([matches.ids for matches in must], entries)
        all_words_ids = common([matches.all_words_ids for matches in nodes], entries)
        return Scores(ids, summed(nodes, ids, entries), among(ids, all_words_ids))


def _preferred(matches: Matches, preferred: Matches, factor: float) -> Scores:
    scores = matches.scores.copy()
    here, there = where_in(matches.ids, preferred.ids)
    scores[there] += preferred.scores[here] * factor
    return Scores(matches.ids, scores, matches.all_words)


def _unscored(ids: Ids) -> Scores:
    return Scores(ids, np.zeros(len(ids)))


def postings_of(leaf: Leaf, reader: PostingsReader) -> Postings:
    """Return in which passages a word, a phrase or words near each other stand, and how often."""
    if not isinstance(leaf, AnyOf | Phrase | Near):
        return reader.get(terms_of(leaf))
    postings = reader.postings.get(leaf)
    if postings is None:
        postings = _computed(leaf, reader)
        reader.postings.put(leaf, postings, postings.size)
    return postings


def _computed(leaf: AnyOf | Phrase | Near, reader: PostingsReader) -> Postings:
    if isinstance(leaf, AnyOf):
        each = [postings_of(one, reader) for one in leaf.spellings]
        return merged([postings for postings in each if len(postings)])
    places = [reader.places(terms_of(word)) for word in leaf.words]
    return near(places, leaf.distance) if isinstance(leaf, Near) else phrase(places)


def count_of(leaf: Leaf, reader: PostingsReader) -> int:
    """Return in how many passages a leaf stands; of a word under one term nothing is kept."""
    if isinstance(leaf, AnyOf | Phrase | Near):
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
