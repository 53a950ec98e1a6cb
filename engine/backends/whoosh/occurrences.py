"""Where words stand: over all segments of a snapshot, as bit sets, and how often.

Nearly every word stands in nearly all of its passages once, so that only the others are counted
one by one. Exact totals, filters and the choice of candidates are then a few operations on large
numbers, however many postings there are.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress

from backstory.engine.backends.whoosh.bitsets import bits_of, members
from backstory.engine.backends.whoosh.segments import Deletions, OpenSegment, ReadLock, TermPostings
from backstory.engine.keeping import Kept

KEPT_BYTES = 30_000_000
# A word that stands in fewer than one entry of so many is kept as a dictionary alone.
RARE = 512
# Where more passages than this have a word more than once, how often is looked up by halving: a
# dictionary would take longer to make, and twenty times as much memory.
MANY = 4_000
DICT_ENTRY, SORTED_ENTRY = 100, 8  # bytes of a passage and its frequency, roughly
# For each frequency that fits into a byte.
_IS_REPEATED = bytes([0, 0] + [1] * 254)
_IS_TWICE, _IS_MORE = bytes([0, 0, 1] + [0] * 253), bytes([0, 0, 0] + [1] * 253)

Term = tuple[str, str]
Place = tuple[int, TermPostings, Deletions]


class Sorted:
    """Passages, ascending, with a frequency each: what a dictionary would say."""

    __slots__ = ("_frequencies", "_ids")

    def __init__(self, ids: array[int], frequencies: bytes | array[int]) -> None:
        self._ids, self._frequencies = ids, frequencies

    def __len__(self) -> int:
        return len(self._ids)

    def get(self, passage: int, otherwise: int) -> int:
        """Return the frequency in a passage, or else what is given."""
        at = bisect_left(self._ids, passage)
        if at < len(self._ids) and self._ids[at] == passage:
            return self._frequencies[at]
        return otherwise

    def items(self) -> Iterator[tuple[int, int]]:
        """Yield every (passage, frequency)."""
        return zip(self._ids, self._frequencies, strict=True)

    def by_most(self) -> Iterator[tuple[int, Iterable[int]]]:
        """Yield passages with the most that a word stands in any of them: twice, and oftener."""
        if isinstance(self._frequencies, bytes):
            yield 2, compress(self._ids, self._frequencies.translate(_IS_TWICE))
            yield max(self._frequencies), compress(self._ids, self._frequencies.translate(_IS_MORE))
        else:
            yield max(self._frequencies), self._ids


class Occurrences:
    """The live passages that a word stands in.

    `counts` tells how often, of a rare word in every passage, of others where it is more than once;
    `peaks` are (frequency, length)s: no passage gets more of it than the best of them.
    `often` has, of a word that is not rare, the passages where it is more than once as bit sets,
    by the most that it stands in any of them.
    """

    __slots__ = ("_length", "_marks", "_size", "counts", "often", "peaks")

    def __init__(
        self,
        counts: dict[int, int] | Sorted,
        peaks: Sequence[tuple[int, int]],
        size: int,
        bits: int | None = None,
    ) -> None:
        self.counts, self.peaks, self._size = counts, peaks, size
        self._marks, self._length = b"", len(counts)
        self.often: dict[int, int] = {}
        if bits is not None:
            self._marks, self._length = bits.to_bytes(size // 8 + 1, "little"), bits.bit_count()
            held = ((most, bits & bits_of(each, size)) for most, each in _by_most(counts))
            self.often = {most: passages for most, passages in held if passages}

    @property
    def is_rare(self) -> bool:
        """Whether there is a dictionary alone."""
        return not self._marks

    @property
    def bits(self) -> int:
        """The passages as a bit set."""
        if self.is_rare:
            return bits_of((at for at, _ in self.counts.items()), self._size)
        return int.from_bytes(self._marks, "little")

    def __len__(self) -> int:
        return self._length

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        entry = DICT_ENTRY if isinstance(self.counts, dict) else SORTED_ENTRY
        return (1 + len(self.often)) * len(self._marks) + entry * len(self.counts)

    def add(
        self,
        points: Sequence[float],
        passages: Sequence[int],
        norms: Sequence[float],
        weight: float,
        factor: float,
    ) -> list[float]:
        """Return the points of passages with what the word gives them, by their norms.

        `engine.ranking.score`, written out: this line runs for every candidate.
        """
        rows, count = zip(points, passages, norms, strict=True), self.counts.get
        if self.is_rare:
            return [
                had + weight * n / (n + norm) * factor if (n := count(at, 0)) else had
                for had, at, norm in rows
            ]
        marks = self._marks
        return [
            had + weight * (n := count(at, 1)) / (n + norm) * factor
            if marks[at >> 3] >> (at & 7) & 1
            else had
            for had, at, norm in rows
        ]


def _by_most(counts: Mapping[int, int] | Sorted) -> Iterable[tuple[int, Iterable[int]]]:
    """Return passages with the most that a word stands in any of them, a power of two from 4 on."""
    if isinstance(counts, Sorted):
        return counts.by_most()
    found: dict[int, list[int]] = {}
    for at, count in counts.items():
        if count > 1:
            most = count if count < 5 else 1 << (count - 1).bit_length()
            found.setdefault(most, []).append(at)
    return found.items()


class OccurrenceSource:
    """Reads where words stand from segments, and keeps what was used last; shared by threads."""

    def __init__(
        self, segments: Sequence[OpenSegment], bases: Sequence[int], lock: ReadLock
    ) -> None:
        self._segments = tuple(zip(segments, bases, strict=True))
        self._size = sum(segment.size for segment in segments)
        self._lock = lock
        self._kept: Kept[tuple[Term, ...], Occurrences] = Kept(KEPT_BYTES, lambda o: o.weight)

    def get(self, terms: Sequence[Term]) -> Occurrences:
        """Return where a word stands that is stored under some (field, term)s."""
        key = tuple(terms)
        found = self._kept.get(key)
        if found is None:
            with self._lock:
                found = self._read(key)
            self._kept.put(key, found)
        return found

    def _read(self, terms: Sequence[Term]) -> Occurrences:
        held = [places for term in terms if (places := list(self._places(term)))]
        peaks = _peaks(held)
        if sum(len(raw.ids) for places in held for _, raw, _ in places) * RARE < self._size:
            return Occurrences(_all_counts(held), peaks, self._size)
        bits, counts = 0, dict[int, int]()
        for places in held:
            more = _counts(places)
            given = sum(_bits(raw, self._size) << base for base, raw, _ in places)
            if len(held) == 1:
                often = more if len(more) > MANY else dict(more.items())
                return Occurrences(often, peaks, self._size, given & self._live)
            both = {at: counts.get(at, 1) + more.get(at, 1) for at in members(bits & given)}
            bits |= given
            counts |= dict(more.items()) | both
        return Occurrences(counts, peaks, self._size, bits & self._live)

    def _places(self, term: Term) -> Iterator[Place]:
        for segment, base in self._segments:
            raw = segment.postings(*term)
            if raw is not None:
                yield base, raw, segment.deletions

    @cached_property
    def _live(self) -> int:
        """Every entry that is not deleted, as a bit set."""
        live = (1 << self._size) - 1
        for segment, base in self._segments:
            if segment.deletions:
                live &= ~(segment.deletions.bits << base)
        return live


def _bits(raw: TermPostings, size: int) -> int:
    bitmap = raw.bitmap
    return bits_of(raw.ids, size) if bitmap is None else int.from_bytes(bitmap, "little")


def _counts(places: Sequence[Place]) -> Sorted:
    """Return how often a term stands where it does more than once, deleted entries included."""
    ids, frequencies = array("I"), list[int]()
    for base, raw, _ in places:
        flags = _repeated(raw.frequencies)
        ids.extend(map(base.__add__, compress(raw.ids, flags)))
        frequencies.extend(compress(raw.frequencies, flags))
    is_low = max(frequencies, default=0) < len(_IS_MORE)
    return Sorted(ids, bytes(frequencies) if is_low else array("I", frequencies))


def _repeated(frequencies: Sequence[int]) -> bytes:
    """Return a byte for each frequency: whether it is more than 1."""
    if isinstance(frequencies, memoryview) and frequencies.format == "B":
        return frequencies.tobytes().translate(_IS_REPEATED)
    return bytes(map((1).__lt__, frequencies))


def _all_counts(held: Sequence[Sequence[Place]]) -> dict[int, int]:
    """Return how often terms stand in each live passage, together."""
    found: dict[int, int] = {}
    for places in held:
        for base, raw, gone in places:
            pairs = zip(raw.ids, raw.frequencies, strict=True)
            live = ((base + at, n) for at, n in pairs if at not in gone.entries)
            found.update((at, found.get(at, 0) + n) for at, n in live)
    return found


def _peaks(held: Sequence[Sequence[Place]]) -> Sequence[tuple[int, int]]:
    peaks = [[peak for _, raw, _ in places for peak in raw.peaks] for places in held]
    if len(peaks) < 2:
        return [peak for each in peaks for peak in each]
    # Together terms stand more often in a passage than each: only this is sure.
    most = sum(max(frequency for frequency, _ in each) for each in peaks)
    return [(most, min(length for each in peaks for _, length in each))]
