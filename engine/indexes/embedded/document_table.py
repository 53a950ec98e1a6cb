"""The documents of a snapshot: whose passages are whose, and what filters let through.

Entries are numbered over all segments. A document is read when it is first wanted; a filter looks
at the columns of all of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from backstory.engine.analysis import Analyzer
from backstory.engine.cache import Cache, CachePool
from backstory.engine.documents import Document
from backstory.engine.facets import LANGUAGE
from backstory.engine.filters import FactFilter, Words
from backstory.engine.indexes.embedded.arrays import Flags
from backstory.engine.indexes.embedded.columns import OWN_LANGUAGE
from backstory.engine.indexes.embedded.document_ranges import DocumentRanges
from backstory.engine.indexes.embedded.passage_facts import PassageFacts
from backstory.engine.indexes.embedded.schema import HEAD
from backstory.engine.indexes.embedded.segments import OpenSegment
from backstory.engine.query import All, Filter

DOCUMENT_BYTES = 1_500


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
        """Let go of everything that is kept."""
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
            segment, header = self.locate(start)
            document = segment.document(header)[0]
            self._documents.put(start, document, DOCUMENT_BYTES)
        return document

    def mask(self, wanted: Filter) -> Flags:
        """Return which entries are live passages that a filter lets through."""
        if isinstance(wanted, All):
            return self._ranges.live
        mask = self._masks.get(wanted)
        if mask is None:
            mask = self._passing(FactFilter(wanted, self._analyzer, self._words))
            mask &= self._ranges.live
            self._masks.put(wanted, mask, len(mask))
        return mask

    def _passing(self, asked: FactFilter) -> Flags:
        if asked.is_about_passages:
            mask: Flags = np.zeros(self._ranges.entries, bool)
            for entries in self.facts.passes(asked, asked.asks_for):
                mask[entries] = True
            return mask
        passing = [self._passing_documents(segment, asked) for segment in self._segments]
        mask = self._ranges.spread(np.concatenate(passing or [np.zeros(0, bool)]))
        if asked.asks_for == LANGUAGE:
            for entry, _ in self.facts.each(OWN_LANGUAGE):
                mask[entry] = False
            for entries in self.facts.passes(asked, OWN_LANGUAGE):
                mask[entries] = True
        return mask

    def _passing_documents(self, segment: OpenSegment, asked: FactFilter) -> Flags:
        """Return which documents of a segment a filter lets through."""
        spoken, languages = segment.columns.coded(LANGUAGE)
        likely: Flags = np.ones(len(segment.headers), bool)
        if asked.asks_for == "title":
            likely = self._titled(segment, asked, languages)
            if not likely.any():
                return likely
        codes, values = segment.columns.coded(asked.asks_for)
        pairs = codes.astype(np.int64) * len(languages) + spoken
        passing = [
            pair
            for pair in np.unique(pairs[likely]).tolist()
            if asked.takes(values[pair // len(languages)], languages[pair % len(languages)])
        ]
        return np.isin(pairs, passing)

    def _titled(self, segment: OpenSegment, asked: FactFilter, languages: Iterable[str]) -> Flags:
        """Return which documents have all stems of a filter in their titles, and maybe some others.

        Reading every title takes half a second for twenty thousand documents.
        """
        found: Flags = np.zeros(len(segment.headers), bool)
        for language in languages:
            wanted = [segment.postings(HEAD, stem) for stem in asked.stems(language)]
            if wanted and all(wanted):
                each = [np.isin(segment.headers, one.ids) for one in wanted if one]
                found |= np.logical_and.reduce(each)
        return found

    def titles(self) -> Counter[str]:
        """Count the live passages under every title."""
        found: Counter[str] = Counter()
        for segment in self._segments:
            codes, values = segment.columns.coded("title")
            sizes = np.diff(segment.headers, append=segment.size) - 1
            for code, size in segment.of_live(zip(codes.tolist(), sizes.tolist(), strict=True)):
                found[values[code]] += size
        return +found
