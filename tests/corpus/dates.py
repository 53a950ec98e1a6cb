"""The dates that a text writes out, in the corpus's own form: 11 August 2017, 11 de agosto de 2017.

Two days of one month or two are one mention: 28 and 29 March 2017, del 1 al 7 de febrero de 2018.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

ENGLISH = (
    "January February March April May June July August September October November December".split()
)
SPANISH = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
).split()
NUMBERS = {name: number for names in (ENGLISH, SPANISH) for number, name in enumerate(names, 1)}
WEEKDAYS = {
    name: number
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "lunes martes miércoles jueves viernes sábado domingo",
    )
    for number, name in enumerate(names.split())
}

_MONTH, _MES = "|".join(ENGLISH), "|".join(SPANISH)
_FULL = re.compile(
    rf"\b(?:(\d{{1,2}})(?: ({_MONTH}))? (?:to|and|or) )?(\d{{1,2}}) ({_MONTH}) (\d{{4}})\b"
    rf"|\b(?:(\d{{1,2}})(?: de ({_MES}))? (?:al|a|y|o) (?:el )?)?"
    rf"(\d{{1,2}}) de ({_MES}) de (\d{{4}})\b"
)
_DAY = re.compile(rf"\b(\d{{1,2}}) (?:de )?({_MONTH}|{_MES})(?:(?: de)? (\d{{4}}))?\b")
_WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)}),? (?:the |el )?(?=\d)", re.IGNORECASE)
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text gives a full date: the days that it names, and where it stands."""

    days: tuple[datetime.date, ...]
    start: int
    end: int


def mentions(text: str) -> Iterator[Mention]:
    """Yield the full dates of a text in order; days that no calendar has are left out."""
    for found in _FULL.finditer(text):
        english, spanish = found.groups()[:5], found.groups()[5:]
        first, first_month, last, month, year = english if found[5] else spanish
        named = [(first, first_month or month)] if first else []
        dates = (day(int(number), name, int(year)) for number, name in (*named, (last, month)))
        yield Mention(tuple(date for date in dates if date), found.start(), found.end())


def day(number: int, month: str, year: int) -> datetime.date | None:
    """Return a date; None where there is no such day."""
    try:
        return datetime.date(year, NUMBERS[month], number)
    except ValueError:
        return None


def days(text: str) -> set[datetime.date]:
    """Return every day that a text writes out."""
    return {each for mention in mentions(text) for each in mention.days}


def impossible_days(text: str) -> list[str]:
    """Return the days that no calendar has, such as 31 June."""
    return [
        found[0]
        for found in _DAY.finditer(text)
        if not day(int(found[1]), found[2], int(found[3] or _LEAP_YEAR))
    ]


def wrong_weekdays(text: str) -> list[str]:
    """Return the dates that fell on another day of the week than the text says."""
    wrong = []
    for named in _WEEKDAY.finditer(text):
        number = WEEKDAYS[named[1].lower()]
        for mention in islice(mentions(text[named.end() :]), 1):
            if mention.start == 0 and all(date.weekday() != number for date in mention.days):
                wrong.append(text[named.start() : named.end() + mention.end])
    return wrong


def written(date: datetime.date, language: str) -> str:
    """Return a date in words, as the corpus writes it."""
    if language == "es":
        return f"{date.day} de {SPANISH[date.month - 1]} de {date.year}"
    return f"{date.day} {ENGLISH[date.month - 1]} {date.year}"
