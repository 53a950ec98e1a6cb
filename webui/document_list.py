"""The page /documents: the corpus to browse by source, kind, language and year.

As usual with facets, the counts of one facet take the chosen values of all others into account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from backstory.engine.documents import Document
from backstory.engine.facets import facet_value
from backstory.engine.fields import FIELDS
from backstory.engine.ordering import ADDED, NEWEST, OLDEST
from backstory.webui.document_catalog import TITLE, DocumentCatalog
from backstory.webui.facet_notes import NoteOf, notes_on
from backstory.webui.links import document_url, documents_url
from backstory.webui.paging import PageLink, page_count, page_links
from backstory.webui.parameters import moment, one_of, page_number
from backstory.webui.refinements import SHOWN, Facet, FacetValue, in_order
from backstory.webui.results import Choice
from backstory.webui.wording import long_moment, value_label

SIZE = 50
ORDERS = {NEWEST: "newest", OLDEST: "oldest", ADDED: "just added", TITLE: "title"}


@dataclass(frozen=True, slots=True)
class DocumentListParams:
    """The parameters of the page: (facet, value) pairs, an order, a page number from 1.

    With `since`, a time in UTC, only documents that came later are listed.
    """

    values: tuple[tuple[str, str], ...] = ()
    order: str = NEWEST
    page: int = 1
    since: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> DocumentListParams:
        """Read the parameters of an address; what is out of range becomes the default."""
        pairs = tuple((name, value) for name in FIELDS.facets if (value := values.get(name, "")))
        since = moment(values.get("since", ""))
        return cls(pairs, one_of(values, "order", tuple(ORDERS)), page_number(values), since)

    def url(self) -> str:
        """Return the address of this list."""
        order = self.order if self.order != NEWEST else ""
        since = {"since": self.since} if self.since else {}
        return documents_url({**dict(self.values), **since}, order, self.page)

    def having(self, facet: str, value: str) -> DocumentListParams:
        """Return the first page with this value of a facet instead of any other; "" for none."""
        others = {name: other for name, other in self.values if name != facet}
        values = others | ({facet: value} if value else {})
        return replace(self, values=tuple(values.items()), page=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A document in the list."""

    document: Document
    passages: int
    url: str


@dataclass(frozen=True, slots=True)
class DocumentList:
    """A page of the list: `total` documents match, of `every` in the corpus.

    `filters` are the chosen values, each with the address of the list without it.
    """

    rows: tuple[Row, ...]
    total: int
    every: int
    facets: tuple[Facet, ...]
    filters: tuple[Choice, ...]
    orders: tuple[Choice, ...]
    pages: tuple[PageLink, ...]
    previous: str
    next: str
    is_by_arrival: bool


def document_list(catalog: DocumentCatalog, params: DocumentListParams) -> DocumentList:
    """Return a page of the list, the last one for a page number past the end."""
    matches = catalog.select(dict(params.values), params.order, params.since)
    count = page_count(len(matches), SIZE)
    params = replace(params, page=min(params.page, count))
    shown = matches[(params.page - 1) * SIZE : params.page * SIZE]
    return DocumentList(
        rows=tuple(Row(document, number, document_url(document.id)) for document, number in shown),
        total=len(matches),
        every=len(catalog.documents),
        facets=tuple(_facets(catalog, params)),
        filters=tuple(_filters(params)),
        orders=tuple(
            Choice(label, replace(params, order=name, page=1).url(), name == params.order)
            for name, label in ORDERS.items()
        ),
        pages=tuple(page_links(count, params.page, lambda n: replace(params, page=n).url())),
        previous=replace(params, page=params.page - 1).url() if params.page > 1 else "",
        next=replace(params, page=params.page + 1).url() if params.page < count else "",
        is_by_arrival=bool(params.since) or params.order == ADDED,
    )


def _filters(params: DocumentListParams) -> Iterator[Choice]:
    if params.since:
        label = f"added after {long_moment(params.since)}"
        yield Choice(label, replace(params, since="", page=1).url())
    for name, value in params.values:
        label = f"{FIELDS.facets[name].label}: {value_label(name, value)}"
        yield Choice(label, params.having(name, "").url())


def _facets(catalog: DocumentCatalog, params: DocumentListParams) -> Iterator[Facet]:
    for name, field in FIELDS.facets.items():
        others = {facet: value for facet, value in params.values if facet != name}
        matches = catalog.select(others, "id", params.since)
        note_of = notes_on(document for document, _ in matches)
        counts = Counter(facet_value(document, name) for document, _ in matches)
        ordered = in_order(name, sorted(counts.items(), key=lambda one: (-one[1], one[0])))
        values = [_value(name, value, count, params, note_of) for value, count in ordered if value]
        if len(values) > 1:
            yield Facet(field.label, tuple(values[:SHOWN]), tuple(values[SHOWN:]))


def _value(
    name: str, value: str, count: int, params: DocumentListParams, note_of: NoteOf
) -> FacetValue:
    is_active = (name, value) in params.values
    url = params.having(name, "" if is_active else value).url()
    return FacetValue(value_label(name, value), count, url, is_active, note=note_of(name, value))
