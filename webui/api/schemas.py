"""The records of the API as JSON Schema (2020-12): every field is always there, and no other."""

from __future__ import annotations

from typing import Any

from backstory.engine.fields import FIELDS, DocumentField, Match
from backstory.engine.remarks import Code

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FROM_1: Schema = {"type": "integer", "minimum": 1}
TEXTS: Schema = {"type": "array", "items": TEXT}
COUNTS: Schema = {"type": "object", "additionalProperties": COUNT}
SPAN: Schema = {
    "type": "array",
    "items": COUNT,
    "minItems": 2,
    "maxItems": 2,
    "description": "Offsets into the text, in characters: where it begins, and where it has ended.",
}
DATE: Schema = {**TEXT, "description": "ISO 8601, cut where nothing more is known; may be empty."}

TIME: Schema = {
    **TEXT,
    "description": "When a passage of a transcript begins, 1:02:05, or empty.",
}
CONFIDENCE: Schema = {
    "type": ["integer", "null"],
    "minimum": 0,
    "maximum": 100,
    "description": "How sure OCR was of the words; null for what was not read from a scan.",
}
CELLS: Schema = {
    **TEXT,
    "description": "Where the row of a sheet stands, A2:F2, or empty.",
}


def record(**fields: Schema) -> Schema:
    """Return the schema of an object with exactly these fields."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def listed(of: Schema) -> Schema:
    """Return the schema of an array."""
    return {"type": "array", "items": of}


def maybe(of: Schema) -> Schema:
    """Return the schema of something that may be null."""
    return {"anyOf": [of, {"type": "null"}]}


def named(name: str) -> Schema:
    """Return a reference to one of `schemas`."""
    return {"$ref": f"#/components/schemas/{name}"}


_PAGING = {"page": FROM_1, "pages": FROM_1, "previous": maybe(TEXT), "next": maybe(TEXT)}
_READ = {
    "text": TEXT,
    "searched": TEXT,
    "total": COUNT,
    "all_words": COUNT,
    "read": {
        **COUNT,
        "description": "The best passages, so many, were read for this.",
    },
    "generation": COUNT,
    "notes": TEXTS,
    "limits": TEXTS,
}
GUESSED = {**FLAG, "description": "The date is only when a program made the file."}
_BESIDE = {
    "rank": FROM_1,
    "score": NUMBER,
    "passage": {**TEXT, "description": "The passage's address, document-id#p12."},
    "document": TEXT,
    "number": FROM_1,
    "heading": TEXT,
    "page": maybe({"type": "integer"}),
    "time": TIME,
    "cells": CELLS,
    "confidence": CONFIDENCE,
    "text": TEXT,
    "marks": listed(SPAN),
    "all_words": FLAG,
    "in_title": {**FLAG, "description": "The words stand in its title or heading alone."},
    "date_guessed": GUESSED,
    "has_picture": {**FLAG, "description": "Its page can be shown as a picture."},
    "names": TEXTS,
    "why": listed(named("Reason")),
}
_URL: Schema = {**TEXT, "description": "Where the original is, if the document says so."}

_SCHEMAS: dict[str, Schema] = {
    "Problem": record(
        type={**TEXT, "format": "uri-reference"},
        title=TEXT,
        status={"type": "integer", "minimum": 400, "maximum": 599},
        detail=TEXT,
        hint=TEXT,
        code=TEXT,
    ),
    "Reason": record(kind=TEXT, text=TEXT, points=NUMBER, times=COUNT),
    "Shared": record(kind={"enum": ["name", "date", "number", "word"]}, text=TEXT),
    "Word": record(
        text=TEXT,
        kind={"enum": ["forms", "exact", "pattern", "phrase", "joined", "near"]},
        total=COUNT,
        forms=COUNTS,
    ),
    "Suggestion": record(
        text=TEXT,
        replaces=TEXT,
        instead=TEXT,
        total=COUNT,
        kind={"enum": ["spelling", "without", "language", "title"]},
    ),
    "Completion": record(
        text=TEXT, shown=TEXT, kind={"enum": ["word", "name", "title"]}, count=COUNT
    ),
    "Passage": record(
        passage=TEXT,
        document=TEXT,
        number=FROM_1,
        key={**TEXT, "description": "Made of the words: finds them after an edit."},
        heading=TEXT,
        page=maybe({"type": "integer"}),
        time=TIME,
        cells=CELLS,
        confidence=CONFIDENCE,
        language=TEXT,
        text=TEXT,
        start=COUNT,
        end=COUNT,
        names=TEXTS,
        mentions=TEXTS,
        marks=maybe(listed(SPAN)),
        link={**TEXT, "description": "The passage's place on the document's page here."},
        picture={**TEXT, "description": "Its page as a picture (PNG); empty without one."},
    ),
    "Line": record(
        left=TEXT,
        word=TEXT,
        right=TEXT,
        passage=TEXT,
        document=TEXT,
        number=FROM_1,
        title=TEXT,
        source=TEXT,
        date=DATE,
        date_guessed=GUESSED,
        mark=SPAN,
    ),
    "Frequency": record(
        by={"enum": ["document", "year"]}, value=TEXT, title=TEXT, passages=COUNT, marks=COUNT
    ),
    "Collocate": record(word=TEXT, near=COUNT, passages=COUNT, score=NUMBER),
}

# What each view answers with, but for `related`.
_ANSWERS: dict[str, Schema] = {
    "search": record(
        text=TEXT,
        searched={**TEXT, "description": "Another spelling, where only that finds anything."},
        total=COUNT,
        all_words=COUNT,
        offset=COUNT,
        limit=COUNT,
        generation=COUNT,
        seconds=NUMBER,
        partial=FLAG,
        notes=TEXTS,
        ignored=TEXTS,
        missing=TEXTS,
        limits=TEXTS,
        parts=listed(record(text=TEXT, total=COUNT)),
        suggestions=listed(named("Suggestion")),
        words={**listed(named("Word")), "description": "With explain=1."},
        languages={**TEXTS, "description": "With explain=1."},
        facets={"type": "object", "additionalProperties": COUNTS},
        copies={"type": "object", "additionalProperties": TEXT},
        hits=listed(named("Hit")),
        **_PAGING,
    ),
    "complete": record(text=TEXT, completions=listed(named("Completion"))),
    "documents": record(
        generation=COUNT, total=COUNT, documents=listed(named("Document")), **_PAGING
    ),
    "document": record(
        generation=COUNT,
        text=TEXT,
        matches=COUNT,
        document=named("Document"),
        passages=listed(named("Passage")),
    ),
    "passage": record(
        generation=COUNT,
        text=TEXT,
        document=named("Document"),
        passage=named("Passage"),
        before=listed(named("Passage")),
        after=listed(named("Passage")),
        citations=named("Citations"),
    ),
    "concordance": record(
        **_READ, sort=TEXT, width=COUNT, marks=COUNT, lines=listed(named("Line")), **_PAGING
    ),
    "frequencies": record(
        **_READ, documents=listed(named("Frequency")), years=listed(named("Frequency")), **_PAGING
    ),
    "collocates": record(
        **_READ, window=FROM_1, found=COUNT, collocates=listed(named("Collocate"))
    ),
    "status": record(
        version=TEXT,
        generation=COUNT,
        committed=TEXT,
        age_seconds=maybe(NUMBER),
        documents=COUNT,
        passages=COUNT,
        words=COUNT,
        languages=COUNTS,
        sources=COUNTS,
        kinds=COUNTS,
        first_date=maybe(DATE),
        last_date=maybe(DATE),
        skipped=listed(record(path=TEXT, code={"enum": [*Code]}, reason=TEXT, is_stale=FLAG)),
        caches=record(
            budget_mb=COUNT,
            used={
                "type": "object",
                "additionalProperties": record(
                    entries=COUNT, bytes=COUNT, hits=COUNT, misses=COUNT
                ),
            },
        ),
    ),
    "description": {"type": "object"},
    "health": record(status={"enum": ["ok", "degraded"]}, notices=listed(TEXT)),
}


def schemas() -> dict[str, Schema]:
    """Return the records that answers are made of, by name."""
    facts = {field.name: _value(field) for field in FIELDS.of_documents}
    link = {**TEXT, "description": "The document's page here."}
    original = {**TEXT, "description": "The file as it is; empty where it is not given."}
    document = record(**facts, date_guessed=GUESSED, link=link, original=original, passages=COUNT)
    return {**_SCHEMAS, "Hit": record(**_hit()), "Document": document}


def answer(name: str) -> Schema:
    """Return what a view answers with."""
    return _related() if name == "related" else _ANSWERS[name]


def _value(field: DocumentField) -> Schema:
    if field.is_list:
        return TEXTS
    return DATE if field.match is Match.RANGE else _URL if field.name == "url" else TEXT


def _hit() -> dict[str, Schema]:
    facts = {f.name: _value(f) for f in FIELDS.of_documents if f.is_in_hits}
    return {**_BESIDE, **facts}


def _related() -> Schema:
    shared = listed(named("Shared"))
    hit = record(**_hit(), shared=shared, is_copy=FLAG)
    document = record(document=named("Document"), shared=shared)
    return {
        "oneOf": [
            record(passage=TEXT, generation=COUNT, related=listed(hit)),
            record(document=TEXT, generation=COUNT, related=listed(document)),
        ]
    }
