"""The options of a search, as one value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypedDict

from backstory.engine.candidates import Cursor
from backstory.engine.ordering import RELEVANCE


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How to search.

    `offset` and `limit` count hits, or documents where the list is `grouped`; `limit` None stands
    for the setting `search.page_size`, and 0 asks for the counts alone: with `correct` False there
    are no suggestions then. `correct` allows spelling correction of words that no passage has.
    `facets`, `explain` and `copies` (near-duplicate hits) each take extra time. `sort` is one of
    `engine.ordering.SORTS`. With `words_only` nothing is found by meaning, and the order is that
    of words.
    """

    offset: int = 0
    limit: int | None = None
    correct: bool = True
    facets: bool = False
    explain: bool = False
    sort: str = RELEVANCE
    grouped: bool = False
    copies: bool = True
    words_only: bool = False


class SearchKeywords(TypedDict, total=False):
    """SearchOptions as keyword arguments: `search(text, limit=5)`."""

    offset: int
    limit: int | None
    correct: bool
    facets: bool
    explain: bool
    sort: str
    grouped: bool
    copies: bool
    words_only: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of the ranking: `size` candidates from position `start` on, sorted by `sort`."""

    start: int
    size: int
    sort: str = RELEVANCE
    is_grouped: bool = False

    @property
    def cursor(self) -> Cursor:
        """The cursor at which the page begins."""
        return Cursor(self.start)

    def widened(self, window: int) -> Page:
        """Return the page from the first candidate on, extended to at least `window` candidates."""
        return replace(self, start=0, size=max(self.start + self.size, window))
