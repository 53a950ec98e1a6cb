"""Words of which any may match: the best passages without adding up the scores of all of them.

This is MaxScore (Turtle & Flood, "Query Evaluation: Strategies and Optimizations", 1995) over
whole arrays. What the k-th best passage of one word gets is the least that brings a passage among
the best; words that together give less bring none in, and are only looked up for the passages that
the other words have brought. They are the frequent ones: most postings are never added up.
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

# Bounds are added up in another order than scores: leave room for rounding.
SLACK = 1 - 1e-9


class Union:
    """The matches of nodes any of which may match; added up only when all of them are wanted."""

    def __init__(self, found: Sequence[Matches], entries: int) -> None:
        self._found, self._entries = found, entries

    @cached_property
    def _all(self) -> Scores:
        ids, scores = united(self._found, self._entries)
        return Scores(ids, scores, among(ids, self.full))

    @cached_property
    def ids(self) -> Ids:
        """All matches."""
        if len(self._found) == 1:
            return self._found[0].ids
        return distinct(np.concatenate([m.ids for m in self._found]), self._entries)

    @property
    def scores(self) -> Floats:
        """The scores of all matches."""
        return self._all.scores

    @property
    def all_words(self) -> Flags | None:
        """Which matches have every word; None: all of them."""
        return self._all.all_words

    @cached_property
    def full(self) -> Ids:
        """The matches that have every word."""
        return common([matches.full for matches in self._found], self._entries)

    def taken(self, places: Ids) -> Scores:
        """Return the matches at some places, in their order."""
        return self._all.taken(places)

    @cached_property
    def _size(self) -> int:
        if len(self._found) == 1:
            return len(self._found[0])
        ids = np.concatenate([matches.ids for matches in self._found])
        return int(np.count_nonzero(marked(ids, self._entries)))

    def __len__(self) -> int:
        return self._size

    def best(self, k: int) -> Scores:
        """Return matches among which the `k` best are, with all that tie with the last of them."""
        ids = self.full
        if len(ids) < k:
            ids = distinct(np.concatenate((ids, self._leading(k))), self._entries)
        return Scores(ids, summed(self._found, ids, self._entries), among(ids, self.full))

    def _leading(self, k: int) -> Ids:
        """Return all matches that may be among the `k` best, and some others."""
        bounds = [(float(matches.scores.max(initial=0.0)), matches) for matches in self._found]
        bounds.sort(key=lambda bound: -bound[0])
        words = [matches for _, matches in bounds]
        left = [*accumulate((most for most, _ in reversed(bounds)), initial=0.0)][::-1]
        least = nth_highest(words[0].scores, k)
        count = 1
        while count < len(words) and left[count] >= least * SLACK:
            least = max(least, nth_highest(words[count].scores, k))
            count += 1
        ids, scores = united(words[:count], self._entries)
        for matches, rest in zip(words[count:], left[count:], strict=False):
            least = max(least, nth_highest(scores, k) * SLACK)
            ids, scores = _reaching(ids, scores, (least - rest) * SLACK)
            which, places = where_in(matches.ids, ids)
            scores[which] += matches.scores[places]
        least = max(least, nth_highest(scores, k) * SLACK)
        return _reaching(ids, scores, least * SLACK)[0]


def _reaching(ids: Ids, scores: Floats, least: float) -> tuple[Ids, Floats]:
    """Return the ids that have at least some score, with their scores."""
    reach = np.flatnonzero(scores >= least)
    return ids[reach], scores[reach]
