"""The matches of a query node as sorted arrays, and their intersection, union and sums.

Scores are added in the order of the query's words, so that rounding is reproducible. Sparse lists
are sorted or bisected; for dense ones an array with an element per entry is faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from backstory.engine.indexes.embedded.arrays import (
    BISECTION,
    Flags,
    Floats,
    Ids,
    first_of_each,
    where_in,
)

# Cost model: allocating an array costs, for so many entries, as much as sorting one match, or as
# bisecting for one.
ENTRIES_A_SORT, ENTRIES_A_SUM = 8, 64


class Matches(Protocol):
    """The entries that match a query node, ascending, with their scores.

    `all_words` flags those with every word of the node's bags of words; None stands for all of
    them. `all_words_ids` are their entries.
    """

    @property
    def ids(self) -> Ids: ...

    @property
    def scores(self) -> Floats: ...

    @property
    def all_words(self) -> Flags | None: ...

    @property
    def all_words_ids(self) -> Ids: ...

    def __len__(self) -> int: ...

    def best(self, k: int) -> Scores:
        """Return a superset of the `k` best matches, including all ties with the k-th."""

    def taken(self, positions: Ids) -> Scores:
        """Return the matches at these positions, in that order."""

    def among(self, ids: Ids) -> Scores:
        """Return those of some entries, ascending, that match."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Matches whose scores have been computed."""

    ids: Ids
    scores: Floats
    all_words: Flags | None = None

    @property
    def all_words_ids(self) -> Ids:
        """The entries that have every word."""
        return self.ids if self.all_words is None else self.ids[self.all_words]

    def __len__(self) -> int:
        return len(self.ids)

    def best(self, k: int) -> Scores:
        """Return all matches: they are computed already."""
        return self

    def taken(self, positions: Ids) -> Scores:
        """Return the matches at these positions, in that order."""
        flags = None if self.all_words is None else self.all_words[positions]
        return Scores(self.ids[positions], self.scores[positions], flags)

    def among(self, ids: Ids) -> Scores:
        """Return those of some entries, ascending, that match."""
        return self.taken(where_in(self.ids, ids)[1])


def common(lists: Sequence[Ids], entries: int) -> Ids:
    """Return the intersection of sorted lists; `entries` is the number of entries in the index."""
    ids, *others = sorted(lists, key=len)
    for other in others:
        if len(ids) * BISECTION < len(other):
            ids = ids[where_in(other, ids)[0]]
        else:
            ids = ids[marked(other, entries)[ids]]
    return ids


def marked(ids: Ids, entries: int) -> Flags:
    """Return the ids as a bitmap with a flag for every entry."""
    flags: Flags = np.zeros(entries, bool)
    flags[ids] = True
    return flags


def among(ids: Ids, some: Ids) -> Flags | None:
    """Return flags of the ids that are in `some`, a subset of them; None if all are."""
    if len(some) == len(ids):
        return None
    flags: Flags = np.zeros(len(ids), bool)
    flags[where_in(ids, some)[1]] = True
    return flags


def every_word(nodes: Sequence[Matches], ids: Ids) -> Flags | None:
    """Return flags of the ids, which match every node, that have all words of each; None: all."""
    flags: Flags | None = None
    for matches in nodes:
        if matches.all_words is not None:
            own = matches.all_words[where_in(matches.ids, ids)[1]]
            flags = own if flags is None else flags & own
    return flags


def summed(nodes: Sequence[Matches], ids: Ids, entries: int) -> Floats:
    """Return the sum of the nodes' scores for each id, added in the order of the nodes."""
    total: Floats = np.zeros(len(ids))
    for matches in nodes:
        if matches.ids is ids:
            total += matches.scores
        elif len(ids) * BISECTION < len(matches.ids) + entries // 8:
            which, positions = where_in(matches.ids, ids)
            total[which] += matches.scores[positions]
        else:
            spread: Floats = np.zeros(entries)
            spread[matches.ids] = matches.scores
            total += spread[ids]
    return total


def united(nodes: Sequence[Matches], entries: int) -> tuple[Ids, Floats]:
    """Return the union of the nodes' matches, with the sum of their scores.

    `np.bincount` adds in the order of its arguments, which is that of the query's words.
    """
    if len(nodes) == 1:
        return nodes[0].ids, nodes[0].scores
    ids = np.concatenate([matches.ids for matches in nodes])
    scores = np.concatenate([matches.scores for matches in nodes])
    different = distinct(ids, entries)
    if len(ids) * ENTRIES_A_SUM < entries:
        return different, _added(different.searchsorted(ids), scores, len(different))
    return different, _added(ids, scores, entries)[different]


def distinct(ids: Ids, entries: int) -> Ids:
    """Return the ids without repetitions, ascending."""
    if len(ids) * ENTRIES_A_SORT < entries:
        ordered = np.sort(ids)
        return ordered[first_of_each(ordered)]
    return np.flatnonzero(marked(ids, entries))


def _added(numbers: Ids, scores: Floats, size: int) -> Floats:
    total: Any = np.bincount(numbers, scores, size)  # the stub allows integer counts only
    return np.asarray(total, float)
