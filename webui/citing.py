"""Words to take along: a passage in every form of citation, a whole result as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from backstory.engine.documents import Document, Passage
from backstory.engine.errors import PassageNotFound
from backstory.engine.hits import Hit
from backstory.searcher import Searcher
from backstory.searcher.exports import CITATIONS, EXPORTS, Quotation, export
from backstory.searcher.whole import MOST, pages
from backstory.webui.links import cite_url, document_url, permalink
from backstory.webui.parameters import Asked, ParameterRefused

# What each form is called, the type that browsers are told, and how its file's name ends.
FORMS = {
    "quote": ("Plain text", "text/plain", "txt"),
    "markdown": ("Markdown", "text/markdown", "md"),
    "bibtex": ("BibTeX", "application/x-bibtex", "bib"),
    "csl-json": ("CSL-JSON", "application/json", "json"),
    "csv": ("Table (CSV)", "text/csv", "csv"),
    "json": ("JSON lines", "application/x-ndjson", "jsonl"),
}


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
    document, passage = _cited(searcher, document_id, number)
    if passage is None:
        return Quotation.of_document(document)
    return Quotation.of_passage(document, passage)


def _cited(
    searcher: Searcher, document_id: str, number: int | None
) -> tuple[Document, Passage | None]:
    reader = searcher.reader()
    document = reader.document(document_id)
    passage = reader.passage(document_id, number) if document and number else None
    if document is None or (number and passage is None):
        raise PassageNotFound(f"{document_id}#p{number}" if number else document_id)
    return document, passage


def cite_page(searcher: Searcher, document_id: str, number: int | None) -> CitePage:
    """Work out the page; raises PassageNotFound."""
    document, passage = _cited(searcher, document_id, number)
    quoted = quotation(searcher, document_id, number)
    forms = (
        Form(
            name,
            FORMS[name][0],
            "".join(write([quoted])).strip("\n"),
            cite_url(document_id, number, name),
        )
        for name, write in CITATIONS.items()
    )
    url = permalink(passage) if passage else document_url(document_id)
    return CitePage(document, passage, url, tuple(forms))


def citation(searcher: Searcher, document_id: str, number: int | None, form: str) -> Iterator[str]:
    """Return a file with one quotation; raises ParameterRefused and PassageNotFound."""
    known(form, CITATIONS)
    return CITATIONS[form]([quotation(searcher, document_id, number)])


def exported(searcher: Searcher, asked: Asked, form: str) -> Iterator[str]:
    """Return a file with the whole result of a text, its best MOST passages."""
    known(form, EXPORTS)
    every = pages(searcher, asked.text, correct=not asked.is_exact)
    hits: Iterator[Hit] = chain.from_iterable(every)
    return export(islice(hits, MOST), form)


def known(form: str, forms: Iterable[str]) -> None:
    """Raise ParameterRefused for a form that there is not."""
    if form not in forms:
        raise ParameterRefused(
            "bad_parameter",
            f"There is no form “{form[:40]}”.",
            f"Ask for one of {', '.join(forms)}.",
        )
