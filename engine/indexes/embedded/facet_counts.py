"""What the matches of a query have in common: values of their documents, dates, and names.

Passages are counted by their documents first; documents share few combinations of values, so that
all facets of documents are one count of codes.
Names are codes, those that most passages have first, and any number for each passage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backstory.engine.facets import (
    LANGUAGE,
    MOST_NAMES,
    NAME,
    ranked,
    ranked_names,
    value_of,
)
from backstory.engine.fields import FIELDS
from backstory.engine.indexes.embedded.arrays import (
    Ids,
    Numbers,
    first_of_each,
    joined,
    nth_highest,
    runs,
    where_in,
)
from backstory.engine.indexes.embedded.columns import OWN_LANGUAGE
from backstory.engine.indexes.embedded.document_ranges import DocumentRanges
from backstory.engine.indexes.embedded.passage_facts import PassageFacts
from backstory.engine.indexes.embedded.segments import OpenSegment

SOME = 4  # names of an entry that are counted without being looked for; few have more
FILLERS = 64
FREQUENT = 2_000  # names


class _Codes:
    """Any number of codes below `size` for each entry: codes[start[entry] : start[entry + 1]].

    The first few of each entry stand in its row of an array as well, filled up with codes that mean
    nothing: with several by turns, because counting the same one again and again takes longer.
    """

    def __init__(self, lengths: Numbers, codes: Numbers, size: int) -> None:
        self._size, self._codes = size, codes
        self._start = np.concatenate(([0], lengths.cumsum(dtype=np.intp)))
        self._has_more = lengths > SOME
        fillers = size + np.arange(SOME * len(lengths)) % FILLERS
        self._some = fillers.astype(np.int32).reshape(-1, SOME)
        for place in range(SOME):
            has_one = lengths > place
            self._some[has_one, place] = codes[self._start[:-1][has_one] + place]

    def counted(self, entries: Ids) -> Ids:
        """Return how many of some entries have each code."""
        counts = np.bincount(self._some.take(entries, axis=0).ravel(), minlength=self._size)
        more = entries[self._has_more[entries]]
        first = self._start[more] + SOME
        rest = np.bincount(self._codes[runs(first, self._start[more + 1] - first)])
        counts[: len(rest)] += rest
        return counts[: self._size]

    def below(self, size: int) -> _Codes:
        """Return the codes below a number alone."""
        entries = np.repeat(np.arange(len(self._start) - 1), np.diff(self._start))
        kept = self._codes < size
        lengths = np.bincount(entries[kept], minlength=len(self._start) - 1)
        return _Codes(lengths, self._codes[kept], min(size, self._size))


class _Names:
    """Every name, and in how many entries it is, those first that are in most.

    In a large result the frequent names leave no place for the others, and are counted alone.
    """

    def __init__(self, values: list[str], totals: Numbers, codes: _Codes) -> None:
        self._values, self._totals, self._all = values, totals, codes
        self._frequent = codes.below(FREQUENT)

    def most(self, entries: Ids) -> dict[str, int]:
        """Return the names that are in most of some entries, most first."""
        counts = self._frequent.counted(entries)
        least = nth_highest(counts[counts > 0], MOST_NAMES)
        if len(self._totals) > FREQUENT and self._totals[FREQUENT] >= least:
            counts = self._all.counted(entries)
            least = nth_highest(counts[counts > 0], MOST_NAMES)
        codes = np.flatnonzero(counts >= max(least, 1)).tolist()
        return ranked_names({self._values[code]: int(counts[code]) for code in codes})


@dataclass(frozen=True, slots=True)
class Counted:
    """Some passages: which documents they are of, as rows, and how many of each."""

    passages: Ids
    rows: Numbers
    counts: Numbers


class FacetCounter:
    """Counts facets over some passages of a snapshot; shared by threads."""

    def __init__(
        self, segments: Sequence[OpenSegment], ranges: DocumentRanges, facts: PassageFacts
    ) -> None:
        self._segments, self._ranges, self._facts = segments, ranges, facts

    def count(self, passages: Ids) -> Counted:
        """Count passages, ascending, by their documents: once for all facets."""
        rows = self._ranges.row_of[passages]
        starts = first_of_each(rows)
        return Counted(passages, rows[starts], np.diff(starts, append=len(rows)))

    def facets(self, names: Sequence[str], counted: Counted) -> dict[str, dict[str, int]]:
        """Return how many of the passages have each value of the facets, most first."""
        of_documents, codes, values = self._combinations
        counts = np.bincount(codes[counted.rows], counted.counts, len(values)).tolist()
        found = [(value, int(count)) for value, count in zip(values, counts, strict=True) if count]
        facets: dict[str, dict[str, int]] = {}
        for i, name in enumerate(of_documents):
            if name in names:
                facets[name] = _facet([(value[i], count) for value, count in found])
        if LANGUAGE in names:
            facets[LANGUAGE] = self._by_language(facets[LANGUAGE], counted.passages)
        if NAME in names:
            facets[NAME] = self._names.most(counted.passages)
        return {name: facets[name] for name in names}

    def dates(self, counted: Counted) -> dict[str, int]:
        """Return how many of the passages have each date of a document, in order of date."""
        codes, dates = self._dates
        counts = np.bincount(codes[counted.rows], counted.counts, len(dates)).tolist()
        return {
            date: int(count) for date, count in zip(dates, counts, strict=True) if date and count
        }

    @cached_property
    def _dates(self) -> tuple[Numbers, list[str]]:
        """The date of each document as a code, and what each code stands for, in order."""
        column = self._ranges.column("date")
        dates = sorted(set(column))
        number_of = {date: number for number, date in enumerate(dates)}
        return np.fromiter(map(number_of.__getitem__, column), np.intp, len(column)), dates

    @cached_property
    def _combinations(self) -> tuple[tuple[str, ...], Numbers, list[tuple[str, ...]]]:
        """Return facets, a code for each document, and the values that each code stands for."""
        names = tuple(FIELDS.facets)
        columns = [self._ranges.column(field.name) for field in FIELDS.facets.values()]
        known: dict[tuple[str, ...], int] = {}
        rows = [known.setdefault(row, len(known)) for row in zip(*columns, strict=True)]
        values = [tuple(map(value_of, names, row)) for row in known]
        return names, np.array(rows, np.intp), values

    def _by_language(self, counts: dict[str, int], passages: Ids) -> dict[str, int]:
        """Count passages in another language than their document under their own."""
        entries, changes = self._own_languages
        found = Counter(counts)
        for i in where_in(passages, entries)[0].tolist():
            documents, own = changes[i]
            found[documents] -= 1
            found[own] += 1
        return ranked(found)

    @cached_property
    def _own_languages(self) -> tuple[Ids, list[tuple[str, str]]]:
        """The passages with a language of their own, and their documents' languages and theirs."""
        spoken = self._ranges.column(LANGUAGE)
        own = list(self._facts.each(OWN_LANGUAGE))
        rows = self._ranges.row_of[[entry for entry, _ in own]].tolist() if own else []
        changes = [(spoken[row], language) for row, (_, language) in zip(rows, own, strict=True)]
        return np.array([entry for entry, _ in own], np.intp), changes

    @cached_property
    def _names(self) -> _Names:
        spreads = [segment.columns.spread("names") for segment in self._segments]
        known: dict[str, int] = {}
        parts = [
            np.array([known.setdefault(value, len(known)) for value in spread.values], np.intp)
            for spread in spreads
        ]
        codes = joined([part[s.codes] for part, s in zip(parts, spreads, strict=True)], np.intp)
        totals = np.bincount(codes, minlength=len(known))
        order = np.argsort(-totals, kind="stable")
        rank = np.empty(len(order), np.intp)
        rank[order] = np.arange(len(order))
        values = list(known)
        lengths = joined([np.diff(spread.start) for spread in spreads], np.intp)
        named = [values[code] for code in order.tolist()]
        return _Names(named, totals[order], _Codes(lengths, rank[codes], len(named)))


def _facet(counted: Sequence[tuple[str, int]]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for value, count in counted:
        totals[value] += count
    return ranked(totals)
