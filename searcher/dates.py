"""Dates in queries: `2018`, `2018-03`, `March 2018` or `last week`, alone or as a range."""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

from backstory.engine.dates import PartialDate
from backstory.engine.facets import NO_DATE
from backstory.engine.fields import FIELDS, Match
from backstory.engine.query import Range, Undated
from backstory.searcher.written_dates import DateSpan, read_span

SIDES = ("after", "before")  # of a document's date
MOST_WORDS = 10  # of a range: 12 de marzo de 2018 .. 3 de abril de 2019
_YEARS = re.compile(r"([0-9]{4})\s*[-–—]\s*([0-9]{4})")


class RangeRead(NamedTuple):
    """A range of dates or the lack of one, and what is to be said about how it was read."""

    range: Range | Undated
    note: str = ""


def read_date(text: str) -> str | None:
    """Return an ISO date as exact as it was typed, or None where it is no date.

    Of several days, such as last week, it is the first.
    """
    span = read_span(text, _today())
    return str(span.first) if span else None


def is_of_dates(name: str) -> bool:
    """Tell whether a field of a query has dates as its values."""
    return name in SIDES or (name in FIELDS.filters and FIELDS.filters[name].match is Match.RANGE)


def is_of_documents(name: str) -> bool:
    """Tell whether a field of a query has the dates of documents, which they may lack."""
    return name in FIELDS.filters and not FIELDS.filters[name].is_of_passage


def read_range(name: str, text: str, today: datetime.date | None = None) -> RangeRead | None:
    """Return the range for a date field; None where a date cannot be read.

    `after:` includes the date that it names, `before:` does not; both are about the date of the
    document, any other name is that of a filter. `date:none` asks for documents without a date.
    A range that is the wrong way round is turned.
    """
    if is_of_documents(name) and text.strip().casefold() == NO_DATE:
        return RangeRead(Undated(FIELDS.filters[name].name))
    today = today or _today()
    ends = _ends(text) if name not in SIDES else None
    if ends is None:
        span = read_span(text, today)
        return None if span is None else RangeRead(_range(name, span), _note(name, text, span))
    if not any(ends):
        return None
    spans = [read_span(end, today) if end else None for end in ends]
    if any(end and not span for end, span in zip(ends, spans, strict=True)):
        return None
    return _between(name, text, *spans)


def _ends(text: str) -> tuple[str, str] | None:
    if matched := _YEARS.fullmatch(text.strip()):
        return matched[1], matched[2]
    first, dots, last = text.partition("..")
    return (first.strip(), last.strip()) if dots else None


def _between(name: str, text: str, first: DateSpan | None, last: DateSpan | None) -> RangeRead:
    of = FIELDS.filters[name].name
    is_turned = bool(first and last and first.first.first_day > last.last.last_day)
    if is_turned:
        first, last = last, first
    found = Range(str(first.first) if first else "", str(last.last) if last else "", of)
    is_relative = any(span.is_relative for span in (first, last) if span)
    shown = f"{found.first}..{found.last}"
    if is_turned:
        return RangeRead(
            found, f"{name}:{text} was read as {name}:{shown}, the earlier date first."
        )
    return RangeRead(found, f"{name}:{text} was read as {name}:{shown}." if is_relative else "")


def _range(name: str, span: DateSpan) -> Range:
    match name:
        case "after":
            return Range(str(span.first), "")
        case "before":
            return Range("", day_before(str(span.first)))
        case _:
            return Range(str(span.first), str(span.last), FIELDS.filters[name].name)


def _note(name: str, text: str, span: DateSpan) -> str:
    if not span.is_relative:
        return ""
    shown = str(span) if name not in SIDES else str(span.first)
    return f"{name}:{text} was read as {name}:{shown}."


def day_before(text: str) -> str:
    """Return the ISO day before the first day of a date, month or year; "0000" before the first."""
    date = PartialDate.of(text)
    if date is None or date.first_day == datetime.date.min:
        return "0000"
    return (date.first_day - datetime.timedelta(days=1)).isoformat()


def _today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()
