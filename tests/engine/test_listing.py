"""The order of a list of hits, and lists with one hit for each document, by every backend."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backstory.engine.backends.base import Backend, Reader
from backstory.engine.candidates import Places
from backstory.engine.documents import IndexedDocument
from backstory.engine.listing import NEWEST, OLDEST, RELEVANCE, date_places
from backstory.engine.query import All, Exact
from backstory.engine.ranking import BM25
from tests.asking import ask

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Backend]
RADIO = Exact("radio", "radio")


@pytest.fixture
def reader(backend: Backend, fill: Fill, document: Make) -> Reader:
    fill(
        backend,
        document("b", "long ago, a radio among many other words", date="1999"),
        document("gone", "radio", date="2025"),
        document("never", "radio, and when nobody knows"),
    )
    late = document("late", "no", "a radio and more", "radio radio", "no", date="2018-03")
    return fill(backend, late, document("a", "radio", date="1999"), delete=["gone"]).reader()


def listed(reader: Reader, **options: object) -> list[str]:
    page = {"offset": 0, "limit": 9} | options
    found = ask(reader, RADIO, BM25(), **page).found  # type: ignore[arg-type]
    return [one.passage.address for one in found]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (NEWEST, ["late#p3", "late#p2", "a#p1", "b#p1", "never#p1"]),
        (OLDEST, ["a#p1", "b#p1", "late#p3", "late#p2", "never#p1"]),
    ],
)
def test_by_date_the_passages_of_a_document_stay_together_and_what_has_no_date_comes_last(
    reader: Reader, sort: str, expected: list[str]
) -> None:
    assert listed(reader, sort=sort) == expected
    assert listed(reader, sort=sort, offset=1, limit=3) == expected[1:4]


@pytest.mark.parametrize("sort", [RELEVANCE, NEWEST, OLDEST])
def test_a_grouped_list_has_the_first_passage_of_each_document(reader: Reader, sort: str) -> None:
    every = listed(reader, sort=sort)
    firsts = {address.partition("#")[0]: address for address in reversed(every)}
    expected = [address for address in every if address in firsts.values()]

    assert len(expected) == 4
    assert listed(reader, sort=sort, grouped=True) == expected
    assert listed(reader, sort=sort, grouped=True, offset=1, limit=2) == expected[1:3]


def test_documents_dates_and_places_are_those_of_all_matches(reader: Reader) -> None:
    page = ask(reader, RADIO, BM25(), offset=0, limit=1, facets=("source",), sort=NEWEST)

    assert (page.total, page.documents) == (5, 4)
    assert page.dates == {"1999": 2, "2018-03": 2}
    assert page.places == {"late": Places((2, 3), 4)}


def test_enough_documents_are_found_far_down(backend: Backend, fill: Fill, document: Make) -> None:
    long = document("long", *["radio"] * 300)
    reader = fill(backend, long, *(document(f"d{n}", "a radio") for n in range(5))).reader()

    assert listed(reader, grouped=True, limit=3) == ["long#p1", "d0#p1", "d1#p1"]


def test_passages_that_tie_are_in_the_order_of_their_addresses(
    backend: Backend, fill: Fill, document: Make
) -> None:
    fill(backend, *(document(name, "one", "two") for name in ("d", "a", "gone")))
    reader = fill(backend, document("c", "one"), document("b", "one"), delete=["gone"]).reader()

    for limit in range(1, 7):
        found = ask(reader, All(), BM25(), offset=0, limit=limit).found
        addresses = [one.passage.address for one in found]
        assert addresses == ["a#p1", "a#p2", "b#p1", "c#p1", "d#p1", "d#p2"][:limit]


def test_dates_are_put_in_order_and_none_is_last() -> None:
    assert list(date_places(["2018", "", "2018-03", "2018"], NEWEST)) == ["2018-03", "2018", ""]
