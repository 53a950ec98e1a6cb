"""Passages in the exact order of their scores, out of passages in the order of upper bounds.

This is the threshold algorithm of Fagin, Lotem and Naor ("Optimal aggregation algorithms for
middleware", 2003) for one list: passages come by falling bound, each is scored, and one is passed
on as soon as nothing that is still to come can be before it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from backstory.engine.candidates import Candidate

# The cluster computes in 32 bits, which are off by less than this.
ROUNDING = 1 + 2**-20

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Bounded:
    """A passage with the bound it was found by; `candidate` is None where it does not match."""

    bound: float
    address: Address
    candidate: Candidate | None


def in_exact_order(pages: Iterable[Sequence[Bounded]]) -> Iterator[Candidate]:
    """Yield candidates by falling score and then by address.

    The passages of the pages are sorted by falling bound and then by address. No score is above its
    passage's bound, but for rounding.
    """
    waiting: list[tuple[float, Address, Candidate]] = []
    for page in pages:
        for one in page:
            if one.candidate is not None:
                heapq.heappush(waiting, (-one.candidate.score, one.address, one.candidate))
        if not page:
            continue
        last = page[-1]
        highest = last.bound * ROUNDING
        # What is still to come has at most this score, and where it is 0 a later address.
        while waiting and (
            -waiting[0][0] > highest or (highest == 0.0 and waiting[0][1] <= last.address)
        ):
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]
