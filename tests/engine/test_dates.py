"""Dates of which a month or a day may be missing: read, put in order, compared, shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.dates import PartialDate, first_and_last, overlaps, year_of

years = st.builds(PartialDate, st.integers(1, 9999))
months = st.builds(PartialDate, st.integers(1, 9999), st.integers(1, 12))
days = st.dates().map(lambda day: PartialDate(day.year, day.month, day.day))
dates = years | months | days


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2018", (2018,)),
        ("2018-03", (2018, 3)),
        ("2018-3", (2018, 3)),
        ("2018-03-09", (2018, 3, 9)),
        ("2018/3/9", (2018, 3, 9)),
        ("2018-03-09T10:00:00Z", (2018, 3, 9)),
        ("2018-03-09 10:00", (2018, 3, 9)),
        ("2018-03T10", None),
        ("2018-13", None),
        ("2018-00", None),
        ("2018-02-29", None),
        ("0000", None),
        ("18", None),
        ("spring 2018", None),
        ("٢٠١٨", None),
        ("", None),
    ],
)
def test_text_is_read_as_exactly_as_it_is_written(text: str, read: tuple[int, ...] | None) -> None:
    date = PartialDate.of(text)

    assert (date.parts if date else None) == read


@pytest.mark.parametrize("parts", [(0,), (10_000,), (2018, 13), (2018, 2, 30), (2018, 0, 9)])
def test_there_is_no_date_of_a_day_that_there_is_not(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no such day"):
        PartialDate(*parts)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((2018, 6, 31), "2018-06"),
        ((2018, 13, 1), "2018"),
        ((2018, 6, 30), "2018-06-30"),
        ((2018, 0, 5), "2018"),
        ((987,), "0987"),
    ],
)
def test_of_an_impossible_day_its_month_is_left(parts: tuple[int, ...], text: str) -> None:
    assert str(PartialDate.nearest(*parts)) == text


@given(dates)
def test_what_is_written_is_read_again(date: PartialDate) -> None:
    assert PartialDate.parse(str(date)) == date


@given(dates, dates)
def test_dates_are_in_the_order_of_their_texts(one: PartialDate, other: PartialDate) -> None:
    assert (one < other) == (str(one) < str(other))


@given(dates)
def test_days_outside_the_first_and_last_are_of_another_date(partial: PartialDate) -> None:
    exact = len(str(partial))

    assert partial.first_day.isoformat()[:exact] == str(partial)
    assert partial.last_day.isoformat()[:exact] == str(partial)
    if partial.first_day > date.min:
        assert (partial.first_day - timedelta(1)).isoformat()[:exact] != str(partial)
    if partial.last_day < date.max:
        assert (partial.last_day + timedelta(1)).isoformat()[:exact] != str(partial)


@pytest.mark.parametrize(
    ("text", "words"),
    [("2018-09-08", "8 September 2018"), ("2018-09", "September 2018"), ("0987", "0987")],
)
def test_a_date_in_words_is_as_exact_as_it_is_known(text: str, words: str) -> None:
    date = PartialDate.of(text)

    assert date is not None
    assert date.words == words


def test_years_and_ends_are_those_of_dates_alone() -> None:
    assert [year_of(text) for text in ("2018-03", "soon", "")] == ["2018", "", ""]
    assert first_and_last(["2018-03", "", "soon", "2018"]) == ("2018", "2018-03")
    assert first_and_last(["", "soon"]) == ("", "")


@pytest.mark.parametrize(
    ("date", "first", "last", "touches"),
    [
        ("2018-03-09", "2018-03-09", "2018-03-09", True),
        ("2018-03-09", "2018-03-10", "", False),
        ("2018-03-09", "", "2018-03-08", False),
        ("2018-03-09", "2018-03", "2018-03", True),
        ("2018-03-09", "2018", "2018", True),
        ("2018-03-09", "", "2018", True),
        ("2018-03-09", "", "2017", False),
        ("2018-03-09", "2019", "", False),
        ("2018-03", "2018-03-31", "", True),
        ("2018-03", "2018-04-01", "", False),
        ("2018-03", "", "2018-03-01", True),
        ("2018-03", "", "2018-02-28", False),
        ("2018", "2018-12-31", "", True),
        ("2018", "", "2018-01-01", True),
        ("2018", "2018-06", "2018-07", True),
        ("2018", "2019-01", "", False),
        ("2018", "", "2017-12-31", False),
        ("2018", "", "0000", False),
        ("", "", "", False),
        ("", "2018", "", False),
        ("2018", "", "", True),
        ("2018-03-09", "2019", "2017", False),
        ("soon", "2018", "", False),
        ("2018-02", "2018-02-28", "2018-02-28", True),
        ("2018-02", "2018-03-01", "", False),
        ("2018-03-09", "", "soon", False),
    ],
)
def test_partial_dates_pass_where_they_overlap(
    date: str, first: str, last: str, touches: bool
) -> None:
    assert overlaps(date, first, last) is touches
