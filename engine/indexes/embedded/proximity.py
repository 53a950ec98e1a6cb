"""Words in a row, and words near each other: where all of them stand, compared at once.

The same as `matching.phrase_starts` and `matching.near_windows` for every passage; a test holds
them together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from backstory.engine.indexes.embedded.arrays import (
    Ids,
    Numbers,
    Places,
    first_of_each,
    where_in,
)
from backstory.engine.indexes.embedded.postings import NO_POSTINGS, POSITION_BITS, Postings
from backstory.engine.matching import near_windows

LOW = (1 << POSITION_BITS) - 1


def counted(entries: Ids) -> Postings:
    """Return how often each entry is there, of entries that ascend and repeat."""
    starts = first_of_each(entries)
    counts = np.diff(starts, append=len(entries))
    return Postings(entries[starts].astype(np.intp, copy=False), counts)


def phrase(words: Sequence[Places]) -> Postings:
    """Return in which entries the words follow each other, and how often."""
    order = sorted(range(len(words)), key=lambda number: len(words[number]))
    starts = words[order[0]] - order[0]
    for number in order[1:]:
        starts = starts[where_in(words[number] - number, starts)[0]]
    return counted(starts >> POSITION_BITS)


def near(words: Sequence[Places], distance: int) -> Postings:
    """Return in which entries all words stand within `distance` others, and how often."""
    kept = _of_common_entries(words)
    if not kept:
        return NO_POSTINGS
    # Two words that are the same are one that is needed twice.
    needed = Counter(place.tobytes() for place in kept)
    distinct = list({place.tobytes(): place for place in kept}.values())
    merged = np.concatenate(distinct)
    order = merged.argsort(kind="stable")
    line = merged[order]
    shared = np.unique(line[1:][line[1:] == line[:-1]] >> POSITION_BITS)
    if len(shared):  # a place counts for one word: which, is decided passage by passage
        return _one_by_one(kept, shared, distance)
    labels = np.repeat(np.arange(len(distinct)), [len(place) for place in distinct])[order]
    times = [needed[place.tobytes()] for place in distinct]
    return counted(_windows(line, labels, times, distance) >> POSITION_BITS)


def _of_common_entries(words: Sequence[Places]) -> list[Places]:
    """Return the places of the words in those entries that have all of them."""
    ordered = sorted(words, key=len)
    entries = np.unique(ordered[0] >> POSITION_BITS)
    for places in ordered[1:]:
        entries = entries[_held(places >> POSITION_BITS, entries)]
    if not len(entries):
        return []
    return [places[_held(entries, places >> POSITION_BITS)] for places in words]


def _held(among: Numbers, wanted: Numbers) -> Ids:
    return where_in(among, wanted)[0]


def _windows(line: Places, labels: Numbers, times: Sequence[int], distance: int) -> Places:
    """Return the last place of every smallest window that has each word `times` times.

    A window that ends at a place begins, at the latest, where the rarest of the words so far has
    stood often enough; it is a smallest one where the window before began earlier.
    """
    begin: Ids = np.full(len(line), len(line), np.intp)
    for label, count in enumerate(times):
        places = np.flatnonzero(labels == label)
        seen = np.cumsum(labels == label) - count
        latest = np.where(seen >= 0, places[np.maximum(seen, 0)], -1)
        begin = np.minimum(begin, latest)
    is_whole = (begin >= 0) & (line[begin] >> POSITION_BITS == line >> POSITION_BITS)
    before = np.concatenate(([-1], begin[:-1]))
    span = (line & LOW) - (line[begin] & LOW) + 1 - sum(times)
    ends: Places = line[is_whole & (begin > before) & (span <= distance)]
    return ends


def _one_by_one(words: Sequence[Places], shared: Numbers, distance: int) -> Postings:
    """Decide in Python for the entries in which two words share a place, at once for the others."""
    apart = [places[~np.isin(places >> POSITION_BITS, shared)] for places in words]
    found = near(apart, distance)
    ids, counts = list(found.ids.tolist()), list(found.frequencies.tolist())
    for entry in shared.tolist():
        parts = [_positions(places, entry) for places in words]
        if times := len(near_windows(parts, distance)):
            ids.append(entry)
            counts.append(times)
    order = np.argsort(ids)
    return Postings(np.array(ids, np.intp)[order], np.array(counts, np.intp)[order])


def _positions(places: Places, entry: int) -> list[int]:
    first, last = places.searchsorted([entry << POSITION_BITS, (entry + 1) << POSITION_BITS])
    found: list[int] = (places[first:last] & LOW).tolist()
    return found
