"""The records of the API as JSON Schema (2020-12): every field is always there, and no other."""

from __future__ import annotations

from typing import Any

from backstory.engine.fields import FIELDS, DocumentField, Match
from backstory.searcher.draft_check.report import Outcome, Status, Subject

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
MOMENT: Schema = {**TEXT, "format": "date-time"}
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


PAGING = {"page": FROM_1, "pages": FROM_1, "previous": maybe(TEXT), "next": maybe(TEXT)}
READ = {
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
    "by_meaning": {**FLAG, "description": "It has none of the words; meaning alone found it."},
    "nearest": {
        **maybe(SPAN),
        "description": "Its sentence nearest to the question, of a long one found by meaning.",
    },
}
ARCHIVE = {
    "name": {**TEXT, "description": "As its address has it: /a/NAME/."},
    "title": TEXT,
    "link": TEXT,
    "problem": {**maybe(named("Problem")), "description": "Why it does not answer just now."},
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
    "Shared": record(kind={"enum": ["name", "date", "number", "word", "meaning"]}, text=TEXT),
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
    "DraftPlace": record(
        passage=TEXT,
        document=TEXT,
        number=FROM_1,
        title=TEXT,
        source=TEXT,
        date=DATE,
        language=TEXT,
        heading=TEXT,
        text=TEXT,
        marks=listed(SPAN),
        citation={**TEXT, "description": "Author, title, source, date and place on a line."},
    ),
    "DraftFinding": record(
        subject={"enum": [*Subject]},
        status={"enum": [*Status]},
        outcome={
            "enum": [*Outcome],
            "description": "How a quotation stands there; empty for anything else.",
        },
        text=TEXT,
        start={**COUNT, "description": "An offset into the draft, in characters."},
        end=COUNT,
        documents={**TEXT, "description": "What stands there instead, or in other words."},
        detail=TEXT,
        differences=listed(
            record(
                change={"enum": ["same", "changed", "added", "dropped", "omitted", "brackets"]},
                draft=TEXT,
                documents=TEXT,
            )
        ),
        places=listed(named("DraftPlace")),
    ),
    "DraftSentence": record(
        number=FROM_1,
        status={"enum": [*Status, "nothing to check"]},
        text=TEXT,
        start=COUNT,
        end=COUNT,
        findings=listed(named("DraftFinding")),
        support=listed(named("DraftPlace")),
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
    "Followed": record(
        name=TEXT,
        text=TEXT,
        since=MOMENT,
        news={**COUNT, "description": "How many there are."},
        new={**COUNT, "description": "And how many of these since the time that was asked for."},
    ),
    "News": record(
        question=TEXT,
        arrived={**MOMENT, "description": "When it was found to be new."},
        passage={**TEXT, "description": "Its address; that of then, where its words are gone."},
        key=TEXT,
        hit={**maybe(named("Hit")), "description": "Null where its words are gone by now."},
    ),
    "Frequency": record(
        by={"enum": ["document", "year"]}, value=TEXT, title=TEXT, passages=COUNT, marks=COUNT
    ),
    "Collocate": record(word=TEXT, near=COUNT, passages=COUNT, score=NUMBER),
}


def schemas() -> dict[str, Schema]:
    """Return the records that answers are made of, by name."""
    facts = {field.name: _value(field) for field in FIELDS.of_documents}
    link = {**TEXT, "description": "The document's page here."}
    original = {**TEXT, "description": "The file as it is; empty where it is not given."}
    document = record(**facts, date_guessed=GUESSED, link=link, original=original, passages=COUNT)
    return {**_SCHEMAS, "Hit": record(**hit()), "Document": document}


def _value(field: DocumentField) -> Schema:
    if field.is_list:
        return TEXTS
    return DATE if field.match is Match.RANGE else _URL if field.name == "url" else TEXT


def hit() -> dict[str, Schema]:
    """Return the fields of a hit."""
    facts = {f.name: _value(f) for f in FIELDS.of_documents if f.is_in_hits}
    return {**_BESIDE, **facts}
