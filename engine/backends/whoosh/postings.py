"""Postings over all segments: where a word stands among the live passages of a snapshot.

Decoding is what a query spends its time on, so decoded postings are kept, up to a number.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import chain, compress

from backstory.engine.backends.whoosh.segments import Deletions, OpenSegment, ReadLock, TermPostings
from backstory.engine.keeping import Kept

KEPT_POSTINGS = 700_000
KEPT_LISTINGS = 5_000
# Looking one entry up costs as much as going over this many postings.
LOOK_UP = 20

Places = dict[int, set[int]]  # entries by the base of their segment, numbered from there


class Part:
    """A term's live postings in one segment; `base` is where the segment's entries start."""

    __slots__ = ("base", "deleted", "frequencies", "ids", "raw")

    def __init__(self, base: int, raw: TermPostings, deletions: Deletions) -> None:
        ids, frequencies = raw.ids, raw.frequencies
        if deletions:
            live = bytes(map(deletions.live.__getitem__, ids))
            if 0 in live:
                ids = array("I", compress(ids, live))
                frequencies = array("I", compress(frequencies, live))
        self.base, self.ids, self.frequencies = base, ids, frequencies
        self.raw, self.deleted = raw, deletions.entries

    def positions(self, entry: int) -> list[int]:
        """Return the sorted positions in an entry, [] where the term is not in it."""
        at = bisect_left(self.raw.ids, entry)
        is_there = at < len(self.raw.ids) and self.raw.ids[at] == entry
        return self.raw.positions(at) if is_there else []


class Postings:
    """A term's live passages, ascending over all segments, and its frequency in each."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(part for part in parts if part.ids)
        self._size = sum(len(part.ids) for part in self.parts)

    def __len__(self) -> int:
        return self._size

    @cached_property
    def passages(self) -> Sequence[int]:
        """The passages."""
        if len(self.parts) == 1 and not self.parts[0].base:
            return self.parts[0].ids
        found = array("I")
        for part in self.parts:
            found.extend([entry + part.base for entry in part.ids] if part.base else part.ids)
        return found

    @cached_property
    def frequencies(self) -> Sequence[int]:
        """The frequency in each passage."""
        return list(chain.from_iterable(part.frequencies for part in self.parts))

    def positions(self, passage: int) -> list[int]:
        """Return the sorted positions in a passage, [] where the term is not in it."""
        for part in reversed(self.parts):
            if part.base <= passage:
                return part.positions(passage - part.base)
        return []


class Listing:
    """A term's postings as they are stored: to count them, and to look a few passages up."""

    __slots__ = ("_size", "places")

    def __init__(self, places: Sequence[tuple[int, TermPostings, Deletions]]) -> None:
        self.places = places
        self._size = sum(
            sum(map(gone.live.__getitem__, raw.ids)) if gone else len(raw.ids)
            for _, raw, gone in places
        )

    def __len__(self) -> int:
        return self._size

    def among(self, wanted: Places) -> list[tuple[int, int]]:
        """Return those of some live entries in which the term stands, each with its frequency."""
        found = []
        for base, raw, _ in self.places:
            held = wanted.get(base)
            if held:
                ids, frequencies = raw.ids, raw.frequencies
                for entry in _likely(raw, held):
                    at = bisect_left(ids, entry)
                    if at < len(ids) and ids[at] == entry:
                        found.append((base + entry, frequencies[at]))
        return found


def _likely(raw: TermPostings, wanted: set[int]) -> Iterable[int]:
    """Return those of some entries in which a term stands, or may stand where that takes longer."""
    if len(raw.ids) < LOOK_UP * len(wanted):
        return wanted.intersection(raw.ids)
    bits = raw.bitmap
    return wanted if bits is None else [at for at in wanted if bits[at >> 3] >> (at & 7) & 1]


class PostingsSource:
    """Reads postings from segments under `lock`, which is held by all who read their files."""

    def __init__(
        self, segments: Sequence[OpenSegment], bases: Sequence[int], lock: ReadLock
    ) -> None:
        self._segments, self._bases = tuple(zip(segments, bases, strict=True)), bases
        self._lock = lock
        self._kept: Kept[tuple[str, str], Postings] = Kept(KEPT_POSTINGS)
        self.listing = lru_cache(maxsize=KEPT_LISTINGS)(self._listing)

    def get(self, field: str, term: str) -> Postings:
        """Return a term's postings."""
        found = self._kept.get((field, term))
        if found is None:
            with self._lock:
                found = self._read(field, term)
            self._kept.put((field, term), found)
        return found

    def places_of(self, entries: Iterable[int]) -> Places:
        """Return some entries by the base of their segment, as they are numbered there."""
        found: Places = {}
        for at in entries:
            base = self._bases[bisect_right(self._bases, at) - 1]
            found.setdefault(base, set()).add(at - base)
        return found

    def _listing(self, field: str, term: str) -> Listing:
        """Return a term's postings as they are stored; nothing of them is copied."""
        with self._lock:
            places = [
                (base, raw, segment.deletions)
                for segment, base in self._segments
                if (raw := segment.postings(field, term)) is not None
            ]
            return Listing(places)

    def _read(self, field: str, term: str) -> Postings:
        found = [
            Part(base, raw, segment.deletions)
            for segment, base in self._segments
            if (raw := segment.postings(field, term)) is not None
        ]
        return Postings(found)
