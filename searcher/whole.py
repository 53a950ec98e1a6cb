"""The whole result of a query instead of a page: at once, or page by page.

All of it comes from one commit, so no passage is missed or repeated if the index changes meanwhile.
Near-duplicates are not marked: that is done within a page only. The whole result is that of the
words; what is near in meaning only would never end.
"""

from __future__ import annotations

from collections.abc import Iterator

from backstory.engine.hits import SearchResult
from backstory.engine.ordering import RELEVANCE
from backstory.searcher.search import Searcher

MOST = 10_000
PAGE = 1_000


def whole(
    searcher: Searcher,
    text: str,
    *,
    most: int | None = MOST,
    correct: bool = True,
    sort: str = RELEVANCE,
) -> SearchResult:
    """Answer a text with all its hits, the first `most` where there are more; None sets no limit.

    `sort` is one of `engine.ordering.SORTS`.
    """
    size = searcher.statistics().passages if most is None else most
    pinned = searcher.at_one_commit(max(size, 1))
    return pinned.search(
        text, limit=size, correct=correct, copies=False, words_only=True, sort=sort
    )


def pages(
    searcher: Searcher,
    text: str,
    *,
    size: int = PAGE,
    offset: int = 0,
    correct: bool = True,
    explain: bool = False,
    words_only: bool = False,
) -> Iterator[SearchResult]:
    """Yield a page of `size` hits, then the next, until there are no more; always at least one."""
    pinned = searcher.at_one_commit(max(size, 1))
    while True:
        page = pinned.search(
            text,
            offset=offset,
            limit=size,
            correct=correct,
            explain=explain,
            copies=False,
            words_only=words_only,
        )
        yield page
        offset += len(page)
        if not page.hits or offset >= page.listed:
            return


def left_out(result: SearchResult) -> tuple[str, ...]:
    """Return a message that a result was truncated, () if it was not."""
    if not 0 < len(result) < result.total:
        return ()
    return (f"Only the best {len(result):,} of {result.total:,} passages were read.",)
