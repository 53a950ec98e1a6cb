"""The order of a list of hits: by relevance, or by the date of the document.

By date, documents without one come last, those of one date by id, and the passages of a document
by relevance. A grouped list has the first passage of each document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from backstory.engine.feedback import Candidate, ordered

RELEVANCE, NEWEST, OLDEST = SORTS = ("relevance", "newest", "oldest")


def date_places(dates: Iterable[str], sort: str) -> dict[str, int]:
    """Return the place of each date in the order of `sort`, which is NEWEST or OLDEST."""
    known = sorted({date for date in dates if date}, reverse=sort == NEWEST)
    return {date: place for place, date in enumerate([*known, ""])}


def firsts(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the first candidate of each document."""
    seen: dict[str, Candidate] = {}
    for candidate in candidates:
        seen.setdefault(candidate.document, candidate)
    return list(seen.values())


def in_order(
    candidates: Iterable[Candidate], date: Callable[[Candidate], str], sort: str
) -> list[Candidate]:
    """Return candidates in the order of `sort`; `date` is that of their document."""
    if sort == RELEVANCE:
        return ordered(candidates)
    held = [(candidate, date(candidate)) for candidate in candidates]
    places = date_places((day for _, day in held), sort)
    held.sort(key=lambda entry: (places[entry[1]], entry[0].document, entry[0].key))
    return [candidate for candidate, _ in held]
