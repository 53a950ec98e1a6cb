"""What each address of the API answers with, made of the records of `schemas.py`."""

from __future__ import annotations

from backstory.engine.remarks import Code
from backstory.engine.uploads import UploadFate
from backstory.webui.api.schemas import (
    ARCHIVE,
    COUNT,
    COUNTS,
    DATE,
    FLAG,
    FROM_1,
    MOMENT,
    NUMBER,
    PAGING,
    READ,
    TEXT,
    TEXTS,
    Schema,
    hit,
    listed,
    maybe,
    named,
    record,
)

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
        nearest={
            **listed(named("Hit")),
            "description": "The nearest by meaning, where words find nothing; they are no hits.",
        },
        by_meaning={
            **COUNT,
            "description": "So many entries of the list have none of the words.",
        },
        **PAGING,
    ),
    "complete": record(text=TEXT, completions=listed(named("Completion"))),
    "documents": record(
        generation=COUNT, total=COUNT, documents=listed(named("Document")), **PAGING
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
        **READ, sort=TEXT, width=COUNT, marks=COUNT, lines=listed(named("Line")), **PAGING
    ),
    "draft": record(
        generation=COUNT,
        language={**TEXT, "description": "The language that the draft seems to be in."},
        counts=COUNTS,
        sentences=listed(named("DraftSentence")),
    ),
    "frequencies": record(
        **READ, documents=listed(named("Frequency")), years=listed(named("Frequency")), **PAGING
    ),
    "collocates": record(**READ, window=FROM_1, found=COUNT, collocates=listed(named("Collocate"))),
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
        meaning=maybe(
            record(model=TEXT, languages=TEXTS, passages=COUNT, waiting=COUNT),
        ),
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
    "archives": record(
        archives=listed(
            record(
                **ARCHIVE,
                documents=maybe(COUNT),
                passages=maybe(COUNT),
                committed=maybe(TEXT),
                first_date=maybe(DATE),
                last_date=maybe(DATE),
            )
        )
    ),
    "upload": record(
        files=listed(
            record(
                name={**TEXT, "description": "As it was sent."},
                fate={"enum": [each.value for each in UploadFate]},
                file={**TEXT, "description": "Its name in the corpus; empty where it has none."},
                reason={**TEXT, "description": "Why it was not added, or is not found yet."},
                documents=listed(record(document=TEXT, title=TEXT, passages=COUNT, link=TEXT)),
            )
        )
    ),
    "follow": record(questions=listed(named("Followed"))),
    "follow_add": named("Followed"),
    "follow_remove": record(name=TEXT, text=TEXT, since=MOMENT),
    "news": record(
        name=TEXT,
        text=TEXT,
        since=MOMENT,
        news=COUNT,
        new=COUNT,
        page=FROM_1,
        items=listed(named("News")),
    ),
    "site_health": record(
        status={"enum": ["ok", "degraded", "down"]},
        archives={"type": "object", "additionalProperties": TEXT},
    ),
    "description": {"type": "object"},
    "health": record(status={"enum": ["ok", "degraded"]}, notices=listed(TEXT)),
}


# What a search of all archives answers with: of each what its own search does.
_ANSWERS["search_all"] = record(
    text=TEXT,
    total=COUNT,
    archives=listed(record(**ARCHIVE, result=maybe(_ANSWERS["search"]))),
)


def answer(name: str) -> Schema:
    """Return what a view answers with."""
    return _related() if name == "related" else _ANSWERS[name]


def _related() -> Schema:
    shared = listed(named("Shared"))
    near = record(**hit(), shared=shared, is_copy=FLAG)
    document = record(document=named("Document"), shared=shared)
    return {
        "oneOf": [
            record(passage=TEXT, generation=COUNT, related=listed(near)),
            record(document=TEXT, generation=COUNT, related=listed(document)),
        ]
    }
