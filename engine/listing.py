"""The order of a list of hits: by relevance, or by the date of the document.

By date, documents without one come last, those of one date by id, and the passages of a document
by relevance. A grouped list has the first passage of each document.
"""

from __future__ import annotations

from collections.abc import Iterable

RELEVANCE, NEWEST, OLDEST = SORTS = ("relevance", "newest", "oldest")


def date_places(dates: Iterable[str], sort: str) -> dict[str, int]:
    """Return the place of each date in the order of `sort`, which is NEWEST or OLDEST."""
    known = sorted({date for date in dates if date}, reverse=sort == NEWEST)
    return {date: place for place, date in enumerate([*known, ""])}
