"""A word's postings over all segments as arrays, with what they give; and what arrays are asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from backstory.engine.ranking import score

Array = Any  # numpy.ndarray; mypy says the same where there is no NumPy

KEPT_MASKED = 2


class Gains:
    """What each posting of a word gives, and how much some number of them give at least."""

    __slots__ = ("_nth", "points")

    def __init__(self, points: Array) -> None:
        self.points = points
        self._nth = 0, 0.0

    def nth(self, count: int) -> float:
        """Return what `count` postings give at least, 0 where there are fewer; kept once."""
        known = self._nth
        if known[0] != count:
            known = self._nth = count, nth(self.points, count)
        return known[1]


class Vector:
    """The live passages that a word stands in, ascending over all segments, and how often.

    `peaks` are (frequency, length)s: no posting is worth more than the best of them.
    """

    __slots__ = ("_bound", "_gains", "_masked", "frequencies", "ids", "peaks")

    def __init__(self, ids: Array, frequencies: Array, peaks: Collection[tuple[int, int]]) -> None:
        self.ids, self.frequencies, self.peaks = ids, frequencies, peaks
        self._bound: tuple[Array, float] | None = None
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

    def some(self, at: Array, weight: float, norms: Array) -> Array:
        """Return what the postings at some places give, without working all of them out."""
        known = self._gains
        if known is not None and known[0] is norms:
            return known[1].points[at]
        return score(weight, self.frequencies[at].astype(float), norms[self.ids[at]])

    def bound(self, weight: float, norms: Array, norm: Callable[[int], float]) -> float:
        """Return what no posting exceeds, given the norm of a length; kept as `gains` are."""
        known = self._bound
        if known is None or known[0] is not norms:
            points = [score(weight, frequency, norm(length)) for frequency, length in self.peaks]
            known = self._bound = norms, max(points, default=0.0)
        return known[1]

    def only(self, mask: Callable[[], Array], name: object) -> Vector:
        """Return the vector that a mask of all entries lets through; kept under `name`."""
        vector = self._masked.get(name)
        if vector is None:
            passes = mask()[self.ids]
            vector = Vector(self.ids[passes], self.frequencies[passes], self.peaks)
            if len(self._masked) >= KEPT_MASKED:
                self._masked.clear()
            self._masked[name] = vector
        return vector

    def among(self, entries: Array) -> tuple[Array, Array]:
        """Return which of some entries the word stands in, and the places of its postings there.

        Both are indices. Entries that ascend are found faster.
        """
        if not len(self.ids):
            return self.ids, self.ids
        at = self.ids.searchsorted(entries)
        np.minimum(at, len(self.ids) - 1, out=at)
        found = (self.ids[at] == entries).nonzero()[0]
        return found, at[found]


def nth(points: Array, count: int) -> float:
    """Return what the `count` highest points are at least; 0 where there are fewer."""
    at = len(points) - count
    return float(np.partition(points, at)[at]) if at >= 0 else 0.0


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
        return Vector(ids, frequencies, ())
    order = ids.argsort(kind="stable")
    ids = ids[order]
    starts = np.flatnonzero(np.diff(ids, prepend=-1))
    frequencies = np.add.reduceat(frequencies[order], starts, dtype=np.intp)
    # In one passage the word may stand as often as its terms do at most, each in its own.
    often = sum(max(frequency for frequency, _ in vector.peaks) for vector in vectors)
    shortest = min(length for vector in vectors for _, length in vector.peaks)
    return Vector(ids[starts], frequencies, [(often, shortest)])
