"""The concordance page: keyword-in-context lines, collocates or counts, and a dispersion plot.

The tables are made of the best MAX_PASSAGES passages, and the page says so where there are more;
the plot shows every passage that matches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from backstory.engine.hits import Hit, SearchResult
from backstory.searcher import Searcher
from backstory.searcher.collocates import Collocates, collocates
from backstory.searcher.concordance import SORTS, Concordance, Line, concordance
from backstory.searcher.frequencies import Frequencies, frequencies
from backstory.searcher.settings import SearchSettings
from backstory.searcher.whole import whole
from backstory.webui.dispersion import DispersionPlot, dispersion_plot
from backstory.webui.links import passage_url, query_url, table_url
from backstory.webui.paging import PageLink, page_count, page_links
from backstory.webui.parameters import one_of, page_number, query_text
from backstory.webui.results import Choice

MAX_PASSAGES = 1_000
LINES = 100
WIDTH = 64
PLOTTED = 20
LONG_WORD = 14
COLLOCATES = 40
CONTEXT, COLLOCATIONS, FREQUENCIES = TABLES = ("lines", "collocates", "counts")
LABELS = {CONTEXT: "Lines", COLLOCATIONS: "Words nearby", FREQUENCIES: "Counts"}


@dataclass(frozen=True, slots=True)
class ConcordanceParams:
    """The parameters of the page: a query, one of TABLES, one of SORTS, a page number from 1."""

    text: str
    table: str = CONTEXT
    sort: str = "document"
    page: int = 1

    @classmethod
    def read(cls, values: Mapping[str, str], settings: SearchSettings) -> ConcordanceParams:
        """Read the parameters of an address; raises QueryRefused for too long a query."""
        text = query_text(values, settings)
        table, sort = one_of(values, "table", TABLES), one_of(values, "sort", tuple(SORTS))
        return cls(text, table, sort, page_number(values))

    def url(self) -> str:
        """Return the address of this table."""
        table = self.table if self.table != CONTEXT else ""
        sort = self.sort if self.sort != "document" else ""
        return table_url(self.text, table, sort, self.page)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with the address of its passage."""

    line: Line
    url: str


@dataclass(frozen=True, slots=True)
class Plotted:
    """A document in the dispersion plot."""

    hit: Hit
    plot: DispersionPlot
    url: str


@dataclass(frozen=True, slots=True)
class ConcordancePage:
    """What the page shows: one of the tables, and the plot."""

    params: ConcordanceParams
    total: int
    documents: int
    lines: tuple[ShownLine, ...]
    marks: int
    limits: tuple[str, ...]
    plot: tuple[Plotted, ...]
    collocates: Collocates | None
    counts: Frequencies | None
    tables: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    views: tuple[Choice, ...]
    pages: tuple[PageLink, ...]
    previous: str
    next: str

    @property
    def is_wide(self) -> bool:
        """Some mark is longer than a word."""
        return any(len(shown.line.word) > LONG_WORD for shown in self.lines)


def concordance_page(searcher: Searcher, params: ConcordanceParams) -> ConcordancePage:
    """Work out the page; all of it comes from one commit."""
    pinned = searcher.at_one_commit(MAX_PASSAGES)
    result = whole(pinned, params.text, most=MAX_PASSAGES, correct=False)
    overall = pinned.search(params.text, limit=PLOTTED, facets=True, grouped=True, correct=False)
    table, lines = _table(pinned, params, result), tuple[Line, ...]()
    marks = 0
    if isinstance(table, Concordance):
        lines, marks = table.lines, table.marks
    count = page_count(len(lines), LINES)
    params = replace(params, page=min(params.page, count))
    shown = lines[(params.page - 1) * LINES : params.page * LINES]
    return ConcordancePage(
        params=params,
        total=result.total,
        documents=overall.documents or 0,
        lines=tuple(_shown(line, params.text) for line in shown),
        marks=marks,
        limits=table.limits,
        plot=tuple(_plotted(overall, params.text)),
        collocates=table if isinstance(table, Collocates) else None,
        counts=table if isinstance(table, Frequencies) else None,
        tables=tuple(
            Choice(LABELS[name], replace(params, table=name, page=1).url(), name == params.table)
            for name in TABLES
        ),
        sorts=tuple(
            Choice(name, replace(params, sort=name, page=1).url(), name == params.sort)
            for name in SORTS
        ),
        views=tuple(_views(params)),
        pages=tuple(page_links(count, params.page, lambda n: replace(params, page=n).url())),
        previous=replace(params, page=params.page - 1).url() if params.page > 1 else "",
        next=replace(params, page=params.page + 1).url() if params.page < count else "",
    )


def _table(
    searcher: Searcher, params: ConcordanceParams, result: SearchResult
) -> Concordance | Collocates | Frequencies:
    match params.table:
        case "collocates":
            return collocates(result, searcher.snapshot(), most=COLLOCATES)
        case "counts":
            return frequencies(result)
        case _:
            return concordance(result, sort=params.sort, width=WIDTH, limit=None)


def _shown(line: Line, text: str) -> ShownLine:
    return ShownLine(line, passage_url(line.document, line.number, "", text))


def _plotted(result: SearchResult, text: str) -> Iterator[Plotted]:
    for hit in result.hits:
        places = result.places[hit.document]
        yield Plotted(
            hit, dispersion_plot(places), passage_url(hit.document, hit.number, hit.key, text)
        )


def _views(params: ConcordanceParams) -> Iterator[Choice]:
    yield Choice("Documents", query_url(params.text))
    yield Choice("Every passage", query_url(params.text, is_flat=True))
    yield Choice("Lines", params.url(), True)
