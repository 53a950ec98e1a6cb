"""Facets: the values that matches have in common, with how many passages have each."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from backstory.engine.dates import year_of
from backstory.engine.documents import Document, Passage
from backstory.engine.fields import FIELDS, Match

LANGUAGE = "language"  # of documents, but a passage may have another
NAME = "name"  # the names in the passages, as they were found

MOST_NAMES = 50
NO_DATE = "none"  # the year of documents without a date, and what `date:` calls them


def facet_names() -> tuple[str, ...]:
    """Return the names of all facets in the order in which they are shown."""
    return (*FIELDS.facets, NAME)


def facet_value(document: Document, facet: str, passage: Passage | None = None) -> str:
    """Return the value that a document, or a passage of it, counts under; "" counts under none."""
    if passage and facet == LANGUAGE:
        return passage.language_in(document)
    return value_of(facet, document.value(FIELDS.facets[facet].name))


def value_of(facet: str, value: str) -> str:
    """Return the value of a facet that comes of the value of a field.

    Of a date that is its year, NO_DATE where there is none.
    """
    return year_of(value) or NO_DATE if FIELDS.facets[facet].match is Match.RANGE else value


def ranked(counts: Mapping[str, int]) -> dict[str, int]:
    """Order a facet's values by count, then name, without the empty value."""
    named = sorted((-count, value) for value, count in counts.items() if value and count)
    return {value: -count for count, value in named}


def ranked_names(counts: Mapping[str, int]) -> dict[str, int]:
    """Order names as `ranked` does, and keep the first."""
    if len(counts) > MOST_NAMES:
        least = sorted(counts.values())[-MOST_NAMES]
        counts = {name: count for name, count in counts.items() if count >= least}
    return dict(islice(ranked(counts).items(), MOST_NAMES))
