"""When the passages of a result are from: bars of equal spans of time, each a link that filters.

A bar counts what its link finds. Months are shown only where every date has one, because a
document of 2018 may belong to any month of that year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backstory.engine.filters import overlaps
from backstory.engine.hits import SearchResult
from backstory.searcher.settings import SearchSettings
from backstory.webui.links import query_url
from backstory.webui.refinements import refine
from backstory.webui.wording import MONTHS

MOST_BARS = 16
STEPS = (1, 3, 12, 24, 60, 120, 240, 600, 1200, 2400, 12000)  # months
WIDTH, HEIGHT, GAP, LEAST = 1000, 100, 12, 3


@dataclass(frozen=True, slots=True)
class Bar:
    """A span of time: what it is called, what is there, and where it is drawn."""

    label: str
    short: str
    count: int
    url: str
    x: float
    y: float
    width: float
    height: float


def bars(result: SearchResult, settings: SearchSettings) -> list[Bar]:
    """Return the bars of a result; none where all of it falls into one span."""
    dates = {date: count for date, count in result.dates.items() if _months(date) is not None}
    spans = _spans(list(dates))
    if len(spans) < 2:
        return []
    counts = [_count(dates, first, last) for first, last in spans]
    wide, most = WIDTH / len(spans), max(counts)
    found = []
    for at, ((first, last), count) in enumerate(zip(spans, counts, strict=True)):
        condition = f"date:{first}" if first == last else f"date:{first}..{last}"
        changed = refine(result.searched, condition, settings) if count else ""
        height = max(HEIGHT * count / most, LEAST) if count else 0
        found.append(
            Bar(
                label=_named(first) if first == last else f"{_named(first)} to {_named(last)}",
                short=_short(first, at),
                count=count,
                url=query_url(changed) if changed else "",
                x=round(at * wide + GAP / 2, 1),
                y=round(HEIGHT - height, 1),
                width=round(wide - GAP, 1),
                height=round(height, 1),
            )
        )
    return found


def _spans(dates: Sequence[str]) -> list[tuple[str, str]]:
    """Return spans of equal length from the first date to the last, at most MOST_BARS."""
    months = [month for date in dates if (month := _months(date)) is not None]
    if not months:
        return []
    has_months = all(len(date) >= 7 for date in dates)
    for step in STEPS if has_months else STEPS[2:]:
        first, last = min(months) // step, max(months) // step
        if last - first < MOST_BARS:
            return [_span(at * step, step) for at in range(first, last + 1)]
    return []


def _months(date: str) -> int | None:
    """Return the months since the year 0; None for what is no date."""
    year, month = date[:4], date[5:7] or "01"
    if not (year.isdecimal() and month.isdecimal() and date.isascii()):
        return None
    return int(year) * 12 + min(max(int(month), 1), 12) - 1


def _span(month: int, step: int) -> tuple[str, str]:
    last = month + step - 1
    if step < 12:
        return _month(month), _month(last)
    return f"{max(month // 12, 1):04}", f"{last // 12:04}"  # there is no year 0


def _month(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _count(dates: Mapping[str, int], first: str, last: str) -> int:
    return sum(count for date, count in dates.items() if overlaps(date, first, last))


def _named(date: str) -> str:
    return f"{MONTHS[int(date[5:7]) - 1]} {date[:4]}" if len(date) > 4 else date


def _short(first: str, at: int) -> str:
    """Return what stands under a bar: the year that it begins with, or the month."""
    if len(first) == 4:
        return first
    month = MONTHS[int(first[5:7]) - 1][:3]
    return f"{month} {first[:4]}" if at == 0 or first.endswith("-01") else month
