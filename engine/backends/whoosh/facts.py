"""What is known of single passages, over all segments of a snapshot: names, dates, languages.

A segment lists them passage by passage, as codes. A filter is decided once a value; names are
counted over the passages of a result or, where that is large, by the bit sets of the common names.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from backstory.engine.backends.whoosh.columns import Spread
from backstory.engine.backends.whoosh.segments import OpenSegment
from backstory.engine.backends.whoosh.tally import Tally
from backstory.engine.facets import MOST_NAMES, is_common, ranked_names
from backstory.engine.filters import FactFilter


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

    def facet(self, passages: Iterable[int]) -> dict[str, int]:
        """Count the names in MANY passages at most."""
        return ranked_names(self._count(passages))

    def facet_of_bits(self, bits: int) -> dict[str, int]:
        """Count the names in more than MANY passages, given as a bit set."""
        return ranked_names(self._common.highest(bits, MOST_NAMES))

    def _count(self, passages: Iterable[int]) -> dict[str, int]:
        ordered = sorted(passages)
        bounds = [bisect_left(ordered, base) for base in self._bases]
        total: dict[str, int] = {}
        for base, (first, end) in zip(self._bases, pairwise([*bounds, len(ordered)]), strict=True):
            start, codes, values = self._names[base]
            held = [at - base for at in ordered[first:end]]
            counted = Counter([code for at in held for code in codes[start[at] : start[at + 1]]])
            for code, count in counted.items():
                name = values[code]
                total[name] = total.get(name, 0) + count
        return total

    @cached_property
    def _names(self) -> dict[int, Spread]:
        return {base: segment.columns.spread("names") for base, segment in self._places}

    @cached_property
    def _common(self) -> Tally:
        """Return the entries of every common name, those of deleted passages too."""
        passages = sum(
            len(segment.passages_of(header))
            for _, segment in self._places
            for header in segment.live_headers()
        )
        common = {name for name, count in self.names().items() if is_common(count, passages)}
        held = {name: array("I") for name in common}
        for base, _ in self._places:
            start, codes, values = self._names[base]
            wanted = {code: held[name] for code, name in enumerate(values) if name in common}
            for entry, (first, end) in enumerate(pairwise(start), base):
                for code in codes[first:end]:
                    if code in wanted:
                        wanted[code].append(entry)
        return Tally(held, sum(segment.size for _, segment in self._places))
