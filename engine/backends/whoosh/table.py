"""The documents of a snapshot: whose passages are whose, what filters let through, and facets.

Entries are numbered over all segments. Documents are read when they are first wanted; a filter or
facet wants all of them, and what comes of that is kept as long as the snapshot.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from engine.analysis import Analyzer
from engine.backends.whoosh.segments import OpenSegment
from engine.documents import Document
from engine.facets import FACETS, facet_value, ranked
from engine.filters import DocumentFilter, Words
from engine.query import All, Filter

KEPT_MASKS = 16  # a byte an entry each
KEPT_PASSAGES = 1_000_000  # in the sets of all filters, about 60 bytes each

# By the base of a segment: 1 for every entry that is let through, and the same as a bit set.
Mask = dict[int, tuple[bytearray, int]]
MOST_COMBINATIONS = 256


class DocumentTable:
    """Looks documents up by entry; shared by threads."""

    def __init__(
        self,
        segments: Sequence[OpenSegment],
        bases: Sequence[int],
        analyzer: Analyzer,
        lock: threading.Lock,
    ) -> None:
        self._segments, self._bases = segments, bases
        self._analyzer, self._lock = analyzer, lock
        self._documents: dict[int, Document] = {}
        self._words: Words = {}
        self._filtered: dict[Filter, set[int]] = {}
        self._masks: dict[tuple[Filter, ...], Mask] = {}

    def locate(self, at: int) -> tuple[OpenSegment, int]:
        """Return the segment of an entry, and its number there."""
        which = bisect_right(self._bases, at) - 1
        return self._segments[which], at - self._bases[which]

    def document(self, at: int) -> Document:
        """Return the document of an entry, header or passage."""
        known = self._documents.get(at)
        if known is not None:  # `at` is a header
            return known
        segment, entry = self.locate(at)
        header = segment.header_of(entry)
        number = at - entry + header
        document = self._documents.get(number)
        if document is None:
            with self._lock:
                document = self._documents[number] = segment.document(header)[0]
        return document

    def passes(self, wanted: Filter) -> set[int]:
        """Return the live passages whose documents a filter lets through."""
        found = self._filtered.get(wanted)
        if found is None:
            found = set(chain.from_iterable(self._entries(wanted)))
            if sum(map(len, self._filtered.values())) > KEPT_PASSAGES:
                self._filtered.clear()
            self._filtered[wanted] = found
        return found

    def mask(self, wanted: tuple[Filter, ...]) -> Mask:
        """Return the entries that every one of some filters lets through."""
        mask = self._masks.get(wanted)
        if mask is None:
            places = zip(self._bases, self._segments, strict=True)
            marked = {base: bytearray(segment.size) for base, segment in places}
            for at in set.intersection(*map(self.passes, wanted)):
                base = self._bases[bisect_right(self._bases, at) - 1]
                marked[base][at - base] = 1
            mask = {base: (marks, bit_set(marks)) for base, marks in marked.items()}
            if len(self._masks) >= KEPT_MASKS:
                self._masks.clear()
            self._masks[wanted] = mask
        return mask

    def _entries(self, wanted: Filter) -> Iterator[Iterable[int]]:
        is_all = isinstance(wanted, All)
        tests = None if is_all else DocumentFilter(wanted, self._analyzer, self._words)
        for segment, base in zip(self._segments, self._bases, strict=True):
            for header in segment.live_headers():
                if tests is None or tests.matches(self.document(base + header)):
                    passages = segment.passages_of(header)
                    yield range(base + passages.start, base + passages.stop)

    def facets(self, names: Sequence[str], passages: Iterable[int]) -> dict[str, dict[str, int]]:
        """Count passages by the facets of their documents."""
        codes, _ = self._combinations
        return self._by_name(names, Counter(map(codes.__getitem__, passages)))

    def facets_of_bits(
        self, names: Sequence[str], bits: Mapping[int, int]
    ) -> dict[str, dict[str, int]]:
        """Count the passages of bit sets, given by the bases of segments, by facets."""
        sets = self._combination_bits
        if sets is None:
            return self.facets(names, chain.from_iterable(map(_members, bits, bits.values())))
        found: Counter[int] = Counter()
        for base, held in bits.items():
            for code, members in sets[base]:
                found[code] += (held & members).bit_count()
        return self._by_name(names, found)

    def _by_name(self, names: Sequence[str], found: Counter[int]) -> dict[str, dict[str, int]]:
        _, values = self._combinations
        counts: dict[str, Counter[str]] = {name: Counter() for name in names}
        for code, count in found.items():
            for name, value in zip(FACETS, values[code], strict=True):
                if count and name in counts:
                    counts[name][value] += count
        return {name: ranked(counted) for name, counted in counts.items()}

    @cached_property
    def _combination_bits(self) -> dict[int, list[tuple[int, int]]] | None:
        """Return the entries of each code as bit sets, by segment; None where they are too many."""
        codes, values = self._combinations
        if len(values) > MOST_COMBINATIONS:
            return None
        sets = {}
        for base, segment in zip(self._bases, self._segments, strict=True):
            held = codes[base : base + segment.size]
            sets[base] = [
                (code, bit_set(bytes(map(code.__eq__, held)))) for code in sorted(set(held))
            ]
        return sets

    @cached_property
    def _combinations(self) -> tuple[array[int], list[tuple[str, ...]]]:
        """Return a code for every entry, and the facets' values that each code stands for.

        Documents share few combinations of values: counting codes is one pass for all facets.
        """
        codes, known = array("I"), dict[tuple[str, ...], int]()
        for segment, base in zip(self._segments, self._bases, strict=True):
            for header in segment.headers:
                document = self.document(base + header)
                values = tuple(facet_value(document, name) for name in FACETS)
                code = known.setdefault(values, len(known))
                codes.extend([code] * (len(segment.passages_of(header)) + 1))
        return codes, list(known)


def bit_set(marks: bytes | bytearray) -> int:
    """Return a bit set of the positions at which there is a 1 and not a 0."""
    digits = bytes(marks).translate(_DIGITS)[::-1]
    return int(digits, 2) if digits else 0


_DIGITS = bytes.maketrans(b"\0\1", b"01")


def _members(base: int, bits: int) -> Iterator[int]:
    """Yield the entries of a bit set, numbered over all segments."""
    for at, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        if byte:
            yield from (base + 8 * at + bit for bit in range(8) if byte >> bit & 1)
