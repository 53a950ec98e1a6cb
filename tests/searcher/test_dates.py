"""Dates in queries: days, months, years and ranges of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.dates import overlaps
from backstory.engine.query import Range, Undated
from backstory.searcher.dates import RangeRead, day_before, read_date, read_range


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
        ("March 2018", "2018-03"),
        ("March", None),
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
        ("date", "2017-2019", Range("2017", "2019")),
        ("date", "2018–2019", Range("2018", "2019")),
        ("date", "2018..2018-03", Range("2018", "2018-03")),
        ("date", "March 2018..June 2018", Range("2018-03", "2018-06")),
        ("mentions", "marzo de 2018", Range("2018-03", "2018-03", "mentions")),
    ],
)
def test_range_is_read_from_a_field(name: str, text: str, read: Range | None) -> None:
    assert read_range(name, text) == (read and RangeRead(read))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("March 2018", "2018-03"),
        ("march of 2018", "2018-03"),
        ("Sept. 2018", "2018-09"),
        ("March 12, 2018", "2018-03-12"),
        ("March 12th 2018", "2018-03-12"),
        ("12 March 2018", "2018-03-12"),
        ("the 12th of March, 2018", "2018-03-12"),
        ("marzo 2018", "2018-03"),
        ("Marzo de 2018", "2018-03"),
        ("12 de marzo de 2018", "2018-03-12"),
        ("12 de marzo del 2018", "2018-03-12"),
        ("1º de mayo de 2018", "2018-05-01"),
        ("primero de mayo de 2018", "2018-05-01"),
        ("ene 2018", "2018-01"),
        ("31 June 2018", None),
        ("March", None),
        ("March 12", None),
        ("Marching 2018", None),
        ("12 2018", None),
        ("32 March 2018", None),
    ],
)
def test_date_may_be_in_words(text: str, date: str | None) -> None:
    assert read_range("date", text) == (date and RangeRead(Range(date, date)))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", "2018-03-01", "2018-03-01"),
        ("hoy", "2018-03-01", "2018-03-01"),
        ("Yesterday", "2018-02-28", "2018-02-28"),
        ("ayer", "2018-02-28", "2018-02-28"),
        ("anteayer", "2018-02-27", "2018-02-27"),
        ("this week", "2018-02-26", "2018-03-04"),
        ("last week", "2018-02-19", "2018-02-25"),
        ("last-week", "2018-02-19", "2018-02-25"),
        ("la semana pasada", "2018-02-19", "2018-02-25"),
        ("this month", "2018-03", "2018-03"),
        ("last month", "2018-02", "2018-02"),
        ("el mes pasado", "2018-02", "2018-02"),
        ("this year", "2018", "2018"),
        ("este año", "2018", "2018"),
        ("the past year", "2017", "2017"),
        ("año pasado", "2017", "2017"),
        ("3 days ago", "2018-02-26", "2018-02-26"),
        ("hace tres días", "2018-02-26", "2018-02-26"),
        ("three months ago", "2017-12", "2017-12"),
        ("last 2 months", "2018-01", "2018-03-01"),
        ("los últimos diez años", "2008", "2018-03-01"),
        ("2017..yesterday", "2017", "2018-02-28"),
        ("last year..this month", "2017", "2018-03"),
    ],
)
def test_date_may_be_told_from_today(text: str, first: str, last: str) -> None:
    read = read_range("date", text, date(2018, 3, 1))
    shown = first if first == last else f"{first}..{last}"

    assert read == RangeRead(Range(first, last), f"date:{text} was read as date:{shown}.")


@pytest.mark.parametrize(
    ("name", "text", "read", "shown"),
    [
        ("after", "last week", Range("2018-02-19", ""), "2018-02-19"),
        ("before", "last week", Range("", "2018-02-18"), "2018-02-19"),
        ("before", "today", Range("", "2018-02-28"), "2018-03-01"),
        ("mentions", "last year", Range("2017", "2017", "mentions"), "2017"),
    ],
)
def test_note_says_which_date_was_meant(name: str, text: str, read: Range, shown: str) -> None:
    note = f"{name}:{text} was read as {name}:{shown}."
    assert read_range(name, text, date(2018, 3, 1)) == RangeRead(read, note)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019..2017", "2017", "2019"),
        ("2019-2017", "2017", "2019"),
        ("2018-06..2018-03", "2018-03", "2018-06"),
        ("2018..2017-06", "2017-06", "2018"),
        ("June 2018..2018-03-05", "2018-03-05", "2018-06"),
    ],
)
def test_range_is_turned_the_right_way_round(text: str, first: str, last: str) -> None:
    note = f"date:{text} was read as date:{first}..{last}, the earlier date first."
    assert read_range("date", text) == RangeRead(Range(first, last), note)


@pytest.mark.parametrize("text", ["none", "None", " none "])
def test_documents_without_a_date_can_be_asked_for(text: str) -> None:
    assert read_range("date", text) == RangeRead(Undated("date"))


@pytest.mark.parametrize("name", ["mentions", "after", "before"])
def test_no_other_date_can_be_none(name: str) -> None:
    assert read_range(name, "none") is None


@given(st.text(alphabet="0123 .-,adefhilmnorstuwy", max_size=24) | st.text(max_size=12))
def test_any_text_is_a_date_or_none(text: str) -> None:
    read = read_range("date", text, date(2018, 3, 1))
    is_range = read is not None and isinstance(read.range, Range)
    assert read is None or not is_range or read.range.first or read.range.last


@pytest.mark.parametrize("text", ["9999 years ago", "hace 9999 semanas", "last 9999 years"])
def test_there_is_no_date_before_the_first_year(text: str) -> None:
    assert read_range("date", text, date(150, 3, 1)) is None


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
    passes = [overlaps(day.isoformat(), r.range.first, r.range.last) for r in (after, before)]

    assert sorted(passes) == [False, True]
    assert passes[0] == (day >= date.fromisoformat((text + "-01-01")[:10]))
