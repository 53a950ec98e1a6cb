"""Facets on a cluster are those of the reference index, whichever way they are counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from backstory.engine.documents import IndexedDocument
from backstory.engine.facets import MOST_NAMES, NAME, facet_names
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.opensearch import OpenSearchIndex, facet_counts
from backstory.engine.query import All, Exact, Not
from backstory.engine.settings import OpenSearchSettings
from backstory.testing import ReferenceIndex, fill_index, make_document
from tests.cluster.commits import new_index

DOCUMENTS = 120
FREQUENT = MOST_NAMES + 4  # names, each with a key in either language
RADIO = Exact("radio", "radio")
QUERIES = (All(), RADIO, Not(RADIO))


def documents(numbers: Iterable[int], *, version: int = 1) -> list[IndexedDocument]:
    """Return documents in two languages: some names are in many of them, most in one or two."""
    return [
        make_document(
            f"d{number:03}",
            " ".join(f"Often{n:02}" for n in range(FREQUENT) if (number + n) % (2 + n // 20)),
            f"The radio of Seldom{number // 2:02} and Rarely{number}v{version}.",
            *[f"More of the radio in {1900 + number}."] * (number % 3),
            language="es" if number % 3 == 0 else "en",
            source=f"Gazette {number % 7}",
            date=("2018-03-09", "2017", "")[number % 3],
        )
        for number in numbers
    ]


@pytest.fixture
def both(settings: OpenSearchSettings) -> Iterator[tuple[ReferenceIndex, OpenSearchIndex]]:
    """A reference index and one in three parts, with the same documents."""
    with new_index(replace(settings, shards=3)) as index:
        reference = ReferenceIndex()
        for each in (reference, index):
            fill_index(each, *documents(range(DOCUMENTS)))
        yield reference, index


@pytest.mark.parametrize(
    ("listed", "of_a_part", "way"),
    [(500, 2_500, "all are listed"), (140, 140, "settled"), (60, 60, "counted"), (3, 3, "counted")],
)
def test_most_frequent_names_are_those_of_the_reference(
    both: tuple[ReferenceIndex, OpenSearchIndex],
    monkeypatch: pytest.MonkeyPatch,
    listed: int,
    of_a_part: int,
    way: str,
) -> None:
    contenders, ways = facet_counts._contenders, []

    def noted(*given: Any) -> list[str]:
        keys = contenders(*given)
        ways.append("settled" if keys else "counted")
        return keys

    monkeypatch.setattr(facet_counts, "LISTED", listed)
    monkeypatch.setattr(facet_counts, "LISTED_OF_A_PART", of_a_part)
    monkeypatch.setattr(facet_counts, "_contenders", noted)
    expected, found = (index.open().facets(All(), [NAME]) for index in both)
    assert list(found.facets[NAME].items()) == list(expected.facets[NAME].items())
    assert found == expected
    assert ways == ([] if way == "all are listed" else [way])


def test_facets_and_documents_are_those_of_the_reference_after_changes(
    both: tuple[ReferenceIndex, OpenSearchIndex],
) -> None:
    assert_same(both)
    for index in both:
        fill_index(index, *documents(range(40, 70), version=2))
    assert_same(both)
    for index in both:
        gone = [f"d{number:03}" for number in range(30, 60)]
        fill_index(index, *documents(range(DOCUMENTS, DOCUMENTS + 9)), delete=gone)
    assert_same(both)


def assert_same(indexes: Iterable[Index]) -> None:
    """Compare all facets, and the numbers of documents, of some questions."""
    reference, index = (each.open() for each in indexes)
    for query in QUERIES:
        assert index.facets(query, facet_names()) == reference.facets(query, facet_names())
