"""Postings over all segments: where a word stands among the live passages of a snapshot.

Decoding is what a query spends its time on, so decoded postings are kept, up to a number.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Collection, Hashable, Sequence, Sized
from functools import cached_property
from itertools import chain, compress
from typing import Generic, TypeVar

from engine.backends.whoosh.segments import Deletions, OpenSegment, TermPostings

KEPT_POSTINGS = 1_000_000
# Looking one entry up costs as much as putting this many into a set.
SET_WORTH = 12
KEPT_MASKED = 4

Key = TypeVar("Key", bound=Hashable)
Held = TypeVar("Held", bound=Sized)


class Part:
    """A term's live postings in one segment; `base` is where the segment's entries start.

    `peaks` are (frequency, length)s that bound it: no posting is worth more than the best of them.
    """

    __slots__ = (
        "_masked",
        "_points",
        "base",
        "bitmap",
        "deleted",
        "frequencies",
        "ids",
        "peaks",
        "raw",
    )

    def __init__(self, base: int, raw: TermPostings, deletions: Deletions | None = None) -> None:
        self.base, self.raw = base, raw
        self.deleted: frozenset[int] = deletions.entries if deletions else frozenset()
        self.ids, self.frequencies = raw.ids, raw.frequencies
        self.peaks = raw.peaks
        # Of a term that stands in many entries: to count, and to see at once where it is not.
        self.bitmap = raw.bitmap
        self._points: tuple[float, Sequence[float], array[float]] | None = None
        self._masked: dict[object, Part] = {}
        if deletions:
            self._keep_live(deletions)

    def _keep_live(self, deletions: Deletions) -> None:
        live = bytes(map(deletions.live.__getitem__, self.ids))
        if 0 not in live:
            return
        self.ids = array("I", compress(self.ids, live))
        self.frequencies = array("I", compress(self.frequencies, live))
        if self.bitmap is not None:
            held = int.from_bytes(self.bitmap, "little") & ~deletions.bits
            self.bitmap = held.to_bytes(len(self.bitmap), "little")

    def only(self, mask: Sequence[int], bits: int, name: object) -> Part:
        """Return the part that a mask of the segment's entries lets through; kept under `name`.

        `bits` is the mask as a bit set.
        """
        part = self._masked.get(name)
        if part is None:
            part = Part(self.base, self.raw)
            selected = list(map(mask.__getitem__, self.ids))
            part.ids = array("I", compress(self.ids, selected))
            part.frequencies = array("I", compress(self.frequencies, selected))
            if self.bitmap is not None:
                left = int.from_bytes(self.bitmap, "little") & bits
                part.bitmap = left.to_bytes(len(self.bitmap), "little")
            else:
                part.bitmap = None
            if len(self._masked) >= KEPT_MASKED:
                self._masked.clear()
            self._masked[name] = part
        return part

    def points(self, weight: float, norms: Sequence[float]) -> array[float]:
        """Return what each posting gives to a word of this weight; kept for those used last."""
        known = self._points
        if known is None or known[0] != weight or known[1] is not norms:
            pairs = zip(self.ids, self.frequencies, strict=True)
            given = array("d", [weight * n / (n + norms[entry]) for entry, n in pairs])
            self._points = known = weight, norms, given
        return known[2]

    def among(self, entries: Collection[int]) -> list[int]:
        """Return those of the entries in which the term stands."""
        bits = self.bitmap
        if bits is not None:
            return [at for at in entries if bits[at >> 3] >> (at & 7) & 1]
        if len(self.ids) < SET_WORTH * len(entries):
            held = set(self.ids)
            return [at for at in entries if at in held]
        return [at for at in entries if self.frequency(at)]

    def frequency(self, entry: int) -> int:
        """Return how often the term stands in an entry."""
        at = bisect_left(self.ids, entry)
        return self.frequencies[at] if at < len(self.ids) and self.ids[at] == entry else 0

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


class PostingsSource:
    """Reads postings from segments under `lock`, which is held by all who read their files."""

    def __init__(
        self, segments: Sequence[OpenSegment], bases: Sequence[int], lock: threading.Lock
    ) -> None:
        self._segments = tuple(zip(segments, bases, strict=True))
        self._lock = lock
        self._kept: Kept[tuple[str, str], Postings] = Kept(KEPT_POSTINGS)

    def get(self, field: str, term: str) -> Postings:
        """Return a term's postings."""
        with self._lock:
            found = self._kept.get((field, term))
            if found is None:
                found = self._read(field, term)
                self._kept.put((field, term), found)
        return found

    def _read(self, field: str, term: str) -> Postings:
        found = [
            Part(base, raw, segment.deletions)
            for segment, base in self._segments
            if (raw := segment.postings(field, term)) is not None
        ]
        return Postings(found)


class Kept(Generic[Key, Held]):
    """The postings used last, up to `most` passages in all."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._held: OrderedDict[Key, Held] = OrderedDict()

    def get(self, key: Key) -> Held | None:
        """Return what is kept under a key, or None."""
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def put(self, key: Key, postings: Held) -> None:
        """Keep postings, and let go of those that have not been used for the longest time."""
        self._held[key] = postings
        self._size += len(postings) + 1
        while self._size > self._most and len(self._held) > 1:
            _, dropped = self._held.popitem(last=False)
            self._size -= len(dropped) + 1
