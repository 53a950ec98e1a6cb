"""A page of hits as the template shows it; everything is worked out from the SearchResult."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from engine.hits import Hit, SearchResult
from engine.settings import SearchSettings
from webui.links import passage_url, query_url, search_url
from webui.paging import PageLink, page_count, page_numbers
from webui.parameters import Asked
from webui.refinements import Facet, facets_of
from webui.snippets import Snippet, snippet


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit with its extract and the address of its place in the document."""

    hit: Hit
    snippet: Snippet
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """Hits on one side of the border between all the words and some of them."""

    label: str
    hits: tuple[ShownHit, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """Another text to search for, with what it finds; `without` is what it leaves out."""

    text: str
    total: int
    url: str
    without: str = ""


@dataclass(frozen=True, slots=True)
class ResultPage:
    """What the page of hits shows; `exact_url` undoes a correction, "" where there was none."""

    result: SearchResult
    asked: Asked
    sections: tuple[Section, ...]
    facets: tuple[Facet, ...]
    missing: tuple[str, ...]
    alone: tuple[Offer, ...]
    offers: tuple[Offer, ...]
    abroad: tuple[Offer, ...]
    without: tuple[Offer, ...]
    exact_url: str
    pages: tuple[PageLink, ...]
    previous: str
    next: str

    @property
    def first(self) -> int:
        """The rank of the first hit on the page."""
        return self.result.offset + 1

    @property
    def last(self) -> int:
        """The rank of the last hit on the page."""
        return self.result.offset + len(self.result)


def result_page(result: SearchResult, asked: Asked, settings: SearchSettings) -> ResultPage:
    """Work out the page for a result."""
    usual = settings.page_size
    count = page_count(result.total, asked.size)
    is_corrected = result.searched != result.text
    missing = result.understanding.missing
    return ResultPage(
        result=result,
        asked=asked,
        sections=tuple(_sections(result)),
        facets=tuple(facets_of(result, settings)),
        missing=() if is_corrected else missing,
        alone=tuple(_alone(result)),
        offers=tuple(_offers(result, "spelling")),
        abroad=tuple(_offers(result, "language")),
        without=tuple(_offers(result, "without")),
        exact_url=search_url(Asked(asked.text, is_exact=True), usual) if is_corrected else "",
        pages=tuple(_page_links(asked, count, usual)),
        previous=page_url(asked, asked.page - 1, count, usual),
        next=page_url(asked, asked.page + 1, count, usual),
    )


def page_url(
    asked: Asked, page: int, count: int, usual_size: int, *, endpoint: str = "search"
) -> str:
    """Return the address of a page, or "" where there is no such page."""
    if not 1 <= page <= count:
        return ""
    return search_url(replace(asked, page=page), usual_size, endpoint=endpoint)


def _page_links(asked: Asked, count: int, usual_size: int) -> Iterable[PageLink]:
    for number in page_numbers(asked.page, count) if count > 1 else ():
        yield PageLink(number, page_url(asked, number, count, usual_size), number == asked.page)


def _sections(result: SearchResult) -> Iterable[Section]:
    has_border = result.full < result.total
    for is_full, hits in groupby(result.hits, key=lambda hit: hit.all_words):
        label = "Passages with all the words" if is_full else "Passages with some of the words"
        shown = tuple(_shown(hit, result.searched) for hit in hits)
        yield Section(label if has_border else "", shown)


def _shown(hit: Hit, text: str) -> ShownHit:
    url = passage_url(hit.document, hit.number, hit.key, text)
    return ShownHit(hit, snippet(hit.text, hit.marks), url)


def _offers(result: SearchResult, kind: str) -> Iterable[Offer]:
    for one in result.suggestions:
        if one.kind == kind and one.text != result.searched:
            yield Offer(one.text, one.total, query_url(one.text), one.replaces)


def _alone(result: SearchResult) -> Iterable[Offer]:
    """Yield the words of phrases that found nothing; a quoted phrase meant them exactly."""
    is_exact = all(name.endswith('"') for name in result.understanding.missing if " " in name)
    for part in result.understanding.parts:
        text = f'"{part.text}"' if is_exact else part.text
        yield Offer(part.text, part.total, query_url(text))
