"""Dates in queries: `2018`, `2018-03` or `2018-03-01`, alone or as a range."""

from __future__ import annotations

import re
from datetime import date, timedelta

from backstory.engine.query import Range

_DATE = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?)?")


def read_date(text: str) -> str | None:
    """Return an ISO date as exact as it was typed, or None where it is no date."""
    matched = _DATE.fullmatch(text.strip().replace("/", "-"))
    if not matched:
        return None
    year = int(matched["year"])
    month, day = (int(part) if part else None for part in (matched["month"], matched["day"]))
    try:
        whole = date(year, 1 if month is None else month, 1 if day is None else day).isoformat()
    except ValueError:
        return None
    return whole if day else whole[:7] if month else whole[:4]


def read_range(name: str, text: str) -> Range | None:
    """Return the range for a date field; None where a date cannot be read.

    `after:` includes the date that it names, `before:` does not; both, and `date:`, are about the
    document, `mentions:` is about what the passage says.
    """
    of = "mentions" if name == "mentions" else "date"
    if name in ("date", "mentions") and ".." in text:
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
    first = date.fromisoformat((text + "-01-01")[:10])
    return "0000" if first == date.min else (first - timedelta(days=1)).isoformat()
