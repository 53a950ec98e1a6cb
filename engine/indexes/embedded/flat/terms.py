"""The terms file: a sorted dictionary for each field, and flat arrays of postings.

For a field `f` with n terms, P postings and W positions:

    f.text, f.text_at     the terms' bytes; where each starts (n + 1)
    f.start               where each term's postings start (n + 1)
    f.ids, f.frequencies  entries, ascending within a term, and frequencies (P)
    f.position_at         where each posting's positions start (P + 1)
    f.positions           positions (W)

A field without positions lacks the last two.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from backstory.engine.indexes.embedded.arrays import Numbers, narrowed
from backstory.engine.indexes.embedded.flat.flatfile import FlatFile, FlatWriter

TERMS_EXTENSION = ".terms"
STRIDE = 32

# Python gives a file name that is not UTF-8 lone surrogates, and the document's id has them too.
SURROGATES = "surrogatepass"


def encoded_term(text: str) -> bytes:
    """Return a term as it is stored, in the order of its letters."""
    return text.encode("utf-8", SURROGATES)


def decoded_term(raw: bytes) -> str:
    """Return the term that is stored as `raw`."""
    return raw.decode("utf-8", SURROGATES)


class InvertedField(NamedTuple):
    """A field's terms, sorted, with the postings of all of them one after the other.

    `position_at` and `positions` are None in a field without positions.
    """

    texts: Sequence[str]
    start: Numbers
    ids: Numbers
    frequencies: Numbers
    position_at: Numbers | None
    positions: Numbers | None

    def save(self, name: str, file: FlatWriter) -> None:
        """Write the field's sections under its name."""
        texts = [encoded_term(text) for text in self.texts]
        text_at = np.fromiter(accumulate(map(len, texts), initial=0), np.uint32, len(texts) + 1)
        file.add(f"{name}.text", b"".join(texts))
        file.add(f"{name}.text_at", text_at)
        file.add(f"{name}.start", self.start.astype(np.uint32, copy=False))
        file.add(f"{name}.ids", self.ids.astype(np.uint32, copy=False))
        file.add(f"{name}.frequencies", narrowed(self.frequencies))
        if self.position_at is not None and self.positions is not None:
            file.add(f"{name}.position_at", self.position_at.astype(np.uint32, copy=False))
            file.add(f"{name}.positions", narrowed(self.positions))


class Field:
    """A field of an open terms file.

    Its dictionary is checked as a whole when a term is first looked up, postings as far as they
    are read; whatever reads may raise IndexDamaged.
    """

    def __init__(self, file: FlatFile, name: str) -> None:
        self._file, self._name = file, name
        self.ids = file.part(f"{name}.ids")
        self.frequencies = file.part(f"{name}.frequencies")
        self.has_positions = f"{name}.position_at" in file
        self.position_at = file.part(f"{name}.position_at")
        self.positions = file.part(f"{name}.positions")
        self.size = max(len(file.part(f"{name}.text_at")) - 1, 0)

    @cached_property
    def start(self) -> memoryview[int]:
        """Where each term's postings start, and the last end."""
        return self._file.section(f"{self._name}.start")

    @cached_property
    def _text(self) -> memoryview[int]:
        return self._file.section(f"{self._name}.text")

    @cached_property
    def _text_at(self) -> memoryview[int]:
        return self._file.section(f"{self._name}.text_at")

    def text(self, number: int) -> bytes:
        """Return a term's bytes."""
        return bytes(self._text[self._text_at[number] : self._text_at[number + 1]])

    def texts(self, start: int = 0) -> Iterator[bytes]:
        """Yield the terms' bytes from a number on."""
        blob, starts = bytes(self._text), self._text_at
        return (blob[starts[number] : starts[number + 1]] for number in range(start, self.size))

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

    def span(self, number: int) -> tuple[int, int]:
        """Return where a term's postings start and end."""
        return self.start[number], self.start[number + 1]

    def positions_of(self, posting: int) -> list[int]:
        """Return the positions of a posting, [] in a field without any."""
        if not self.has_positions:
            return []
        positions: list[int] = self.term_positions(posting, posting + 1).tolist()
        return positions

    def term_positions(self, first: int, last: int) -> Numbers:
        """Return the positions of a run of postings, one after the other."""
        at = self.position_at
        return self.positions[at.number(first) : at.number(last)]
