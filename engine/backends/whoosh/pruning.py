"""The fast path: the best passages for a bag of words, without scoring all of them.

Every word has bands: bit sets of the passages in which it may give at least some shares of its
weight, which depends on how often it stands there and on their length alone. The passages that
may reach a number of points are then joined from the bands of the words, a few hundred of them
are scored, and the last of the best among those says how far down to go: the bounds are those of
MaxScore (Turtle & Flood, "Query Evaluation: Strategies and Optimizations", 1995), the sets of
passages stand in for going over postings. The result is exact: the same passages and scores as
`evaluation.py` gives, summed in the same order. How many passages match, and how many match
fully, are counts of bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import starmap
from operator import and_, or_

from engine.backends.whoosh.bags import Best, Word
from engine.backends.whoosh.bitsets import members
from engine.backends.whoosh.evaluation import Matches
from engine.backends.whoosh.lengths import Lengths
from engine.backends.whoosh.occurrences import Occurrences
from engine.ranking import BM25, score

# Bounds are added in another order than scores: leave room for rounding.
SLACK = 1 - 1e-9
# The shares of a word's weight at which its bands begin. A word gives about half of its weight to
# a passage of middle length that has it once.
SHARES = (0.65, 0.5)
# With no more passages than this all are scored: that takes less than choosing.
FEW = 500
# Of how many times the passages that are wanted the first guess should leave; and guesses.
ENOUGH = 2
GUESSES = 9

# What a word gives at most in passages that are in no band before, and the passages of the band
# and those before, as a bit set; by falling bounds.
Bands = list[tuple[float, int]]
Scores = dict[int, float]


class Pruning:
    """Finds the best passages for one bag over one snapshot."""

    def __init__(self, words: Sequence[Word], lengths: Lengths, ranking: BM25) -> None:
        self._lengths, self._norms = lengths, lengths.norms(ranking)
        self._words = [(word, bits) for word in words if (bits := word.held.bits)]
        self._is_any_absent = len(self._words) < len(words)

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
        bands = sorted(starmap(self._bands, self._words), reverse=True)
        least, candidates = self._guess(bands, among, most)
        found = self._scores(candidates)
        reached = least_of(found.values(), most) * SLACK
        if reached < least:
            found |= self._scores(_reaching(bands, among ^ candidates, reached))
        return found

    def _guess(self, bands: Sequence[Bands], among: int, most: int) -> tuple[float, int]:
        """Return points, and the passages that may reach them: enough, and not too many."""
        least, candidates = 0.0, among
        too_much = sum(band[0][0] for band in bands)
        for _ in range(GUESSES):
            middle = (least + too_much) / 2
            found = _reaching(bands, among, middle)
            count = found.bit_count()
            if count < ENOUGH * most:
                too_much = middle
            else:
                least, candidates = middle, found
                if count <= FEW:
                    break
        return least, candidates

    def _bands(self, word: Word, bits: int) -> Bands:
        """Return the bands of a word; of a rare one all passages are in one."""
        held, bound = word.held, self._share(word.held)
        bands: Bands = []
        for share in () if held.is_rare else SHARES:
            if share >= bound:
                continue
            within = bits & self._within(1, share)
            if held.twice:
                within |= held.twice & self._within(2, share)
            if held.more:
                within |= held.more & self._within(held.most, share)
            bands.append((bound * word.most, within))
            bound = share
        return [*bands, (bound * word.most, bits)]

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


def _reaching(bands: Sequence[Bands], among: int, least: float) -> int:
    """Return the passages to which words may give at least some points together."""
    first, *others = bands
    rest = sum(band[0][0] for band in others)
    found = _reaching(others, among, least) if others and least <= rest else 0
    for bound, passages in first:
        missing = least - bound
        if missing > rest:
            break
        within = among & passages
        found |= within if missing <= 0 else _reaching(others, within, missing)
    return found


def least_of(scores: Iterable[float], most: int) -> float:
    """Return the lowest of the `most` highest scores, or 0 where there are fewer."""
    highest = sorted(scores, reverse=True)[:most]
    return highest[-1] if highest and len(highest) == most else 0.0
