"""Quotations as BibTeX entries, with the quoted words as `abstract` and the address as `note`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from backstory.engine.characters import on_one_line
from backstory.engine.dates import MONTHS
from backstory.engine.tokens import fold_letters
from backstory.searcher.exports.base import CitationExport
from backstory.searcher.exports.quotation import Quotation

_LONGEST_KEY = 60
# BibTeX counts braces even behind a backslash, so these must be words.
_ESCAPES = str.maketrans(
    {sign: f"\\{sign}" for sign in "#$%&_"}
    | {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
    }
)


def bibtex(quotations: Iterable[Quotation]) -> Iterator[str]:
    """Yield an entry for each quotation; no two have the same key."""
    taken: dict[str, int] = {}
    for quotation in quotations:
        yield f"{entry(quotation, _unique(key(quotation), taken))}\n\n"


def entry(quotation: Quotation, name: str) -> str:
    """Return the entry of a quotation under the key `name`."""
    is_article = quotation.kind.casefold() == "article"
    lines = [f"  {field} = {value}," for field, value in _fields(quotation, is_article).items()]
    return "\n".join([f"@{'article' if is_article else 'misc'}{{{name},", *lines, "}"])


def key(quotation: Quotation) -> str:
    """Return a key that BibTeX takes, made of the passage's address: `events-coup-p12`."""
    # BibTeX keys are the same in capitals, so they have none.
    slug = re.sub(r"[^a-z0-9]+", "-", fold_letters(quotation.document))[:_LONGEST_KEY].strip("-")
    number = "" if quotation.number is None else f"-p{quotation.number}"
    return f"{slug or 'document'}{number}"


def _unique(name: str, taken: dict[str, int]) -> str:
    unique = name
    while unique in taken:
        taken[name] += 1
        unique = f"{name}-{taken[name]}"
    taken[unique] = 1
    return unique


def _fields(quotation: Quotation, is_article: bool) -> Mapping[str, str]:
    q = quotation
    year, month = (*q.date_parts, 0, 0)[:2]
    values = {
        # The braces inside keep capitals, and an author who is no "first name last name" whole.
        "author": _braced(q.author, 2),
        "title": _braced(q.title, 2),
        "journal" if is_article else "howpublished": _braced(q.source),
        "year": f"{{{year:04}}}" if q.date_parts else _braced(q.date),
        "month": MONTHS[month - 1][:3].lower() if month else "",
        "url": f"{{{q.links[0]}}}" if q.links else "",
        "language": _braced(q.language),
        "note": _braced(q.note),
        "abstract": _braced(q.text),
    }
    return {name: value for name, value in values.items() if value}


def _braced(text: str, depth: int = 1) -> str:
    shown = on_one_line(text).translate(_ESCAPES)
    return f"{'{' * depth}{shown}{'}' * depth}" if shown else ""


EXPORT = CitationExport(
    name="bibtex",
    label="BibTeX",
    help="BibTeX entries.",
    media_type="application/x-bibtex",
    suffix="bib",
    write=bibtex,
)
