"""What can be asked for beside the text: one value instead of a dozen arguments passed on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypedDict

from backstory.engine.candidates import Cursor
from backstory.engine.ordering import RELEVANCE


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How a text is to be answered.

    `offset` and `limit` count hits, or documents where the list is `grouped`; `limit` None stands
    for the setting `search.page_size`, and 0 asks for the counts alone: with `correct` False there
    are no suggestions then. `correct` lets words that no passage has be searched in a near
    spelling. `facets`, `explain` and `copies` (which hits repeat others) ask for what takes time of
    its own. `sort` is one of `engine.ordering.SORTS`.
    """

    offset: int = 0
    limit: int | None = None
    correct: bool = True
    facets: bool = False
    explain: bool = False
    sort: str = RELEVANCE
    grouped: bool = False
    copies: bool = True


class SearchKeywords(TypedDict, total=False):
    """The same as keywords, for those who ask from Python: `search(text, limit=5)`."""

    offset: int
    limit: int | None
    correct: bool
    facets: bool
    explain: bool
    sort: str
    grouped: bool
    copies: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a list that is wanted: `size` candidates from `start` on, in an order."""

    start: int
    size: int
    sort: str = RELEVANCE
    is_grouped: bool = False

    @property
    def cursor(self) -> Cursor:
        """The place in the list at which the page begins."""
        return Cursor(self.start)

    def widened(self, window: int) -> Page:
        """Return the page that begins with the first candidate and has at least `window`."""
        return replace(self, start=0, size=max(self.start + self.size, window))
