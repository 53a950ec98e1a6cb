"""Which documents the matches of a query stand in: a row a document, over all segments.

Matches are a byte an entry, `1` or `0`, so that `bytes.find` goes from one document that matches
to the next, whatever lies between.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from functools import cached_property
from itertools import chain

from engine.backends.whoosh.bags import Best
from engine.backends.whoosh.segments import OpenSegment
from engine.hits import Places
from engine.listing import date_places

HIT = b"1"


class Extents:
    """Where each document begins and ends among the entries of a snapshot; shared by threads."""

    def __init__(self, segments: Sequence[OpenSegment], bases: Sequence[int]) -> None:
        self._segments, self._bases = segments, bases

    def matches(self, best: Best) -> bytes:
        """Return a byte for every entry: HIT where it matches."""
        if best.bits is not None:
            bits = best.bits()
            sized = zip(self._bases, self._segments, strict=True)
            return b"".join(_digits(bits.get(base, 0), held.size) for base, held in sized)
        found = bytearray(b"0") * self._starts[-1]
        for at in best.matches.points:
            found[at] = HIT[0]
        return bytes(found)

    def rows(self, matches: bytes) -> list[int]:
        """Return the rows of the documents that have a match."""
        return list(self._rows(matches))

    def _rows(self, matches: bytes) -> Iterator[int]:
        starts, at = self._starts, matches.find(HIT)
        while at >= 0:
            row = bisect_right(starts, at) - 1
            yield row
            at = matches.find(HIT, starts[row + 1])

    def dates(self, matches: bytes, rows: Sequence[int]) -> dict[str, int]:
        """Count the passages that match by the dates of their documents, in order of date."""
        counts: Counter[str] = Counter()
        for row in rows:
            count = matches.count(HIT, self._starts[row], self._starts[row + 1])
            counts[self._dates[row]] += count
        return {date: counts[date] for date in sorted(counts) if date}

    def places(self, matches: bytes, at: int) -> Places:
        """Return which passages match of the document that an entry belongs to."""
        row = bisect_right(self._starts, at) - 1
        start, end = self._starts[row], self._starts[row + 1]
        numbers = (n for n, byte in enumerate(matches[start:end]) if byte == HIT[0])
        return Places(tuple(numbers), end - start - 1)

    def by_date(self, matches: bytes, sort: str) -> Iterator[list[int]]:
        """Yield the matches of each document, the documents in the order of `sort`."""
        places = date_places(self._dates, sort)
        order = sorted(
            self._rows(matches), key=lambda row: (places[self._dates[row]], self._ids[row])
        )
        for row in order:
            entries = range(self._starts[row], self._starts[row + 1])
            yield [at for at in entries if matches[at] == HIT[0]]

    def first(self, passages: Set[int], most: int) -> list[int]:
        """Return the first of some passages by address: by their documents' ids, then numbers."""
        found: list[int] = []
        for row in self._by_id:
            if len(found) >= most:
                break
            entries = range(self._starts[row], self._starts[row + 1])
            found += [at for at in entries if at in passages]
        return found[:most]

    @cached_property
    def _starts(self) -> list[int]:
        """The header of each document, and the end of the last."""
        sized = list(zip(self._bases, self._segments, strict=True))
        end = sum(segment.size for segment in self._segments)
        return [*(base + header for base, held in sized for header in held.headers), end]

    @cached_property
    def _dates(self) -> list[str]:
        return self._column("date")

    @cached_property
    def _ids(self) -> list[str]:
        return self._column("id")

    @cached_property
    def _by_id(self) -> list[int]:
        return sorted(range(len(self._ids)), key=self._ids.__getitem__)

    def _column(self, name: str) -> list[str]:
        columns = (segment.columns.coded(name) for segment in self._segments)
        return list(chain.from_iterable(map(c.values.__getitem__, c.codes) for c in columns))


def _digits(bits: int, size: int) -> bytes:
    """Return a bit set as digits, the lowest bit first."""
    return f"{bits:0{size}b}"[::-1].encode("ascii") if size else b""
