"""Quotations in Markdown: a block quote that ends with a line of citation.

Whatever Markdown would read is escaped, CommonMark's signs and those of its common extensions, so
that a text is shown as it stands, and nothing in it becomes a link or a picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from backstory.engine.characters import on_one_line
from backstory.searcher.exports.base import CitationExport
from backstory.searcher.exports.quotation import Quotation

_SIGNS = re.compile(r"[\\`*_{}\[\]<>&|~$^=@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
# What makes a heading, a list, a quotation or a table at the beginning of a line.
_STARTS = re.compile(r"[#+\-:]|[0-9]{1,9}(?=[.)])")


def markdown(quotations: Iterable[Quotation]) -> Iterator[str]:
    """Yield each quotation as a block of its own with a blank line after it."""
    for quotation in quotations:
        yield f"{block(quotation)}\n\n"


def block(quotation: Quotation) -> str:
    """Return a block quote that says where it stands; for a document, only what it is."""
    text, where = escape(quotation.text), attribution(quotation)
    if quotation.number is None:
        return where
    return f"> {text}\n>\n> — {where}" if text else f"> — {where}"


def attribution(quotation: Quotation) -> str:
    """Return author, title, source, date, place and links on a line, as far as they are known."""
    q = quotation
    title = f"*{escape(q.title)}*" if escape(q.title) else ""
    links = (f"<{link}>" for link in q.links)
    facts = [escape(q.author), title, escape(q.source), escape(q.dated), escape(q.place), *links]
    return ", ".join(fact for fact in facts if fact)


def escape(text: str) -> str:
    """Return `text` on one line, so that Markdown shows it as it stands."""
    shown = _SIGNS.sub(r"\\\g<0>", on_one_line(text))
    start = _STARTS.match(shown)
    if start is None:
        return shown
    position = start.end() if start[0].isdigit() else 0
    return f"{shown[:position]}\\{shown[position:]}"


EXPORT = CitationExport(
    name="markdown",
    label="Markdown",
    help="Quotations in Markdown.",
    media_type="text/markdown",
    suffix="md",
    write=markdown,
)
