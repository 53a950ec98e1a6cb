"""The order of a list of hits, and lists with one hit for each document, by every index."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backstory.engine.candidates import Places
from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index, Snapshot
from backstory.engine.ordering import ADDED, NEWEST, OLDEST, RELEVANCE, date_places
from backstory.engine.query import All, Exact
from backstory.engine.ranking import BM25
from backstory.testing import ask

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Index]
RADIO = Exact("radio", "radio")


@pytest.fixture
def snapshot(index: Index, fill: Fill, document: Make) -> Snapshot:
    fill(
        index,
        document("b", "long ago, a radio among many other words", date="1999"),
        document("gone", "radio", date="2025"),
        document("never", "radio, and when nobody knows"),
    )
    late = document("late", "no", "a radio and more", "radio radio", "no", date="2018-03")
    return fill(index, late, document("a", "radio", date="1999"), delete=["gone"]).open()


def listed(snapshot: Snapshot, **options: object) -> list[str]:
    page = {"offset": 0, "limit": 9} | options
    found = ask(snapshot, RADIO, BM25(), **page).top  # type: ignore[arg-type]
    return [one.passage.address for one in found]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (NEWEST, ["late#p3", "late#p2", "a#p1", "b#p1", "never#p1"]),
        (OLDEST, ["a#p1", "b#p1", "late#p3", "late#p2", "never#p1"]),
    ],
)
def test_by_date_the_passages_of_a_document_stay_together_and_what_has_no_date_comes_last(
    snapshot: Snapshot, sort: str, expected: list[str]
) -> None:
    assert listed(snapshot, sort=sort) == expected
    assert listed(snapshot, sort=sort, offset=1, limit=3) == expected[1:4]


@pytest.mark.parametrize("sort", [RELEVANCE, NEWEST, OLDEST])
def test_a_grouped_list_has_the_first_passage_of_each_document(
    snapshot: Snapshot, sort: str
) -> None:
    every = listed(snapshot, sort=sort)
    firsts = {address.partition("#")[0]: address for address in reversed(every)}
    expected = [address for address in every if address in firsts.values()]

    assert len(expected) == 4
    assert listed(snapshot, sort=sort, grouped=True) == expected
    assert listed(snapshot, sort=sort, grouped=True, offset=1, limit=2) == expected[1:3]


def test_documents_dates_and_places_are_those_of_all_matches(snapshot: Snapshot) -> None:
    page = ask(snapshot, RADIO, BM25(), offset=0, limit=1, facets=("source",), sort=NEWEST)

    assert (page.total, page.documents) == (5, 4)
    assert page.dates == {"1999": 2, "2018-03": 2}
    assert page.places == {"late": Places((2, 3), 4)}


def test_enough_documents_are_found_far_down(index: Index, fill: Fill, document: Make) -> None:
    long = document("long", *["radio"] * 300)
    snapshot = fill(index, long, *(document(f"d{n}", "a radio") for n in range(5))).open()

    assert listed(snapshot, grouped=True, limit=3) == ["long#p1", "d0#p1", "d1#p1"]


def test_passages_that_tie_are_in_the_order_of_their_addresses(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(index, *(document(name, "one", "two") for name in ("d", "a", "gone")))
    snapshot = fill(index, document("c", "one"), document("b", "one"), delete=["gone"]).open()

    for limit in range(1, 7):
        found = ask(snapshot, All(), BM25(), offset=0, limit=limit).top
        addresses = [one.passage.address for one in found]
        assert addresses == ["a#p1", "a#p2", "b#p1", "c#p1", "d#p1", "d#p2"][:limit]


def test_dates_are_put_in_order_and_none_is_last() -> None:
    dates = ["2018", "", "2018-03", "soon", "2018"]

    assert date_places(dates, NEWEST) == {"2018-03": 0, "2018": 1, "soon": 2, "": 2}
    assert date_places(dates, OLDEST) == {"2018": 0, "2018-03": 1, "soon": 2, "": 2}


def test_what_came_last_stands_first_and_the_newest_first_of_what_came_together(
    index: Index, fill: Fill, document: Make
) -> None:
    morning, evening = "2019-05-01T09:00:00+00:00", "2019-05-01T21:00:00+00:00"
    snapshot = fill(
        index,
        document("unknown", "radio", date="2025"),
        document("old", "radio", date="1999", added=morning),
        document("new", "radio", date="2018", added=morning),
        document("undated", "radio", added=morning),
        document("late", "radio", date="1990", added=evening),
    ).open()

    assert listed(snapshot, sort=ADDED) == [
        "late#p1",
        "new#p1",
        "old#p1",
        "undated#p1",
        "unknown#p1",
    ]
