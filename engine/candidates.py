"""What an index answers with: the first matches of a query, and what all of them have in common.

Whoever asks reads the passages that it wants to show, and decides what is shown of them.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: how many candidates stand before it.

    `key` is what the index that made the cursor knows the place by, if it needs to; a cursor with
    a position alone is understood by every index.
    """

    position: int = 0
    key: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that matches, by the id that its snapshot gives it, and its BM25 score.

    `all_words` tells whether it has every word of the query's bags.
    """

    id: Hashable
    score: float
    all_words: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """The first matches in an order; `total` passages match, `all_words` of them every word.

    `after` is where the next ones begin, None where there are no more.
    """

    found: tuple[Candidate, ...]
    total: int
    all_words: int
    after: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where in a document a query matches: `numbers` of its `passages` passages."""

    numbers: tuple[int, ...]
    passages: int


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """What all matches have in common: passages by the values of each facet, most first.

    `documents` is the number of documents that they are of, `dates` counts them by the date of
    their document, in order of date.
    """

    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    documents: int = 0
    dates: dict[str, int] = field(default_factory=dict)
