"""Retrieval: a page of candidates, re-ranked if need be, with their passages read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backstory.engine.candidates import Candidate
from backstory.engine.hits import RetrievedPassage
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.ordering import RELEVANCE
from backstory.engine.query import Query
from backstory.engine.ranking import BM25
from backstory.searcher.options import Page
from backstory.searcher.reranking import WINDOW, Reranker, reranked


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A page of passages; `total` match in all, `all_words` of them every word."""

    passages: tuple[RetrievedPassage, ...]
    total: int
    all_words: int


def retrieve(
    query: Query, page: Page, snapshot: Snapshot, ranking: BM25, rerankers: Sequence[Reranker] = ()
) -> Retrieved:
    """Return a page of the passages that match.

    Re-rankers always see the whole first WINDOW passages, whichever page of them is returned.
    """
    is_reranked = bool(rerankers) and page.size > 0 and page.sort == RELEVANCE
    fetched = page.widened(WINDOW) if is_reranked else page
    candidates = snapshot.retrieve(
        query,
        ranking,
        k=fetched.size,
        order=fetched.sort,
        grouped=fetched.is_grouped,
        after=fetched.cursor,
    )
    if not is_reranked:
        passages = read_passages(candidates.top, snapshot)
    else:
        window = reranked(
            query, read_passages(candidates.top[:WINDOW], snapshot), snapshot, rerankers
        )
        end = page.start + page.size
        rest = candidates.top[max(page.start, WINDOW) : end]
        passages = (*window[page.start : end], *read_passages(rest, snapshot))
    return Retrieved(passages, candidates.total, candidates.all_words)


def read_passages(
    candidates: Iterable[Candidate], snapshot: Snapshot
) -> tuple[RetrievedPassage, ...]:
    """Read the passages of candidates; they keep their scores."""
    candidates = tuple(candidates)
    passages = snapshot.read(candidate.id for candidate in candidates)
    pairs = zip(candidates, passages, strict=True)
    return tuple(RetrievedPassage(*passage, one.score, one.all_words) for one, passage in pairs)
