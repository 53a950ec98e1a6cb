"""Pages of a result: how many there are, which are worth a link."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.hits import SearchResult
from searcher import Searcher
from webui.parameters import Asked

NEIGHBOURS = 2


def page_count(total: int, size: int) -> int:
    """Return the number of pages; an empty result has one."""
    return max(-(-total // size), 1)


def page_numbers(page: int, count: int) -> list[int]:
    """Return the pages to link: the first, the last and those around `page`; 0 stands for a gap."""
    near = range(page - NEIGHBOURS, page + NEIGHBOURS + 1)
    shown = sorted({1, count} | {number for number in near if 1 <= number <= count})
    found: list[int] = []
    for number in shown:
        if found and number == found[-1] + 2:
            found.append(number - 1)  # a gap of one page is no shorter than its number
        elif found and number > found[-1] + 1:
            found.append(0)
        found.append(number)
    return found


def find(
    searcher: Searcher, asked: Asked, *, facets: bool = False, explain: bool = False
) -> SearchResult:
    """Ask for a page of hits; a page past the end has none, and the same totals."""
    most = searcher.statistics().passages if asked.offset else 0
    return searcher.search(
        asked.text,
        offset=min(asked.offset, most),
        limit=asked.size,
        correct=not asked.is_exact,
        facets=facets,
        explain=explain,
    )


def find_page(searcher: Searcher, asked: Asked) -> tuple[SearchResult, Asked]:
    """Ask for a page of hits with facets, or for the last page where there are not so many."""
    result = find(searcher, asked, facets=True)
    if result.hits or not result.total:
        return result, asked if result.total else replace(asked, page=1)
    last = replace(asked, page=page_count(result.total, asked.size))
    return find(searcher, last, facets=True), last


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link of the page bar; a number of 0 is a gap, without an address."""

    number: int
    url: str = ""
    is_current: bool = False
