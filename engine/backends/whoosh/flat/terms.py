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
from itertools import accumulate
from typing import Any

from engine.backends.whoosh.flat.flatfile import FlatFile, FlatWriter, narrowed

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
        self._text = bytearray()
        self._text_at = array("I", [0])
        self._start = array("I", [0])
        self._most, self._peaks = array("I"), array("I")
        self._ids, self._frequencies = array("I"), array("I")
        self._positions = array("I")
        self._dense = array("I")
        self._bitmaps: list[bytearray] = []

    def term(
        self, text: bytes, ids: Sequence[int], frequencies: Sequence[int], positions: Sequence[int]
    ) -> None:
        """Add a term with its postings; `positions` holds those of all postings in a row."""
        if len(ids) * DENSE >= len(self._lengths):
            self._dense.append(len(self._most))
            self._bitmaps.append(bitmap(ids, len(self._lengths)))
        self._text += text
        self._text_at.append(len(self._text))
        self._ids.extend(ids)
        self._frequencies.extend(frequencies)
        self._positions.extend(positions)
        self._start.append(len(self._ids))
        self._most.append(max(frequencies))
        self._peaks.extend(self._shortest(ids, frequencies))

    def _shortest(self, ids: Sequence[int], frequencies: Sequence[int]) -> tuple[int, int, int]:
        """Return the least lengths of passages with the term once, twice and more often, or 0."""
        lengths = map(self._lengths.__getitem__, ids)
        if self._most[-1] == 1:
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

    def save(self, file: FlatWriter) -> None:
        """Write the field's sections."""
        name, frequencies = self._name, self._frequencies
        position_at = array("I", accumulate(frequencies, initial=0))
        file.add(f"{name}.text", self._text)
        file.add(f"{name}.text_at", self._text_at)
        file.add(f"{name}.start", self._start)
        file.add(f"{name}.most", self._most)
        file.add(f"{name}.peaks", self._peaks)
        file.add(f"{name}.ids", self._ids)
        file.add(f"{name}.frequencies", narrowed(frequencies))
        file.add(f"{name}.dense", self._dense)
        file.add(f"{name}.bitmaps", *(self._bitmaps or [bytearray()]))
        if position_at[-1] == len(self._positions):  # not of ids that Whoosh's codec held
            file.add(f"{name}.position_at", position_at)
            file.add(f"{name}.positions", narrowed(self._positions))


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
