"""The top matches by relevance, date or arrival, by partial sorting."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from backstory.engine.indexes.embedded.arrays import (
    NO_IDS,
    Floats,
    Ids,
    Numbers,
    distinct,
    nth_highest,
)
from backstory.engine.indexes.embedded.document_ranges import DocumentRanges
from backstory.engine.indexes.embedded.matches import Matches, Scores
from backstory.engine.ordering import RELEVANCE

WIDENING = 4  # factor on the depth of a grouped search that found too few documents


class Ordering:
    """Orders the matches of one snapshot; shared by threads."""

    def __init__(self, ranges: DocumentRanges) -> None:
        self._ranges = ranges
        self._sorted_by = lru_cache(maxsize=3)(ranges.sorted_by)

    def first(self, matches: Matches, sort: str, most: int, *, grouped: bool) -> Scores:
        """Return the first `most` matches or, if grouped, the first match of `most` documents."""
        if not most:
            return Scores(NO_IDS, np.zeros(0))
        if sort != RELEVANCE:
            return matches.taken(self._dated(matches, sort, most, grouped=grouped))
        if grouped:
            return self._first_of_each(matches, most)
        best = matches.best(most)
        return best.taken(self._best(best, most))

    def _best(self, matches: Scores, most: int) -> Ids:
        """Return the positions of the `most` best matches: all words, then score, then address."""
        if matches.all_words is None:
            return self._best_of(matches.ids, matches.scores, most)
        complete = np.flatnonzero(matches.all_words)
        first = complete[self._best_of(matches.ids[complete], matches.scores[complete], most)]
        if len(first) == most or len(complete) == len(matches.ids):
            return first
        scores = matches.scores.copy()
        scores[complete] = -np.inf  # sorts them last: they have been taken already
        missing = min(most - len(first), len(matches.ids) - len(complete))
        return np.concatenate((first, self._best_of(matches.ids, scores, missing)))

    def _best_of(self, ids: Ids, scores: Floats, most: int) -> Ids:
        """Return the positions of the `most` highest scores, in descending order."""
        among = np.arange(len(ids))
        if len(ids) > most:
            least = nth_highest(scores, most)
            among = np.flatnonzero(scores >= least)
        reached = scores[among]
        order = np.argsort(-reached, kind="stable")
        reached = reached[order]
        if (reached[1:] == reached[:-1]).any():
            entries = ids[among]
            order = np.lexsort((entries, self._place_of(entries), -scores[among]))
        return among[order[:most]]

    def _place_of(self, entries: Ids) -> Numbers:
        return self._ranges.by_id[self._ranges.row_of[entries]]

    def _first_of_each(self, matches: Matches, most: int) -> Scores:
        """Look further and further down until there are `most` documents."""
        reach = WIDENING * most
        while True:
            best = matches.best(reach)
            order = self._best(best, reach)
            rows = self._ranges.row_of[best.ids[order]]
            firsts = np.sort(np.unique(rows, return_index=True)[1])[:most]
            if len(firsts) == most or reach >= len(matches):
                return best.taken(order[firsts])
            reach *= WIDENING

    def _dated(self, matches: Matches, sort: str, most: int, *, grouped: bool) -> Ids:
        """Order by the documents' dates, and the passages of a document by relevance."""
        places = self._sorted_by(sort)[self._ranges.row_of[matches.ids]]
        last = distinct(places)[:most][-1:] if grouped else np.sort(places)[:most][-1:]
        among = np.flatnonzero(places <= last) if len(last) else NO_IDS
        places = places[among]
        complete = (
            np.ones(len(among), bool) if matches.all_words is None else matches.all_words[among]
        )
        order = np.lexsort((matches.ids[among], -matches.scores[among], ~complete, places))
        if grouped:
            ordered = places[order]
            order = order[np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(order)]]
        return among[order[:most]]
