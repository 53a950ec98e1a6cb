"""The page of hits: what its template shows, computed from a SearchResult."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from backstory.engine.hits import Hit, SearchResult
from backstory.engine.ordering import ADDED, SORTS
from backstory.searcher.exports import exports
from backstory.searcher.settings import SearchSettings
from backstory.webui.date_range import DateRange, range_of
from backstory.webui.dispersion import DispersionPlot, dispersion_plot
from backstory.webui.facet_notes import NoteOf, no_note
from backstory.webui.histogram import Histogram, histogram
from backstory.webui.links import (
    UrlOf,
    cite_url,
    export_url,
    gives_originals,
    leaf_url,
    listed_alike,
    passage_url,
    preview_url,
    related_url,
    search_url,
    table_url,
    within_url,
)
from backstory.webui.paging import PageLink, listed, page_count, page_links
from backstory.webui.parameters import SearchParams
from backstory.webui.preview import Preview
from backstory.webui.reading import Reading, reading
from backstory.webui.refinements import Condition, Facet, conditions_of, facets_of
from backstory.webui.snippets import Snippet, snippet
from backstory.webui.wording import long_date

TOTAL, ALL_WORDS = "Backstory-Total", "Backstory-All-Words"  # headers of a part of a page
SHORT, SIDE = 140, 50  # characters of a hit's extract, and on either side of a mark
_ALL_WORDS, _SOME_WORDS = "Passages with all the words", "Passages with some of the words"
_OR_NEAR, _NEAR = "Passages with some of the words, or near in meaning", "Passages near in meaning"
BY_MEANING = "Found by meaning: none of your words stand here"
_ALWAYS_THERE = "Added before that was noted"
_DATED, _UNDATED = "Passages of documents with a date", "Passages of documents without a date"


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit with its extract and addresses; `more` passages of its document match as well.

    `copies` are hits with nearly the same text, folded away under this one. `leaf` is the address
    of its page as a picture, "" if there is none. `preview` opens it beside the list, where it
    stands if it `is_open`. `longer` is what a cut extract unfolds to.
    """

    hit: Hit
    snippet: Snippet
    url: str
    preview: str
    related: str
    cite: str
    is_open: bool = False
    longer: Snippet | None = None
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

    `words_url` leaves out what was found by meaning alone, or brings it back; it is "" where there
    is none. `nearest` stands apart, where words find nothing. `offers` are other spellings,
    `titled` asks for words in titles, `without` is the query with a condition fewer, `abroad` has
    words of other languages.
    """

    result: SearchResult
    params: SearchParams
    sections: tuple[Section, ...]
    facets: tuple[Facet, ...]
    conditions: tuple[Condition, ...]
    histogram: Histogram | None
    dates: DateRange
    preview: Preview | None
    reading: Reading
    missing: tuple[str, ...]
    alone: tuple[Offer, ...]
    offers: tuple[Offer, ...]
    titled: tuple[Offer, ...]
    without: tuple[Offer, ...]
    abroad: tuple[Offer, ...]
    exact_url: str
    words_url: str
    nearest: tuple[ShownHit, ...]
    views: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    exports: tuple[Choice, ...]
    pages: tuple[PageLink, ...]
    previous: str
    next: str

    @property
    def by_meaning(self) -> str:
        """What is said of a passage that meaning alone found."""
        return BY_MEANING

    @property
    def first(self) -> int:
        """The rank of the first hit on the page."""
        return self.result.offset + 1

    @property
    def last(self) -> int:
        """The rank of the last hit on the page."""
        return self.result.offset + len(self.result)


def result_page(
    result: SearchResult,
    params: SearchParams,
    settings: SearchSettings,
    *,
    preview: Preview | None = None,
    dates: DateRange | None = None,
    note_of: NoteOf = no_note,
) -> ResultPage:
    """Work out the page for a result; `dates` are those that were asked for and cannot be read."""
    asked = replace(params, is_typing=False)
    searched = asked.asking(result.searched)
    url_of = listed_alike(searched)
    count = page_count(listed(result, params), params.size)
    is_corrected = result.searched != result.text
    return ResultPage(
        result=result,
        params=params,
        sections=tuple(_sections(result, replace(asked, text=result.searched))),
        facets=tuple(facets_of(result, settings, url_of, note_of)),
        conditions=tuple(conditions_of(result.searched, url_of)),
        histogram=histogram(result, settings, url_of),
        dates=dates or range_of(result.searched),
        preview=preview,
        reading=reading(result, url_of),
        missing=() if is_corrected else result.understanding.missing,
        alone=tuple(_alone(result, url_of)),
        offers=tuple(offers(result, "spelling", url_of)),
        titled=tuple(offers(result, "title", url_of)),
        without=tuple(offers(result, "without", url_of)),
        abroad=tuple(offers(result, "language", url_of)),
        exact_url=search_url(replace(asked.first_page, is_exact=True)) if is_corrected else "",
        words_url=search_url(replace(asked.first_page, is_words_only=not params.is_words_only))
        if result.by_meaning or params.is_words_only
        else "",
        nearest=tuple(shown_hit(hit, searched) for hit in result.nearest),
        views=tuple(_views(asked, searched)),
        sorts=tuple(_sorts(asked)),
        exports=tuple(Choice(each.label, export_url(asked, each.name)) for each in exports()),
        pages=tuple(page_links(count, params.page, lambda n: page_url(asked, n, count))),
        previous=page_url(asked, params.page - 1, count),
        next=page_url(asked, params.page + 1, count),
    )


def page_url(params: SearchParams, page: int, count: int) -> str:
    """Return the address of a page, or "" where there is no such page."""
    return search_url(replace(params, page=page, opened="")) if 1 <= page <= count else ""


def _views(asked: SearchParams, searched: SearchParams) -> Iterator[Choice]:
    yield from list_views(asked, is_list=True)
    yield Choice("Lines", table_url(searched.text, searched.state))


def list_views(params: SearchParams, *, is_list: bool) -> Iterator[Choice]:
    """Yield the lists that there are of a question; `is_list` where one of them is shown."""
    for label, is_flat in (("Documents", False), ("Every passage", True)):
        url = search_url(replace(params.first_page, is_flat=is_flat))
        yield Choice(label, url, is_list and params.is_flat == is_flat)


def _sorts(params: SearchParams) -> Iterator[Choice]:
    for name in SORTS:
        label = "just added" if name == ADDED else name
        yield Choice(label, search_url(replace(params.first_page, sort=name)), name == params.sort)


def _sections(result: SearchResult, params: SearchParams) -> Iterator[Section]:
    folded = [hit for hit in result.hits if hit.passage not in result.copies]
    for label, hits in groupby(folded, key=_labels(result, params)):
        yield Section(label, tuple(_with_copies(hit, result, params) for hit in hits))


def _labels(result: SearchResult, params: SearchParams) -> Callable[[Hit], str]:
    """Return what says which section a hit stands in; "" where a list needs none."""
    if params.sort == ADDED:
        return lambda hit: f"Added {long_date(hit.added[:10])}" if hit.added else _ALWAYS_THERE
    if params.sort != SORTS[0]:
        is_mixed = len({bool(hit.date) for hit in result.hits}) > 1
        return lambda hit: _UNDATED if not hit.date else _DATED if is_mixed else ""
    has_all_alone = result.all_words == result.total
    if has_all_alone and not result.by_meaning:
        return lambda hit: ""
    some = _SOME_WORDS if not result.by_meaning else _NEAR if has_all_alone else _OR_NEAR
    return lambda hit: _ALL_WORDS if hit.all_words else some


def _with_copies(hit: Hit, result: SearchResult, params: SearchParams) -> ShownHit:
    same = [other for other in result.hits if result.copies.get(other.passage) == hit.passage]
    copies = tuple(shown_hit(other, params) for other in same)
    shown = replace(shown_hit(hit, params), copies=copies)
    places = result.places.get(hit.document)
    if params.is_flat or places is None or (hit.by_meaning and not places.numbers):
        return shown
    return replace(
        shown,
        plot=dispersion_plot(places, hit.number) if places.passages > 1 else None,
        more=len(places.numbers) - (hit.number in places.numbers),
        within=within_url(hit.document, params),
    )


def shown_hit(hit: Hit, params: SearchParams) -> ShownHit:
    """Return a hit as a list shows it, its links with the marks of the text and the way back."""
    text, place = params.text, params.place
    extract = snippet(hit.text, hit.marks, SHORT, around=SIDE, focus=hit.nearest)
    return ShownHit(
        hit=hit,
        snippet=extract,
        longer=None if extract.is_whole else snippet(hit.text, hit.marks, focus=hit.nearest),
        url=passage_url(hit.document, hit.number, hit.key, text, place=place),
        preview=preview_url(params, place, hit.passage),
        related=related_url(hit.document, hit.number, text, place),
        cite=cite_url(hit.document, hit.number),
        is_open=hit.passage == params.opened,
        leaf=leaf_url(hit.document, hit.page, text)
        if hit.page is not None and hit.has_picture and gives_originals()
        else "",
    )


def offers(result: SearchResult, kind: str, url_of: UrlOf) -> Iterable[Offer]:
    """Yield the suggestions of one kind, as links."""
    for suggestion in result.suggestions:
        is_kind = getattr(suggestion, "kind", "spelling") == kind
        if is_kind and suggestion.text != result.searched:
            url = url_of(suggestion.text)
            yield Offer(suggestion.text, suggestion.total, url, suggestion.replaces)


def _alone(result: SearchResult, url_of: UrlOf) -> Iterable[Offer]:
    """Yield what each word finds on its own, where nothing has all of them.

    For phrases that found nothing these are their words; a quoted phrase meant them exactly.
    """
    understood = result.understanding
    is_exact = all(name.endswith('"') for name in understood.missing if " " in name)
    for part in understood.parts:
        text = f'"{part.text}"' if is_exact else part.text
        yield Offer(part.text, part.total, url_of(text))
    is_helped = not understood.parts and any(word.total for word in understood.words)
    if not result.all_words and is_helped and len(understood.words) > 1:
        for word in understood.words:
            yield Offer(word.text, word.total, url_of(word.text))
