"""The orders of a result list: by relevance, by the date of the document, or by when it came.

Documents without a date come last in an order by date, and those of the same date are sorted by id;
those that came at the same time are sorted by date, the newest first. The passages of a document
are sorted by relevance. A grouped list has only the first passage of each document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backstory.engine.dates import PartialDate

RELEVANCE, NEWEST, OLDEST, ADDED = SORTS = ("relevance", "newest", "oldest", "added")


def date_places(dates: Iterable[str], sort: str) -> dict[str, int]:
    """Return the rank, from 0, of each date in the order of `sort`, which is NEWEST or OLDEST.

    "" and text that is no date rank last.
    """
    read = {text: PartialDate.of(text) for text in {*dates, ""}}
    known = sorted({date for date in read.values() if date}, reverse=sort == NEWEST)
    place_of = {date: place for place, date in enumerate(known)}
    return {text: place_of[date] if date else len(known) for text, date in read.items()}


def document_places(times: Sequence[tuple[str, str]], sort: str) -> list[int]:
    """Return the rank of each document, given by date and arrival, in an order but RELEVANCE.

    Those of the same rank are sorted by id.
    """
    if sort != ADDED:
        places = date_places((date for date, _ in times), sort)
        return [places[date] for date, _ in times]
    by_date = date_places((date for date, _ in times), NEWEST)
    keys = [(added, -by_date[date]) for date, added in times]
    rank_of = {key: rank for rank, key in enumerate(sorted(set(keys), reverse=True))}
    return [rank_of[key] for key in keys]
