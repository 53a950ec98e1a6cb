"""A word's postings over all segments as arrays, with what they give; and what arrays are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.ranking import score

Array = Any  # numpy.ndarray; mypy says the same where there is no NumPy

KEPT_MASKED = 4


class Gains:
    """What each posting of a word gives, and the most that any gives."""

    __slots__ = ("_nth", "most", "points")

    def __init__(self, points: Array) -> None:
        self.points = points
        self.most = float(points.max()) if len(points) else 0.0
        self._nth = 0, 0.0

    def nth(self, count: int) -> float:
        """Return what `count` postings give at least, 0 where there are fewer; kept once."""
        known = self._nth
        if known[0] != count:
            known = self._nth = count, nth(self.points, count)
        return known[1]


class Vector:
    """The live passages that a word stands in, ascending over all segments, and how often."""

    __slots__ = ("_gains", "_masked", "frequencies", "ids")

    def __init__(self, ids: Array, frequencies: Array) -> None:
        self.ids, self.frequencies = ids, frequencies
        self._gains: tuple[Array, Gains] | None = None
        self._masked: dict[object, Vector] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def gains(self, weight: float, norms: Array) -> Gains:
        """Return what each posting gives of the word's weight; kept for the norms used last."""
        known = self._gains
        if known is None or known[0] is not norms:
            points = score(weight, self.frequencies.astype(float), norms[self.ids])
            known = self._gains = norms, Gains(points)
        return known[1]

    def only(self, mask: Callable[[], Array], name: object) -> Vector:
        """Return the vector that a mask of all entries lets through; kept under `name`."""
        vector = self._masked.get(name)
        if vector is None:
            passes = mask()[self.ids]
            vector = Vector(self.ids[passes], self.frequencies[passes])
            if len(self._masked) >= KEPT_MASKED:
                self._masked.clear()
            self._masked[name] = vector
        return vector

    def among(self, entries: Array) -> tuple[Array, Array]:
        """Return where the word stands in some entries, as indices into them, and how often."""
        if not len(self.ids):
            return self.ids, self.frequencies
        at, is_there = find(self.ids, entries)
        found = is_there.nonzero()[0]
        return found, self.frequencies[at[found]]


def nth(points: Array, count: int) -> float:
    """Return what the `count` highest points are at least; 0 where there are fewer."""
    at = len(points) - count
    return float(np.partition(points, at)[at]) if at >= 0 else 0.0


def find(ids: Array, entries: Array) -> tuple[Array, Array]:
    """Return where each of some entries stands in ascending ids, and whether it does.

    There must be ids. Entries that ascend are found faster.
    """
    at = ids.searchsorted(entries)
    np.minimum(at, len(ids) - 1, out=at)
    return at, ids[at] == entries


def joined(parts: Sequence[Array], kind: object) -> Array:
    """Return arrays one after the other; an empty one of a kind where there is none."""
    return np.concatenate(parts) if parts else np.empty(0, kind)


def merged(vectors: Sequence[Vector]) -> Vector:
    """Return the vector of a word that is stored under several terms."""
    if len(vectors) == 1:
        return vectors[0]
    ids = joined([vector.ids for vector in vectors], np.intp)
    frequencies = joined([vector.frequencies for vector in vectors], np.uint8)
    if not len(ids):
        return Vector(ids, frequencies)
    order = ids.argsort(kind="stable")
    ids = ids[order]
    starts = np.flatnonzero(np.diff(ids, prepend=-1))
    return Vector(ids[starts], np.add.reduceat(frequencies[order], starts, dtype=np.intp))
