"""What an index returns: the top matches of a query as ids with scores, and facet counts.

The caller reads the passages that it wants to show with `Snapshot.read`.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in a list of candidates, to continue from: the number of candidates before it.

    `key` is the index's own representation of the position, if it needs one, such as sort values;
    every index also accepts a cursor with only a position.
    """

    position: int = 0
    key: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A matching passage: its id, which is valid in its snapshot only, and its BM25 score.

    `all_words` tells whether it contains every word of the query's bags of words.
    """

    id: Hashable
    score: float
    all_words: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """The `top` matches in the requested order; `total` match, `all_words` of them every word.

    `after` is the cursor of the next page, None if there is none.
    """

    top: tuple[Candidate, ...]
    total: int
    all_words: int
    after: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where a document matches a query: `numbers` of matching passages, of `passages` in all."""

    numbers: tuple[int, ...]
    passages: int


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """Numbers of matching passages by facet value, most first.

    `documents` is the number of documents with a match; `dates` counts matching passages by the
    date of their document, in ascending order.
    """

    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    documents: int = 0
    dates: dict[str, int] = field(default_factory=dict)
