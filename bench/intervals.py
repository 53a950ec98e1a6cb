"""The median of a few measurements, or a share, and how far it can be trusted.

The interval of a median is free of any assumption about how measurements are distributed: each lies
above the true median or below it as a coin falls, so the binomial distribution says how probable it
is that the median lies between two of them. (David and Nagaraja, Order Statistics, 2003, 7.1.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import median

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A median, the interval around it, and the probability that it holds the true median."""

    median: float
    low: float
    high: float
    confidence: float

    def verdict(self, ceiling: float) -> str:
        """Tell whether the median is within a ceiling, and where the interval leaves that open."""
        word = "met" if self.median <= ceiling else "**missed**"
        is_open = (self.low <= ceiling) != (self.high <= ceiling)
        return f"{word}, not certain" if is_open else word


def median_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """Return the median of some measurements, with the narrowest symmetric interval.

    Its confidence is the exact one, at least what is asked for. Fewer than six measurements
    cannot give 0.95: then the interval is all of them. Raises ValueError for none.
    """
    if not values:
        raise ValueError("no measurements")
    ordered = sorted(values)
    outside = 0
    while outside < (len(ordered) - 1) // 2 and _coverage(len(ordered), outside + 1) >= confidence:
        outside += 1
    low, high = ordered[outside], ordered[-1 - outside]
    return Interval(median(ordered), low, high, _coverage(len(ordered), outside))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the interval for a share at the CONFIDENCE of 0.95, without continuity correction.

    (Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927.) Raises
    ValueError where nothing was tried.
    """
    if not trials:
        raise ValueError("no trials")
    z = 1.959964
    share, spread = successes / trials, z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    reach = z / (1 + spread) * sqrt(share * (1 - share) / trials + spread / (4 * trials))
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def _coverage(count: int, outside: int) -> float:
    """Return how probable it is that the median is within all but `outside` on either side."""
    beyond = sum(comb(count, below) for below in range(outside + 1))
    return float(max(0, 2**count - 2 * beyond) / 2**count)
