"""Dates in queries: `2018`, `2018-03` or `2018-03-01`, alone or as a range."""

from __future__ import annotations

import datetime

from backstory.engine.dates import PartialDate
from backstory.engine.fields import FIELDS
from backstory.engine.query import Range


def read_date(text: str) -> str | None:
    """Return an ISO date as exact as it was typed, or None where it is no date."""
    date = PartialDate.of(text.strip())
    return str(date) if date else None


def read_range(name: str, text: str) -> Range | None:
    """Return the range for a date field; None where a date cannot be read.

    `after:` includes the date that it names, `before:` does not; both are about the date of the
    document, any other name is that of a filter.
    """
    of = FIELDS.filters[name].name if name in FIELDS.filters else "date"
    if name in FIELDS.filters and ".." in text:
        first, last = (part.strip() for part in text.split("..", 1))
        ends = [read_date(part) if part else "" for part in (first, last)]
        if None in ends or not any(ends):
            return None
        return Range(ends[0] or "", ends[1] or "", of)
    day = read_date(text)
    if day is None:
        return None
    if name == "after":
        return Range(day, "")
    return Range("", day_before(day)) if name == "before" else Range(day, day, of)


def day_before(text: str) -> str:
    """Return the ISO day before the first day of a date, month or year; "0000" before the first."""
    date = PartialDate.of(text)
    if date is None or date.first_day == datetime.date.min:
        return "0000"
    return (date.first_day - datetime.timedelta(days=1)).isoformat()
