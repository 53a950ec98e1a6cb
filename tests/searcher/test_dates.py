"""Dates in queries: days, months, years and ranges of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.dates import overlaps
from backstory.engine.query import Range
from backstory.searcher.dates import day_before, read_date, read_range


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2018", "2018"),
        ("2018-03", "2018-03"),
        ("2018-3", "2018-03"),
        ("2018-03-09", "2018-03-09"),
        ("2018/3/9", "2018-03-09"),
        (" 2018 ", "2018"),
        ("2016-02-29", "2016-02-29"),
        ("0001", "0001"),
        ("9999-12-31", "9999-12-31"),
        ("2018-02-29", None),
        ("2018-13", None),
        ("2018-00", None),
        ("2018-00-05", None),
        ("2018-03-00", None),
        ("0000", None),
        ("18", None),
        ("20180309", None),
        ("2018-03-09-01", None),
        ("2018-", None),
        ("March 2018", None),
        ("", None),
        ("٢٠١٨", None),
    ],
)
def test_date_is_read_as_exactly_as_it_was_typed(text: str, read: str | None) -> None:
    assert read_date(text) == read


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("after", "2018-03", Range("2018-03", "")),
        ("before", "2018-03", Range("", "2018-02-28")),
        ("before", "2018", Range("", "2017-12-31")),
        ("before", "0001", Range("", "0000")),
        ("date", "2018-03", Range("2018-03", "2018-03")),
        ("date", "2017..2018-02", Range("2017", "2018-02")),
        ("date", "2017 .. 2018", Range("2017", "2018")),
        ("date", "..2018", Range("", "2018")),
        ("date", "2018..", Range("2018", "")),
        ("date", "..", None),
        ("date", "2018..soon", None),
        ("date", "2018..2019..2020", None),
        ("after", "2017..2018", None),
        ("before", "soon", None),
    ],
)
def test_range_is_read_from_a_field(name: str, text: str, read: Range | None) -> None:
    assert read_range(name, text) == read


@given(st.dates(min_value=date(2, 1, 1)), st.sampled_from([4, 7, 10]))
def test_day_before_is_the_day_before_the_first(day: date, exact: int) -> None:
    text = day.isoformat()[:exact]
    first = date.fromisoformat((text + "-01-01")[:10])

    assert day_before(text) == (first - timedelta(days=1)).isoformat()


@given(
    st.dates(min_value=date(2, 1, 1)),
    st.dates(min_value=date(2, 1, 1)),
    st.sampled_from([4, 7, 10]),
)
def test_after_and_before_share_no_day_and_miss_none(day: date, border: date, exact: int) -> None:
    text = border.isoformat()[:exact]
    after, before = read_range("after", text), read_range("before", text)
    assert after is not None
    assert before is not None
    passes = [overlaps(day.isoformat(), r.first, r.last) for r in (after, before)]

    assert sorted(passes) == [False, True]
    assert passes[0] == (day >= date.fromisoformat((text + "-01-01")[:10]))
