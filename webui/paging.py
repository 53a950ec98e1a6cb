"""Pages of a result: how many there are, which are worth a link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from backstory.engine.hits import SearchResult
from backstory.searcher import Searcher
from backstory.webui.parameters import SearchParams

NEIGHBOURS = 2


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link of the page bar; a number of 0 is a gap, without an address."""

    number: int
    url: str = ""
    is_current: bool = False


def page_count(total: int, size: int) -> int:
    """Return the number of pages; an empty result has one."""
    return max(-(-total // size), 1)


def page_numbers(page: int, count: int) -> list[int]:
    """Return the pages to link: the first, the last and those around `page`; 0 stands for a gap."""
    near = range(page - NEIGHBOURS, page + NEIGHBOURS + 1)
    shown = sorted({1, count} | {number for number in near if 1 <= number <= count})
    numbers: list[int] = []
    for number in shown:
        if numbers and number == numbers[-1] + 2:
            numbers.append(number - 1)  # a gap of one page is no shorter than its number
        elif numbers and number > numbers[-1] + 1:
            numbers.append(0)
        numbers.append(number)
    return numbers


def find(
    searcher: Searcher,
    params: SearchParams,
    *,
    facets: bool = False,
    explain: bool = False,
    grouped: bool = False,
) -> SearchResult:
    """Ask for a page of hits; a page past the end has none, and the same totals."""
    most = searcher.statistics().passages if params.offset else 0
    return searcher.search(
        params.asked,
        offset=min(params.offset, most),
        limit=params.size,
        correct=not (params.is_exact or params.is_typing),
        facets=facets,
        explain=explain,
        sort=params.sort,
        grouped=grouped,
        words_only=params.is_words_only or params.is_typing,
    )


def find_page(searcher: Searcher, params: SearchParams) -> tuple[SearchResult, SearchParams]:
    """Ask for a page to show, explained, or for the last page where there are not so many."""
    result = _shown(searcher, params)
    if result.hits or not result.total:
        return result, params if result.total else params.first_page
    last = replace(params, page=page_count(listed(result, params), params.size))
    return _shown(searcher, last), last


def listed(result: SearchResult, params: SearchParams) -> int:
    """Return how many hits there are over all pages: documents, or passages in a flat list."""
    return (result.total if params.is_flat else result.documents or 0) + result.by_meaning


def _shown(searcher: Searcher, params: SearchParams) -> SearchResult:
    return find(searcher, params, facets=True, explain=True, grouped=not params.is_flat)


def page_links(count: int, current: int, url: Callable[[int], str]) -> Iterator[PageLink]:
    """Yield the links of the page bar; none where there is one page."""
    for number in page_numbers(current, count) if count > 1 else ():
        yield PageLink(number, url(number) if number else "", number == current)
