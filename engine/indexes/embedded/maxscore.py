"""MaxScore: the top k of a disjunction without scoring all of its postings.

Turtle & Flood, "Query Evaluation: Strategies and Optimizations" (1995), over whole arrays. The
k-th best score of any single word is a lower bound (threshold) for the top k. Words whose maximum
scores together stay below the threshold cannot bring a passage into the top k on their own; they
are looked up only for the candidates that the other words have found. These are the frequent
words, so that most postings are never scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np

from backstory.engine.indexes.embedded.arrays import Flags, Floats, Ids, nth_highest, where_in
from backstory.engine.indexes.embedded.matches import (
    Matches,
    Scores,
    among,
    common,
    distinct,
    marked,
    summed,
    united,
)

# Upper bounds are summed in another order than scores: a margin for rounding errors.
SLACK = 1 - 1e-9


class Union:
    """The union of several nodes' matches; all scores are summed only if all are asked for."""

    def __init__(self, nodes: Sequence[Matches], entries: int) -> None:
        self._nodes, self._entries = nodes, entries

    @cached_property
    def _all(self) -> Scores:
        ids, scores = united(self._nodes, self._entries)
        return Scores(ids, scores, among(ids, self.all_words_ids))

    @cached_property
    def ids(self) -> Ids:
        """All matches."""
        if len(self._nodes) == 1:
            return self._nodes[0].ids
        return distinct(np.concatenate([m.ids for m in self._nodes]), self._entries)

    @property
    def scores(self) -> Floats:
        """The scores of all matches."""
        return self._all.scores

    @property
    def all_words(self) -> Flags | None:
        """Which matches have every word; None: all of them."""
        return self._all.all_words

    @cached_property
    def all_words_ids(self) -> Ids:
        """The entries that have every word."""
        return common([matches.all_words_ids for matches in self._nodes], self._entries)

    def taken(self, positions: Ids) -> Scores:
        """Return the matches at these positions, in that order."""
        return self._all.taken(positions)

    def among(self, ids: Ids) -> Scores:
        """Return those of some entries, ascending, that match."""
        match: Flags = np.zeros(len(ids), bool)
        for matches in self._nodes:
            match[where_in(matches.ids, ids)[0]] = True
        ids = ids[match]
        flags: Flags = np.zeros(len(ids), bool)
        flags[where_in(self.all_words_ids, ids)[0]] = True
        return Scores(ids, summed(self._nodes, ids, self._entries), flags)

    @cached_property
    def _size(self) -> int:
        if len(self._nodes) == 1:
            return len(self._nodes[0])
        ids = np.concatenate([matches.ids for matches in self._nodes])
        return int(np.count_nonzero(marked(ids, self._entries)))

    def __len__(self) -> int:
        return self._size

    def best(self, k: int) -> Scores:
        """Return a superset of the `k` best matches, including all ties with the k-th."""
        ids = self.all_words_ids
        if len(ids) < k:
            ids = distinct(np.concatenate((ids, self._leading(k))), self._entries)
        return Scores(ids, summed(self._nodes, ids, self._entries), among(ids, self.all_words_ids))

    def _leading(self, k: int) -> Ids:
        """Return a superset of the `k` best matches by score."""
        bounds = [(float(matches.scores.max(initial=0.0)), matches) for matches in self._nodes]
        bounds.sort(key=lambda bound: -bound[0])
        words = [matches for _, matches in bounds]
        remaining = [*accumulate((most for most, _ in reversed(bounds)), initial=0.0)][::-1]
        threshold = nth_highest(words[0].scores, k)
        count = 1
        while count < len(words) and remaining[count] >= threshold * SLACK:
            threshold = max(threshold, nth_highest(words[count].scores, k))
            count += 1
        ids, scores = united(words[:count], self._entries)
        for matches, rest in zip(words[count:], remaining[count:], strict=False):
            threshold = max(threshold, nth_highest(scores, k) * SLACK)
            ids, scores = _reaching(ids, scores, (threshold - rest) * SLACK)
            which, positions = where_in(matches.ids, ids)
            scores[which] += matches.scores[positions]
        threshold = max(threshold, nth_highest(scores, k) * SLACK)
        return _reaching(ids, scores, threshold * SLACK)[0]


def _reaching(ids: Ids, scores: Floats, threshold: float) -> tuple[Ids, Floats]:
    """Return the ids whose score reaches the threshold, with their scores."""
    reach = np.flatnonzero(scores >= threshold)
    return ids[reach], scores[reach]
