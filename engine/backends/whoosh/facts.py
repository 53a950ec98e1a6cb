"""What is known of single passages, over all segments of a snapshot: names, dates, languages.

A segment lists them passage by passage, as codes. A filter is decided once a value; names are
counted over the passages of a result or, where that is large, as bit sets of the common names.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

from engine.backends.whoosh.columns import Spread
from engine.backends.whoosh.segments import OpenSegment
from engine.facets import MANY, is_common, ranked_names
from engine.filters import FactFilter


class PassageFacts:
    """Names and dates by entry; shared by threads."""

    def __init__(self, segments: Sequence[OpenSegment], bases: Sequence[int]) -> None:
        self._places = tuple(zip(bases, segments, strict=True))
        self._bases = bases

    def passes(self, asked: FactFilter, fact: str) -> Iterator[int]:
        """Yield the live passages that a filter lets through by a kind of facts."""
        for base, segment in self._places:
            start, codes, values = segment.columns.spread(fact)
            passing = {code for code, value in enumerate(values) if asked.takes((value,), "")}
            found = [at for at, code in enumerate(codes) if code in passing] if passing else []
            for entry in {bisect_right(start, at) - 1 for at in found} - segment.deleted:
                yield base + entry

    def each(self, fact: str) -> Iterator[tuple[int, str]]:
        """Yield every fact of a kind with its entry, those of deleted entries too."""
        for base, segment in self._places:
            start, codes, values = segment.columns.spread(fact)
            for at, code in enumerate(codes):
                yield base + bisect_right(start, at) - 1, values[code]

    def names(self) -> Counter[str]:
        """Count every name over all live passages."""
        found: Counter[str] = Counter()
        for base, segment in self._places:
            start, codes, values = self._names[base]
            counted = Counter(codes)
            for entry in segment.deleted:
                counted.subtract(codes[start[entry] : start[entry + 1]])
            for code, count in counted.items():
                found[values[code]] += count
        return +found

    def facet(self, passages: Collection[int]) -> dict[str, int]:
        """Count the names in some passages."""
        found = self._count(passages)
        if len(passages) > MANY:
            found = Counter({name: found[name] for name in found.keys() & self._common})
        return ranked_names(found)

    def facet_of_bits(self, bits: int) -> dict[str, int]:
        """Count the names in more than MANY passages, given as a bit set."""
        counts = {name: (bits & members).bit_count() for name, members in self._common_bits}
        return ranked_names(Counter(counts))

    def _count(self, passages: Iterable[int]) -> Counter[str]:
        entries: dict[int, list[int]] = {base: [] for base in self._bases}
        for at in passages:
            base = self._bases[bisect_right(self._bases, at) - 1]
            entries[base].append(at - base)
        total: Counter[str] = Counter()
        for base, held in entries.items():
            start, codes, values = self._names[base]
            counted = Counter([code for at in held for code in codes[start[at] : start[at + 1]]])
            for code, count in counted.items():
                total[values[code]] += count
        return total

    @cached_property
    def _names(self) -> dict[int, Spread]:
        return {base: segment.columns.spread("names") for base, segment in self._places}

    @cached_property
    def _live(self) -> dict[int, list[int]]:
        return {
            base: [at for header in segment.live_headers() for at in segment.passages_of(header)]
            for base, segment in self._places
        }

    @cached_property
    def _common(self) -> set[str]:
        passages = sum(map(len, self._live.values()))
        return {name for name, count in self.names().items() if is_common(count, passages)}

    @cached_property
    def _common_bits(self) -> list[tuple[str, int]]:
        """Return the live passages of each common name as a bit set."""
        held: dict[str, int] = dict.fromkeys(self._common, 0)
        for base, entries in self._live.items():
            for name, bits in self._bits(base, entries):
                held[name] |= bits << base
        return list(held.items())

    def _bits(self, base: int, entries: Iterable[int]) -> list[tuple[str, int]]:
        start, codes, values = self._names[base]
        common = (code for code, value in enumerate(values) if value in self._common)
        wanted = {code: bytearray(len(start) // 8 + 1) for code in common}
        for entry in entries:
            for code in codes[start[entry] : start[entry + 1]]:
                if code in wanted:
                    wanted[code][entry >> 3] |= 1 << (entry & 7)
        return [(values[code], int.from_bytes(bits, "little")) for code, bits in wanted.items()]
