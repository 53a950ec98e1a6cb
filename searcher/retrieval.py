"""Retrieval: a page of candidates, re-ranked if need be, with their passages read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from backstory.engine.candidates import Candidate
from backstory.engine.hits import RetrievedPassage
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.ordering import RELEVANCE
from backstory.engine.query import Query
from backstory.engine.ranking import BM25
from backstory.searcher.fusion import Fusion
from backstory.searcher.meaning import Meaning
from backstory.searcher.options import Page
from backstory.searcher.reranking import WINDOW, Reranker, reranked


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A page of passages; `total` match in all, `all_words` of them every word.

    `by_meaning` more entries of the list have none of the words.
    """

    passages: tuple[RetrievedPassage, ...]
    total: int
    all_words: int
    by_meaning: int = 0


def retrieve(
    query: Query,
    page: Page,
    snapshot: Snapshot,
    ranking: BM25,
    rerankers: Sequence[Reranker] = (),
    meaning: Meaning | None = None,
) -> Retrieved:
    """Return a page of the passages that match, and of those that are near to a meaning.

    Re-rankers always see the whole first WINDOW passages, whichever page of them is returned.
    """
    if not rerankers or page.size == 0 or page.sort != RELEVANCE:
        return _retrieved(query, page, snapshot, ranking, meaning)
    found = _retrieved(query, page.widened(WINDOW), snapshot, ranking, meaning)
    window = reranked(query, found.passages[:WINDOW], snapshot, rerankers)
    in_order = (*window, *found.passages[WINDOW:])
    return replace(found, passages=in_order[page.start : page.start + page.size])


def _retrieved(
    query: Query, page: Page, snapshot: Snapshot, ranking: BM25, meaning: Meaning | None
) -> Retrieved:
    if meaning is not None and meaning.is_fused:
        passages, words, alone = Fusion(query, ranking, snapshot, meaning).page(page)
        return Retrieved(passages, words.total, words.all_words, alone)
    candidates = snapshot.retrieve(
        query,
        ranking,
        k=page.size,
        order=page.sort,
        grouped=page.is_grouped,
        after=page.cursor,
    )
    passages = read_passages(candidates.top, snapshot)
    return Retrieved(passages, candidates.total, candidates.all_words)


def read_passages(
    candidates: Iterable[Candidate], snapshot: Snapshot
) -> tuple[RetrievedPassage, ...]:
    """Read the passages of candidates; they keep their scores."""
    candidates = tuple(candidates)
    passages = snapshot.read(candidate.id for candidate in candidates)
    pairs = zip(candidates, passages, strict=True)
    return tuple(RetrievedPassage(*passage, one.score, one.all_words) for one, passage in pairs)
