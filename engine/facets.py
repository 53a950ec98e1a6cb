"""Facets: the values that matches have in common, with how many passages have each."""

from __future__ import annotations

from collections import Counter

from engine.documents import Document

FACETS = ("source", "kind", "language", "year")


def facet_value(document: Document, facet: str) -> str:
    """Return the value that a document counts under; "" counts under none."""
    return document.date[:4] if facet == "year" else str(getattr(document, facet))


def ranked(counts: Counter[str]) -> dict[str, int]:
    """Order a facet's values by count, then name, without the empty value."""
    named = ((value, count) for value, count in counts.items() if value)
    return dict(sorted(named, key=lambda entry: (-entry[1], entry[0])))
