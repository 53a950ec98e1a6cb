"""Template filters: counts, dates, languages and control characters in readable form."""

from __future__ import annotations

import re
from typing import Any

from backstory.engine.dates import PartialDate
from backstory.engine.facets import NO_DATE
from backstory.engine.fields import FIELDS, Match
from backstory.engine.languages import language

# C0 controls have pictures of their own. Overrides would turn the words around them; embeddings
# and isolates are legitimate in Arabic or Hebrew and end with the element that they stand in.
_PICTURES = {c: 0x2400 + c for c in range(0x20) if chr(c) not in "\t\n\r"} | {0x7F: 0x2421}
_HIDDEN = dict.fromkeys([*range(0x80, 0xA0), 0x202D, 0x202E, 0xFFFE, 0xFFFF], 0xFFFD)
_TABLE = _PICTURES | _HIDDEN
_UNSEEN = re.compile(f"[{re.escape(''.join(map(chr, _TABLE)))}\ud800-\udfff]")


def printable(value: Any) -> Any:
    """Show control characters as symbols: what every expression of a template goes through."""
    # Markup, which is a subclass, was made from printable parts; most texts need no other look.
    if type(value) is not str or value.isprintable():
        return value
    return _UNSEEN.sub(lambda matched: chr(_TABLE.get(ord(matched[0]), 0xFFFD)), value)


def counted(number: int, noun: str) -> str:
    """Return "1 passage", "1,200 passages"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def long_date(date: str) -> str:
    """Return "8 September 2018" for 2018-09-08, as exact as the date is; other text as it is."""
    parsed = PartialDate.of(date)
    return parsed.words if parsed else date


def long_moment(time: str) -> str:
    """Return "8 September 2018, 14:20 UTC" for a time in UTC; "" for none."""
    return f"{long_date(time[:10])}, {time[11:16]} UTC" if time else ""


def as_text(value: str | tuple[str, ...]) -> str:
    """Return the value of a field as text: dates in words, lists with commas between."""
    return ", ".join(value) if isinstance(value, tuple) else long_date(value)


def language_name(code: str) -> str:
    """Return the English name of a language where it is known, else its code."""
    known = language(code)
    return known.name if known else code


def value_label(facet: str, value: str) -> str:
    """Return the value of a facet as it is listed."""
    if facet == "language":
        return language_name(value)
    is_undated = value == NO_DATE and FIELDS.facet(facet).match is Match.RANGE
    return "without a date" if is_undated else value


def duration(seconds: float) -> str:
    """Return "3 ms" or "1.2 s"."""
    return f"{max(seconds * 1000, 1):.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


FILTERS = {
    "counted": counted,
    "as_text": as_text,
    "long_date": long_date,
    "long_moment": long_moment,
    "language_name": language_name,
    "duration": duration,
}
