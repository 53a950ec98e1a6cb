"""Postings over all segments: where a word stands among the live passages of a snapshot.

Decoding is what a query spends its time on, so decoded postings are kept, up to a number.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from itertools import chain, compress
from operator import or_
from typing import Generic, TypeVar

from engine.backends.whoosh.segments import Deletions, OpenSegment, ReadLock, TermPostings

KEPT_POSTINGS = 1_000_000
KEPT_JOINED = 200_000
KEPT_LISTINGS = 5_000
# Looking one entry up costs as much as putting this many into a set.
SET_WORTH = 12
KEPT_MASKED = 4

Key = TypeVar("Key", bound=Hashable)
Held = TypeVar("Held", bound=Sized)


class Part:
    """A word's live postings in one segment; `base` is where the segment's entries start.

    `peaks` are (frequency, length)s that bound it: no posting is worth more than the best of them.
    """

    __slots__ = ("_masked", "_points", "base", "bitmap", "frequencies", "ids", "peaks")

    def __init__(
        self,
        base: int,
        ids: Sequence[int],
        frequencies: Sequence[int],
        peaks: Sequence[tuple[int, int]],
        bitmap: bytes | None,
    ) -> None:
        self.base, self.ids, self.frequencies, self.peaks = base, ids, frequencies, peaks
        # Of a word that stands in many entries: to count, and to see at once where it is not.
        self.bitmap = bitmap
        self._points: tuple[float, Sequence[float], array[float]] | None = None
        self._masked: dict[object, Part] = {}

    def only(self, mask: Sequence[int], bits: int, name: object) -> Part:
        """Return the part that a mask of the segment's entries lets through; kept under `name`.

        `bits` is the mask as a bit set.
        """
        part = self._masked.get(name)
        if part is None:
            selected = bytes(map(mask.__getitem__, self.ids))
            ids = array("I", compress(self.ids, selected))
            frequencies = array("I", compress(self.frequencies, selected))
            part = Part(self.base, ids, frequencies, self.peaks, masked(self.bitmap, bits))
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


class StoredPart(Part):
    """A term's live postings in one segment, with its positions."""

    __slots__ = ("deleted", "raw")

    def __init__(self, base: int, raw: TermPostings, deletions: Deletions) -> None:
        ids, frequencies, bitmap = raw.ids, raw.frequencies, raw.bitmap
        if deletions:
            live = bytes(map(deletions.live.__getitem__, ids))
            if 0 in live:
                ids = array("I", compress(ids, live))
                frequencies = array("I", compress(frequencies, live))
                bitmap = masked(bitmap, ~deletions.bits)
        super().__init__(base, ids, frequencies, raw.peaks, bitmap)
        self.raw, self.deleted = raw, deletions.entries

    def positions(self, entry: int) -> list[int]:
        """Return the sorted positions in an entry, [] where the term is not in it."""
        at = bisect_left(self.raw.ids, entry)
        is_there = at < len(self.raw.ids) and self.raw.ids[at] == entry
        return self.raw.positions(at) if is_there else []


class Postings:
    """A term's live passages, ascending over all segments, and its frequency in each."""

    def __init__(self, parts: Sequence[StoredPart]) -> None:
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


@dataclass(frozen=True, slots=True)
class Joined:
    """The postings of a word that is stored under several terms, or under one."""

    parts: tuple[Part, ...]

    def __len__(self) -> int:
        return sum(len(part.ids) for part in self.parts)


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

    def among(
        self, wanted: Mapping[int, Sequence[int]]
    ) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Yield those of some live entries, by the base of their segment, in which the term stands.

        Each comes with the term's frequency.
        """
        for base, raw, _ in self.places:
            ids, frequencies, end = raw.ids, raw.frequencies, len(raw.ids)
            found = ((entry, bisect_left(ids, entry)) for entry in wanted.get(base, ()))
            yield base, [(e, frequencies[at]) for e, at in found if at < end and ids[at] == e]


class PostingsSource:
    """Reads postings from segments under `lock`, which is held by all who read their files."""

    def __init__(
        self, segments: Sequence[OpenSegment], bases: Sequence[int], lock: ReadLock
    ) -> None:
        self._segments = tuple(zip(segments, bases, strict=True))
        self._lock = lock
        self._kept: Kept[tuple[str, str], Postings] = Kept(KEPT_POSTINGS)
        self._joined: Kept[tuple[tuple[str, str], ...], Joined] = Kept(KEPT_JOINED)
        self.listing = lru_cache(maxsize=KEPT_LISTINGS)(self._listing)

    def get(self, field: str, term: str) -> Postings:
        """Return a term's postings."""
        found = self._kept.get((field, term))
        if found is None:
            with self._lock:
                found = self._read(field, term)
            self._kept.put((field, term), found)
        return found

    def joined(self, terms: Sequence[tuple[str, str]]) -> Postings | Joined:
        """Return the postings of a word that is stored under some (field, term)s."""
        held = [postings for term in terms if (postings := self.get(*term))]
        if len(held) == 1:
            return held[0]
        key = tuple(terms)
        found = self._joined.get(key)
        if found is None:
            found = join(held)
            self._joined.put(key, found)
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
            StoredPart(base, raw, segment.deletions)
            for segment, base in self._segments
            if (raw := segment.postings(field, term)) is not None
        ]
        return Postings(found)


def join(found: Sequence[Postings]) -> Joined:
    """Return the postings of several terms as those of one word."""
    parts: dict[int, list[Part]] = {}
    for postings in found:
        for part in postings.parts:
            parts.setdefault(part.base, []).append(part)
    return Joined(
        tuple(held[0] if len(held) == 1 else _join(base, held) for base, held in parts.items())
    )


def _join(base: int, parts: Sequence[Part]) -> Part:
    counts: dict[int, int] = {}
    peaks = [peak for part in parts for peak in part.peaks]
    for part in parts:
        given = dict(zip(part.ids, part.frequencies, strict=True))
        both = [(entry, counts[entry] + given[entry]) for entry in counts.keys() & given.keys()]
        counts.update(given)
        counts.update(both)
    if len(counts) < sum(len(part.ids) for part in parts):
        # Together they stand more often in a passage than each: only this is sure.
        most = sum(max(frequency for frequency, _ in part.peaks) for part in parts)
        peaks = [(most, min(length for _, length in peaks))]
    ids = array("I", sorted(counts))
    frequencies = array("I", map(counts.__getitem__, ids))
    return Part(base, ids, frequencies, peaks, _joined_bitmap(parts))


def _joined_bitmap(parts: Sequence[Part]) -> bytes | None:
    dense = [int.from_bytes(part.bitmap, "little") for part in parts if part.bitmap is not None]
    if not dense:
        return None
    size = next(len(part.bitmap) for part in parts if part.bitmap is not None)
    bits = bytearray(reduce(or_, dense).to_bytes(size, "little"))
    for part in parts:
        for entry in part.ids if part.bitmap is None else ():
            bits[entry >> 3] |= 1 << (entry & 7)
    return bytes(bits)


def masked(bitmap: bytes | None, mask: int) -> bytes | None:
    """Return a bitmap with those bits only that a bit set has, too."""
    if bitmap is None:
        return None
    return (int.from_bytes(bitmap, "little") & mask).to_bytes(len(bitmap), "little")


class Kept(Generic[Key, Held]):
    """The postings used last, up to `most` passages in all; shared by threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._held: OrderedDict[Key, Held] = OrderedDict()
        self._lock = threading.Lock()  # never held while anything is read

    def get(self, key: Key) -> Held | None:
        """Return what is kept under a key, or None."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: Key, postings: Held) -> None:
        """Keep postings, and let go of those that have not been used for the longest time."""
        with self._lock:
            if key in self._held:  # another thread was faster
                return
            self._held[key] = postings
            self._size += len(postings) + 1
            while self._size > self._most and len(self._held) > 1:
                _, dropped = self._held.popitem(last=False)
                self._size -= len(dropped) + 1
