"""The best passages of a bag of words: all its postings laid out, a place for every entry.

Points are added in the order of the query's words, and are those of `pruning.py` and
`evaluation.py` to the last bit. As in `pruning.py`, words that cannot bring a passage among the
best are only looked up, for the passages that the other words have brought.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from backstory.engine.backends.whoosh.pruning import SLACK
from backstory.engine.backends.whoosh.vectors.vector import Array, Vector

SMALLEST = 5e-324  # an entry that has been taken has less
# Looking one entry up costs as much as laying this many out.
LOOK_UP = 20


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A word of a query: the factor of its Boost, its weight, where it stands, and the norms.

    No passage gets more than `most` of it.
    """

    factor: float
    weight: float
    vector: Vector
    norms: Array
    most: float

    @property
    def ids(self) -> Array:
        """The passages that it stands in."""
        return self.vector.ids

    @property
    def points(self) -> Array:
        """What it gives each of them."""
        return self._boosted(self.vector.gains(self.weight, self.norms).points)

    def nth(self, count: int) -> float:
        """Return what it gives to `count` passages at least; 0 where it has fewer."""
        return self.vector.gains(self.weight, self.norms).nth(count) * self.factor

    def given(self, entries: Array) -> Array:
        """Return what it gives some entries, 0 where it does not stand."""
        given: Array = np.zeros(len(entries))
        found, at = self.vector.among(entries)
        given[found] = self._boosted(self.vector.some(at, self.weight, self.norms))
        return given

    def _boosted(self, points: Array) -> Array:
        """Return points times the factor, as `Occurrences.add` does it."""
        return points if self.factor == 1 else points * self.factor


class Board:
    """A place for every entry, to lay words out on; for one query at a time, and empty between."""

    def __init__(self, size: int) -> None:
        self._points: Array = np.zeros(size)
        self._marks: Array = np.zeros(size, bool)

    def total(self, words: Sequence[Word]) -> int:
        """Return in how many entries at least one of the words stands."""
        if len(words) == 1:
            return len(words[0].ids)
        for word in words:
            self._marks[word.ids] = True
        found = int(np.count_nonzero(self._marks))
        self._marks.fill(False)
        return found

    def common(self, words: Sequence[Word]) -> Array:
        """Return the entries in which all of the words stand."""
        first, *others = sorted(words, key=lambda word: len(word.ids))
        found = first.ids
        for word in others:
            if len(found) * LOOK_UP < len(word.ids):
                found = found[word.vector.among(found)[0]]
            else:
                self._marks[word.ids] = True
                found = found[self._marks[found]]
                self._marks[word.ids] = False
        return found

    def points(self, words: Sequence[Word], entries: Array) -> Array:
        """Return what words give some entries, ascending, added in the order of the words."""
        if len(words) == 1 and entries is words[0].ids:
            return words[0].points
        found: Array = np.zeros(len(entries))
        for word in words:
            found += self._given(word, entries)
        return found

    def _given(self, word: Word, entries: Array) -> Array:
        if len(entries) * LOOK_UP < len(word.ids):
            return word.given(entries)
        self._points[word.ids] = word.points
        given = self._points[entries]
        self._points[word.ids] = 0.0
        return given

    def lead(self, words: Sequence[Word], most: int, full: Array) -> tuple[Array, Array]:
        """Return the entries that may be among the best `most`, without some, and their points.

        What one word alone gives to that many is the least that gets an entry there; words that
        together give less bring no entry in, and are only looked up.
        """
        ordered = sorted(words, key=lambda word: word.most, reverse=True)
        left = [*accumulate((word.most for word in reversed(ordered)), initial=0.0)][::-1]
        least, count = SMALLEST, 0
        while left[count] >= least * SLACK:
            least = max(least, ordered[count].nth(most))
            count += 1
        entries, points = self._reaching(
            [word for word in words if word in ordered[:count]],
            max(SMALLEST, (least - left[count]) * SLACK),
            full,
        )
        if count < len(words):
            entries.sort()
            points = self.points(words, entries)
        return entries, points

    def _reaching(self, words: Sequence[Word], least: float, without: Array) -> tuple[Array, Array]:
        """Return the entries to which words give at least some points, with these."""
        for word in words:
            self._points[word.ids] += word.points
        self._points[without] = 0.0
        taken = [self._take(word.ids, least) for word in words]
        for word in words:
            self._points[word.ids] = 0.0
        ids, points = zip(*taken, strict=True)
        return np.concatenate(ids), np.concatenate(points)

    def _take(self, ids: Array, least: float) -> tuple[Array, Array]:
        """Return the entries that have at least some points; then they have none."""
        points = self._points[ids]
        reach = (points >= least).nonzero()[0]
        ids = ids[reach]
        self._points[ids] = 0.0
        return ids, points[reach]
