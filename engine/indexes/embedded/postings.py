"""The postings of a snapshot: entries, frequencies and positions of each term.

Postings are arrays over all segments, sorted by entry, without deleted entries. They are cached
within the pool's budget.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backstory.engine.cache import Cache, CachePool
from backstory.engine.indexes.embedded.arrays import (
    NO_IDS,
    Flags,
    Floats,
    Ids,
    Numbers,
    Places,
    distinct,
    first_of_each,
    joined,
)
from backstory.engine.indexes.embedded.segments import OpenSegment
from backstory.engine.ranking import score

Term = tuple[str, str]  # a field and a text in it
POSTING_BYTES, PLACE_BYTES, LEAST_BYTES = 17, 8, 500
COUNT_BYTES = 300
POSITION_BITS = 32
NO_COUNTS: Numbers = np.empty(0, np.uint8)


class Postings:
    """The live passages that something stands in, ascending, and how often it stands in each."""

    __slots__ = ("_scored", "frequencies", "ids")

    def __init__(self, ids: Ids, frequencies: Numbers) -> None:
        self.ids, self.frequencies = ids, frequencies
        self._scored: tuple[Floats, Floats] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def size(self) -> int:
        """About how many bytes the arrays take, the scores included."""
        return LEAST_BYTES + POSTING_BYTES * len(self.ids)

    def scores(self, weight: float, norms: Floats) -> Floats:
        """Return the BM25 score of each posting, given the norm of every entry.

        The weight is decided by the number of postings; the scores are kept for the norms used
        last.
        """
        known = self._scored
        if known is None or known[0] is not norms:
            scores = score(weight, self.frequencies.astype(float), norms[self.ids])
            known = self._scored = norms, scores
        return known[1]


NO_POSTINGS = Postings(NO_IDS, NO_COUNTS)


class PostingsReader:
    """Reads postings from the segments of a snapshot; shared by threads."""

    def __init__(
        self, segments: Sequence[OpenSegment], bases: Sequence[int], pool: CachePool
    ) -> None:
        self._segments = [
            (segment, base, segment.live) for segment, base in zip(segments, bases, strict=True)
        ]
        self.postings: Cache[object, Postings] = pool.cache("postings")
        self._places: Cache[tuple[Term, ...], Places] = pool.cache("positions")
        self._counts: Cache[tuple[Term, ...], int] = pool.cache("counts")

    def clear(self) -> None:
        """Clear the caches."""
        self.postings.clear()
        self._places.clear()
        self._counts.clear()

    def get(self, terms: tuple[Term, ...]) -> Postings:
        """Return the postings of a word, which may be stored under several terms."""
        postings = self.postings.get(terms)
        if postings is None:
            parts = [postings for term in terms if len(postings := self._read(term))]
            postings = merged(parts)
            self.postings.put(terms, postings, postings.size)
        return postings

    def _read(self, term: Term) -> Postings:
        ids, frequencies = [], []
        for segment, base, live in self._segments:
            stored = segment.postings(*term)
            if stored is not None:
                local = stored.ids
                kept = slice(None) if live is None else live[local]
                ids.append(np.add(local[kept], base, dtype=np.intp))
                frequencies.append(stored.frequencies[kept])
        return Postings(joined(ids, np.intp), joined(frequencies, np.uint8))

    def count(self, terms: tuple[Term, ...]) -> int:
        """Return how many live passages have a word; of a single term no postings are kept."""
        if len(terms) != 1:
            return len(self.get(terms))
        total = self._counts.get(terms)
        if total is None:
            total = sum(self._count(segment, live, terms[0]) for segment, _, live in self._segments)
            self._counts.put(terms, total, COUNT_BYTES)
        return total

    def _count(self, segment: OpenSegment, live: Flags | None, term: Term) -> int:
        stored = segment.postings(*term)
        if stored is None:
            return 0
        return len(stored) if live is None else int(np.count_nonzero(live[stored.ids]))

    def places(self, terms: tuple[Term, ...]) -> Places:
        """Return where a word stands, ascending: entry << 32 | position."""
        places = self._places.get(terms)
        if places is None:
            parts = [self._read_places(term) for term in terms]
            places = joined(parts, np.int64)
            if len(terms) > 1:
                places = distinct(places)
            self._places.put(terms, places, LEAST_BYTES + PLACE_BYTES * len(places))
        return places

    def _read_places(self, term: Term) -> Places:
        places = []
        for segment, base, live in self._segments:
            stored = segment.postings(*term)
            if stored is not None:
                entries = np.repeat(stored.ids, stored.frequencies)
                positions = stored.positions
                if live is not None:
                    kept: Flags = live[entries]
                    entries, positions = entries[kept], positions[kept]
                numbers = np.add(entries, base, dtype=np.int64)
                places.append(numbers << POSITION_BITS | positions)
        return joined(places, np.int64)


def merged(parts: Sequence[Postings]) -> Postings:
    """Return the postings of a word that has several; the frequencies are added up."""
    if not parts:
        return NO_POSTINGS
    if len(parts) == 1:
        return parts[0]
    ids = np.concatenate([part.ids for part in parts])
    frequencies = np.concatenate([part.frequencies for part in parts])
    order = ids.argsort(kind="stable")
    ids = ids[order]
    starts = first_of_each(ids)
    return Postings(ids[starts], np.add.reduceat(frequencies[order], starts, dtype=np.intp))
