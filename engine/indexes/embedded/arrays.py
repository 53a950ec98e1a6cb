"""The array types of the index, and the few operations on sorted arrays that NumPy lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.intp]  # entries, ascending
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[Any]  # integers of whatever width the file has
Places = NDArray[np.int64]  # where words stand: the entry << 32 | the position in it

NO_IDS: Ids = np.empty(0, np.intp)
# Finding one number by bisection costs as much as going over this many.
BISECTION = 20


def joined(parts: list[NDArray[Any]], kind: Any) -> NDArray[Any]:
    """Return arrays one after the other; an empty one of dtype `kind` for none."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty(0, kind)


def runs(starts: NDArray[Any], lengths: NDArray[Any]) -> Ids:
    """Return the indices of runs of an array, one run after the other."""
    ends = np.cumsum(lengths, dtype=np.intp)
    total = int(ends[-1]) if len(ends) else 0
    found: Ids = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    return found


def where_in(held: NDArray[Any], wanted: NDArray[Any]) -> tuple[Ids, Ids]:
    """Return which of `wanted` are in `held`, and where; both ascend, and both answers do."""
    if not len(held):
        return NO_IDS, NO_IDS
    at = held.searchsorted(wanted)
    np.minimum(at, len(held) - 1, out=at)
    found = np.flatnonzero(held[at] == wanted)
    return found, at[found]


def first_of_each(ascending: NDArray[Any]) -> Ids:
    """Return where each new number begins in numbers that ascend and may repeat."""
    if not len(ascending):
        return NO_IDS
    return np.concatenate(([0], np.flatnonzero(ascending[1:] != ascending[:-1]) + 1))


def nth_highest(values: NDArray[Any], n: int) -> Any:
    """Return what the `n` highest numbers are at least; 0 where there are fewer."""
    place = len(values) - n
    return np.partition(values, place)[place].item() if place >= 0 else 0


def narrowed(values: NDArray[Any]) -> NDArray[Any]:
    """Return unsigned numbers in the narrowest of 1, 2 or 4 bytes that holds them all."""
    return values.astype(narrowest(int(values.max(initial=0))), copy=False)


def narrowest(largest: int) -> type[np.unsignedinteger[Any]]:
    """Return the narrowest type that holds the numbers up to `largest`."""
    return np.uint8 if largest < 1 << 8 else np.uint16 if largest < 1 << 16 else np.uint32
