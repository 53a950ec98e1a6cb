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
from backstory.engine.ordering import NEWEST, OLDEST
from backstory.webui.document_catalog import TITLE, DocumentCatalog, has_values
from backstory.webui.links import document_url, documents_url
from backstory.webui.paging import PageLink, page_count, page_links
from backstory.webui.parameters import one_of, page_number
from backstory.webui.refinements import SHOWN, Facet, FacetValue, in_order
from backstory.webui.results import Choice
from backstory.webui.wording import language_name

SIZE = 50
ORDERS = (NEWEST, OLDEST, TITLE)


@dataclass(frozen=True, slots=True)
class DocumentListParams:
    """The parameters of the page: (facet, value) pairs, an order, a page number from 1."""

    values: tuple[tuple[str, str], ...] = ()
    order: str = NEWEST
    page: int = 1

    @classmethod
    def read(cls, values: Mapping[str, str]) -> DocumentListParams:
        """AnalyzedText the parameters of an address; what is out of range becomes the default."""
        pairs = tuple((name, value) for name in FIELDS.facets if (value := values.get(name, "")))
        return cls(pairs, one_of(values, "order", ORDERS), page_number(values))

    def url(self) -> str:
        """Return the address of this list."""
        order = self.order if self.order != NEWEST else ""
        return documents_url(dict(self.values), order, self.page)

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


def document_list(catalog: DocumentCatalog, params: DocumentListParams) -> DocumentList:
    """Return a page of the list, the last one for a page number past the end."""
    matches = catalog.select(dict(params.values), params.order)
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
            Choice(name, replace(params, order=name, page=1).url(), name == params.order)
            for name in ORDERS
        ),
        pages=tuple(page_links(count, params.page, lambda n: replace(params, page=n).url())),
        previous=replace(params, page=params.page - 1).url() if params.page > 1 else "",
        next=replace(params, page=params.page + 1).url() if params.page < count else "",
    )


def _filters(params: DocumentListParams) -> Iterator[Choice]:
    for name, value in params.values:
        label = f"{FIELDS.facets[name].label}: {_label(name, value)}"
        yield Choice(label, params.having(name, "").url())


def _facets(catalog: DocumentCatalog, params: DocumentListParams) -> Iterator[Facet]:
    for name, field in FIELDS.facets.items():
        others = {facet: value for facet, value in params.values if facet != name}
        matches = [entry for entry in catalog.documents if has_values(entry, others)]
        counts = Counter(facet_value(document, name) for document, _ in matches)
        ordered = in_order(name, sorted(counts.items(), key=lambda one: (-one[1], one[0])))
        values = [_value(name, value, count, params) for value, count in ordered if value]
        if len(values) > 1:
            yield Facet(field.label, tuple(values[:SHOWN]), tuple(values[SHOWN:]))


def _value(name: str, value: str, count: int, params: DocumentListParams) -> FacetValue:
    is_active = (name, value) in params.values
    url = params.having(name, "" if is_active else value).url()
    return FacetValue(_label(name, value), count, url, is_active)


def _label(name: str, value: str) -> str:
    return language_name(value) if name == "language" else value
