"""BM25, and the one order in which hits are listed.

The formula is Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond"
(2009), section 3, with Lucene's `1 +` inside the logarithm so that a word that stands in most
passages never counts against one. Every index computes it here, from the same statistics:
live passages only, over the whole index.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# One number, or an array of them, which gives an array of what each one gives, to the last bit.
Numbers = TypeVar("Numbers", float, "NDArray[np.float64]")


@dataclass(frozen=True, slots=True)
class BM25:
    """The two knobs: `k1`, how soon repetition stops counting, and `b`, how much length counts."""

    k1: float = 1.2
    b: float = 0.75

    def weight(self, passages: int, frequency: int) -> float:
        """Return what a word that stands in `frequency` of `passages` passages is worth at most."""
        idf = math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))
        return idf * (self.k1 + 1)

    def norm(self, length: Numbers, average: float) -> Numbers:
        """Return the length term for a passage of `length` words."""
        return self.k1 * (1 - self.b + self.b * length / (average or 1.0))


def score(weight: float, frequency: Numbers, norm: Numbers) -> Numbers:
    """Return one word's part of a passage's score, from `BM25.weight` and `BM25.norm`."""
    return weight * frequency / (frequency + norm)


def total(values: Iterable[float]) -> float:
    """Add scores from left to right; `sum` rounds otherwise from Python 3.12 on."""
    added = 0.0
    for value in values:
        added += value
    return added


def order(is_full: bool, points: float, document: str, number: int) -> tuple[bool, float, str, int]:
    """Return the sort key of a hit: all words first, then score, then address."""
    return (not is_full, -points, document, number)
