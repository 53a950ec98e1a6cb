"""The page of all passages of one document that match a query, in document order."""

from __future__ import annotations

from dataclasses import dataclass

from backstory.engine.candidates import Places
from backstory.engine.documents import Document, Passage
from backstory.searcher import OpenDocument
from backstory.webui.dispersion import DispersionPlot, dispersion_plot
from backstory.webui.links import document_url, passage_url, search_url
from backstory.webui.parameters import SearchParams
from backstory.webui.snippets import Snippet, snippet

LENGTH = 420


@dataclass(frozen=True, slots=True)
class MatchingPassage:
    """A passage that matches, as the page shows it."""

    number: int
    heading: str
    language: str
    snippet: Snippet
    url: str


@dataclass(frozen=True, slots=True)
class WithinPage:
    """What the page shows."""

    document: Document
    text: str
    matches: tuple[MatchingPassage, ...]
    plot: DispersionPlot
    url: str
    back: str


def within_page(opened: OpenDocument, params: SearchParams) -> WithinPage:
    """Work out the page for an open document, with the way back to the list that led to it."""
    text = params.text
    matches = tuple(
        MatchingPassage(
            read.passage.number,
            read.passage.heading,
            read.passage.language_in(opened.document),
            snippet(read.passage.text, read.marks, LENGTH),
            _url(read.passage, params),
        )
        for read in opened.passages
        if read.marks is not None
    )
    return WithinPage(
        document=opened.document,
        text=text,
        matches=matches,
        plot=dispersion_plot(Places(tuple(each.number for each in matches), len(opened.passages))),
        url=document_url(opened.document.id, text, params.place),
        back=search_url(params),
    )


def _url(passage: Passage, params: SearchParams) -> str:
    return passage_url(
        passage.document, passage.number, passage.key, params.text, place=params.place
    )
