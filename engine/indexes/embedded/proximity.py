"""Phrase and proximity matching, vectorised over all passages.

Equivalent to `matching.phrase_starts` and `matching.near_windows` for every passage; a test
compares them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from backstory.engine.indexes.embedded.arrays import (
    Ids,
    Numbers,
    Places,
    distinct,
    first_of_each,
    where_in,
)
from backstory.engine.indexes.embedded.postings import NO_POSTINGS, POSITION_BITS, Postings
from backstory.engine.matching import near_windows

LOW = (1 << POSITION_BITS) - 1


def counted(entries: Ids) -> Postings:
    """Count repetitions: return postings from sorted entries with one item per occurrence."""
    starts = first_of_each(entries)
    counts = np.diff(starts, append=len(entries))
    return Postings(entries[starts].astype(np.intp, copy=False), counts)


def phrase(words: Sequence[Places]) -> Postings:
    """Return the postings of a phrase, given the places of each of its words."""
    order = sorted(range(len(words)), key=lambda number: len(words[number]))
    starts = words[order[0]] - order[0]
    for number in order[1:]:
        starts = starts[where_in(words[number] - number, starts)[0]]
    return counted(starts >> POSITION_BITS)


def near(words: Sequence[Places], distance: int) -> Postings:
    """Return the postings of words with at most `distance` other words between them."""
    kept = _of_common_entries(words)
    if not kept:
        return NO_POSTINGS
    # A repeated word is one word that is needed twice.
    needed = Counter(place.tobytes() for place in kept)
    once = list({place.tobytes(): place for place in kept}.values())
    merged = np.concatenate(once)
    order = merged.argsort(kind="stable")
    line = merged[order]
    shared = distinct(line[1:][line[1:] == line[:-1]] >> POSITION_BITS)
    if len(shared):  # a place matches several words but counts for one: resolved per passage
        return _one_by_one(kept, shared, distance)
    labels = np.repeat(np.arange(len(once)), [len(place) for place in once])[order]
    times = [needed[place.tobytes()] for place in once]
    return counted(_windows(line, labels, times, distance) >> POSITION_BITS)


def _of_common_entries(words: Sequence[Places]) -> list[Places]:
    """Return the places of each word, restricted to entries that contain all words."""
    ordered = sorted(words, key=len)
    entries = distinct(ordered[0] >> POSITION_BITS)
    for places in ordered[1:]:
        entries = entries[where_in(places >> POSITION_BITS, entries)[0]]
    if not len(entries):
        return []
    return [places[where_in(entries, places >> POSITION_BITS)[0]] for places in words]


def _windows(line: Places, labels: Numbers, times: Sequence[int], distance: int) -> Places:
    """Return the last place of every minimal window that has each word `times` times.

    For each place in `line` the latest possible start of a window that ends there is the minimum,
    over all words, of the place of the last `times`-th occurrence. The window is minimal if the
    window that ends one place before starts earlier.
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
    """Match entries in which words share a place one by one, and all others vectorised."""
    apart = [places[~np.isin(places >> POSITION_BITS, shared)] for places in words]
    postings = near(apart, distance)
    ids, counts = list(postings.ids.tolist()), list(postings.frequencies.tolist())
    for entry in shared.tolist():
        parts = [_positions(places, entry) for places in words]
        if times := len(near_windows(parts, distance)):
            ids.append(entry)
            counts.append(times)
    order = np.argsort(ids)
    return Postings(np.array(ids, np.intp)[order], np.array(counts, np.intp)[order])


def _positions(places: Places, entry: int) -> list[int]:
    first, last = places.searchsorted([entry << POSITION_BITS, (entry + 1) << POSITION_BITS])
    positions: list[int] = (places[first:last] & LOW).tolist()
    return positions
