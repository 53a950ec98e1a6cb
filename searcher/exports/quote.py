"""A quotation as plain text, for a mail or a note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backstory.engine.characters import on_one_line
from backstory.searcher.exports.base import CitationExport
from backstory.searcher.exports.quotation import Quotation


def quotes(quotations: Iterable[Quotation]) -> Iterator[str]:
    """Yield each quotation with its source on the next line and a blank line after it."""
    for quotation in quotations:
        yield f"{quote(quotation)}\n\n"


def quote(quotation: Quotation) -> str:
    """Return the words and under them where they stand; for a document, only what it is."""
    text, where = on_one_line(quotation.text), attribution(quotation)
    return where if quotation.number is None else f"“{text}”\n— {where}"


def attribution(quotation: Quotation) -> str:
    """Return author, title, source, date, place and links on a line, as far as they are known."""
    q = quotation
    facts = [q.author, q.title, q.source, q.dated, q.place, *q.links]
    return ", ".join(shown for fact in facts if (shown := on_one_line(fact)))


EXPORT = CitationExport(
    name="quote",
    label="Plain text",
    help="Plain quotations, each with its source.",
    media_type="text/plain",
    suffix="txt",
    write=quotes,
)
