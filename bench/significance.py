"""Whether one ranking is better than another, or only luckier with these questions.

The test is the paired randomisation test: were both systems the same, each question's two
figures could as well have been swapped. (Smucker, Allan and Carterette, CIKM 2007.)
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import compress

PERMUTATIONS = 10_000
SEED = 1966  # the year of the Cranfield report
_ROUNDING = 1e-9


def chance(
    ours: Sequence[float],
    theirs: Sequence[float],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> float:
    """Return the two-sided p of a difference as large as that of the means, by chance alone.

    The figures are paired by position. What was observed counts as one of the permutations, so
    that p is never 0; sums that differ by rounding alone count as equal.
    """
    differences = [our - their for our, their in zip(ours, theirs, strict=True)]
    total = sum(differences)
    changed = [difference for difference in differences if difference]
    random_ = random.Random(seed)
    as_large = 1
    for _ in range(permutations):
        # Swapping a pair turns its difference around: the sum loses it twice.
        swapped = sum(compress(changed, _coins(random_, len(changed))))
        as_large += abs(total - 2 * swapped) >= abs(total) - _ROUNDING
    return as_large / (permutations + 1)


def _coins(random_: random.Random, count: int) -> list[bool]:
    bits = random_.getrandbits(count)
    return [bits >> at & 1 == 1 for at in range(count)]
