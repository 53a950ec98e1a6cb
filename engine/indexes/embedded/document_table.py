"""The documents of a snapshot, and the evaluation of filters.

Entries are numbered over all segments. Documents are read on first use; filters are evaluated on
the columns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from operator import sub

import numpy as np

from backstory.engine.analysis import Analyzer
from backstory.engine.cache import Cache, CachePool
from backstory.engine.documents import Document, split_address
from backstory.engine.facets import LANGUAGE
from backstory.engine.filters import FactFilter, Words
from backstory.engine.indexes.embedded.arrays import Flags, Ids, distinct
from backstory.engine.indexes.embedded.columns import OWN_LANGUAGE
from backstory.engine.indexes.embedded.document_ranges import DocumentRanges
from backstory.engine.indexes.embedded.passage_facts import PassageFacts
from backstory.engine.indexes.embedded.schema import HEAD
from backstory.engine.indexes.embedded.segments import OpenSegment
from backstory.engine.query import All, Filter, InTitle

DOCUMENT_BYTES = 1_500
MANY_DOCUMENTS = 500  # from here on the column of all ids is read sooner than each of them


class DocumentTable:
    """Looks documents up by entry, and decides filters; shared by threads."""

    def __init__(
        self,
        segments: Sequence[OpenSegment],
        bases: Sequence[int],
        ranges: DocumentRanges,
        analyzer: Analyzer,
        pool: CachePool,
    ) -> None:
        self._segments, self._bases, self._ranges = segments, bases, ranges
        self._analyzer = analyzer
        self.facts = PassageFacts(segments, bases)
        self._documents: Cache[int, Document] = pool.cache("documents")
        self._masks: Cache[Filter, Flags] = pool.cache("filters")
        self._words: Words = pool.cache("facts")

    def clear(self) -> None:
        """Clear the caches."""
        self._documents.clear()
        self._masks.clear()
        self._words.clear()

    def locate(self, entry: int) -> tuple[OpenSegment, int]:
        """Return the segment of an entry, and its number there."""
        which = bisect_right(self._bases, entry) - 1
        return self._segments[which], entry - self._bases[which]

    def document(self, start: int) -> Document:
        """Return the document whose own entry is `start`."""
        document = self._documents.get(start)
        if document is None:
            segment, entry = self.locate(start)
            document = segment.document(entry)[0]
            self._documents.put(start, document, DOCUMENT_BYTES)
        return document

    def addresses(self, entries: Ids) -> list[str]:
        """Return the addresses of passages."""
        starts = list(map(self._ranges.start_of, entries.tolist()))
        if len(starts) > MANY_DOCUMENTS:
            rows, column = self._ranges.row_of[entries].tolist(), self._ranges.column("id")
            ids = [column[row] for row in rows]
        else:
            ids = [self.document(start).id for start in starts]
        numbers = map(sub, entries.tolist(), starts)
        return [f"{id_}#p{number}" for id_, number in zip(ids, numbers, strict=True)]

    def mask(self, query: Filter) -> Flags:
        """Return a bitmap of the live passages that pass a filter."""
        if isinstance(query, All):
            return self._ranges.live
        mask = self._masks.get(query)
        if mask is None and isinstance(query, InTitle):
            mask = self._marked(query.passages)
            self._masks.put(query, mask, len(mask))
        if mask is None:
            mask = self._passing(FactFilter(query, self._analyzer, self._words))
            mask &= self._ranges.live
            self._masks.put(query, mask, len(mask))
        return mask

    def _marked(self, addresses: Iterable[str]) -> Flags:
        """Return a bitmap of those of some passages that are there."""
        mask: Flags = np.zeros(self._ranges.entries, bool)
        located = list(map(split_address, addresses))
        for segment, base in zip(self._segments, self._bases, strict=True):
            for document_id, number in located:
                start = segment.find(document_id)
                if start is not None and start + (number or 0) in segment.passages_of(start):
                    mask[base + start + (number or 0)] = True
        return mask & self._ranges.live

    def _passing(self, fact_filter: FactFilter) -> Flags:
        if fact_filter.is_about_passages:
            mask: Flags = np.zeros(self._ranges.entries, bool)
            for entries in self.facts.passes(fact_filter, fact_filter.asks_for):
                mask[entries] = True
            return mask
        passing = [self._passing_documents(segment, fact_filter) for segment in self._segments]
        mask = self._ranges.spread(np.concatenate(passing or [np.zeros(0, bool)]))
        if fact_filter.asks_for == LANGUAGE:
            for entry, _ in self.facts.each(OWN_LANGUAGE):
                mask[entry] = False
            for entries in self.facts.passes(fact_filter, OWN_LANGUAGE):
                mask[entries] = True
        return mask

    def _passing_documents(self, segment: OpenSegment, fact_filter: FactFilter) -> Flags:
        """Return which documents of a segment a filter lets through."""
        spoken, languages = segment.columns.coded(LANGUAGE)
        likely: Flags = np.ones(len(segment.document_entries), bool)
        if fact_filter.asks_for == "title":
            likely = self._titled(segment, fact_filter, languages)
            if not likely.any():
                return likely
        codes, values = segment.columns.coded(fact_filter.asks_for)
        pairs = codes.astype(np.int64) * len(languages) + spoken
        passing = [
            pair
            for pair in distinct(pairs[likely]).tolist()
            if fact_filter.takes(values[pair // len(languages)], languages[pair % len(languages)])
        ]
        return np.isin(pairs, passing)

    def _titled(
        self, segment: OpenSegment, fact_filter: FactFilter, languages: Iterable[str]
    ) -> Flags:
        """Return which documents have all stems of a filter in their titles, and maybe some others.

        Reading every title takes half a second for twenty thousand documents.
        """
        titled: Flags = np.zeros(len(segment.document_entries), bool)
        for language in languages:
            stems = fact_filter.stems(language)
            if not stems:  # patterns alone: every title has to be looked at
                return ~titled
            postings = [segment.postings(HEAD, stem) for stem in stems]
            if all(postings):
                each = [np.isin(segment.document_entries, one.ids) for one in postings if one]
                titled |= np.logical_and.reduce(each)
        return titled

    def titles(self) -> Counter[str]:
        """Count the live passages under every title."""
        counts: Counter[str] = Counter()
        for segment in self._segments:
            codes, values = segment.columns.coded("title")
            sizes = np.diff(segment.document_entries, append=segment.size) - 1
            for code, size in segment.of_live(zip(codes.tolist(), sizes.tolist(), strict=True)):
                counts[values[code]] += size
        return +counts
