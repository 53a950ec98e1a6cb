"""Citations of a passage or document in every export, and whole results as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backstory.engine.documents import Document, Passage
from backstory.engine.errors import PassageNotFound
from backstory.engine.hits import Hit
from backstory.searcher import Searcher
from backstory.searcher.exports.registry import Quotation, citation_exports, citations
from backstory.searcher.whole import MOST, whole
from backstory.webui.links import cite_url, document_url, permalink
from backstory.webui.parameters import SearchParams


@dataclass(frozen=True, slots=True)
class Form:
    """A quotation in one form, and where to get it as a file."""

    name: str
    label: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class CitePage:
    """A passage, or a document as a whole, in every form of citation."""

    document: Document
    passage: Passage | None
    url: str
    forms: tuple[Form, ...]


def quotation(searcher: Searcher, document_id: str, number: int | None) -> Quotation:
    """Return what is cited; raises PassageNotFound."""
    return _quoted(*_cited(searcher, document_id, number))


def _quoted(document: Document, passage: Passage | None) -> Quotation:
    if passage is None:
        return Quotation.of_document(document)
    return Quotation.of_passage(document, passage)


def _cited(
    searcher: Searcher, document_id: str, number: int | None
) -> tuple[Document, Passage | None]:
    reader = searcher.snapshot()
    document = reader.document(document_id)
    passage = reader.passage(document_id, number) if document and number else None
    if document is None or (number and passage is None):
        raise PassageNotFound(f"{document_id}#p{number}" if number else document_id)
    return document, passage


def cite_page(searcher: Searcher, document_id: str, number: int | None) -> CitePage:
    """Work out the page; raises PassageNotFound."""
    document, passage = _cited(searcher, document_id, number)
    texts = citations(_quoted(document, passage))
    forms = (
        Form(each.name, each.label, text, cite_url(document_id, number, each.name))
        for each in citation_exports()
        if (text := texts[each.name])
    )
    url = permalink(passage) if passage else document_url(document_id)
    return CitePage(document, passage, url, tuple(forms))


def best(searcher: Searcher, params: SearchParams) -> Sequence[Hit]:
    """Return the best MOST passages that a text finds."""
    return whole(searcher, params.text, most=MOST, correct=not params.is_exact).hits
