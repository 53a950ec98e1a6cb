"""Re-ranking: the best WINDOW passages by relevance get new scores from other evidence.

A re-ranker adds no passages that have not matched, and those after the window keep their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from backstory.engine.hits import RetrievedPassage
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import Query
from backstory.engine.ranking import order

WINDOW = 100  # passages


class Reranker(Protocol):
    """Adjusts the scores of the best passages by evidence other than their words."""

    @property
    def name(self) -> str:
        """The name in explanations of scores."""

    def gains(
        self, query: Query, passages: Sequence[RetrievedPassage], snapshot: Snapshot
    ) -> Sequence[float]:
        """Return what to add to each score, one number a passage; `passages` are best first."""


def reranked(
    query: Query,
    passages: Sequence[RetrievedPassage],
    snapshot: Snapshot,
    rerankers: Sequence[Reranker],
) -> tuple[RetrievedPassage, ...]:
    """Return the passages in their new order; those with all the words stay first."""
    for reranker in rerankers:
        gains = reranker.gains(query, passages, snapshot)
        passages = [
            replace(one, score=one.score + gain, gains=(*one.gains, (reranker.name, gain)))
            for one, gain in zip(passages, gains, strict=True)
        ]
    return tuple(sorted(passages, key=_key))


def _key(scored: RetrievedPassage) -> tuple[bool, float, str, int]:
    return order(scored.all_words, scored.score, scored.document.id, scored.passage.number)
