"""From a question to a page of passages: retrieved, put in order once more, read."""

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

    found: tuple[RetrievedPassage, ...]
    total: int
    all_words: int


def retrieve(
    query: Query, page: Page, snapshot: Snapshot, ranking: BM25, rerankers: Sequence[Reranker] = ()
) -> Retrieved:
    """Return a page of the passages that match.

    With re-rankers the first WINDOW passages are put in order as a whole, whichever page of them is
    wanted.
    """
    is_reranked = bool(rerankers) and page.size > 0 and page.sort == RELEVANCE
    wanted = page.widened(WINDOW) if is_reranked else page
    candidates = snapshot.retrieve(
        query,
        ranking,
        k=wanted.size,
        order=wanted.sort,
        grouped=wanted.is_grouped,
        after=wanted.cursor,
    )
    if not is_reranked:
        found = read_passages(candidates.top, snapshot)
    else:
        window = reranked(
            query, read_passages(candidates.top[:WINDOW], snapshot), snapshot, rerankers
        )
        end = page.start + page.size
        rest = candidates.top[max(page.start, WINDOW) : end]
        found = (*window[page.start : end], *read_passages(rest, snapshot))
    return Retrieved(found, candidates.total, candidates.all_words)


def read_passages(
    candidates: Iterable[Candidate], snapshot: Snapshot
) -> tuple[RetrievedPassage, ...]:
    """Return the passages that candidates name, with their scores."""
    candidates = tuple(candidates)
    passages = snapshot.read(candidate.id for candidate in candidates)
    pairs = zip(candidates, passages, strict=True)
    return tuple(RetrievedPassage(*passage, one.score, one.all_words) for one, passage in pairs)
