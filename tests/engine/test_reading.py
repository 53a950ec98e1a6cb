"""The contract of `engine.indexes.contract`, held by every index: counting and asking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from backstory.engine.documents import IndexedDocument
from backstory.engine.facets import NAME
from backstory.engine.indexes.contract import Index, Snapshot
from backstory.engine.query import All, And, Exact, Field, Not, Nothing, Or, Query, Range, Term
from backstory.engine.ranking import BM25
from backstory.testing import ask

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Index]

RADIO = Exact("radio", "radio")


def found(snapshot: Snapshot, query: Query, limit: int = 100) -> list[str]:
    """Return the addresses that a query finds, best first."""
    ranking = ask(snapshot, query, BM25(), offset=0, limit=limit)
    return [hit.passage.address for hit in ranking.top]


def test_statistics_count_what_is_live(
    index: Index, fill: Fill, affair: Sequence[IndexedDocument]
) -> None:
    fill(index, *affair)
    before = index.open().statistics
    after = fill(index, delete=["carta"]).open().statistics

    assert (before.documents, before.passages) == (3, 10)
    assert before.languages == {"en": 8, "es": 2}
    assert (after.documents, after.passages) == (2, 8)
    assert after.languages == {"en": 8}
    assert before.words - after.words == 10 + 12
    assert after.committed >= before.committed > "2020"


def test_languages_come_most_passages_first(index: Index, fill: Fill, document: Make) -> None:
    fill(
        index,
        document("a", "uno", language="es"),
        document("b", "one", "two", language="en"),
        document("c", "un", language="fr"),
    )
    assert index.open().languages == ("en", "es", "fr")


def test_vocabulary_is_sorted_and_frequency_counts_passages(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(index, document("a", "Zorro radio radio", "radio Peña"), document("b", "gone"))
    snapshot = fill(index, document("c", "más radio", language="es"), delete=["b"]).open()

    vocabulary = list(snapshot.vocabulary())
    assert vocabulary == sorted(set(vocabulary))
    live = {word: snapshot.frequency(word) for word in vocabulary if snapshot.frequency(word)}
    assert live == {"mas": 1, "pena": 1, "radio": 3, "zorro": 1}
    assert snapshot.frequency("never") == 0


def test_frequencies_go_with_the_vocabulary_and_are_never_too_low(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(index, document("a", "radio shed", "radio Peña"), document("b", "gone radio"))
    whole = fill(index, document("c", "más radio", language="es")).open()
    cut = fill(index, delete=["b"]).open()

    assert list(whole.frequencies()) == list(map(whole.frequency, whole.vocabulary()))
    assert len(cut.frequencies()) == len(cut.vocabulary())
    held = zip(cut.frequencies(), map(cut.frequency, cut.vocabulary()), strict=True)
    assert all(most >= frequency for most, frequency in held)


def test_names_and_titles_are_counted_over_live_passages(
    index: Index, fill: Fill, document: Make
) -> None:
    empty = fill(index).open()
    assert (empty.names(), empty.titles(), list(empty.frequencies())) == ({}, {}, [])
    fill(index, document("a", "Bo met Cy", "Bo left", title="One"), document("e", title="None"))
    fill(index, document("b", "Bo", "no one", title="One"), document("c", "Al", title="Two"))
    fill(index, document("d", "Cy", title="Other"))
    snapshot = fill(index, delete=["c", "d"]).open()

    assert snapshot.names() == {"Bo": 3, "Cy": 1}
    assert snapshot.titles() == {"One": 4}


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_pages_together_are_the_whole_answer(
    index: Index, fill: Fill, document: Make, size: int
) -> None:
    documents = [document(f"d{n:02}", *["radio shed"] * (n % 3), "radio") for n in range(12)]
    snapshot = fill(index, *documents).open()
    query = Or((RADIO, Exact("shed", "shed")))
    paged: list[str] = []
    totals = set()
    while True:
        page = ask(snapshot, query, BM25(), offset=len(paged), limit=size)
        totals.add((page.total, page.all_words))
        if not page.top:
            break
        paged += [hit.passage.address for hit in page.top]

    assert totals == {(24, 24)}
    assert len(paged) == len(set(paged)) == 24
    assert paged == found(snapshot, query)


@pytest.mark.parametrize(
    ("offset", "limit", "size"), [(0, 0, 0), (10, 5, 0), (9, 5, 1), (0, 99, 10)]
)
def test_page_past_the_end_is_empty_with_the_same_total(
    index: Index,
    fill: Fill,
    affair: Sequence[IndexedDocument],
    offset: int,
    limit: int,
    size: int,
) -> None:
    page = ask(fill(index, *affair).open(), All(), BM25(), offset=offset, limit=limit)

    assert (len(page.top), page.total, page.all_words) == (size, 10, 10)


def test_facets_count_passages_of_the_whole_answer(
    index: Index, fill: Fill, affair: Sequence[IndexedDocument]
) -> None:
    snapshot = fill(index, *affair).open()
    names = ("source", "kind", "language", "year")
    page = ask(snapshot, Field("author", "nobody"), BM25(), offset=0, limit=1, facets=names)
    assert page.facets == {name: {} for name in names}

    page = ask(snapshot, All(), BM25(), offset=0, limit=1, facets=names)
    assert page.facets["source"] == {"Harbour Gazette": 5, "City Archive": 3, "El Faro": 2}
    assert list(page.facets["source"]) == ["Harbour Gazette", "City Archive", "El Faro"]
    assert page.facets["kind"] == {"article": 5, "minutes": 3, "letter": 2}
    assert page.facets["language"] == {"en": 8, "es": 2}
    assert page.facets["year"] == {"2018": 7, "2017": 3}
    assert ask(snapshot, All(), BM25(), offset=0, limit=1).facets == {}


LEDGER = [f"ledger#p{n}" for n in range(1, 6)]
CARTA = ["carta#p1", "carta#p2"]
MINUTES = [f"minutes/2017#p{n}" for n in range(1, 4)]


@pytest.mark.parametrize(
    ("query", "addresses"),
    [
        (Field("source", "gazette"), LEDGER),
        (Field("lang", "es"), CARTA),
        (Field("doc", "minutes/"), MINUTES),
        (Range("2018-04", ""), CARTA),
        (Range("", "2017-06"), MINUTES),
        (Range("2017-05-01", "2018-03-09"), LEDGER + MINUTES),
        (All(), CARTA + LEDGER + MINUTES),
        (Nothing(), []),
        (Not(All()), []),
        (Not(Nothing()), CARTA + LEDGER + MINUTES),
        (Not(Field("lang", "en")), CARTA),
        (And((Field("lang", "en"), Not(Field("kind", "article")))), MINUTES),
        (Or((Field("kind", "letter"), Range("2017", "2017"))), CARTA + MINUTES),
    ],
    ids=str,
)
def test_filters_let_whole_documents_through(
    index: Index,
    fill: Fill,
    affair: Sequence[IndexedDocument],
    query: Query,
    addresses: list[str],
) -> None:
    snapshot = fill(index, *affair).open()

    assert found(snapshot, query) == addresses
    assert snapshot.count(query) == len(addresses)


def test_every_name_is_counted_in_small_results_and_in_large_ones(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    rare, common = ["oars for Bo"] * 2, ["oars for Cy"] * 3
    many = document("many", *rare, *common, *["oars for Al"] * 2_100)
    snapshot = fill(index, many, document("gone", "oars for Bo"), delete=["gone"]).open()
    small, oars = Term("", "bo", ("en:bo",)), Term("", "oar", ("en:oar",))

    def names(query: Query) -> dict[str, int]:
        return ask(snapshot, query, BM25(), offset=0, limit=1, facets=[NAME]).facets[NAME]

    assert names(small) == {"Bo": 2}
    assert names(oars) == {"Al": 2_100, "Cy": 3, "Bo": 2}
    assert snapshot.count(Field("name", "bo")) == 2


def test_the_most_frequent_names_of_a_result_are_found_however_many_there_are(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    # Names that are frequent elsewhere, and some in the result that tie for the last places.
    elsewhere = document("elsewhere", *[f"ships for N{n % 60:02}" for n in range(240)])
    here = document("here", *[f"oars for N{n:02} and M{n % 70:02}" for n in range(60, 200)])
    snapshot = fill(index, elsewhere, here).open()
    oars = Term("", "oar", ("en:oar",))
    counts = ask(snapshot, oars, BM25(), offset=0, limit=1, facets=[NAME]).facets[NAME]

    assert list(counts.items()) == [(f"M{n:02}", 2) for n in range(50)]


def test_count_is_the_total_of_a_search(
    index: Index, fill: Fill, affair: Sequence[IndexedDocument]
) -> None:
    snapshot = fill(index, *affair).open()
    queries: list[Any] = [RADIO, Not(RADIO), Or((RADIO, Exact("orden", "orden"))), Nothing(), All()]
    for query in queries:
        total = ask(snapshot, query, BM25(), offset=0, limit=0).total
        assert snapshot.count(query) == total
    assert snapshot.count(RADIO) == 3


def test_sound_index_has_no_problems(
    index: Index, fill: Fill, affair: Sequence[IndexedDocument]
) -> None:
    fill(index, *affair)
    fill(index, delete=["carta"])

    assert list(index.check()) == []
