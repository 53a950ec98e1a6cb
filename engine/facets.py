"""Facets: the values that matches have in common, with how many passages have each."""

from __future__ import annotations

from collections import Counter

from engine.documents import Document

# The attribute of a document that each facet comes from.
ATTRIBUTES = {"source": "source", "kind": "kind", "language": "language", "year": "date"}
FACETS = tuple(ATTRIBUTES)


def facet_value(document: Document, facet: str) -> str:
    """Return the value that a document counts under; "" counts under none."""
    return value_of(facet, getattr(document, ATTRIBUTES[facet]))


def value_of(facet: str, attribute: str) -> str:
    """Return the value of a facet that comes of an attribute."""
    return attribute[:4] if facet == "year" else attribute


def ranked(counts: Counter[str]) -> dict[str, int]:
    """Order a facet's values by count, then name, without the empty value."""
    named = ((value, count) for value, count in counts.items() if value)
    return dict(sorted(named, key=lambda entry: (-entry[1], entry[0])))
