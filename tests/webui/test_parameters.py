"""Addresses read: leniently for people, strictly for programs."""

from __future__ import annotations

import pytest

from backstory.engine.errors import QueryRefused
from backstory.searcher.settings import SearchSettings
from backstory.webui.api.asking import strict
from backstory.webui.paging import page_count, page_numbers
from backstory.webui.parameters import SearchParams, lenient, passage_number

SETTINGS = SearchSettings(page_size=10, max_page_size=50, max_query_chars=30)


def test_nothing_asked_is_the_first_page():
    assert lenient({}, SETTINGS) == SearchParams("", 1, 10, False)


def test_usual_size_never_exceeds_the_most():
    assert lenient({}, SearchSettings(page_size=10, max_page_size=5)).size == 5


def test_everything_asked_is_read():
    values = {"q": " two words ", "page": "3", "n": "20", "exact": "1"}
    assert (
        lenient(values, SETTINGS)
        == strict(values, SETTINGS)
        == SearchParams("two words", 3, 20, True)
    )


@pytest.mark.parametrize("read", [lenient, strict])
def test_long_query_is_refused(read):
    with pytest.raises(QueryRefused, match="31 characters"):
        read({"q": "x" * 31}, SETTINGS)


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("0", None), ("-3", None), ("p12", None), ("", None)]
)
def test_passage_number(text, number):
    assert passage_number({"p": text}, "p") == number


@pytest.mark.parametrize(("total", "size", "count"), [(0, 10, 1), (10, 10, 1), (11, 10, 2)])
def test_page_count(total, size, count):
    assert page_count(total, size) == count


@pytest.mark.parametrize(
    ("page", "count", "numbers"),
    [
        (1, 1, [1]),
        (1, 5, [1, 2, 3, 4, 5]),
        (1, 9, [1, 2, 3, 0, 9]),
        (5, 9, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (10, 20, [1, 0, 8, 9, 10, 11, 12, 0, 20]),
        (20, 20, [1, 0, 18, 19, 20]),
    ],
)
def test_page_numbers_skip_what_is_far(page, count, numbers):
    assert page_numbers(page, count) == numbers
