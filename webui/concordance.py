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
from backstory.webui.date_range import DateRange, range_of
from backstory.webui.dispersion import DispersionPlot, dispersion_plot
from backstory.webui.facet_notes import NoteOf, no_note
from backstory.webui.histogram import Histogram, histogram
from backstory.webui.links import UrlOf, document_url, passage_url, table_url
from backstory.webui.paging import PageLink, page_count, page_links
from backstory.webui.parameters import SearchParams, lenient, one_of, page_number
from backstory.webui.refinements import Condition, Facet, conditions_of, facets_of
from backstory.webui.results import Choice, Offer, list_views, offers

MAX_PASSAGES = 1_000
LINES = 100
WIDTH = 64
PLOTTED = 20
COLLOCATES = 40
CONTEXT, COLLOCATIONS, FREQUENCIES = TABLES = ("lines", "collocates", "counts")
LABELS = {CONTEXT: "Lines", COLLOCATIONS: "Words nearby", FREQUENCIES: "Counts"}


@dataclass(frozen=True, slots=True)
class ConcordanceParams:
    """The parameters of the page: a question with the state of its list, one of TABLES, one of
    SORTS, a page number from 1.
    """

    asked: SearchParams
    table: str = CONTEXT
    sort: str = "document"
    page: int = 1

    @property
    def text(self) -> str:
        """The text of the question."""
        return self.asked.text

    @classmethod
    def read(cls, values: Mapping[str, str], settings: SearchSettings) -> ConcordanceParams:
        """Read the parameters of an address; raises QueryRefused for too long a query."""
        asked = lenient(values, settings).first_page
        orders = tuple(SORTS)
        # Earlier addresses have the order of the lines where that of the list stands now.
        sort = one_of(values, "lines" if "lines" in values else "sort", orders)
        return cls(asked, one_of(values, "table", TABLES), sort, page_number(values))

    @property
    def state(self) -> dict[str, str]:
        """How the question is shown, as parameters of an address."""
        own = {"table": self.table} if self.table != CONTEXT else {}
        order = {"lines": self.sort} if self.sort != "document" else {}
        return {**own, **order, **self.asked.state}

    def asking(self, text: str) -> ConcordanceParams:
        """Return the same table for another text."""
        return replace(self, asked=self.asked.asking(text), page=1)

    def url(self) -> str:
        """Return the address of this table."""
        return table_url(self.text, self.state, self.page)


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
    facets: tuple[Facet, ...]
    histogram: Histogram | None
    dates: DateRange
    conditions: tuple[Condition, ...]
    offers: tuple[Offer, ...]
    tables: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    views: tuple[Choice, ...]
    pages: tuple[PageLink, ...]
    previous: str
    next: str

    def of_word(self, word: str) -> str:
        """Return the address of the lines of another word."""
        return replace(self.params.asking(word), table=CONTEXT).url()

    def of_document(self, document_id: str) -> str:
        """Return the address of a document with the marks of the question."""
        return document_url(document_id, self.params.text, self.params.asked.place)


def concordance_page(
    searcher: Searcher,
    params: ConcordanceParams,
    settings: SearchSettings,
    dates: DateRange | None = None,
    note_of: NoteOf = no_note,
) -> ConcordancePage:
    """Work out the page; all of it comes from one commit.

    `dates` are those that were asked for and cannot be read.
    """
    pinned = searcher.at_one_commit(MAX_PASSAGES)
    result = whole(pinned, params.text, most=MAX_PASSAGES, correct=False)
    overall = pinned.search(params.text, limit=PLOTTED, facets=True, grouped=True, correct=False)
    table, lines = _table(pinned, params, result), tuple[Line, ...]()
    marks = 0
    if isinstance(table, Concordance):
        lines, marks = table.lines, table.marks
    count = page_count(len(lines), LINES)
    params = replace(params, page=min(params.page, count))
    url_of = _tables_of(params)
    shown = lines[(params.page - 1) * LINES : params.page * LINES]
    return ConcordancePage(
        params=params,
        total=result.total,
        documents=overall.documents or 0,
        lines=tuple(_shown(line, params.asked) for line in shown),
        marks=marks,
        limits=table.limits,
        plot=tuple(_plotted(overall, params.asked)),
        collocates=table if isinstance(table, Collocates) else None,
        counts=table if isinstance(table, Frequencies) else None,
        facets=tuple(facets_of(overall, settings, url_of, note_of)),
        histogram=histogram(overall, settings, url_of),
        dates=dates or range_of(params.text),
        conditions=tuple(conditions_of(params.text, url_of)),
        offers=tuple(offers(overall, "spelling", url_of)),
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


def _tables_of(params: ConcordanceParams) -> UrlOf:
    return lambda text: params.asking(text).url()


def _shown(line: Line, asked: SearchParams) -> ShownLine:
    url = passage_url(line.document, line.number, "", asked.text, place=asked.place)
    return ShownLine(line, url)


def _plotted(result: SearchResult, asked: SearchParams) -> Iterator[Plotted]:
    for hit in result.hits:
        url = passage_url(hit.document, hit.number, hit.key, asked.text, place=asked.place)
        yield Plotted(hit, dispersion_plot(result.places[hit.document]), url)


def _views(params: ConcordanceParams) -> Iterator[Choice]:
    yield from list_views(params.asked, is_list=False)
    yield Choice("Lines", params.url(), True)
