"""The vectors of a segment in one mapped file, and the search for those nearest to another.

entries   the entries that have a vector, ascending
rows      the vectors as whole numbers of one byte, one after the other
signs     their sign bits, 64 in a number: first those of all vectors' first 64 dimensions, then …

A large index is searched in two steps: the sign bits of all vectors are compared with those of the
question, and the nearest by that are compared as they are. Sign bits are an eighth of the numbers,
and counting the bits in which two differ is what a processor does fastest.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backstory.engine.disk import sync
from backstory.engine.embeddings import Cosines, Rows, cosines
from backstory.engine.indexes.embedded.arrays import Flags, Floats, Ids, Numbers, joined, where_in
from backstory.engine.indexes.embedded.flat.flatfile import FlatFile, FlatWriter
from backstory.engine.indexes.embedded.storage import secure

VECTORS_EXTENSION = ".vectors"
WORD = 64  # sign bits in a number
# So many vectors are compared as they are: all, where there are no more, else those nearest by sign
# bits. The median is that of so many.
COMPARED = 4_096

Signs = NDArray[np.uint64]  # (dimensions / 64, n)


def write_vectors(path: Path, entries: Ids, rows: Rows) -> None:
    """Write the vectors of a segment's entries, ascending, and bring them to the disk.

    There is at least one.
    """
    with FlatWriter(path) as file:
        file.add("entries", entries.astype(np.uint32))
        file.add("rows", rows.view(np.uint8))
        file.add("signs", sign_bits(rows))
    secure(path)
    sync(path)


def sign_bits(rows: Rows) -> Signs:
    """Return the sign bits of rows, (n, dimensions), column by column."""
    missing = -rows.shape[1] % WORD
    bits = np.packbits(np.pad(rows > 0, ((0, 0), (0, missing))), axis=1, bitorder="little")
    return np.ascontiguousarray(np.ascontiguousarray(bits).view(np.uint64).T)


class SegmentVectors:
    """The vectors of a segment, open for reading; may be shared by threads."""

    def __init__(self, path: Path) -> None:
        self.file = FlatFile(path)
        self._entries = self.file.part("entries")
        self._rows, self._signs = self.file.part("rows"), self.file.part("signs")
        self.dimensions = len(self._rows) // len(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> Numbers:
        """The entries that have a vector, ascending; raises IndexDamaged."""
        return self._entries.whole

    @property
    def rows(self) -> Rows:
        """All vectors, (n, dimensions); raises IndexDamaged."""
        rows: Rows = self._rows.whole.view(np.int8).reshape(-1, self.dimensions)
        return rows

    def taken(self, positions: Ids) -> Rows:
        """Return some vectors, of which alone the blocks are read; raises IndexDamaged."""
        self._rows.check_each(positions * self.dimensions, self.dimensions)
        return self._rows.unchecked.view(np.int8).reshape(-1, self.dimensions)[positions]

    @property
    def signs(self) -> Signs:
        """The sign bits of all vectors; raises IndexDamaged."""
        return self._signs.whole.reshape(-1, len(self))

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()


class Vectors(Protocol):
    """The vectors of a segment: `rows`, (n, dimensions), of the `entries`, ascending."""

    @property
    def entries(self) -> Numbers: ...
    @property
    def signs(self) -> Signs: ...
    def taken(self, positions: Ids) -> Rows: ...
    def __len__(self) -> int: ...


class VectorReader:
    """The vectors of a snapshot; entries are numbered across its segments.

    `segments` has None for each segment without vectors; `live` tells which entries are passages
    that are not deleted.
    """

    def __init__(
        self, segments: Sequence[Vectors | None], bases: Sequence[int], live: Flags
    ) -> None:
        pairs = [(s, base) for s, base in zip(segments, bases, strict=True) if s is not None]
        self._segments = [segment for segment, _ in pairs]
        entries = [segment.entries + np.intp(base) for segment, base in pairs]
        self.entries: Ids = joined(entries, np.intp)
        self._starts = np.cumsum([0, *map(len, entries)])
        self._is_live = live[self.entries]

    @cached_property
    def live_entries(self) -> Ids:
        """The passages that have a vector and are not deleted."""
        return self.entries[self._is_live]

    def cosines(self, question: Rows, entries: Ids) -> tuple[Ids, Floats]:
        """Return the indices of those of some entries, ascending, that have a vector, and cosines.

        Cosines are those of the vectors and the question, (1, dimensions).
        """
        which, positions = where_in(self.entries, entries)
        return which, cosines(question, self._taken(positions))

    def row(self, entry: int) -> Rows | None:
        """Return the vector of an entry, (1, dimensions), or None."""
        _, positions = where_in(self.entries, np.array([entry]))
        return self._taken(positions) if len(positions) else None

    def nearest(self, question: Rows, most: int, within: Flags | None) -> tuple[Ids, Cosines]:
        """Return at least the `most` entries nearest to a question, ascending, with their cosines.

        `within` flags the entries that are asked for; None stands for all.
        """
        allowed = self._is_live if within is None else self._is_live & within[self.entries]
        positions = np.flatnonzero(allowed)
        wanted = max(most, COMPARED)
        if len(positions) > wanted:
            distances = self._distances(question)[positions]
            reach = np.bincount(distances).cumsum().searchsorted(wanted)
            positions = positions[distances <= reach]
        return self.entries[positions], cosines(question, self._taken(positions))

    def median(self, question: Rows) -> float:
        """Return the median of the cosines of the question and all vectors, or a part of them."""
        return float(np.median(cosines(question, self._sample))) if len(self._sample) else 0.0

    @cached_property
    def _sample(self) -> Rows:
        positions = np.flatnonzero(self._is_live)
        size = min(len(positions), COMPARED)
        return self._taken(positions[np.arange(size) * len(positions) // max(size, 1)])

    def _distances(self, question: Rows) -> Numbers:
        """Return for each vector the number of sign bits in which it and the question differ."""
        asked = sign_bits(question)
        return np.concatenate([_differing(segment.signs, asked) for segment in self._segments])

    def _taken(self, positions: Ids) -> Rows:
        """Return the vectors at some positions among those of all segments, ascending."""
        bounds = positions.searchsorted(self._starts)
        parts = [
            segment.taken(positions[bounds[i] : bounds[i + 1]] - self._starts[i])
            for i, segment in enumerate(self._segments)
        ]
        return joined(parts, np.int8)


def _differing(signs: Signs, asked: Signs) -> Numbers:
    total = np.zeros(signs.shape[1], np.uint16)
    for column, bits in zip(signs, asked[:, 0], strict=True):
        total += np.bitwise_count(column ^ bits)
    return total
