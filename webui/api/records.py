"""Documents and passages as records, with field names that stay the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backstory.engine.documents import Document
from backstory.engine.fields import FIELDS
from backstory.engine.hits import SearchResult, Shared
from backstory.engine.indexes.contract import Embedding
from backstory.searcher import OpenDocument, ReadPassage
from backstory.searcher.exports import citations
from backstory.webui.citing import quoted
from backstory.webui.links import document_url, original_url, permalink, picture_of


def of_document(document: Document, passages: int) -> dict[str, Any]:
    """Return a document's facts, the links to it, and how many passages it has."""
    values = {field.name: document.value(field.name) for field in FIELDS.of_documents}
    facts = {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}
    notes = [note.sentence for note in document.notes]
    facts["date_guessed"] = document.date_guessed
    links = {"link": document_url(document.id), "original": original_url(document.id)}
    return {**facts, "notes": notes, **links, "passages": passages}


def of_passage(document: Document, read: ReadPassage, text: str) -> dict[str, Any]:
    """Return a passage; `marks` is None where the query does not match it."""
    passage = read.passage
    return {
        "passage": passage.address,
        "document": passage.document,
        "number": passage.number,
        "key": passage.key,
        "heading": passage.heading,
        "page": passage.page,
        "time": passage.time,
        "cells": passage.cells,
        "confidence": passage.confidence,
        "language": passage.language_in(document),
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "names": list(passage.names),
        "mentions": list(passage.mentions),
        "marks": None if read.marks is None else [list(mark) for mark in read.marks],
        "link": permalink(passage, text),
        "picture": picture_of(document, passage, text),
    }


def of_open_document(opened: OpenDocument, text: str) -> dict[str, Any]:
    """Return an open document with all its passages."""
    return {
        "generation": opened.generation,
        "text": text,
        "matches": opened.matches,
        "document": of_document(opened.document, len(opened.passages)),
        "passages": [of_passage(opened.document, read, text) for read in opened.passages],
    }


def around(opened: OpenDocument, number: int, reach: int, text: str) -> dict[str, Any]:
    """Return a passage with up to `reach` neighbours on either side, and its citations."""
    index, every = number - 1, opened.passages
    before, after = every[max(index - reach, 0) : index], every[index + 1 : index + 1 + reach]
    return {
        "generation": opened.generation,
        "text": text,
        "document": of_document(opened.document, len(every)),
        "passage": of_passage(opened.document, every[index], text),
        "before": [of_passage(opened.document, read, text) for read in before],
        "after": [of_passage(opened.document, read, text) for read in after],
        "citations": citations(quoted(opened.document, every[index].passage)),
    }


def of_embedding(embedding: Embedding) -> dict[str, Any]:
    """Return which model the passages are embedded with, and how many are and wait."""
    model = embedding.model
    return {
        "model": model.name,
        "languages": list(model.languages),
        "passages": embedding.passages,
        "waiting": embedding.waiting,
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
