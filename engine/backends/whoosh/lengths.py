"""How many words the entries of a snapshot have, and what BM25 makes of it."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property

from backstory.engine.backends.whoosh.segments import OpenSegment
from backstory.engine.ranking import BM25, score

LONG = 255  # what a passage of at least so many words has in a byte of its own
KEPT_BYTES = 10_000_000  # of the bit sets
_IF_ANY = bytes([0] + [LONG] * 255)


class Norms(dict[int, float]):
    """From the length of a passage to BM25's length term, worked out when first wanted."""

    def __init__(self, ranking: BM25, average: float) -> None:
        self._ranking, self._average = ranking, average
        self._longest: dict[tuple[int, float], int] = {}

    def __missing__(self, length: int) -> float:
        norm = self[length] = self._ranking.norm(length, self._average)
        return norm

    def longest(self, frequency: int, share: float) -> int:
        """Return from which length on a word that stands so often gives less than a share.

        It is a share of the word's weight; LONG stands for any length.
        """
        known = self._longest.get((frequency, share))
        if known is None:

            def falls_short(length: int) -> bool:
                return score(1.0, frequency, self[length]) < share

            known = bisect_right(range(LONG), False, key=falls_short)
            self._longest[frequency, share] = known
        return known


class Lengths:
    """The number of words of every entry, over all segments; shared by threads.

    `average` is that of the live passages.
    """

    def __init__(self, segments: Sequence[OpenSegment], average: float) -> None:
        self._segments = segments
        self._average = average
        self._norms: dict[BM25, Norms] = {}
        self._within: dict[int, int] = {}

    def norms(self, ranking: BM25) -> Norms:
        """Return BM25's length terms by length."""
        norms = self._norms.get(ranking)
        if norms is None:
            norms = self._norms[ranking] = Norms(ranking, self._average)
        return norms

    def norms_of(self, passages: Iterable[int], norms: Norms) -> list[float]:
        """Return the length term of each of some passages."""
        lengths = self._lengths
        return [norms[lengths[at]] for at in passages]

    def shorter_than(self, length: int) -> int:
        """Return the entries of fewer words than `length` as a bit set, or all for LONG."""
        bits = self._within.get(length)
        if bits is None:
            if length == LONG:
                bits = (1 << len(self._short)) - 1
            else:
                is_shorter = b"1" * length + b"0" * (256 - length)
                bits = int(self._short.translate(is_shorter)[::-1] or b"0", 2)
            if len(self._within) * len(self._short) > 8 * KEPT_BYTES:
                self._within.clear()
            self._within[length] = bits
        return bits

    @cached_property
    def _lengths(self) -> array[int]:
        lengths = array("I")
        for segment in self._segments:
            lengths.extend(segment.lengths)
        return lengths

    @cached_property
    def _short(self) -> bytes:
        """The length of each entry in a byte, LONG for all that do not fit."""
        lengths = self._lengths
        parts = memoryview(lengths).cast("B")
        places = range(lengths.itemsize)
        lowest, *higher = places if sys.byteorder == "little" else reversed(places)
        bits = int.from_bytes(parts[lowest :: lengths.itemsize].tobytes(), "little")
        for place in higher:
            beyond = parts[place :: lengths.itemsize].tobytes().translate(_IF_ANY)
            bits |= int.from_bytes(beyond, "little")
        return bits.to_bytes(len(lengths), "little")
