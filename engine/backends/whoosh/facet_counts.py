"""What the matches of a query have in common: values of their documents, dates, and names.

Documents share few combinations of values, so that all facets of documents are one count of codes.
Names are codes in the order of the alphabet, any number for each passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from backstory.engine.backends.whoosh.arrays import Flags, Ids, Numbers, joined, runs
from backstory.engine.backends.whoosh.columns import OWN_LANGUAGE
from backstory.engine.backends.whoosh.document_ranges import DocumentRanges
from backstory.engine.backends.whoosh.passage_facts import PassageFacts
from backstory.engine.backends.whoosh.segments import OpenSegment
from backstory.engine.facets import ATTRIBUTES, LANGUAGE, MOST_NAMES, NAME, ranked, value_of

# Where more than one passage in so many matches, all names are gone over instead of theirs.
MANY = 8


class _Names(NamedTuple):
    """Every name, sorted, and by entry the codes[start[entry] : start[entry + 1]]."""

    values: list[str]
    start: Numbers
    codes: Numbers
    entries: Numbers  # the entry of each code


class FacetCounts:
    """Counts facets over some passages of a snapshot; shared by threads."""

    def __init__(
        self, segments: Sequence[OpenSegment], ranges: DocumentRanges, facts: PassageFacts
    ) -> None:
        self._segments, self._ranges, self._facts = segments, ranges, facts

    def facets(self, names: Sequence[str], passages: Ids) -> dict[str, dict[str, int]]:
        """Count passages by facets."""
        codes, values = self._combinations
        counts = np.bincount(codes[passages], minlength=len(values)).tolist()
        counted = [(value, count) for value, count in zip(values, counts, strict=True) if count]
        found: dict[str, dict[str, int]] = {}
        for name in names:
            found[name] = self._by_name(passages) if name == NAME else _facet(counted, name)
        return found

    def dates(self, passages: Ids) -> dict[str, int]:
        """Count passages by the dates of their documents, in order of date."""
        codes, dates = self._dates
        counts = np.bincount(codes[passages], minlength=len(dates))
        return {dates[c]: int(counts[c]) for c in np.flatnonzero(counts).tolist() if dates[c]}

    @cached_property
    def _dates(self) -> tuple[Numbers, list[str]]:
        """The dates of the entries as codes, and what each code stands for, in order."""
        column = self._ranges.column("date")
        dates = sorted(set(column))
        number_of = {date: number for number, date in enumerate(dates)}
        codes = np.fromiter(map(number_of.__getitem__, column), np.intp, len(column))
        return self._ranges.spread(codes), dates

    @cached_property
    def _combinations(self) -> tuple[Numbers, list[tuple[str, ...]]]:
        """Return a code for every entry, and the facets' values that each code stands for."""
        columns = [self._ranges.column(attribute) for attribute in ATTRIBUTES.values()]
        known: dict[tuple[str, ...], int] = {}
        rows = [known.setdefault(row, len(known)) for row in zip(*columns, strict=True)]
        codes = self._ranges.spread(np.array(rows, np.intp))
        combinations, at = list(known), list(ATTRIBUTES).index(LANGUAGE)
        for entry, language in self._facts.each(OWN_LANGUAGE):
            row = combinations[codes[entry]]
            own = (*row[:at], language, *row[at + 1 :])
            codes[entry] = known.setdefault(own, len(known))
        named = [tuple(map(value_of, ATTRIBUTES, row)) for row in known]
        return codes, named

    def _by_name(self, passages: Ids) -> dict[str, int]:
        names = self._names
        if len(passages) * MANY > self._ranges.entries:
            matching: Flags = np.zeros(self._ranges.entries, bool)
            matching[passages] = True
            codes = names.codes[matching[names.entries]]
        else:
            first = names.start[passages]
            codes = names.codes[runs(first, names.start[passages + 1] - first)]
        counts = np.bincount(codes, minlength=len(names.values))
        return {names.values[code]: int(counts[code]) for code in _most(counts)}

    @cached_property
    def _names(self) -> _Names:
        spreads = [segment.columns.spread("names") for segment in self._segments]
        values = sorted({value for spread in spreads for value in spread.values})
        number_of = {value: number for number, value in enumerate(values)}
        lengths, codes = [], []
        for spread in spreads:
            numbers = [number_of[value] for value in spread.values]
            codes.append(np.array(numbers, np.intp)[spread.codes])
            lengths.append(np.diff(spread.start))
        counts = joined(lengths, np.intp)
        start = np.concatenate(([0], counts.cumsum(dtype=np.intp)))
        entries = np.repeat(np.arange(len(counts)), counts)
        return _Names(values, start, joined(codes, np.intp), entries)


def _facet(counted: Sequence[tuple[tuple[str, ...], int]], name: str) -> dict[str, int]:
    at = list(ATTRIBUTES).index(name)
    found: dict[str, int] = {}
    for values, count in counted:
        found[values[at]] = found.get(values[at], 0) + count
    return ranked(found)


def _most(counts: Ids) -> list[int]:
    """Return the codes with the highest counts, most first, then in the order of the codes."""
    codes = np.flatnonzero(counts)
    if len(codes) > MOST_NAMES:
        some = counts[codes]
        codes = codes[some >= np.partition(some, len(some) - MOST_NAMES)[len(some) - MOST_NAMES]]
    order = np.argsort(-counts[codes], kind="stable")[:MOST_NAMES]
    found: list[int] = codes[order].tolist()
    return found
