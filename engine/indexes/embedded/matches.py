"""The matches of a query's node, and how those of several nodes become those of one.

Sums are made in the order of the query's words. Sparse lists are sorted or bisected; for dense ones
an array with a place for every entry is quicker.
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

# An array with a place for each of so many entries costs as much as sorting one more match, or as
# finding the place of one.
ENTRIES_A_SORT, ENTRIES_A_SUM = 8, 64


class Matches(Protocol):
    """What matches a node: entries, ascending, with their scores.

    `all_words` tells which of them have every word of the node's bags; None: all of them do. `full`
    are those entries.
    """

    @property
    def ids(self) -> Ids: ...

    @property
    def scores(self) -> Floats: ...

    @property
    def all_words(self) -> Flags | None: ...

    @property
    def full(self) -> Ids: ...

    def __len__(self) -> int: ...

    def best(self, k: int) -> Scores:
        """Return matches among which the `k` best are, with all that tie with the last of them."""

    def taken(self, places: Ids) -> Scores:
        """Return the matches at some places, in their order."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Matches that are worked out."""

    ids: Ids
    scores: Floats
    all_words: Flags | None = None

    @property
    def full(self) -> Ids:
        """The matches that have every word."""
        return self.ids if self.all_words is None else self.ids[self.all_words]

    def __len__(self) -> int:
        return len(self.ids)

    def best(self, k: int) -> Scores:
        """Return all matches: there is nothing to save."""
        return self

    def taken(self, places: Ids) -> Scores:
        """Return the matches at some places, in their order."""
        flags = None if self.all_words is None else self.all_words[places]
        return Scores(self.ids[places], self.scores[places], flags)


def common(lists: Sequence[Ids], entries: int) -> Ids:
    """Return the entries that are in every list; `entries` is how many there are in all."""
    ids, *others = sorted(lists, key=len)
    for other in others:
        if len(ids) * BISECTION < len(other):
            ids = ids[where_in(other, ids)[0]]
        else:
            ids = ids[marked(other, entries)[ids]]
    return ids


def marked(ids: Ids, entries: int) -> Flags:
    """Return a flag for every entry: whether it is one of the ids."""
    flags: Flags = np.zeros(entries, bool)
    flags[ids] = True
    return flags


def among(ids: Ids, some: Ids) -> Flags | None:
    """Return which of the ids are in `some`, all of which are ids; None: all of them."""
    if len(some) == len(ids):
        return None
    flags: Flags = np.zeros(len(ids), bool)
    flags[where_in(ids, some)[1]] = True
    return flags


def every_word(found: Sequence[Matches], ids: Ids) -> Flags | None:
    """Return which of some entries, all of them matches of every node, have every word of each."""
    flags: Flags | None = None
    for matches in found:
        if matches.all_words is not None:
            own = matches.all_words[where_in(matches.ids, ids)[1]]
            flags = own if flags is None else flags & own
    return flags


def summed(found: Sequence[Matches], ids: Ids, entries: int) -> Floats:
    """Return the sum of the nodes' scores for some entries, added in order."""
    total: Floats = np.zeros(len(ids))
    for matches in found:
        if matches.ids is ids:
            total += matches.scores
        elif len(ids) * BISECTION < len(matches.ids) + entries // 8:
            which, places = where_in(matches.ids, ids)
            total[which] += matches.scores[places]
        else:
            spread: Floats = np.zeros(entries)
            spread[matches.ids] = matches.scores
            total += spread[ids]
    return total


def united(found: Sequence[Matches], entries: int) -> tuple[Ids, Floats]:
    """Return the entries that are in any node's matches, with the sum of their scores.

    `np.bincount` adds in the order of its arguments, which is that of the query's words.
    """
    if len(found) == 1:
        return found[0].ids, found[0].scores
    ids = np.concatenate([matches.ids for matches in found])
    scores = np.concatenate([matches.scores for matches in found])
    different = distinct(ids, entries)
    if len(ids) * ENTRIES_A_SUM < entries:
        return different, _added(different.searchsorted(ids), scores, len(different))
    return different, _added(ids, scores, entries)[different]


def distinct(ids: Ids, entries: int) -> Ids:
    """Return the different ones of some entries, ascending."""
    if len(ids) * ENTRIES_A_SORT < entries:
        ordered = np.sort(ids)
        return ordered[first_of_each(ordered)]
    return np.flatnonzero(marked(ids, entries))


def _added(numbers: Ids, scores: Floats, size: int) -> Floats:
    total: Any = np.bincount(numbers, scores, size)  # whose stub knows of counts alone
    return np.asarray(total, float)
