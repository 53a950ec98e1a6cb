"""Quotations as CSL-JSON, which reference managers and citation processors read.

The names are those of the schema csl-data.json, version 1.0.2, of the Citation Style Language.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from backstory.engine.characters import escaped
from backstory.searcher.exports.base import CitationExport
from backstory.searcher.exports.quotation import Quotation

TYPES = {
    "article": "article-newspaper",
    "news": "article-newspaper",
    "book": "book",
    "interview": "interview",
    "letter": "personal_communication",
    "report": "report",
    "speech": "speech",
    "webpage": "webpage",
}


def csl_json(quotations: Iterable[Quotation]) -> Iterator[str]:
    """Yield an array with an item for each quotation, an item a line."""
    before = "[\n"
    for quotation in quotations:
        yield f"{before}{escaped(json.dumps(item(quotation), ensure_ascii=False))}"
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def item(quotation: Quotation) -> dict[str, Any]:
    """Return the item of a quotation; what is not known is not in it."""
    q = quotation
    other = "webpage" if q.link else "document"
    values = {
        "id": q.address,
        "type": TYPES.get(q.kind.casefold(), other),
        "title": q.title,
        "author": [{"literal": q.author}] if q.author else [],
        "issued": _issued(q),
        "container-title": q.source,
        "URL": next(iter(q.links), ""),
        "language": q.language,
        "note": q.note,
        "abstract": q.text,
        "custom": {
            "document": q.document,
            **({"passage": q.address} if q.number else {}),
            **({"archive_url": q.archive_url} if q.archive_url else {}),
        },
    }
    return {name: value for name, value in values.items() if value}


def _issued(quotation: Quotation) -> dict[str, Any]:
    if quotation.date_parts:
        circa = {"circa": True} if quotation.date_guessed else {}
        return {"date-parts": [list(quotation.date_parts)], **circa}
    return {"literal": quotation.date} if quotation.date else {}


EXPORT = CitationExport(
    name="csl-json",
    label="CSL-JSON",
    help="CSL-JSON, for reference managers.",
    media_type="application/vnd.citationstyles.csl+json",
    suffix="json",
    write=csl_json,
)
