"""Every document by its facts: narrowed, sorted, and read from the index once for each commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backstory.engine.documents import Document
from backstory.engine.facets import facet_value
from backstory.engine.fields import FIELDS
from backstory.engine.indexes.contract import Statistics
from backstory.engine.ordering import NEWEST, OLDEST, date_places
from backstory.searcher import Searcher

Entry = tuple[Document, int]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a commit holds: its counts, and every document with its number of passages, by id."""

    statistics: Statistics
    documents: tuple[Entry, ...]


class Holder:
    """Keeps the holdings of the newest commit."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._newest: Holdings | None = None

    def newest(self) -> Holdings:
        """Return the holdings of the commit that a search would see."""
        held, statistics = self._newest, self._searcher.statistics()
        if held is None or held.statistics != statistics:
            asked = self._searcher.at_one_commit(1)
            held = Holdings(asked.statistics(), tuple(asked.documents()))
            self._newest = held
        return held


def _by_title(entry: Entry) -> Any:
    return entry[0].title.casefold(), entry[0].id


def _by_date(sort: str) -> Callable[[list[Entry]], list[Entry]]:
    def ordered(entries: list[Entry]) -> list[Entry]:
        places = date_places((document.date for document, _ in entries), sort)
        return sorted(entries, key=lambda entry: places[entry[0].date])

    return ordered


SORTS: Mapping[str, Callable[[list[Entry]], list[Entry]]] = {
    "id": list,
    "title": lambda entries: sorted(entries, key=_by_title),
    **{sort: _by_date(sort) for sort in (NEWEST, OLDEST)},
}


def select(holdings: Holdings, wanted: Mapping[str, str], sort: str) -> list[Entry]:
    """Return the documents that have every wanted value, in the order of one of SORTS.

    The names are those of the facets of documents, as FIELDS has them.
    """
    unknown = wanted.keys() - FIELDS.facets
    if unknown:
        raise ValueError(f"Documents are not narrowed by {', '.join(sorted(unknown))}.")
    chosen = [
        (document, passages)
        for document, passages in holdings.documents
        if all(facet_value(document, name) == value for name, value in wanted.items())
    ]
    return SORTS[sort](chosen)
