"""Every document of the corpus, to browse by source, kind, language and year.

The list is worked out once for each commit. A choice of one value leaves the other lists with
what goes together with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from backstory.engine.documents import Document
from backstory.engine.facets import facet_value
from backstory.engine.fields import FIELDS
from backstory.engine.ordering import NEWEST, OLDEST, date_places
from backstory.searcher import Searcher
from backstory.webui.links import document_url, listing_url
from backstory.webui.paging import PageLink, page_count, page_links
from backstory.webui.parameters import one_of, page_number
from backstory.webui.refinements import SHOWN, Facet, FacetValue, in_order
from backstory.webui.results import Choice
from backstory.webui.wording import language_name

SIZE = 50
TITLE = "title"
ORDERS = (NEWEST, OLDEST, TITLE)

Entry = tuple[Document, int]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be listed: values of facets, an order, a page."""

    values: tuple[tuple[str, str], ...] = ()
    order: str = NEWEST
    page: int = 1

    def url(self) -> str:
        """Return the address of this list."""
        order = self.order if self.order != NEWEST else ""
        return listing_url(dict(self.values), order, self.page)

    def having(self, facet: str, value: str) -> Chosen:
        """Return the choice with a value of a facet in place of another; "" for none."""
        held = {name: held for name, held in self.values if name != facet}
        values = held | ({facet: value} if value else {})
        return replace(self, values=tuple(values.items()), page=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A document in the list."""

    document: Document
    passages: int
    url: str


@dataclass(frozen=True, slots=True)
class DocumentList:
    """A page of the list."""

    rows: tuple[Row, ...]
    total: int
    every: int
    facets: tuple[Facet, ...]
    chosen: tuple[Choice, ...]
    orders: tuple[Choice, ...]
    pages: tuple[PageLink, ...]
    previous: str
    next: str


def read_choice(values: Mapping[str, str]) -> Chosen:
    """Return what an address asks for."""
    held = tuple((name, value) for name in FIELDS.facets if (value := values.get(name, "")))
    return Chosen(held, one_of(values, "order", ORDERS), page_number(values))


class Catalogue:
    """Lists the documents of the newest commit."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._held: tuple[object, list[Entry]] | None = None

    def documents(self) -> list[Entry]:
        """Return every document with its number of passages, by id."""
        statistics = self._searcher.statistics()
        if self._held is None or self._held[0] != statistics:
            self._held = statistics, self._searcher.documents()
        return self._held[1]

    def page(self, asked: Chosen) -> DocumentList:
        """Return a page of the list, the last one where there are not so many."""
        every = self.documents()
        found = _sorted([entry for entry in every if _fits(entry, asked.values)], asked.order)
        count = page_count(len(found), SIZE)
        asked = replace(asked, page=min(asked.page, count))
        shown = found[(asked.page - 1) * SIZE : asked.page * SIZE]
        return DocumentList(
            rows=tuple(Row(held, number, document_url(held.id)) for held, number in shown),
            total=len(found),
            every=len(every),
            facets=tuple(_facets(every, asked)),
            chosen=tuple(_chosen(asked)),
            orders=tuple(
                Choice(name, replace(asked, order=name, page=1).url(), name == asked.order)
                for name in ORDERS
            ),
            pages=tuple(page_links(count, asked.page, lambda n: replace(asked, page=n).url())),
            previous=replace(asked, page=asked.page - 1).url() if asked.page > 1 else "",
            next=replace(asked, page=asked.page + 1).url() if asked.page < count else "",
        )


def _fits(entry: Entry, values: Sequence[tuple[str, str]]) -> bool:
    return all(facet_value(entry[0], name) == value for name, value in values)


def _sorted(entries: list[Entry], order: str) -> list[Entry]:
    if order == TITLE:
        return sorted(entries, key=lambda entry: (entry[0].title.casefold(), entry[0].id))
    places = date_places((document.date for document, _ in entries), order)
    return sorted(entries, key=lambda entry: (places[entry[0].date], entry[0].id))


def _chosen(asked: Chosen) -> Iterator[Choice]:
    for name, value in asked.values:
        label = f"{FIELDS.facets[name].label}: {_shown(name, value)}"
        yield Choice(label, asked.having(name, "").url())


def _facets(every: Sequence[Entry], asked: Chosen) -> Iterator[Facet]:
    for name, field in FIELDS.facets.items():
        others = [held for held in asked.values if held[0] != name]
        fitting = [entry for entry in every if _fits(entry, others)] if asked.values else every
        counts = Counter(facet_value(document, name) for document, _ in fitting)
        ordered = in_order(name, sorted(counts.items(), key=lambda one: (-one[1], one[0])))
        values = [_value(name, value, count, asked) for value, count in ordered if value]
        if len(values) > 1:
            yield Facet(field.label, tuple(values[:SHOWN]), tuple(values[SHOWN:]))


def _value(name: str, value: str, count: int, asked: Chosen) -> FacetValue:
    is_active = (name, value) in asked.values
    url = asked.having(name, "" if is_active else value).url()
    return FacetValue(_shown(name, value), count, url, is_active)


def _shown(name: str, value: str) -> str:
    return language_name(value) if name == "language" else value
