"""How often a query's words occur in each document, and in each year."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from backstory.engine.dates import year_of
from backstory.engine.hits import Hit, SearchResult
from backstory.searcher.whole import left_out


@dataclass(frozen=True, slots=True)
class Frequency:
    """The passages of one document or year that match, and the marks in them.

    `by` is "document" or "year", `value` the id or the year ("" for documents without a date).
    """

    by: str
    value: str
    title: str
    passages: int
    marks: int

    def to_json(self) -> dict[str, Any]:
        """Return the stable field names of `query --frequencies --json`."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Frequencies:
    """The counts of a result: documents with the most passages first, years in order."""

    result: SearchResult
    documents: tuple[Frequency, ...]
    years: tuple[Frequency, ...]

    def __iter__(self) -> Iterator[Frequency]:
        return iter((*self.documents, *self.years))

    @property
    def limits(self) -> tuple[str, ...]:
        """Messages about what was not counted."""
        return left_out(self.result)


def frequencies(result: SearchResult) -> Frequencies:
    """Count the passages and marks of a result by document and by year."""
    documents = _counted(result, "document", lambda hit: hit.document)
    years = _counted(result, "year", lambda hit: year_of(hit.date))
    return Frequencies(
        result,
        documents=tuple(sorted(documents, key=lambda c: (-c.passages, -c.marks, c.value))),
        # Years first, then what has none.
        years=tuple(sorted(years, key=lambda c: (not c.value, c.value))),
    )


def _counted(hits: Iterable[Hit], by: str, value: Callable[[Hit], str]) -> list[Frequency]:
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(value(hit), []).append(hit)
    return [
        Frequency(
            by=by,
            value=name,
            title=group[0].title if by == "document" else "",
            passages=len(group),
            marks=sum(len(hit.marks) for hit in group),
        )
        for name, group in groups.items()
    ]
