"""The forms that hits can be exported in, by name, each a function that yields text piece by piece.

A piece is a row, an entry, an item: whoever writes them need not hold them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from backstory.engine.fields import FIELDS
from backstory.engine.hits import Hit
from backstory.searcher.exports.bibtex import bibtex
from backstory.searcher.exports.csl import csl_json
from backstory.searcher.exports.markdown import markdown
from backstory.searcher.exports.plain import quotes
from backstory.searcher.exports.quotation import Quotation
from backstory.searcher.exports.tables import csv_table, json_lines

RANKED = ("rank", "score")

CITATIONS: Mapping[str, Callable[[Iterable[Quotation]], Iterator[str]]] = {
    "quote": quotes,
    "markdown": markdown,
    "bibtex": bibtex,
    "csl-json": csl_json,
}


def columns(*before: str) -> list[str]:
    """Return the columns of a table of passages: what is told of one, after some others.

    In a table of hits their rank and score come before.
    """
    facts = [field.name for field in FIELDS.of_documents if field.is_in_tables]
    return [*before, "passage", "document", "number", *facts, "heading", "page", "time", "text"]


def _csv(hits: Iterable[Hit]) -> Iterator[str]:
    return csv_table((hit.to_json() for hit in hits), columns(*RANKED))


def _json(hits: Iterable[Hit]) -> Iterator[str]:
    return json_lines(hit.to_json() for hit in hits)


TABLES = {"json": _json, "csv": _csv}
EXPORTS = (*TABLES, *CITATIONS)


def export(hits: Iterable[Hit], form: str) -> Iterator[str]:
    """Yield hits in one of the EXPORTS, exactly one row, block, entry or item for each."""
    if form in TABLES:
        return TABLES[form](hits)
    return CITATIONS[form](Quotation.of(hit) for hit in hits)
