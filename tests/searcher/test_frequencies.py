"""Counts by document and by year: together they are the result."""

from __future__ import annotations

from backstory.engine.indexes.reference import ReferenceIndex
from backstory.searcher import Searcher
from backstory.searcher.frequencies import frequencies
from backstory.searcher.whole import whole
from tests.conftest import Fill, MakeDocument


def test_passages_and_marks_are_counted_for_each_document(searcher: Searcher) -> None:
    found = frequencies(whole(searcher, "radio"))

    assert [(each.value, each.passages, each.marks) for each in found.documents] == [
        ("ledger", 4, 6),
        ("minutes/2017", 1, 2),
        ("carta", 1, 1),
    ]
    assert found.documents[0].title == "The lighthouse ledger"
    assert found.limits == ()


def test_years_are_in_order(searcher: Searcher) -> None:
    found = frequencies(whole(searcher, "radio"))
    assert [(each.value, each.passages, each.marks) for each in found.years] == [
        ("2017", 1, 2),
        ("2018", 5, 7),
    ]


def test_documents_without_a_date_come_last(fill: Fill, document: MakeDocument) -> None:
    index = fill(ReferenceIndex(), document("a", "radio"), document("b", "radio", date="1999-01"))
    found = frequencies(whole(Searcher(index), "radio"))
    assert [each.value for each in found.years] == ["1999", ""]


def test_counts_add_up_to_the_result(searcher: Searcher) -> None:
    result = whole(searcher, "radio OR order OR NOT lighthouse")
    found = frequencies(result)

    for counts in (found.documents, found.years):
        assert sum(each.passages for each in counts) == result.total
        assert sum(each.marks for each in counts) == sum(len(hit.marks) for hit in result)
    assert len(list(found)) == len(found.documents) + len(found.years)


def test_a_result_that_was_cut_is_said(searcher: Searcher) -> None:
    assert frequencies(whole(searcher, "radio", most=2)).limits[0].startswith("Only the best 2 of")
