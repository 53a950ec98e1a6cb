"""Every document of a commit with its metadata, to filter and sort: read once for each commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backstory.engine.documents import Document
from backstory.engine.facets import facet_value
from backstory.engine.fields import FIELDS
from backstory.engine.indexes.contract import Statistics
from backstory.engine.ordering import ADDED, NEWEST, OLDEST, document_places
from backstory.searcher import Searcher

Entry = tuple[Document, int]  # a document and its number of passages
TITLE = "title"


@dataclass(frozen=True, slots=True)
class DocumentCatalog:
    """The documents of one commit, by id, each with its number of passages; and its statistics."""

    statistics: Statistics
    documents: tuple[Entry, ...]

    def select(self, facets: Mapping[str, str], sort: str, since: str = "") -> list[Entry]:
        """Return the documents that have all these values, in the order of one of SORTS.

        With `since`, a time in UTC, only those that came later. Raises ValueError for a name that
        is none of the facets of documents, `FIELDS.facets`.
        """
        unknown = facets.keys() - FIELDS.facets
        if unknown:
            raise ValueError(f"Documents are not narrowed by {', '.join(sorted(unknown))}.")
        late = [entry for entry in self.documents if not since or entry[0].added > since]
        return SORTS[sort]([entry for entry in late if has_values(entry, facets)])


class CatalogCache:
    """Keeps the catalog of the newest commit in memory."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._catalog: DocumentCatalog | None = None

    def newest(self) -> DocumentCatalog:
        """Return the catalog of the commit that a search would see."""
        catalog, statistics = self._catalog, self._searcher.statistics()
        if catalog is None or catalog.statistics != statistics:
            pinned = self._searcher.at_one_commit(1)
            catalog = DocumentCatalog(pinned.statistics(), tuple(pinned.documents()))
            self._catalog = catalog
        return catalog


def has_values(entry: Entry, facets: Mapping[str, str]) -> bool:
    """Tell whether a document has every one of some facet values."""
    return all(facet_value(entry[0], name) == value for name, value in facets.items())


def _by_title(entry: Entry) -> Any:
    return entry[0].title.casefold(), entry[0].id


def _by_time(sort: str) -> Callable[[list[Entry]], list[Entry]]:
    def ordered(entries: list[Entry]) -> list[Entry]:
        places = document_places([(each.date, each.added) for each, _ in entries], sort)
        ranked = sorted(zip(places, entries, strict=True), key=lambda pair: pair[0])
        return [entry for _, entry in ranked]

    return ordered


SORTS: Mapping[str, Callable[[list[Entry]], list[Entry]]] = {
    "id": list,
    TITLE: lambda entries: sorted(entries, key=_by_title),
    **{sort: _by_time(sort) for sort in (NEWEST, OLDEST, ADDED)},
}
