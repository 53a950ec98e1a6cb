"""Which documents the matches of a query stand in: a row a document, over all segments.

Matches are a bit an entry, all in one number: Python counts the bits of such a number in
microseconds. Where they are wanted one by one they are a byte an entry, `1` or `0`.
"""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, pairwise, repeat

from backstory.engine.backends.whoosh.bags import Best
from backstory.engine.backends.whoosh.bitsets import HIT, bits_of, marked, marks_of
from backstory.engine.backends.whoosh.segments import OpenSegment
from backstory.engine.backends.whoosh.tally import Shares
from backstory.engine.hits import Places
from backstory.engine.listing import date_places


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
        return marks_of(self.bits(best), self._starts[-1])

    def documents(self, bits: int) -> int:
        """Count the documents in which something matches.

        Where all bits of a document's passages are added to those that match, a bit is carried
        over, into the place of the next document's header, if and only if one of them matches.
        """
        passages, ends = self._limits
        return ((bits + passages) & ends).bit_count()

    def dates(self, bits: int) -> dict[str, int]:
        """Count the passages that match by the dates of their documents, in order of date."""
        shares, dates = self._shares
        counts = shares.counts(bits)
        return {dates[code]: counts[code] for code in sorted(+counts) if dates[code]}

    def places(self, bits: int, at: int) -> Places:
        """Return which passages match of the document that an entry belongs to."""
        row = bisect_right(self._starts, at) - 1
        start, end = self._starts[row], self._starts[row + 1]
        held = (bits >> start) & ((1 << (end - start)) - 1)
        numbers = (number for number, digit in enumerate(f"{held:b}"[::-1]) if digit == "1")
        return Places(tuple(numbers), end - start - 1)

    def by_date(self, matches: bytes, sort: str) -> Iterator[list[int]]:
        """Yield the matches of each document, the documents in the order of `sort`."""
        places = date_places(self._dates, sort)
        rows = set(map(self._row_of.__getitem__, marked(matches)))
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
    def _shares(self) -> tuple[Shares, list[str]]:
        """The dates of the entries as codes, and what each code stands for, in order."""
        dates = sorted(set(self._dates))
        codes = {date: code for code, date in enumerate(dates)}
        return Shares(self._spread(map(codes.__getitem__, self._dates))), dates

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
