"""The fast path: the best passages for a bag of words, without scoring all of them.

What a word can give to a passage at most depends on how often it stands there and on the passage's
length alone, so that bit sets say which passages may get which share of its weight. These bounds
are added up for all passages at once, in whole numbers that are kept bit by bit, a bit set for
each (O'Neil & Quass, "Improved Query Performance with Variant Indexes", 1997: bit-sliced). The
passages with the highest sums are scored, a few hundred, and the last of the best among those
says how far down to go. The result is exact: the same passages and scores as `evaluation.py`
gives, summed in the same order. How many passages match, and how many match fully, are counts of
bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import starmap
from math import ceil
from operator import and_, or_

from backstory.engine.backends.whoosh.bags import Best, Word
from backstory.engine.backends.whoosh.bitsets import members
from backstory.engine.backends.whoosh.evaluation import Matches
from backstory.engine.backends.whoosh.lengths import Lengths
from backstory.engine.backends.whoosh.occurrences import Occurrences
from backstory.engine.ranking import BM25, score

# Bounds are added in another order than scores: leave room for rounding.
SLACK = 1 - 1e-9
# The shares of a word's weight that passages are told apart by: of one word all of them, of two
# every second, of three or more every third. A word gives about half of its weight to a passage of
# middle length that has it once.
SHARES = (0.8, 0.75, 0.71, 0.68, 0.64, 0.6, 0.57, 0.55, 0.52, 0.5, 0.47, 0.45)
COARSEST = 3
# With no more passages than this all are scored: that takes less than choosing.
FEW = 500
# How many times as many passages as are wanted are scored first.
ENOUGH = 3
# What all words can give together, in whole numbers.
UNITS = 120

# What a word gives at most, and the passages to which it may give more than the next bound, as a
# bit set; by falling bounds, the last for all passages that have it.
Bounds = list[tuple[float, int]]
Scores = dict[int, float]


class Pruning:
    """Finds the best passages for one bag over one snapshot."""

    def __init__(self, words: Sequence[Word], lengths: Lengths, ranking: BM25) -> None:
        self._lengths, self._norms = lengths, lengths.norms(ranking)
        self._words = [(word, bits) for word in words if (bits := word.held.bits)]
        self._is_any_absent = len(self._words) < len(words)
        step = min(max(len(self._words), 1), COARSEST)
        self._shares = SHARES[step - 1 :: step]

    def best(self, most: int, *, needs_all: bool = False, mask: int | None = None) -> Best:
        """Return the best `most` passages: full matches first, then by points.

        `mask` is the passages that count, as a bit set.
        """
        sets = [bits if mask is None else bits & mask for _, bits in self._words]
        full = 0 if self._is_any_absent else reduce(and_, sets)
        matching = full if needs_all else reduce(or_, sets, 0)
        count, total = full.bit_count(), matching.bit_count()
        points = self._best(full, count, most)
        kept = set(points)
        if count < min(most, total):
            points |= self._best(matching ^ full, total - count, most - count)
        return Best(Matches(points, kept), total, count, lambda: matching)

    def _best(self, among: int, count: int, most: int) -> Scores:
        """Return the best of `count` passages, with all that tie with the last of them."""
        choose = count > max(FEW, ENOUGH * most)
        found = self._chosen(among, most) if choose else self._scores(among)
        least = least_of(found.values(), most)
        return {at: points for at, points in found.items() if points >= least}

    def _chosen(self, among: int, most: int) -> Scores:
        """Return the scores of the passages that may be among the best."""
        bounds = list(starmap(self._bounds, self._words))
        unit = sum(held[0][0] for held in bounds) / UNITS
        sums = Sums()
        for held in bounds:
            units = [*(ceil(bound / unit) for bound, _ in held), 0]
            for (_, passages), high, low in zip(held, units, units[1:], strict=False):
                sums.add(passages, high - low)
        candidates = sums.highest(among, ENOUGH * most)
        found = self._scores(candidates)
        reached = least_of(found.values(), most) * SLACK
        others = sums.at_least(ceil(reached / unit), among) & ~candidates
        return found | self._scores(others) if others else found

    def _bounds(self, word: Word, bits: int) -> Bounds:
        """Return what a word gives at most; of a rare one all passages are taken for the best."""
        held, bound = word.held, self._share(word.held)
        bounds: Bounds = []
        for share in () if held.is_rare else self._shares:
            if share >= bound:
                continue
            within = bits & self._within(1, share)
            for most, passages in held.often.items():
                within |= passages & self._within(most, share)
            bounds.append((bound * word.most, within))
            bound = share
        return [*bounds, (bound * word.most, bits)]

    def _within(self, frequency: int, share: float) -> int:
        return self._lengths.shorter_than(self._norms.longest(frequency, share))

    def _share(self, held: Occurrences) -> float:
        """Return the most of its weight that a word gives to any passage."""
        return max(score(1.0, often, self._norms[length]) for often, length in held.peaks)

    def _scores(self, passages: int) -> Scores:
        """Return exact scores, each summed in the order of the query."""
        found = members(passages)
        norms = self._lengths.norms_of(found, self._norms)
        points = [0.0] * len(found)
        for word, _ in self._words:
            points = word.held.add(points, found, norms, word.weight, word.factor)
        return dict(zip(found, points, strict=True))


class Sums:
    """A whole number for every passage, kept as a bit set for each of its bits, lowest first."""

    def __init__(self) -> None:
        self._slices: list[int] = []

    def add(self, passages: int, number: int) -> None:
        """Add a number to those of some passages."""
        for place in range(number.bit_length()):
            if number >> place & 1:
                self._carry(passages, place)

    def _carry(self, passages: int, place: int) -> None:
        slices = self._slices
        while passages:
            while place >= len(slices):
                slices.append(0)
            held = slices[place]
            slices[place], passages = held ^ passages, held & passages
            place += 1

    def highest(self, among: int, count: int) -> int:
        """Return the `count` passages with the highest numbers, and all that tie with the last."""
        above, level = 0, among
        for bits in reversed(self._slices):
            higher = level & bits
            if (above | higher).bit_count() < count:
                above, level = above | higher, level ^ higher
            else:
                level = higher
        return above | level

    def at_least(self, number: int, among: int) -> int:
        """Return those passages that have at least a number."""
        if number >> len(self._slices):
            return 0
        above, level = 0, among
        for place, bits in reversed([*enumerate(self._slices)]):
            higher = level & bits
            if number >> place & 1:
                level = higher
            else:
                above, level = above | higher, level ^ higher
        return above | level


def least_of(scores: Iterable[float], most: int) -> float:
    """Return the lowest of the `most` highest scores, or 0 where there are fewer."""
    highest = sorted(scores, reverse=True)[:most]
    return highest[-1] if highest and len(highest) == most else 0.0
