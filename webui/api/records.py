"""Documents and passages as records, with field names that stay the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backstory.engine.documents import Document
from backstory.engine.fields import FIELDS
from backstory.engine.hits import SearchResult, Shared
from backstory.searcher import OpenDocument, ReadPassage
from backstory.searcher.exports import Quotation, citations
from backstory.webui.links import document_url, permalink


def document(held: Document, passages: int) -> dict[str, Any]:
    """Return a document's facts, the link to its page, and how many passages it has."""
    values = {field.name: held.value(field.name) for field in FIELDS.of_documents}
    facts = {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}
    notes = [note.sentence for note in held.notes]
    return {**facts, "notes": notes, "link": document_url(held.id), "passages": passages}


def passage(document: Document, read: ReadPassage, text: str) -> dict[str, Any]:
    """Return a passage; `marks` is None where the query does not match it."""
    held = read.passage
    return {
        "passage": held.address,
        "document": held.document,
        "number": held.number,
        "key": held.key,
        "heading": held.heading,
        "page": held.page,
        "time": held.time,
        "language": held.language_in(document),
        "text": held.text,
        "start": held.start,
        "end": held.end,
        "names": list(held.names),
        "mentions": list(held.mentions),
        "marks": None if read.marks is None else [list(mark) for mark in read.marks],
        "link": permalink(held, text),
    }


def opened(held: OpenDocument, text: str) -> dict[str, Any]:
    """Return an open document with all its passages."""
    return {
        "generation": held.generation,
        "text": text,
        "matches": held.matches,
        "document": document(held.document, len(held.passages)),
        "passages": [passage(held.document, read, text) for read in held.passages],
    }


def around(held: OpenDocument, number: int, reach: int, text: str) -> dict[str, Any]:
    """Return a passage with up to `reach` neighbours on either side, and its citations."""
    at, every = number - 1, held.passages
    before, after = every[max(at - reach, 0) : at], every[at + 1 : at + 1 + reach]
    return {
        "generation": held.generation,
        "text": text,
        "document": document(held.document, len(every)),
        "passage": passage(held.document, every[at], text),
        "before": [passage(held.document, read, text) for read in before],
        "after": [passage(held.document, read, text) for read in after],
        "citations": citations(Quotation.of_passage(held.document, every[at].passage)),
    }


def shared(common: Sequence[Shared]) -> list[dict[str, str]]:
    """Return what two passages or documents have in common."""
    return [{"kind": one.kind, "text": one.text} for one in common]


def read_whole(result: SearchResult, limits: Sequence[str]) -> dict[str, Any]:
    """Return what a table made of a whole result says of that result."""
    understood = result.understanding
    return {
        "text": result.text,
        "searched": result.searched,
        "total": result.total,
        "all_words": result.all_words,
        "read": len(result),
        "generation": result.generation,
        "notes": list(understood.notes),
        "limits": [*understood.limits, *limits],
    }
