"""The place where a page of hits is put into another order than that of its words.

A re-ranker sees the best passages of a list by relevance and gives them new scores. Nothing comes
in that has not matched, and what follows the window keeps its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from backstory.engine.hits import RetrievedPassage
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import Query
from backstory.engine.ranking import order

WINDOW = 100  # passages that are put into order once more


class Reranker(Protocol):
    """Adds to the scores of the best passages by what the words alone do not tell."""

    @property
    def name(self) -> str:
        """The name under which an explanation says what it added."""

    def gains(
        self, query: Query, found: Sequence[RetrievedPassage], snapshot: Snapshot
    ) -> Sequence[float]:
        """Return what each of some passages, best first, gains; a number may be below 0."""


def reranked(
    query: Query,
    found: Sequence[RetrievedPassage],
    snapshot: Snapshot,
    rerankers: Sequence[Reranker],
) -> tuple[RetrievedPassage, ...]:
    """Return the passages in their new order; those with all the words stay first."""
    for reranker in rerankers:
        gains = reranker.gains(query, found, snapshot)
        found = [
            replace(one, score=one.score + gain, gains=(*one.gains, (reranker.name, gain)))
            for one, gain in zip(found, gains, strict=True)
        ]
    return tuple(sorted(found, key=_key))


def _key(found: RetrievedPassage) -> tuple[bool, float, str, int]:
    return order(found.all_words, found.score, found.document.id, found.passage.number)
