"""Dates as people write them: `March 12, 2018`, `12 de marzo de 2018`, `last week`, `hace 3 días`.

Months are read in every language that has them, words that count from today in English and Spanish.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from backstory.engine.dates import PartialDate
from backstory.engine.languages import languages
from backstory.engine.tokens import fold_letters


class DateSpan(NamedTuple):
    """The first and the last date that are meant, the same for one day, month or year.

    `is_relative` says that they depend on the day on which they are asked for.
    """

    first: PartialDate
    last: PartialDate
    is_relative: bool = False

    def __str__(self) -> str:
        """Return it as a query has it: `2018-03`, `2018-03-05..2018-03-11`."""
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"


@cache
def _months() -> dict[str, int]:
    """Return the number of each month by its folded names; the first language's counts."""
    numbers: dict[str, int] = {}
    for language in sorted(languages(), key=lambda each: each.code not in ("en", "es")):
        for name, number in language.month_numbers().items():
            numbers.setdefault(fold_letters(name), number)
    return numbers


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    """Return the ways to write a date; only one in words makes it worth to read all languages."""
    of = "|".join(sorted({re.escape(word) for each in languages() for word in each.date_of}))
    of = rf"(?: (?:{of}|del? ano))?"
    day = r"(?P<day>3[01]|[12][0-9]|0?[1-9]|primero)(?:st|nd|rd|th|ro|er|[o.])?"
    names = "|".join(map(re.escape, sorted(_months(), key=len, reverse=True)))
    month, year = rf"(?P<month>{names})\.?", r"(?P<year>[0-9]{4})"
    forms = (
        f"{day}{of} {month}{of} {year}",
        f"{month} (?:the )?{day}{of} {year}",
        f"{month}{of} {year}",
    )
    return tuple(re.compile(f"(?:(?:the|el) )?{form}") for form in forms)


_DAYS = {
    "today": 0,
    "hoy": 0,
    "yesterday": -1,
    "ayer": -1,
    **dict.fromkeys(("day before yesterday", "anteayer", "antier", "antes de ayer"), -2),
}
_NUMBERS = {
    **dict.fromkeys(("a", "an", "one", "un", "una", "uno"), 1),
    **dict.fromkeys(("two", "dos"), 2),
    **dict.fromkeys(("three", "tres"), 3),
    **dict.fromkeys(("four", "cuatro"), 4),
    **dict.fromkeys(("five", "cinco"), 5),
    **dict.fromkeys(("six", "seis"), 6),
    **dict.fromkeys(("seven", "siete"), 7),
    **dict.fromkeys(("eight", "ocho"), 8),
    **dict.fromkeys(("nine", "nueve"), 9),
    **dict.fromkeys(("ten", "diez"), 10),
}
_UNITS = {
    **dict.fromkeys(("day", "days", "dia", "dias"), "day"),
    **dict.fromkeys(("week", "weeks", "semana", "semanas"), "week"),
    **dict.fromkeys(("month", "months", "mes", "meses"), "month"),
    **dict.fromkeys(("year", "years", "ano", "anos"), "year"),
}
_UNIT = rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})"
_COUNT = rf"(?P<count>[0-9]{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_NAMED = _UNIT.replace("unit", "named")
_HACE = _COUNT.replace("count", "number")
_THIS = re.compile(f"(?:this|est[ea]) {_UNIT}")
_BEFORE = re.compile(f"(?:last|past|previous|ultim[oa]) {_UNIT}|{_NAMED} (?:pasad[oa]|anterior)")
_AGO = re.compile(f"{_COUNT} {_UNIT} ago|hace {_HACE} {_NAMED}")
_SINCE = re.compile(f"(?:last|past|previous|ultim[oa]s) {_COUNT} {_UNIT}")
_ARTICLE = re.compile("(?:the|el|la|las|los) ")


def read_span(text: str, today: datetime.date) -> DateSpan | None:
    """Read a date in figures or words; None for what is no date."""
    date = PartialDate.of(text.strip())
    if date:
        return DateSpan(date, date)
    words = " ".join(re.sub(r"[,_\s]+|(?<=[^\W\d_])-(?=\w)", " ", fold_letters(text)).split())
    try:
        return _written(words) or _relative(_ARTICLE.sub("", words, count=1), today)
    except (ValueError, OverflowError):  # 31 June, 5000 years ago
        return None


def _written(words: str) -> DateSpan | None:
    for form in _forms():
        if matched := form.fullmatch(words):
            parts = {"day": "0"} | matched.groupdict()
            day = 1 if parts["day"] == "primero" else int(parts["day"])
            date = PartialDate(int(parts["year"]), _months()[parts["month"]], day)
            return DateSpan(date, date)
    return None


def _relative(words: str, today: datetime.date) -> DateSpan | None:
    if words in _DAYS:
        return _unit("day", -_DAYS[words], today)
    if matched := _THIS.fullmatch(words):
        return _unit(_UNITS[matched["unit"]], 0, today)
    if matched := _BEFORE.fullmatch(words):
        return _unit(_UNITS[matched["unit"] or matched["named"]], 1, today)
    if matched := _AGO.fullmatch(words):
        count = _number(matched["count"] or matched["number"])
        return _unit(_UNITS[matched["unit"] or matched["named"]], count, today)
    if matched := _SINCE.fullmatch(words):
        first = _unit(_UNITS[matched["unit"]], _number(matched["count"]), today).first
        return DateSpan(first, _day(today), True)
    return None


def _number(word: str) -> int:
    return _NUMBERS.get(word) or int(word)


def _unit(unit: str, back: int, today: datetime.date) -> DateSpan:
    """Return the day, week from Monday on, month or year that lies so many of them back."""
    return _SPANS[unit](back, today)


def _days(back: int, today: datetime.date) -> DateSpan:
    day = _day(today - datetime.timedelta(days=back))
    return DateSpan(day, day, True)


def _weeks(back: int, today: datetime.date) -> DateSpan:
    monday = today - datetime.timedelta(days=today.weekday() + 7 * back)
    return DateSpan(_day(monday), _day(monday + datetime.timedelta(days=6)), True)


def _months_back(back: int, today: datetime.date) -> DateSpan:
    year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
    date = PartialDate(year, month + 1)
    return DateSpan(date, date, True)


def _years(back: int, today: datetime.date) -> DateSpan:
    date = PartialDate(today.year - back)
    return DateSpan(date, date, True)


_SPANS: dict[str, Callable[[int, datetime.date], DateSpan]] = {
    "day": _days,
    "week": _weeks,
    "month": _months_back,
    "year": _years,
}


def _day(date: datetime.date) -> PartialDate:
    return PartialDate(date.year, date.month, date.day)
