"""The dates that a passage speaks of, each as exact as it is said: 2018-03-13, 2018-03 or 2018.

A date that says its year ends in it, so years are looked for, and what belongs to one is read in
the words before it: a month, a day, or several of them. Most passages name no year and cost one
search. Months are known in the languages that name them; years and 2018-03-13 in any language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from backstory.engine.dates import PartialDate
from backstory.engine.languages import language, languages

_NEAR = 60  # characters before a year in which its days and months may stand
_LONGEST = 32  # characters of *november-december, del año*
_JOINT = re.compile(r"[^\w.,]+(?=\w)")  # mid-August, (August
_ALL = languages()
_OF = "|".join(word for each in _ALL for word in each.date_of)
_LINKS = frozenset((*_OF.split("|"), "año"))
_MONTHS = {each.code: each.month_numbers() for each in _ALL if each.months}
_PREFIXES = frozenset(name[:3] for numbers in _MONTHS.values() for name in numbers)
_YEAR = r"(?:1[5-9]|20)\d\d"
_ANY_YEAR = re.compile(_YEAR)
# What follows a number that counts something.
_COUNTED = (
    r"per ?cent|pct|por ciento|dlrs|dollars?|d[oó]lares|euros?|pounds?|yen|marks|francs|pesos|"
    r"bol[ií]vares|cts|mln|million|billion|millones|points?|puntos|tonn?e?s?|toneladas|barrels?|"
    r"barriles|people|personas|shares|acciones|jobs|empleos|miles|km|kil[oó]metros|metres?|meters?|"
    r"metros|feet|foot|acres|hectares|hect[aá]reas|GMT|hours|hrs|horas|local time|words|times|veces"
)
# No longer number or name before it, none after it; a decade is no year.
_STANDING = re.compile(
    rf"{_YEAR}(?<![\w.,:$£€¥#+/]....)(?<![^a-z\s(]-....)"
    rf"(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>[0-3]\d)(?=T\d|\b(?!-))|\b(?!-))"
    rf"|[-–/](?P<to>{_YEAR}|\d\d)(?![\w%-]|[.,]\d)"
    rf"|(?![\w%/–-]|[.,:]\d|(?<=0)['’]s\b|[ -](?:{_COUNTED})\b))"
)
# What makes a number of a year in front of it; 1980 may be a decade too.
_LABEL = re.compile(
    r"(?:\b(?:nos?|number|n[uú]mero|pages?|p[aá]gina|pp?|rs|bs|us|usd|eur|gbp|dlrs|room|flight)\.?"
    r"|n[º°]|[$£€¥#]) ?\Z",
    re.IGNORECASE,
)
_DECADE = re.compile(r"\b(?:d[eé]cadas?|años)(?: de)?(?: los)? ?\Z", re.IGNORECASE)
_NUMERIC_YEAR = re.compile(rf"[./-]{_YEAR}")
_NUMERIC = re.compile(rf"(?<![\w./-])(\d\d?)([./-])(\d\d?)\2({_YEAR})(?![\w/-])")

_ORDINAL = r"(?:st|nd|rd|th|\.?[º°]|ro|er|\.(?= ))?"
_DAY = rf"(?<![\w.,:$£€])(?:3[01]|[12]\d|0?[1-9]){_ORDINAL}(?![\w:])|\b[Pp]rimero\b"
_BETWEEN = rf"(?: (?:{_OF}))? "
_NO_DIGIT = re.compile(r"\D+")
_HALF_A_YEAR = 6
_AND = (
    rf"(?:,? (?:{'|'.join(word for each in _ALL for word in each.date_and)})"
    r"(?: (?:the|el|de|del))? |, (?:el )?| ?[-–—/] ?)"
)


class Mention(NamedTuple):
    """A date in a text, as ISO 8601, and where it stands; the dates of a range share one place."""

    date: str
    start: int
    end: int


@cache
def _before(code: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of all that may stand before a year, and of one point of time in it."""
    known = language(code)
    capital = "(?=[A-Z])" if known and known.months_have_capitals else ""
    months = rf"\b{capital}(?i:{'|'.join(map(re.escape, _MONTHS[code]))})\b\.?"
    point = rf"(?:(?:{_DAY})(?:{_BETWEEN}(?:{months}))?|(?:{months})(?: (?:the )?(?:{_DAY}))?)"
    named = rf"({_DAY})(?:{_BETWEEN}({months}))?|({months})(?: (?:the )?({_DAY}))?"
    chain = rf"(?:{point}{_AND})*{point},?(?: (?:{_OF})(?: año)?)? ?\Z"
    return re.compile(chain), re.compile(named)


def mentions(text: str, code: str) -> tuple[str, ...]:
    """Return the dates that a text mentions with their year, sorted, each once.

    Both ends of a range are given. 11/08/2017 gives no more than its year where it could be read
    in two ways, and an impossible day, such as 31 June, its month.
    """
    return tuple(sorted({each.date for each in placed_mentions(text, code)}))


def placed_mentions(text: str, code: str) -> list[Mention]:
    """Return what `mentions` does as often as it is said, in the order of the text."""
    if not _ANY_YEAR.search(text):
        return []
    return sorted((*_numeric(text, code), *_worded(text, code)), key=lambda each: each[1::-1])


def _numeric(text: str, code: str) -> Iterator[Mention]:
    known = language(code)
    is_day_first = known is not None and known.is_day_first
    for match in _NUMERIC.finditer(text) if _NUMERIC_YEAR.search(text) else ():
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if first > 12 or first == second or is_day_first:
            yield Mention(_iso(year, second, first), *match.span())
        elif second > 12:
            yield Mention(_iso(year, first, second), *match.span())
        else:
            yield Mention(_iso(year), *match.span())


def _worded(text: str, code: str) -> Iterator[Mention]:
    end = 0
    for match in _STANDING.finditer(text):
        start = match.start()
        dates = _dates_before(text, max(end, start - _NEAR), start, code)
        end = match.end()
        if dates:
            for date in _dated(dates, int(match[0][:4]), _MONTHS[code]):
                yield Mention(date, dates[0].start(), end)
        elif not _is_number(text, start):
            yield from (Mention(date, start, end) for date in _alone(match))


def _is_number(text: str, start: int) -> bool:
    """Tell whether the words before a year make something else of it."""
    near = max(0, start - _NEAR)
    if text[start + 3] == "0" and _DECADE.search(text, near, start):
        return True
    return _LABEL.search(text, near, start) is not None


def _dates_before(text: str, start: int, end: int, code: str) -> list[re.Match[str]]:
    """Return the days and months that stand right before a year; none without a month."""
    if code not in _MONTHS or not _is_dated(text[max(start, end - _LONGEST) : end].split()):
        return []
    chain, point = _before(code)
    match = chain.search(text, start, end)
    dates = list(point.finditer(text, match.start(), end)) if match else []
    return dates if any(p[2] or p[3] for p in dates) else []


def _is_dated(words: list[str]) -> bool:
    """Tell at a glance whether the last words before a year may be a day or month."""
    while words and words[-1] in _LINKS:
        words.pop()
    last = _JOINT.split(words[-1])[-1] if words else ""
    return last[:1].isdigit() or last[:3].lower() in _PREFIXES


def _dated(dates: list[re.Match[str]], year: int, numbers: dict[str, int]) -> Iterator[str]:
    """Give every day its month and every month the year, going back where a range began in it."""
    first = next(p for p in dates if p[2] or p[3])
    months = [numbers[name.lower().rstrip(".")] if (name := p[2] or p[3]) else 0 for p in dates]
    order = range(len(dates)) if first[3] else range(len(dates) - 1, -1, -1)
    month = 0
    for i in order:  # April 11 and 14 forwards, 11 and 14 April backwards
        month = months[i] = months[i] or month
    for i in range(len(dates) - 1, -1, -1):
        if i + 1 < len(dates) and months[i] > months[i + 1] + _HALF_A_YEAR:
            year -= 1  # from December to February 2003
        day = dates[i][1] or dates[i][4] or "0"
        yield _iso(year, months[i], int(_NO_DIGIT.sub("", day) or 1))


def _alone(match: re.Match[str]) -> Iterator[str]:
    """Give the years of 2017, 2017-19 and 2004-05, and the day or month of 2017-08-11."""
    year = int(match[0][:4])
    last = int(match["to"] or match["month"] or -1)
    if match["day"]:
        yield _iso(year, last, int(match["day"]))
    elif last == (year + 1) % 100:
        yield from (_iso(year), _iso(year + 1))
    elif match["month"]:
        yield _iso(year, last)
    else:
        yield _iso(year)
        if last > year % 100:
            yield _iso(last if last > 99 else year // 100 * 100 + last)


def _iso(year: int, month: int = 0, day: int = 0) -> str:
    return str(PartialDate.nearest(year, month, day))
