"""Facets: values in common, counted."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.documents import Document, Passage
from backstory.engine.facets import MOST_NAMES, facet_names, facet_value, ranked, ranked_names

DOCUMENT = Document("a", "T", source="Gazette", kind="letter", language="es", date="2018-03-09")


@pytest.mark.parametrize(
    ("facet", "value"),
    [("source", "Gazette"), ("kind", "letter"), ("language", "es"), ("year", "2018")],
)
def test_facet_takes_its_value_from_the_document(facet: str, value: str) -> None:
    assert facet in facet_names()
    assert facet_value(DOCUMENT, facet) == value


def test_passage_counts_as_its_own_language_and_else_as_its_document() -> None:
    quoted = Passage("a", 1, "…", language="de")
    assert facet_value(DOCUMENT, "language", quoted) == "de"
    assert facet_value(DOCUMENT, "language", Passage("a", 2, "…")) == "es"
    assert facet_value(DOCUMENT, "kind", quoted) == "letter"


@pytest.mark.parametrize(
    ("date", "year"), [("2018", "2018"), ("2018-03", "2018"), ("", "none"), ("spring", "none")]
)
def test_year_is_known_from_any_date(date: str, year: str) -> None:
    assert facet_value(Document("a", "", date=date), "year") == year


def test_values_are_ordered_by_count_then_name_and_the_empty_one_left_out() -> None:
    counts = Counter({"b": 2, "a": 2, "c": 9, "": 50, "d": 1})

    assert list(ranked(counts).items()) == [("c", 9), ("a", 2), ("b", 2), ("d", 1)]


@given(st.dictionaries(st.text("abc", min_size=1, max_size=5), st.integers(0, 4), max_size=90))
def test_the_first_names_are_those_that_come_first_of_all(counts: dict[str, int]) -> None:
    assert list(ranked_names(counts).items()) == list(ranked(counts).items())[:MOST_NAMES]
