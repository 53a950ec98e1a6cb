"""The documents of a snapshot: whose passages are whose, what filters let through, and facets.

Entries are numbered over all segments. Documents are read when they are first wanted; a filter or
facet wants all of them, and what comes of that is kept as long as the snapshot.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, compress

from backstory.engine.analysis import Analyzer
from backstory.engine.backends.whoosh.bitsets import bit_set, bits_of, members
from backstory.engine.backends.whoosh.columns import OWN_LANGUAGE, Coded
from backstory.engine.backends.whoosh.facts import PassageFacts
from backstory.engine.backends.whoosh.schema import HEAD
from backstory.engine.backends.whoosh.segments import OpenSegment, ReadLock
from backstory.engine.backends.whoosh.tally import Shares
from backstory.engine.documents import Document
from backstory.engine.facets import ATTRIBUTES, LANGUAGE, MANY, NAME, ranked, value_of
from backstory.engine.filters import OF_PASSAGES, FactFilter, Words
from backstory.engine.query import Filter

KEPT_DOCUMENTS = 30_000  # about 1,500 bytes each
KEPT_MASKS = 16  # a byte an entry each
KEPT_PASSAGES = 1_000_000  # in the sets of all filters, about 60 bytes each

# 1 for every entry that is let through, and the same as a bit set.
Mask = tuple[bytearray, int]


class DocumentTable:
    """Looks documents up by entry; shared by threads."""

    def __init__(
        self,
        segments: Sequence[OpenSegment],
        bases: Sequence[int],
        analyzer: Analyzer,
        lock: ReadLock,
    ) -> None:
        self._segments, self._bases = segments, bases
        self._analyzer, self._lock = analyzer, lock
        self._facts = PassageFacts(segments, bases)
        self._documents: dict[int, Document] = {}
        self._words: Words = {}
        self._filtered: dict[Filter, set[int]] = {}
        self._masks: dict[tuple[Filter, ...], Mask] = {}

    def locate(self, at: int) -> tuple[OpenSegment, int]:
        """Return the segment of an entry, and its number there."""
        which = bisect_right(self._bases, at) - 1
        return self._segments[which], at - self._bases[which]

    def header_of(self, at: int) -> int:
        """Return the header that an entry stands under, or the entry if it is one."""
        return self._headers[bisect_right(self._headers, at) - 1]

    @cached_property
    def _headers(self) -> array[int]:
        places = zip(self._bases, self._segments, strict=True)
        held = (base + header for base, segment in places for header in segment.headers)
        return array("I", held)

    def place(self, at: int) -> tuple[str, int]:
        """Return the address of a passage: its document's id and its number there."""
        header = self.header_of(at)
        return self.headed(header).id, at - header

    def document(self, at: int) -> Document:
        """Return the document of an entry, header or passage."""
        known = self._documents.get(at)
        return self.headed(self.header_of(at)) if known is None else known

    def headed(self, at: int) -> Document:
        """Return the document whose header is `at`."""
        document = self._documents.get(at)
        if document is None:
            segment, header = self.locate(at)
            with self._lock:
                document = segment.document(header)[0]
            if len(self._documents) >= KEPT_DOCUMENTS:
                self._documents.clear()
            self._documents[at] = document
        return document

    def passes(self, wanted: Filter) -> set[int]:
        """Return the live passages that a filter lets through, or whose documents it does."""
        found = self._filtered.get(wanted)
        if found is None:
            found = self._passing(FactFilter(wanted, self._analyzer, self._words))
            if sum(map(len, self._filtered.values())) > KEPT_PASSAGES:
                self._filtered.clear()
            self._filtered[wanted] = found
        return found

    def mask(self, wanted: tuple[Filter, ...]) -> Mask:
        """Return the entries that every one of some filters lets through."""
        mask = self._masks.get(wanted)
        if mask is None:
            marks = bytearray(sum(segment.size for segment in self._segments))
            for at in set.intersection(*map(self.passes, wanted)):
                marks[at] = 1
            mask = marks, bit_set(marks)
            if len(self._masks) >= KEPT_MASKS:
                self._masks.clear()
            self._masks[wanted] = mask
        return mask

    def _passing(self, asked: FactFilter) -> set[int]:
        if asked.asks_for in OF_PASSAGES:
            return set(self._facts.passes(asked, asked.asks_for))
        found = set(chain.from_iterable(self._entries(asked)))
        if asked.asks_for == LANGUAGE:
            found.difference_update(at for at, _ in self._facts.each(OWN_LANGUAGE))
            found.update(self._facts.passes(asked, OWN_LANGUAGE))
        return found

    def _entries(self, asked: FactFilter) -> Iterator[Iterable[int]]:
        for segment, base in zip(self._segments, self._bases, strict=True):
            for header in segment.live(self._passing_headers(segment, asked)):
                if header is not None:
                    passages = segment.passages_of(header)
                    yield range(base + passages.start, base + passages.stop)

    def _passing_headers(self, segment: OpenSegment, asked: FactFilter) -> Iterator[int | None]:
        """Yield the header of each document that a filter lets through, None for the others."""
        codes, values = segment.columns.coded(asked.asks_for)
        spoken, languages = segment.columns.coded("language")
        rows: Iterable[tuple[int, int]] = zip(codes, spoken, strict=True)
        if asked.asks_for == "title":
            titled = self._titled(segment, asked, languages)
            rows = compress(rows, [header in titled for header in segment.headers])
        passing = {
            (code, language)
            for code, language in set(rows)
            if asked.takes(values[code], languages[language])
        }
        for header, pair in zip(segment.headers, zip(codes, spoken, strict=True), strict=True):
            yield header if pair in passing else None

    def _titled(
        self, segment: OpenSegment, asked: FactFilter, languages: Iterable[str]
    ) -> set[int]:
        """Return the headers whose titles have all stems of a filter, and maybe some others.

        Reading every title takes half a second for twenty thousand documents.
        """
        found: set[int] = set()
        for language in languages:
            with self._lock:
                held = [segment.postings(HEAD, stem) for stem in asked.stems(language)]
            if held:
                found |= set.intersection(*(set(each.ids) if each else set() for each in held))
        return found

    def names(self) -> Counter[str]:
        """Count every name over all live passages."""
        return self._facts.names()

    def titles(self) -> Counter[str]:
        """Count the live passages under every title."""
        found: Counter[str] = Counter()
        for segment in self._segments:
            codes, values = segment.columns.coded("title")
            ends = chain(segment.headers[1:], (segment.size,))
            for code, header, end in segment.live(zip(codes, segment.headers, ends, strict=True)):
                found[values[code]] += end - header - 1
        return +found

    def facets(self, names: Sequence[str], passages: Collection[int]) -> dict[str, dict[str, int]]:
        """Count passages by facets."""
        if len(passages) > MANY:
            size = sum(segment.size for segment in self._segments)
            return self.facets_of_bits(names, bits_of(passages, size))
        codes, _ = self._combinations
        found = self._by_name(names, Counter(map(codes.__getitem__, passages)))
        return found | ({NAME: self._facts.facet(passages)} if NAME in names else {})

    def facets_of_bits(self, names: Sequence[str], bits: int) -> dict[str, dict[str, int]]:
        """Count the passages of a bit set by facets."""
        if bits.bit_count() <= MANY:
            return self.facets(names, members(bits))
        found = self._by_name(names, self._shares.counts(bits))
        return found | ({NAME: self._facts.facet_of_bits(bits)} if NAME in names else {})

    def _by_name(self, names: Sequence[str], found: Counter[int]) -> dict[str, dict[str, int]]:
        _, values = self._combinations
        held = [(values[code], count) for code, count in found.items() if count]
        counts: dict[str, dict[str, int]] = {name: {} for name in names if name != NAME}
        for at, name in enumerate(ATTRIBUTES):
            if (counted := counts.get(name)) is not None:
                for combination, count in held:
                    value = combination[at]
                    counted[value] = counted.get(value, 0) + count
        return {name: ranked(counted) for name, counted in counts.items()}

    @cached_property
    def _shares(self) -> Shares:
        codes, _ = self._combinations
        return Shares(codes)

    @cached_property
    def _combinations(self) -> tuple[array[int], list[tuple[str, ...]]]:
        """Return a code for every entry, and the facets' values that each code stands for.

        Documents share few combinations of values: counting codes is one pass for all facets.
        """
        codes, known = array("I"), dict[tuple[str, ...], int]()
        for segment in self._segments:
            columns = [segment.columns.coded(attribute) for attribute in ATTRIBUTES.values()]
            rows = list(zip(*(column.codes for column in columns), strict=True))
            coded = {row: known.setdefault(_values(row, columns), len(known)) for row in set(rows)}
            ends = chain(segment.headers[1:], (segment.size,))
            for row, header, end in zip(rows, segment.headers, ends, strict=True):
                codes.extend([coded[row]] * (end - header))
        # Passages in another language than their document.
        held, at = list(known), list(ATTRIBUTES).index(LANGUAGE)
        for entry, language in self._facts.each(OWN_LANGUAGE):
            value = held[codes[entry]]
            own = (*value[:at], language, *value[at + 1 :])
            codes[entry] = known.setdefault(own, len(known))
        return codes, list(known)


def _values(row: Sequence[int], columns: Sequence[Coded]) -> tuple[str, ...]:
    """Return the facets' values of a row of codes."""
    named = zip(ATTRIBUTES, row, columns, strict=True)
    return tuple(value_of(name, column.values[code]) for name, code, column in named)
