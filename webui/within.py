"""The passages of one document that a query finds, in the order in which they stand there."""

from __future__ import annotations

from dataclasses import dataclass

from backstory.engine.candidates import Places
from backstory.engine.documents import Document
from backstory.searcher import OpenDocument
from backstory.webui.links import document_url, permalink, query_url
from backstory.webui.snippets import Snippet, snippet
from backstory.webui.strips import Strip, strip

LENGTH = 420


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that matches."""

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
    found: tuple[Found, ...]
    strip: Strip
    url: str
    back: str


def within_page(opened: OpenDocument, text: str) -> WithinPage:
    """Work out the page for an open document."""
    found = tuple(
        Found(
            read.passage.number,
            read.passage.heading,
            read.passage.language_in(opened.document),
            snippet(read.passage.text, read.marks, LENGTH),
            permalink(read.passage, text),
        )
        for read in opened.passages
        if read.marks is not None
    )
    return WithinPage(
        document=opened.document,
        text=text,
        found=found,
        strip=strip(Places(tuple(each.number for each in found), len(opened.passages))),
        url=document_url(opened.document.id, text),
        back=query_url(text),
    )
