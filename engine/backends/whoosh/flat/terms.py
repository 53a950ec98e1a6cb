"""The terms file: a sorted dictionary for each field, and flat arrays of postings.

For a field `f` with n terms, P postings and W positions:

    f.text, f.text_at     the terms' bytes; where each starts (n + 1)
    f.start               where each term's postings start (n + 1)
    f.most                each term's highest frequency
    f.peaks               each term's shortest passages: with it once, twice, and more often (3 n)
    f.ids, f.frequencies  passages, ascending within a term, and frequencies (P)
    f.position_at         where each posting's positions start (P + 1)
    f.positions           positions (W)
    f.dense, f.bitmaps    the terms that stand in many entries, and a bitmap of those for each
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

from backstory.engine.backends.whoosh.flat.flatfile import FlatFile, FlatWriter, narrowed

TERMS_EXTENSION = ".terms"
# A term gets a bitmap where it stands in one entry of this many: exact totals come from those.
DENSE = 64
STRIDE = 32
NO_LENGTH = 1 << 32  # more words than a passage can have


class FieldWriter:
    """Gathers a field's terms, which must come sorted by their bytes."""

    def __init__(self, name: str, lengths: Sequence[int]) -> None:
        self._name = name
        self._lengths = lengths
        self._texts: list[bytes] = []
        self._start = array("I", [0])
        self._ids, self._frequencies = array("I"), array("I")
        self._position_at, self._positions = array("I", [0]), array("I")

    def term(
        self, text: bytes, ids: Sequence[int], frequencies: Sequence[int], positions: Sequence[int]
    ) -> None:
        """Add a term with its postings; `positions` holds those of all postings in a row."""
        self._texts.append(text)
        self._ids.extend(ids)
        self._frequencies.extend(frequencies)
        self._positions.extend(positions)
        self._start.append(len(self._ids))
        ends = accumulate(frequencies, initial=self._position_at.pop())
        self._position_at.extend(ends)

    def terms(
        self,
        texts: list[bytes],
        start: array[int],
        ids: array[int],
        frequencies: array[int],
        position_at: array[int],
        positions: array[int],
    ) -> None:
        """Take all terms at once, as they are stored."""
        self._texts, self._start = texts, start
        self._ids, self._frequencies = ids, frequencies
        self._position_at, self._positions = position_at, positions

    def _bounds(self) -> tuple[array[int], array[int]]:
        """Return each term's highest frequency, and its peaks."""
        most, peaks = array("I"), array("I")
        # Lists: an array would make a number of each length anew, whenever it is looked at.
        lengths = list(map(list(self._lengths).__getitem__, self._ids))
        for first, last in pairwise(self._start):
            often = self._frequencies[first:last]
            most.append(max(often))
            peaks.extend(_shortest(lengths[first:last], often, most[-1]))
        return most, peaks

    def _dense(self) -> tuple[array[int], list[bytearray]]:
        """Return which terms stand in many entries, and a bitmap of those for each."""
        size = len(self._lengths)
        spans = enumerate(pairwise(self._start))
        dense = [(at, span) for at, span in spans if (span[1] - span[0]) * DENSE >= size]
        bitmaps = [bitmap(self._ids[first:last], size) for _, (first, last) in dense]
        return array("I", [at for at, _ in dense]), bitmaps

    def save(self, file: FlatWriter) -> None:
        """Write the field's sections."""
        name = self._name
        most, peaks = self._bounds()
        dense, bitmaps = self._dense()
        file.add(f"{name}.text", b"".join(self._texts))
        file.add(f"{name}.text_at", array("I", accumulate(map(len, self._texts), initial=0)))
        file.add(f"{name}.start", self._start)
        file.add(f"{name}.most", most)
        file.add(f"{name}.peaks", peaks)
        file.add(f"{name}.ids", self._ids)
        file.add(f"{name}.frequencies", narrowed(self._frequencies))
        file.add(f"{name}.dense", dense)
        file.add(f"{name}.bitmaps", *(bitmaps or [bytearray()]))
        if self._position_at[-1] == len(self._positions):  # not of ids that Whoosh's codec held
            file.add(f"{name}.position_at", self._position_at)
            file.add(f"{name}.positions", narrowed(self._positions))


def _shortest(
    lengths: Sequence[int], frequencies: Sequence[int], most: int
) -> tuple[int, int, int]:
    """Return the least lengths of passages with a term once, twice and more often, or 0."""
    if most == 1:
        return min(lengths), 0, 0
    once = twice = often = NO_LENGTH
    for length, frequency in zip(lengths, frequencies, strict=True):
        if frequency == 1:
            if length < once:
                once = length
        elif frequency == 2:
            if length < twice:
                twice = length
        elif length < often:
            often = length
    return once % NO_LENGTH, twice % NO_LENGTH, often % NO_LENGTH


def bitmap(ids: Iterable[int], size: int) -> bytearray:
    """Return a bitmap of `size` bits in which those of the ids are set."""
    bits = bytearray((size + 7) // 8)
    for at in ids:
        bits[at >> 3] |= 1 << (at & 7)
    return bits


class Field:
    """A field of an open terms file."""

    def __init__(self, file: FlatFile, name: str) -> None:
        self._text = file.section(f"{name}.text")
        self._text_at = file.section(f"{name}.text_at")
        self.start = file.section(f"{name}.start")
        self.most = file.section(f"{name}.most")
        self._peaks = file.section(f"{name}.peaks")
        self.ids = file.section(f"{name}.ids")
        self.frequencies = file.section(f"{name}.frequencies")
        self.position_at = file.section(f"{name}.position_at")
        self.positions = file.section(f"{name}.positions")
        self.size = max(len(self._text_at) - 1, 0)
        self._dense = file.section(f"{name}.dense")
        self._bitmaps = file.section(f"{name}.bitmaps")

    def text(self, number: int) -> bytes:
        """Return a term's bytes."""
        return bytes(self._text[self._text_at[number] : self._text_at[number + 1]])

    def texts(self, start: int = 0) -> Iterator[bytes]:
        """Yield the terms' bytes from a number on."""
        blob, at = bytes(self._text), self._text_at
        return (blob[at[number] : at[number + 1]] for number in range(start, self.size))

    @cached_property
    def _landmarks(self) -> list[bytes]:
        """Every STRIDE-th term, so that most of a search compares what is at hand."""
        return list(map(self.text, range(0, self.size, STRIDE)))

    def at_or_after(self, text: bytes) -> int:
        """Return the number of the first term that is not before `text`."""
        end = bisect_left(self._landmarks, text) * STRIDE
        near = range(max(end - STRIDE, 0), min(end, self.size))
        return near.start + bisect_left(near, text, key=self.text)

    def find(self, text: bytes) -> int:
        """Return a term's number, -1 where it is not in the field."""
        number = self.at_or_after(text)
        return number if number < self.size and self.text(number) == text else -1

    def peaks(self, number: int) -> list[tuple[int, int]]:
        """Return (frequency, length)s that bound a term: no posting is worth more than the best."""
        once, twice, often = self._peaks[3 * number : 3 * number + 3]
        pairs = ((1, once), (2, twice), (self.most[number], often))
        return [(frequency, length) for frequency, length in pairs if length]

    def bitmap(self, number: int) -> bytes | None:
        """Return the bitmap of a term's entries, or None for a term of few."""
        at = bisect_left(self._dense, number)
        if at == len(self._dense) or self._dense[at] != number:
            return None
        size = len(self._bitmaps) // len(self._dense)
        return bytes(self._bitmaps[at * size : (at + 1) * size])

    def span(self, number: int) -> tuple[int, int]:
        """Return where a term's postings start and end."""
        return self.start[number], self.start[number + 1]

    def positions_of(self, posting: int) -> list[int]:
        """Return the positions of a posting, [] in a field without any."""
        if not self.position_at:
            return []
        found: list[int] = self.positions[
            self.position_at[posting] : self.position_at[posting + 1]
        ].tolist()
        return found

    def term_positions(self, first: int, last: int) -> memoryview[Any]:
        """Return the positions of a run of postings, in a row; none in a field without any."""
        if not self.position_at:
            return self.positions
        return self.positions[self.position_at[first] : self.position_at[last]]
