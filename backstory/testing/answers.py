"""A whole answer of an index: what its snapshot says one by one, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backstory.engine.candidates import Cursor, Places
from backstory.engine.hits import RetrievedPassage
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.ordering import RELEVANCE
from backstory.engine.query import Query
from backstory.engine.ranking import BM25


@dataclass(frozen=True)
class Answer:
    """A page of passages, and what all matches have in common."""

    top: tuple[RetrievedPassage, ...]
    total: int
    all_words: int
    facets: dict[str, dict[str, int]]
    documents: int
    dates: dict[str, int]
    places: dict[str, Places]

    @property
    def facts(self) -> tuple[Any, ...]:
        """All of it but the scores."""
        hits = [(hit.passage, hit.document, hit.all_words) for hit in self.top]
        counts = self.total, self.all_words, self.facets, self.documents
        return hits, *counts, self.dates, self.places


def ask(
    snapshot: Snapshot,
    query: Query,
    ranking: BM25 | None = None,
    *,
    offset: int = 0,
    limit: int = 100,
    facets: Sequence[str] = (),
    sort: str = RELEVANCE,
    grouped: bool = False,
) -> Answer:
    """Ask for a page of an answer, from an offset on."""
    candidates = snapshot.retrieve(
        query, ranking or BM25(), k=limit, order=sort, grouped=grouped, after=Cursor(offset)
    )
    passages = snapshot.read(one.id for one in candidates.top)
    pairs = zip(candidates.top, passages, strict=True)
    found = tuple(RetrievedPassage(*passage, one.score, one.all_words) for one, passage in pairs)
    counts = snapshot.facets(query, facets)
    places = snapshot.places(query, dict.fromkeys(one.document.id for one in found))
    total, full = candidates.total, candidates.all_words
    return Answer(found, total, full, counts.facets, counts.documents, counts.dates, places)
