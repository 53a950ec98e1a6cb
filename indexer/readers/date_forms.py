"""Dates as people write them in the head of a document: `9. März 2018`, `20180309`, `9 Mar 2018`.

Months are known in the languages that name them. Nobody knows which number of 08/09/2018 is the
day, so it is no date; where only one of them can be, it is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from backstory.engine.dates import PartialDate
from backstory.engine.languages import languages

_TIME = r"(?:[T\s,]+(?:(?:um|at|à|a las|às|kl\.?)\s+)?\d{1,2}(?:[:.h]\d\d|\d{2,4}).*|\s*Z)?"
_COMPACT = re.compile(rf"(?P<y>\d{{4}})(?P<m>\d\d)(?P<d>\d\d){_TIME}", re.IGNORECASE)
_DOTTED = re.compile(rf"(?P<d>\d{{1,2}})\.\s?(?P<m>\d{{1,2}})\.\s?(?P<y>\d{{4}}){_TIME}", re.I)
_NUMBERS = re.compile(rf"(?P<a>\d{{1,2}})([/-])(?P<b>\d{{1,2}})\2(?P<y>\d{{4}}){_TIME}", re.I)
_EAST_ASIAN = re.compile(
    r"(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월](?:\s?(?P<d>\d{1,2})\s?[日일])?.*"
)
_WEEKDAY = re.compile(r"([^\W\d_]+)\.?(?:-[^\W\d_]+)?,?\s+(?:(?:den|the|el|le)\s+)?(?=\d)")


def date_of(text: str) -> PartialDate | None:
    """Read a date in one of these forms, or as ISO 8601; None for other text.

    Raises ValueError where the text names a day that there is not, such as 30 February.
    """
    if date := PartialDate.parse(text):
        return date
    bare = unicodedata.normalize("NFC", text).strip()
    weekday = _WEEKDAY.match(bare)
    if weekday and weekday[1].lower() not in _months():
        bare = bare[weekday.end() :]
    for form in (_COMPACT, _DOTTED, _EAST_ASIAN):
        if match := form.fullmatch(bare):
            return PartialDate(*(int(match[part] or 0) for part in "ymd"))
    if match := _NUMBERS.fullmatch(bare):
        return _of_numbers(int(match["y"]), int(match["a"]), int(match["b"]))
    return _in_words(bare)


def _of_numbers(year: int, first: int, second: int) -> PartialDate | None:
    if first > 12 or first == second:
        return PartialDate(year, second, first)
    return PartialDate(year, first, second) if second > 12 else None


def _in_words(text: str) -> PartialDate | None:
    for form in _forms():
        if match := form.fullmatch(text):
            parts = match.groupdict()
            month = _months()[match["m"].lower()]
            return PartialDate(int(match["y"]), month, int(parts.get("d") or 0))
    return None


@cache
def _months() -> dict[str, int]:
    """Return the number of each month by its names and abbreviations in all languages."""
    months: dict[str, int] = {}
    for each in languages():
        for name, number in each.month_numbers().items():
            months.setdefault(name, number)
    return months


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    month = "|".join(map(re.escape, sorted(_months(), key=len, reverse=True)))
    day = r"(?P<d>\d{1,2})(?:st|nd|rd|th|er|ro|[.º°ª])?"
    of = r"(?:de|del|of|do|di)\s+"
    forms = (
        rf"{day}[\s.-]+(?:{of})?(?P<m>{month})\b\.?[,\s-]+(?:{of})?(?P<y>\d{{4}}){_TIME}",
        rf"(?P<m>{month})\b\.?\s+{day},?\s+(?P<y>\d{{4}}){_TIME}",
        rf"(?P<m>{month})\b\.?,?\s+(?:{of})?(?P<y>\d{{4}})",
        rf"(?P<y>\d{{4}})[\s,-]+(?P<m>{month})\b\.?(?:[\s-]+{day})?",
    )
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)
