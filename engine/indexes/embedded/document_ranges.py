"""Which entries belong to which document: a row a document, over all segments of a snapshot."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from backstory.engine.candidates import Places
from backstory.engine.indexes.embedded.arrays import Flags, Ids, Numbers, joined
from backstory.engine.indexes.embedded.segments import OpenSegment
from backstory.engine.ordering import document_places


class DocumentRanges:
    """Where each document begins and ends among the entries; shared by threads.

    `starts` has the entry of each document, and the end of the last; entries are counted over all
    segments.
    """

    def __init__(self, segments: Sequence[OpenSegment], bases: Sequence[int]) -> None:
        self._segments, self._bases = segments, bases
        end = sum(segment.size for segment in segments)
        parts = [
            s.document_entries + np.intp(base) for s, base in zip(segments, bases, strict=True)
        ]
        self.starts: Ids = np.append(joined(parts, np.intp), end)
        self._start_list: list[int] = self.starts.tolist()

    @property
    def entries(self) -> int:
        """The number of entries, documents and passages alike."""
        return self._start_list[-1]

    def start_of(self, entry: int) -> int:
        """Return the entry of the document that an entry belongs to."""
        return self._start_list[bisect_right(self._start_list, entry) - 1]

    @cached_property
    def row_of(self) -> Numbers:
        """The row of each entry."""
        rows = np.arange(len(self.starts) - 1, dtype=np.uint32)
        return np.repeat(rows, np.diff(self.starts))

    def spread(self, values: Numbers) -> Numbers:
        """Return a value for each entry, given those of the documents."""
        return np.repeat(values, np.diff(self.starts))

    def firsts_without(self, headed: Ids, texts: Ids) -> Ids:
        """Return the first passages of documents and stretches of entries that are `headed`.

        Left out are documents and stretches with a passage among the `texts`, and documents without
        passages. A stretch is a run of passages one after the other; the result may have an entry
        twice.
        """
        rows = self.starts.searchsorted(headed)
        is_document = self.starts[rows] == headed
        rows = rows[is_document]
        rows = rows[~np.isin(rows, self.row_of[texts]) & (np.diff(self.starts)[rows] > 1)]
        passages = headed[~is_document]
        breaks = np.flatnonzero((np.diff(passages) != 1) | np.diff(self.row_of[passages])) + 1
        firsts = np.append(0, breaks)[: len(passages)]
        in_text: Any = np.isin(passages, texts)
        firsts = firsts[~np.logical_or.reduceat(in_text, firsts)] if len(firsts) else firsts
        entries: Ids = np.concatenate((self.starts[rows] + 1, passages[firsts]))
        return entries

    @cached_property
    def live(self) -> Flags:
        """Which entries are passages that are not deleted."""
        live: Flags = np.ones(self.entries, bool)
        for segment, base in zip(self._segments, self._bases, strict=True):
            if segment.live is not None:
                live[base : base + segment.size] = segment.live
        live[self.starts[:-1]] = False
        return live

    def places(self, entries: Ids, entry: int) -> Places:
        """Return which of some passages, ascending, are of the document of an entry."""
        row = bisect_right(self._start_list, entry)
        start, end = self._start_list[row - 1], self._start_list[row]
        first, last = entries.searchsorted([start, end])
        return Places(tuple((entries[first:last] - start).tolist()), end - start - 1)

    @cached_property
    def by_id(self) -> Numbers:
        """The place of each row when the documents are sorted by their ids."""
        return _places(self.column("id"))

    def sorted_by(self, sort: str) -> Numbers:
        """Return the place of each row in one of `engine.ordering.SORTS` but RELEVANCE."""
        times = list(zip(self.column("date"), self.column("added"), strict=True))
        keys = np.array(document_places(times, sort), np.intp)
        return _inverted(np.lexsort((self.by_id, keys)))

    def column(self, name: str) -> list[Any]:
        """Return a column of all documents, by row."""
        columns = (segment.columns.coded(name) for segment in self._segments)
        return list(
            chain.from_iterable(map(c.values.__getitem__, c.codes.tolist()) for c in columns)
        )


def _places(values: Sequence[str]) -> Numbers:
    order = sorted(range(len(values)), key=values.__getitem__)
    return _inverted(np.array(order, np.intp))


def _inverted(order: Ids) -> Numbers:
    places = np.empty(len(order), np.intp)
    places[order] = np.arange(len(order))
    return places
