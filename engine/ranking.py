"""BM25, and the sort key of hits.

The formula is Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond"
(2009), section 3, with Lucene's `1 +` inside the logarithm, so that the IDF of a word in most
passages is never negative. Every index computes scores here, from the same statistics: the live
passages of the whole index.

Every part of a score has an upper bound, which an index elsewhere may prune by. That of a leaf is
its weight, also where it has several spellings; that of `And`, `Or` and `BagOfWords` is the sum of
their children's, of `Boost` its factor times its child's, of `Prefer` its child's and the factor
times that of what is preferred. `Not` and filters, titles among them, add nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A number or an array; arrays are computed element-wise, with bit-identical results.
Numbers = TypeVar("Numbers", float, "NDArray[np.float64]")


@dataclass(frozen=True, slots=True)
class BM25:
    """The parameters: `k1` (term frequency saturation) and `b` (length normalisation)."""

    k1: float = 1.2
    b: float = 0.75

    def weight(self, passages: int, frequency: int) -> float:
        """Return IDF * (k1 + 1), the upper bound of the score, from the document frequency."""
        idf = math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))
        return idf * (self.k1 + 1)

    def norm(self, length: Numbers, average: float) -> Numbers:
        """Return the length normalisation of a passage; `length` and `average` count words."""
        return self.k1 * (1 - self.b + self.b * length / (average or 1.0))


def score(weight: float, frequency: Numbers, norm: Numbers) -> Numbers:
    """Return one term's score in a passage, from `BM25.weight` and `BM25.norm`."""
    return weight * frequency / (frequency + norm)


def total(values: Iterable[float]) -> float:
    """Add scores from left to right; from Python 3.12 on, `sum` rounds differently."""
    added = 0.0
    for value in values:
        added += value
    return added


def order(
    all_words: bool, score: float, document: str, number: int
) -> tuple[bool, float, str, int]:
    """Return the sort key of a hit: all words first, then score, then address."""
    return (not all_words, -score, document, number)
