"""The fast path: the best passages for a bag of words, without scoring all of them.

MaxScore (Turtle & Flood, "Query Evaluation: Strategies and Optimizations", 1995), term at a time:
the rarest words are scored in full; as soon as the words that are left cannot lift a new passage
among the best, they only add to candidates that still can get there. The result is exact: the
same passages and scores as `evaluation.py` gives, summed in the same order. How many passages
match, and how many match fully, comes from sets and bitmaps of entries.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from engine.backends.whoosh.bags import Best, Word, bits_of, common, matching_bits, union_size
from engine.backends.whoosh.evaluation import Matches
from engine.backends.whoosh.exhaustive import least_of, merged, score_all
from engine.ranking import BM25

# Bounds and partial sums are added in another order than scores: leave room for rounding.
SLACK = 1 - 1e-9
# Looking one passage up costs as much as going over this many postings.
LOOK_UP = 12
# With no more postings than this all are scored: that takes less than choosing.
FEW = 20000
# Postings that are worth a look at whether they can be left out.
MANY = 2_000


class Pruning:
    """Finds the best passages for one bag over one snapshot."""

    def __init__(
        self,
        words: Sequence[Word],
        ranking: BM25,
        norms: Mapping[int, Sequence[float]],
        average: float,
        *,
        needs_all: bool = False,
    ) -> None:
        self._words, self._ranking, self._needs_all = words, ranking, needs_all
        self._norms, self._average = norms, average
        self._bases = sorted({base for word in words for base in word.parts})

    def best(self, most: int) -> Best:
        """Return the best `most` passages: full matches first, then by points."""
        postings = sum(len(part.ids) for word in self._words for part in word.parts.values())
        if postings <= FEW and not self._needs_all:
            return score_all(self._words, self._norms, most)
        total = 0
        full: dict[int, Collection[int]] = {}
        for base in self._bases:
            parts = [word.parts[base] for word in self._words if base in word.parts]
            total += 0 if self._needs_all else union_size(parts)
            if len(parts) == len(self._words):
                full[base] = common(parts)
        count = sum(map(len, full.values()))
        kept = self._best_full(full, most)
        points = self._scores(kept)
        if self._needs_all:
            total = count
        elif count < most:
            self._add_best(points, kept, most - count)
        bits = partial(_bits, full) if self._needs_all else partial(matching_bits, self._words)
        return Best(Matches(points, kept), total, count, bits)

    def _best_full(self, full: Mapping[int, Collection[int]], most: int) -> set[int]:
        """Return the full matches that may be among the best `most`."""
        reached: dict[int, float] = {}
        for base, entries in full.items():
            if not entries:
                continue
            found = _sums(self._words, entries, base, self._norms[base])
            least = max(_threshold(reached.values(), most), _threshold(found.values(), most))
            reached.update((e + base, value) for e, value in found.items() if value >= least)
        least = _threshold(reached.values(), most)
        return {passage for passage, value in reached.items() if value >= least}

    def _scores(self, passages: Collection[int]) -> dict[int, float]:
        """Return exact scores, by looking each passage up or by going over all postings."""
        postings = sum(len(part.ids) for word in self._words for part in word.parts.values())
        if len(passages) * len(self._words) * LOOK_UP < postings:
            return {passage: self._score(passage) for passage in passages}
        wanted = set(passages)
        points = dict.fromkeys(passages, 0.0)
        for word in self._words:
            for base, part in word.parts.items():
                norms = self._norms[base]
                for entry, count in zip(part.ids, part.frequencies, strict=True):
                    passage = entry + base
                    if passage in wanted:
                        points[passage] += word.gives(count, norms[entry])
        return points

    def _score(self, passage: int) -> float:
        """Return a passage's exact score, summed in the order of the query."""
        base = self._bases[bisect_right(self._bases, passage) - 1]
        norm, points = self._norms[base][passage - base], 0.0
        for word in self._words:
            part = word.parts.get(base)
            frequency = part.frequency(passage - base) if part else 0
            if frequency:
                points += word.gives(frequency, norm)
        return points

    def _add_best(self, points: dict[int, float], full: set[int], most: int) -> None:
        """Add the best `most` passages that do not match fully, with exact scores."""
        reached: dict[int, float] = {}
        threshold = 0.0
        for base in self._bases:
            words = [word for word in self._words if base in word.parts]
            segment = _Segment(base, words, self._ranking, self._average, self._norms[base])
            found = segment.candidates(full, most, threshold, reached.values())
            reached.update((entry + base, value) for entry, value in found.items())
            threshold = _threshold(reached.values(), most)
            reached = {p: value for p, value in reached.items() if value >= threshold}
        points.update(self._scores(reached))


class _Segment:
    """The race of one segment's entries for the best places."""

    def __init__(
        self,
        base: int,
        words: Sequence[Word],
        ranking: BM25,
        average: float,
        norms: Sequence[float],
    ) -> None:
        self._base, self._norms = base, norms
        bounded = [(word.bound(base, ranking, average), word.parts[base], word) for word in words]
        bounded.sort(key=lambda entry: entry[0], reverse=True)
        self._words = [(word, part) for _, part, word in bounded]
        # What the words from each on can give at most, together.
        self._left = [sum(bound for bound, _, _ in bounded[at:]) for at in range(len(bounded) + 1)]

    def candidates(
        self, full: set[int], most: int, threshold: float, before: Collection[float]
    ) -> dict[int, float]:
        """Return the entries that may be among the best, with all their points.

        `before` holds the points of candidates of other segments, `threshold` what is needed at
        least; entries that match fully have their places already.
        """
        found: dict[int, float] = {}
        excluded = [passage - self._base for passage in full if passage >= self._base]
        for at, (word, _) in enumerate(self._words):
            if self._left[at] < threshold:
                break
            found = merged(found, word.scores(self._base, self._norms))
            for entry in excluded:
                found.pop(entry, None)
            if any(len(part.ids) > MANY for _, part in self._words[at + 1 :]):
                threshold = max(threshold, self._sure(found, at + 1, most, before))
        else:
            at = len(self._words)
        found = self._complete(found, at, threshold)
        return {entry: reached for entry, reached in found.items() if reached >= threshold}

    def _sure(
        self, found: dict[int, float], at: int, most: int, before: Collection[float]
    ) -> float:
        """Return a threshold: what the entries that lead now have when all words have given."""
        least = _threshold(found.values(), most)
        leaders = [entry for entry, reached in found.items() if reached >= least]
        some = {entry: found[entry] for entry in leaders[: 4 * most]}
        return _threshold([*before, *self._complete(some, at, 0.0).values()], most)

    def _complete(self, found: dict[int, float], at: int, threshold: float) -> dict[int, float]:
        """Add what the last words give, to those entries only that can still get there."""
        norms = self._norms
        for left, (word, part) in zip(self._left[at:], self._words[at:], strict=False):
            wanted = threshold - left
            if wanted > 0:
                found = {entry: reached for entry, reached in found.items() if reached >= wanted}
            for entry in part.among(found):
                found[entry] += word.gives(part.frequency(entry), norms[entry])
        return found


def _threshold(reached: Collection[float], most: int) -> float:
    """Return the points that make sure of a place among the best `most`, or 0."""
    return least_of(reached, most) * SLACK if len(reached) >= most else 0.0


def _sums(
    words: Sequence[Word], entries: Collection[int], base: int, norms: Sequence[float]
) -> dict[int, float]:
    """Return what entries that have all of the words reach."""
    found = dict.fromkeys(entries, 0.0)
    for word in words:
        part = word.parts[base]
        if len(found) * LOOK_UP < len(part.ids):
            for entry in found:
                found[entry] += word.gives(part.frequency(entry), norms[entry])
        else:
            for entry, value in zip(part.ids, part.points(word.weight, norms), strict=True):
                if entry in found:
                    found[entry] += value * word.factor
    return found


def _bits(full: Mapping[int, Collection[int]]) -> dict[int, int]:
    return {base: bits_of(entries) for base, entries in full.items()}
