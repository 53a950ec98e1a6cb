"""The whole result: every hit once, from one commit, and a cut is said."""

from __future__ import annotations

import pytest

from backstory.engine.indexes.contract import Index
from backstory.searcher import Searcher
from backstory.searcher.settings import SearchSettings
from backstory.searcher.whole import left_out, pages, whole
from tests.conftest import Fill, MakeDocument


@pytest.fixture
def many(index: Index, fill: Fill, document: MakeDocument) -> Searcher:
    """Twelve passages, ten of them with radios, and pages of at most three."""
    texts = [f"radio number {n}" if n < 10 else "silence" for n in range(12)]
    fill(index, document("log", *texts))
    return Searcher(index, SearchSettings(max_page_size=3))


def test_the_whole_result_has_every_hit_whatever_fits_on_a_page(many: Searcher) -> None:
    result = whole(many, "radio")

    assert len(result) == result.total == 10
    assert left_out(result) == ()
    assert len(many.search("radio", limit=10)) == 3


def test_the_best_are_kept_where_there_are_more_and_that_is_said(many: Searcher) -> None:
    result = whole(many, "radio", most=4)

    assert [hit.rank for hit in result] == [1, 2, 3, 4]
    assert left_out(result) == ("Only the best 4 of 10 passages were read.",)


def test_no_limit_is_no_limit(many: Searcher) -> None:
    assert len(whole(many, "number OR silence", most=None)) == 12
    assert left_out(whole(many, "nothing", most=None)) == ()


def test_an_empty_index_has_an_empty_result(index: Index, fill: Fill) -> None:
    assert len(whole(Searcher(fill(index)), "radio", most=None)) == 0


@pytest.mark.parametrize("size", [1, 3, 4, 10, 11])
def test_pages_hold_every_hit_once_in_order(many: Searcher, size: int) -> None:
    ranks = [hit.rank for page in pages(many, "radio", size=size) for hit in page]
    assert ranks == list(range(1, 11))


def test_pages_begin_where_they_are_told_and_there_is_always_one(many: Searcher) -> None:
    assert [hit.rank for page in pages(many, "radio", offset=8) for hit in page] == [9, 10]
    assert [len(page) for page in pages(many, "radio", offset=99)] == [0]
    assert [page.total for page in pages(many, "nothing")] == [0]


def test_pages_come_from_one_commit(
    many: Searcher, index: Index, fill: Fill, document: MakeDocument
) -> None:
    following = pages(many, "radio", size=4)
    first = next(following)
    fill(index, document("log", "radio radio radio"), document("more", "radio", "radio"))
    rest = list(following)

    assert {page.generation for page in rest} == {first.generation}
    assert sum(len(page) for page in rest) + len(first) == 10
    assert many.search("radio").total == 3
