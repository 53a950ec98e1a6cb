"""The page of hits: what its template shows, computed from a SearchResult."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from backstory.engine.hits import Hit, SearchResult
from backstory.engine.ordering import SORTS
from backstory.searcher.exports import exports
from backstory.searcher.settings import SearchSettings
from backstory.webui.dispersion import DispersionPlot, dispersion_plot
from backstory.webui.histogram import Bar, bars
from backstory.webui.links import (
    cite_url,
    export_url,
    gives_originals,
    leaf_url,
    passage_url,
    query_url,
    related_url,
    search_url,
    table_url,
    within_url,
)
from backstory.webui.paging import PageLink, listed, page_count, page_links
from backstory.webui.parameters import SearchParams
from backstory.webui.reading import Reading, reading
from backstory.webui.refinements import Condition, Facet, conditions_of, facets_of
from backstory.webui.snippets import Snippet, snippet

FOLDED = 500  # characters of a passage that may be unfolded
_ALL_WORDS, _SOME_WORDS = "Passages with all the words", "Passages with some of the words"
_DATED, _UNDATED = "Passages of documents with a date", "Passages of documents without a date"


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit with its extract and addresses; `more` passages of its document match as well.

    `copies` are hits with nearly the same text, folded away under this one. `leaf` is the address
    of its page as a picture, "" if there is none.
    """

    hit: Hit
    snippet: Snippet
    url: str
    related: str
    cite: str
    plot: DispersionPlot | None = None
    more: int = 0
    within: str = ""
    copies: tuple[ShownHit, ...] = ()
    leaf: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Hits on one side of the border between all the words and some of them."""

    label: str
    hits: tuple[ShownHit, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """Another text to search for, with what it finds; `about` is what it replaces or leaves out."""

    text: str
    total: int
    url: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to see a result."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class ResultPage:
    """What the page of hits shows; `exact_url` undoes a correction, "" where there was none.

    `offers` are other spellings, `titled` asks for words in titles, `without` is the query with a
    condition fewer, `abroad` has words of other languages.
    """

    result: SearchResult
    params: SearchParams
    sections: tuple[Section, ...]
    facets: tuple[Facet, ...]
    conditions: tuple[Condition, ...]
    bars: tuple[Bar, ...]
    reading: Reading
    missing: tuple[str, ...]
    alone: tuple[Offer, ...]
    offers: tuple[Offer, ...]
    titled: tuple[Offer, ...]
    without: tuple[Offer, ...]
    abroad: tuple[Offer, ...]
    exact_url: str
    views: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    exports: tuple[Choice, ...]
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


def result_page(result: SearchResult, params: SearchParams, settings: SearchSettings) -> ResultPage:
    """Work out the page for a result."""
    usual = settings.page_size
    count = page_count(listed(result, params), params.size)
    is_corrected = result.searched != result.text
    return ResultPage(
        result=result,
        params=params,
        sections=tuple(_sections(result, params)),
        facets=tuple(facets_of(result, settings)),
        conditions=tuple(conditions_of(result.searched)),
        bars=tuple(bars(result, settings)),
        reading=reading(result),
        missing=() if is_corrected else result.understanding.missing,
        alone=tuple(_alone(result)),
        offers=tuple(_offers(result, "spelling")),
        titled=tuple(_offers(result, "title")),
        without=tuple(_offers(result, "without")),
        abroad=tuple(_offers(result, "language")),
        exact_url=search_url(SearchParams(params.text, is_exact=True), usual)
        if is_corrected
        else "",
        views=tuple(_views(result, params, usual)),
        sorts=tuple(_sorts(params, usual)),
        exports=tuple(Choice(each.label, export_url(params, each.name)) for each in exports()),
        pages=tuple(page_links(count, params.page, lambda n: page_url(params, n, count, usual))),
        previous=page_url(params, params.page - 1, count, usual),
        next=page_url(params, params.page + 1, count, usual),
    )


def page_url(
    params: SearchParams, page: int, count: int, usual_size: int, *, endpoint: str = "search"
) -> str:
    """Return the address of a page, or "" where there is no such page."""
    if not 1 <= page <= count:
        return ""
    return search_url(replace(params, page=page), usual_size, endpoint=endpoint)


def _views(result: SearchResult, params: SearchParams, usual: int) -> Iterator[Choice]:
    first = params.first_page
    documents, flat = replace(first, is_flat=False), replace(first, is_flat=True)
    yield Choice("Documents", search_url(documents, usual), not params.is_flat)
    yield Choice("Every passage", search_url(flat, usual), params.is_flat)
    yield Choice("Lines", table_url(result.searched))


def _sorts(params: SearchParams, usual: int) -> Iterator[Choice]:
    for name in SORTS:
        url = search_url(replace(params.first_page, sort=name), usual)
        yield Choice(name, url, name == params.sort)


def _sections(result: SearchResult, params: SearchParams) -> Iterator[Section]:
    folded = [hit for hit in result.hits if hit.passage not in result.copies]
    for label, hits in groupby(folded, key=_labels(result, params)):
        yield Section(label, tuple(_with_copies(hit, result, params) for hit in hits))


def _labels(result: SearchResult, params: SearchParams) -> Callable[[Hit], str]:
    """Return what says which section a hit stands in; "" where a list needs none."""
    if params.sort != SORTS[0]:
        is_mixed = len({bool(hit.date) for hit in result.hits}) > 1
        return lambda hit: _UNDATED if not hit.date else _DATED if is_mixed else ""
    if result.all_words == result.total:
        return lambda hit: ""
    return lambda hit: _ALL_WORDS if hit.all_words else _SOME_WORDS


def _with_copies(hit: Hit, result: SearchResult, params: SearchParams) -> ShownHit:
    same = [other for other in result.hits if result.copies.get(other.passage) == hit.passage]
    copies = tuple(shown_hit(other, result.searched, FOLDED) for other in same)
    shown = replace(shown_hit(hit, result.searched), copies=copies)
    places = result.places.get(hit.document)
    if params.is_flat or places is None:
        return shown
    return replace(
        shown,
        plot=dispersion_plot(places, hit.number) if places.passages > 1 else None,
        more=len(places.numbers) - 1,
        within=within_url(hit.document, result.searched),
    )


def shown_hit(hit: Hit, text: str, limit: int | None = None) -> ShownHit:
    """Return a hit as a list shows it, its links with the marks of a text."""
    return ShownHit(
        hit=hit,
        snippet=snippet(hit.text, hit.marks, *([limit] if limit else [])),
        url=passage_url(hit.document, hit.number, hit.key, text),
        related=related_url(hit.document, hit.number, text),
        cite=cite_url(hit.document, hit.number),
        leaf=leaf_url(hit.document, hit.page, text)
        if hit.page is not None and hit.has_picture and gives_originals()
        else "",
    )


def _offers(result: SearchResult, kind: str) -> Iterable[Offer]:
    for suggestion in result.suggestions:
        is_kind = getattr(suggestion, "kind", "spelling") == kind
        if is_kind and suggestion.text != result.searched:
            url = query_url(suggestion.text)
            yield Offer(suggestion.text, suggestion.total, url, suggestion.replaces)


def _alone(result: SearchResult) -> Iterable[Offer]:
    """Yield what each word finds on its own, where nothing has all of them.

    For phrases that found nothing these are their words; a quoted phrase meant them exactly.
    """
    understood = result.understanding
    is_exact = all(name.endswith('"') for name in understood.missing if " " in name)
    for part in understood.parts:
        text = f'"{part.text}"' if is_exact else part.text
        yield Offer(part.text, part.total, query_url(text))
    is_helped = not understood.parts and any(word.total for word in understood.words)
    if not result.all_words and is_helped and len(understood.words) > 1:
        for word in understood.words:
            yield Offer(word.text, word.total, query_url(word.text))
