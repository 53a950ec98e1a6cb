"""The short way: every passage that has one of the words, scored, and the best of them taken.

Dictionaries are merged whole, which Python does without a loop, and only passages that have
several of the words are looked at one by one. Up to some thousands of postings this takes less
than finding out which of them need no score (`pruning.py`).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import partial
from itertools import chain

from engine.backends.whoosh.bags import Best, Word, matching_bits
from engine.backends.whoosh.evaluation import Matches

Scores = dict[int, float]
# Where more of a word's passages than one in this many are known already, a loop is as good.
FEW_IN_COMMON = 4


def score_all(words: Sequence[Word], norms: Mapping[int, Sequence[float]], most: int) -> Best:
    """Return the best `most` passages that have any of the words; those with all come first."""
    scores: dict[int, Scores] = {}
    full: dict[int, Scores] = {}
    for base in sorted({base for word in words for base in word.parts}):
        held = [word for word in words if base in word.parts]
        scores[base], common = _segment(held, base, norms[base])
        is_full = len(held) == len(words)
        full[base] = {entry: scores[base][entry] for entry in common} if is_full else {}
    total, count = sum(map(len, scores.values())), sum(map(len, full.values()))
    points = _best(full, most)
    kept = set(points)
    if count < most:
        for base, found in full.items():
            for entry in found:
                del scores[base][entry]
        points.update(_best(scores, most - count))
    return Best(Matches(points, kept), total, count, partial(matching_bits, words))


def _segment(words: Sequence[Word], base: int, norms: Sequence[float]) -> tuple[Scores, Set[int]]:
    """Return the scores of a segment's entries, and the entries that have all of the words.

    The points of an entry are added in the order of the query, as `evaluation.py` does.
    """
    first, *others = words
    scores = first.scores(base, norms)
    common: Set[int] = scores.keys() if not others else frozenset()
    for number, word in enumerate(others):
        given = word.scores(base, norms)
        common = (common if number else scores.keys()) & given.keys()
        scores = merged(scores, given)
    return scores, common


def merged(scores: Scores, given: Scores) -> Scores:
    """Return the sums of two scores; neither may be used afterwards."""
    if not scores:
        return given
    both = scores.keys() & given.keys()
    if len(both) * FEW_IN_COMMON > len(given):
        before = scores.get
        scores.update([(entry, before(entry, 0.0) + more) for entry, more in given.items()])
    else:
        sums = [(entry, scores[entry] + given[entry]) for entry in both]
        scores.update(given)
        scores.update(sums)
    return scores


def _best(found: Mapping[int, Scores], most: int) -> Scores:
    """Return the passages with the `most` highest scores, and all that tie with the last."""
    least = least_of(chain.from_iterable(scores.values() for scores in found.values()), most)
    return {
        entry + base: score
        for base, scores in found.items()
        for entry, score in scores.items()
        if score >= least
    }


def least_of(scores: Iterable[float], most: int) -> float:
    """Return the lowest of the `most` highest scores, or 0 where there are fewer."""
    highest = heapq.nlargest(most, scores)
    return highest[-1] if highest and len(highest) == most else 0.0
