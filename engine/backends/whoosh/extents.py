"""Which documents the matches of a query stand in: a row a document, over all segments.

Matches are a bit an entry, all in one number: Python counts the bits of such a number in
microseconds. Where they are wanted one by one they are a byte an entry, `1` or `0`.
"""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, chain, compress, pairwise, repeat

from engine.backends.whoosh.bags import Best
from engine.backends.whoosh.bitsets import bits_of
from engine.backends.whoosh.segments import OpenSegment
from engine.hits import Places
from engine.listing import date_places

HIT = b"1"
MOST_DATES = 256
MOST_BITS = 1 << 27  # 16 MB
MANY = 8  # where more than one entry in so many matches, all are gone over


class Extents:
    """Where each document begins and ends among the entries of a snapshot; shared by threads."""

    def __init__(self, segments: Sequence[OpenSegment], bases: Sequence[int]) -> None:
        self._segments, self._bases = segments, bases

    def bits(self, best: Best) -> int:
        """Return the passages that match as a bit set."""
        if best.bits is None:
            return bits_of(best.matches.points, self._starts[-1])
        return best.bits()

    def matches(self, best: Best) -> bytes:
        """Return a byte for every entry: HIT where it matches."""
        return self._bytes(self.bits(best))

    def _bytes(self, bits: int) -> bytes:
        return f"{bits:0{self._starts[-1]}b}"[::-1].encode("ascii")

    def entries(self, matches: bytes) -> list[int]:
        """Return the entries that match."""
        if matches.count(HIT) * MANY > len(matches):
            return list(compress(range(len(matches)), matches.translate(_FLAGS)))
        gaps = map(len, matches.split(HIT)[:-1])
        return [at + number for number, at in enumerate(accumulate(gaps))]

    def documents(self, bits: int) -> int:
        """Count the documents in which something matches.

        Where all bits of a document's passages are added to those that match, a bit is carried
        over, into the place of the next document's header, if and only if one of them matches.
        """
        passages, ends = self._limits
        return ((bits + passages) & ends).bit_count()

    def dates(self, bits: int) -> dict[str, int]:
        """Count the passages that match by the dates of their documents, in order of date."""
        codes, dates = self._date_of
        if self._date_bits is None:
            counts = Counter(map(codes.__getitem__, self.entries(self._bytes(bits))))
        else:
            counts = Counter({c: (bits & held).bit_count() for c, held in self._date_bits.items()})
        return {dates[code]: counts[code] for code in sorted(+counts) if dates[code]}

    def places(self, bits: int, at: int) -> Places:
        """Return which passages match of the document that an entry belongs to."""
        row = bisect_right(self._starts, at) - 1
        start, end = self._starts[row], self._starts[row + 1]
        held = (bits >> start) & ((1 << (end - start)) - 1)
        numbers = (number for number in range(1, end - start) if held >> number & 1)
        return Places(tuple(numbers), end - start - 1)

    def by_date(self, matches: bytes, sort: str) -> Iterator[list[int]]:
        """Yield the matches of each document, the documents in the order of `sort`."""
        places = date_places(self._dates, sort)
        rows = set(map(self._row_of.__getitem__, self.entries(matches)))
        order = sorted(rows, key=lambda row: (places[self._dates[row]], self._ids[row]))
        for row in order:
            entries = range(self._starts[row], self._starts[row + 1])
            yield [at for at in entries if matches[at] == HIT[0]]

    def first(self, passages: Iterable[int], most: int) -> list[int]:
        """Return the first of some passages by address: by their documents' ids, then numbers."""
        rows, places = self._row_of, self._place_of
        return heapq.nsmallest(most, passages, key=lambda at: (places[rows[at]], at))

    @cached_property
    def _starts(self) -> list[int]:
        """The header of each document, and the end of the last."""
        sized = list(zip(self._bases, self._segments, strict=True))
        end = sum(segment.size for segment in self._segments)
        return [*(base + header for base, held in sized for header in held.headers), end]

    @cached_property
    def _row_of(self) -> array[int]:
        """The row of each entry."""
        return self._spread(range(len(self._starts) - 1))

    @cached_property
    def _date_of(self) -> tuple[array[int], list[str]]:
        """A code for each entry, and the date that each code stands for, in order."""
        dates = sorted(set(self._dates))
        codes = {date: code for code, date in enumerate(dates)}
        return self._spread(map(codes.__getitem__, self._dates)), dates

    @cached_property
    def _date_bits(self) -> dict[int, int] | None:
        """The entries of each date's code as a bit set; None where that is too much."""
        codes, dates = self._date_of
        if len(dates) > MOST_DATES or len(dates) * len(codes) > MOST_BITS:
            return None
        entries: dict[int, list[int]] = {}
        for at, code in enumerate(codes):
            entries.setdefault(code, []).append(at)
        return {code: bits_of(held, len(codes)) for code, held in entries.items()}

    @cached_property
    def _limits(self) -> tuple[int, int]:
        """The entries that are passages, and those that follow a document, as bit sets."""
        end = self._starts[-1]
        headers, after = bits_of(self._starts[:-1], end), bits_of(self._starts[1:], end)
        return ((1 << end) - 1) ^ headers, after

    def _spread(self, values: Iterable[int]) -> array[int]:
        sizes = (end - start for start, end in pairwise(self._starts))
        return array("I", chain.from_iterable(map(repeat, values, sizes)))

    @cached_property
    def _dates(self) -> list[str]:
        return self._column("date")

    @cached_property
    def _ids(self) -> list[str]:
        return self._column("id")

    @cached_property
    def _place_of(self) -> array[int]:
        """The place of each row by its document's id."""
        places = array("I", bytes(4 * len(self._ids)))
        for place, row in enumerate(sorted(range(len(self._ids)), key=self._ids.__getitem__)):
            places[row] = place
        return places

    def _column(self, name: str) -> list[str]:
        columns = (segment.columns.coded(name) for segment in self._segments)
        return list(chain.from_iterable(map(c.values.__getitem__, c.codes) for c in columns))


_FLAGS = bytes.maketrans(b"01", b"\0\1")
