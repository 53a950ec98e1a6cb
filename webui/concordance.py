"""The words of a query in their lines, where in which documents they stand, and what stands near.

The lines come from the best LOOKED_AT passages, and the page says so where there are more; the
plot is of every passage that matches.
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
from backstory.webui.links import passage_url, query_url, table_url
from backstory.webui.paging import PageLink, page_count, page_links
from backstory.webui.parameters import one_of, page_number, query_text
from backstory.webui.results import Choice
from backstory.webui.strips import Strip, strip

LOOKED_AT = 1_000
LINES = 100
WIDTH = 64
PLOTTED = 20
LONG_WORD = 14
COLLOCATES = 40
LEFT, COLLOCATED, COUNTED = TABLES = ("lines", "collocates", "counts")
LABELS = {LEFT: "Lines", COLLOCATED: "Words nearby", COUNTED: "Counts"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A table as it was asked for."""

    text: str
    table: str = LEFT
    sort: str = "document"
    page: int = 1

    def url(self) -> str:
        """Return the address of this table."""
        table = self.table if self.table != LEFT else ""
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
    strip: Strip
    url: str


@dataclass(frozen=True, slots=True)
class ConcordancePage:
    """What the page shows: one of the tables, and the plot."""

    wanted: Wanted
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


def read_wanted(values: Mapping[str, str], settings: SearchSettings) -> Wanted:
    """Return what an address asks for."""
    text = query_text(values, settings)
    table, sort = one_of(values, "table", TABLES), one_of(values, "sort", tuple(SORTS))
    return Wanted(text, table, sort, page_number(values))


def concordance_page(searcher: Searcher, wanted: Wanted) -> ConcordancePage:
    """Work out the page; all of it comes from one commit."""
    asked = searcher.at_one_commit(LOOKED_AT)
    result = whole(asked, wanted.text, most=LOOKED_AT, correct=False)
    overall = asked.search(wanted.text, limit=PLOTTED, facets=True, grouped=True, correct=False)
    table, lines = _table(asked, wanted, result), tuple[Line, ...]()
    marks = 0
    if isinstance(table, Concordance):
        lines, marks = table.lines, table.marks
    count = page_count(len(lines), LINES)
    wanted = replace(wanted, page=min(wanted.page, count))
    shown = lines[(wanted.page - 1) * LINES : wanted.page * LINES]
    return ConcordancePage(
        wanted=wanted,
        total=result.total,
        documents=overall.documents or 0,
        lines=tuple(_shown(line, wanted.text) for line in shown),
        marks=marks,
        limits=table.limits,
        plot=tuple(_plotted(overall, wanted.text)),
        collocates=table if isinstance(table, Collocates) else None,
        counts=table if isinstance(table, Frequencies) else None,
        tables=tuple(
            Choice(LABELS[name], replace(wanted, table=name, page=1).url(), name == wanted.table)
            for name in TABLES
        ),
        sorts=tuple(
            Choice(name, replace(wanted, sort=name, page=1).url(), name == wanted.sort)
            for name in SORTS
        ),
        views=tuple(_views(wanted)),
        pages=tuple(page_links(count, wanted.page, lambda n: replace(wanted, page=n).url())),
        previous=replace(wanted, page=wanted.page - 1).url() if wanted.page > 1 else "",
        next=replace(wanted, page=wanted.page + 1).url() if wanted.page < count else "",
    )


def _table(
    searcher: Searcher, wanted: Wanted, result: SearchResult
) -> Concordance | Collocates | Frequencies:
    match wanted.table:
        case "collocates":
            return collocates(result, searcher.snapshot(), most=COLLOCATES)
        case "counts":
            return frequencies(result)
        case _:
            return concordance(result, sort=wanted.sort, width=WIDTH, limit=None)


def _shown(line: Line, text: str) -> ShownLine:
    return ShownLine(line, passage_url(line.document, line.number, "", text))


def _plotted(result: SearchResult, text: str) -> Iterator[Plotted]:
    for hit in result.hits:
        places = result.places[hit.document]
        yield Plotted(hit, strip(places), passage_url(hit.document, hit.number, hit.key, text))


def _views(wanted: Wanted) -> Iterator[Choice]:
    yield Choice("Documents", query_url(wanted.text))
    yield Choice("Every passage", query_url(wanted.text, is_flat=True))
    yield Choice("Lines", wanted.url(), True)
