"""Dates as documents give them: a year, a month of it, or a day.

They are stored and sent as ISO 8601 text that ends where nothing more is known (`2018-03`). Whoever
compares, cuts or shows a date reads it into a `PartialDate` first; text that is no date is None.
"""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass

from backstory.engine.cache import memo

# Not strftime, whose names depend on the locale and whose years must have four digits.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# With `/` for `-`, months and days of one digit, and a time of day, which is left out.
_WRITTEN = re.compile(
    r"([0-9]{4})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2})(?:[T ][0-9].*)?)?)?", re.DOTALL
)


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A year from 1 to 9999, or a month or day of it; `month` and `day` are 0 where not known.

    A year comes before its months and a month before its days, as their ISO texts do. Raises
    ValueError for a month or a day that there is not.
    """

    year: int
    month: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        is_known = self.month or not self.day
        try:
            is_possible = is_known and bool(self.first_day)
        except ValueError:
            is_possible = False
        if not is_possible:
            raise ValueError("there is no such day")

    @classmethod
    def parse(cls, text: str) -> PartialDate | None:
        """Read `2018`, `2018-3` or `2018/03/09`; None for other text.

        Raises ValueError where the text names a day that there is not, such as 2018-02-30.
        """
        written = _WRITTEN.fullmatch(text)
        if not written:
            return None
        parts = [int(part) for part in written.groups() if part is not None]
        if 0 in parts:
            raise ValueError("there is no such day")
        return cls(*parts)

    @classmethod
    def of(cls, text: str) -> PartialDate | None:
        """Read the date that a text gives as `parse` does; None where there is no such day."""
        return _read(text)

    @classmethod
    def nearest(cls, year: int, month: int = 0, day: int = 0) -> PartialDate:
        """Return as much of a date as there is: of 31 June the month, of a 13th month the year."""
        if not 1 <= month <= 12:
            return cls(year)
        return cls(year, month, day if 1 <= day <= monthrange(year, month)[1] else 0)

    @property
    def parts(self) -> tuple[int, ...]:
        """Year, month and day, as far as they are known."""
        return tuple(part for part in (self.year, self.month, self.day) if part)

    @property
    def first_day(self) -> datetime.date:
        """The day itself, or the first of the month or year."""
        return datetime.date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> datetime.date:
        """The day itself, or the last of the month or year."""
        month = self.month or 12
        return datetime.date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def words(self) -> str:
        """The date in English: `8 September 2018`, `September 2018` or `2018`."""
        day, month = str(self.day or ""), MONTHS[self.month - 1] if self.month else ""
        return " ".join(part for part in (day, month, f"{self.year:04}") if part)

    def overlaps(self, first: PartialDate | None, last: PartialDate | None) -> bool:
        """Tell whether any of its days lies in a range; None leaves that side open.

        An end that is a month or a year includes all of it.
        """
        starts_in_time = last is None or self.first_day <= last.last_day
        return starts_in_time and (first is None or first.first_day <= self.last_day)

    def __str__(self) -> str:
        """Return the ISO text, which `parse` reads."""
        numbers = (f"{self.year:04}", *(f"{part:02}" for part in self.parts[1:]))
        return "-".join(numbers)


@memo("dates", most=10_000, entry_bytes=300)
def _read(text: str) -> PartialDate | None:
    """Read a date; documents share theirs, and whoever filters or counts reads all of them."""
    try:
        return PartialDate.parse(text)
    except ValueError:
        return None


def year_of(text: str) -> str:
    """Return the year of a date in four digits; "" for text that is no date."""
    date = PartialDate.of(text)
    return f"{date.year:04}" if date else ""


def first_and_last(texts: Iterable[str]) -> tuple[str, str]:
    """Return the first and the last of some dates as ISO text; "" where none is a date."""
    dates = [date for text in set(texts) if (date := PartialDate.of(text))]
    return (str(min(dates)), str(max(dates))) if dates else ("", "")


def overlaps(text: str, first: str, last: str) -> bool:
    """Tell whether the date that a text gives has a day in a range; "" leaves that side open.

    What is no date overlaps nothing, and nothing overlaps a range to what is no date.
    """
    date, *ends = (PartialDate.of(each) for each in (text, first, last))
    is_read = all(end or not each for end, each in zip(ends, (first, last), strict=True))
    if date is None or not is_read:
        return False
    return date.overlaps(*ends)
