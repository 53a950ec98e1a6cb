"""The array types of the index, and the few operations on sorted arrays that NumPy lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.intp]  # entries, ascending
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[Any]  # integers of whatever width the file has
Places = NDArray[np.int64]  # occurrences of words: entry << 32 | position in it

NO_IDS: Ids = np.empty(0, np.intp)
# One binary search costs as much as scanning this many numbers.
BISECTION = 20


def joined(parts: list[NDArray[Any]], kind: Any) -> NDArray[Any]:
    """Concatenate arrays; the result for none is empty, of dtype `kind`."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty(0, kind)


def runs(starts: NDArray[Any], lengths: NDArray[Any]) -> Ids:
    """Return the concatenated ranges of indices `start : start + length`."""
    ends = np.cumsum(lengths, dtype=np.intp)
    total = int(ends[-1]) if len(ends) else 0
    hits: Ids = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    return hits


def where_in(haystack: NDArray[Any], needles: NDArray[Any]) -> tuple[Ids, Ids]:
    """Return the indices of the `needles` that are in `haystack`, and their positions there.

    Both arrays must be sorted; the results are.
    """
    if not len(haystack):
        return NO_IDS, NO_IDS
    positions = haystack.searchsorted(needles)
    np.minimum(positions, len(haystack) - 1, out=positions)
    hits = np.flatnonzero(haystack[positions] == needles)
    return hits, positions[hits]


def first_of_each(ascending: NDArray[Any]) -> Ids:
    """Return the index of the first occurrence of each value in a sorted array."""
    if not len(ascending):
        return NO_IDS
    return np.concatenate(([0], np.flatnonzero(ascending[1:] != ascending[:-1]) + 1))


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """Return each value once, ascending, as `np.unique` does after loading all of `numpy.ma`."""
    ascending = np.sort(values, kind="stable")  # runs that ascend are merged
    return ascending[first_of_each(ascending)]


def nth_highest(values: NDArray[Any], n: int) -> Any:
    """Return the `n`-th highest value, 0 if there are fewer."""
    place = len(values) - n
    return np.partition(values, place)[place].item() if place >= 0 else 0


def narrowed(values: NDArray[Any]) -> NDArray[Any]:
    """Convert to the narrowest unsigned type of 1, 2 or 4 bytes that fits all values."""
    return values.astype(narrowest(int(values.max(initial=0))), copy=False)


def narrowest(largest: int) -> type[np.unsignedinteger[Any]]:
    """Return the narrowest unsigned type for numbers up to `largest`."""
    return np.uint8 if largest < 1 << 8 else np.uint16 if largest < 1 << 16 else np.uint32
