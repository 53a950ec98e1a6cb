"""The orders of a result list: by relevance, or by the date of the document.

In an order by date, documents without a date come last; documents of the same date are sorted by
id, and the passages of a document by relevance. A grouped list has only the first passage of each
document.
"""

from __future__ import annotations

from collections.abc import Iterable

from backstory.engine.dates import PartialDate

RELEVANCE, NEWEST, OLDEST = SORTS = ("relevance", "newest", "oldest")


def date_places(dates: Iterable[str], sort: str) -> dict[str, int]:
    """Return the rank, from 0, of each date in the order of `sort`, which is NEWEST or OLDEST.

    "" and text that is no date rank last.
    """
    read = {text: PartialDate.of(text) for text in {*dates, ""}}
    known = sorted({date for date in read.values() if date}, reverse=sort == NEWEST)
    place_of = {date: place for place, date in enumerate(known)}
    return {text: place_of[date] if date else len(known) for text, date in read.items()}
