"""Multi-valued facts of single passages: names, dates, and languages of their own.

A segment stores them per passage as codes; a filter is evaluated once per distinct value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from backstory.engine.filters import FactFilter
from backstory.engine.indexes.embedded.arrays import Ids
from backstory.engine.indexes.embedded.segments import OpenSegment


class PassageFacts:
    """Facts by entry; shared by threads."""

    def __init__(self, segments: Sequence[OpenSegment], bases: Sequence[int]) -> None:
        self._segments = tuple(zip(segments, bases, strict=True))

    def passes(self, fact_filter: FactFilter, fact: str) -> Iterator[Ids]:
        """Yield the entries that a filter lets through by a kind of facts, deleted ones too."""
        for segment, base in self._segments:
            start, codes, values = segment.columns.spread(fact)
            passing = np.fromiter((fact_filter.takes((v,), "") for v in values), bool, len(values))
            hits = np.flatnonzero(passing[codes])
            yield start.searchsorted(hits, side="right") - 1 + base

    def each(self, fact: str) -> Iterator[tuple[int, str]]:
        """Yield every fact of a kind with its entry, those of deleted entries too."""
        for segment, base in self._segments:
            start, codes, values = segment.columns.spread(fact)
            entries = np.repeat(np.arange(len(start) - 1), np.diff(start)) + base
            for entry, code in zip(entries.tolist(), codes.tolist(), strict=True):
                yield entry, values[code]

    def names(self) -> Counter[str]:
        """Count every name over all live passages."""
        hits: Counter[str] = Counter()
        for segment, _ in self._segments:
            start, codes, values = segment.columns.spread("names")
            if segment.live is not None:
                codes = codes[np.repeat(segment.live, np.diff(start))]
            counts = np.bincount(codes, minlength=len(values)).tolist()
            for value, count in zip(values, counts, strict=True):
                hits[value] += count
        return +hits
