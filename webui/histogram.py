"""A histogram of a result's dates: bars of equal spans of time, each a link that filters.

A bar counts what its link finds. Bars of months are used only if every date has a month, because a
document dated 2018 may belong to any month of that year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backstory.engine.dates import MONTHS, PartialDate
from backstory.engine.facets import NO_DATE
from backstory.engine.hits import SearchResult
from backstory.searcher.settings import SearchSettings
from backstory.webui.links import UrlOf, query_url
from backstory.webui.refinements import refine

Span = tuple[PartialDate, PartialDate]

MOST_BARS = 16
STEPS = (1, 3, 12, 24, 60, 120, 240, 600, 1200, 2400, 12000)  # months
WIDTH, HEIGHT, GAP, LEAST = 1000, 100, 12, 3


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars of equal spans, what each spans in words, and how many passages have no date."""

    bars: tuple[Bar, ...]
    span: str
    undated: int


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


def histogram(
    result: SearchResult, settings: SearchSettings, url_of: UrlOf = query_url
) -> Histogram | None:
    """Return the histogram of a result; None where all of it falls into one span."""
    dates = {date: n for text, n in result.dates.items() if (date := PartialDate.of(text))}
    step, spans = _spans(list(dates))
    if len(spans) < 2:
        return None
    undated = result.facets.get("year", {}).get(NO_DATE, 0)
    return Histogram(tuple(_bars(result, dates, spans, settings, url_of)), _words(step), undated)


def _words(months: int) -> str:
    if months < 12:
        return "a month" if months == 1 else f"{months} months"
    return "a year" if months == 12 else f"{months // 12:,} years"


def _bars(
    result: SearchResult,
    dates: Mapping[PartialDate, int],
    spans: Sequence[Span],
    settings: SearchSettings,
    url_of: UrlOf,
) -> Iterator[Bar]:
    counts = [_count(dates, first, last) for first, last in spans]
    wide, most = WIDTH / len(spans), max(counts)
    for index, ((first, last), count) in enumerate(zip(spans, counts, strict=True)):
        condition = f"date:{first}" if first == last else f"date:{first}..{last}"
        changed = refine(result.searched, condition, settings) if count else ""
        height = max(HEIGHT * count / most, LEAST) if count else 0
        yield Bar(
            label=first.words if first == last else f"{first.words} to {last.words}",
            short=_short(first, index),
            count=count,
            url=url_of(changed) if changed else "",
            x=round(index * wide + GAP / 2, 1),
            y=round(HEIGHT - height, 1),
            width=round(wide - GAP, 1),
            height=round(height, 1),
        )


def _spans(dates: Sequence[PartialDate]) -> tuple[int, list[Span]]:
    """Return the months of a span, and spans from the first date to the last: at most MOST_BARS."""
    if not dates:
        return 0, []
    earliest, latest = _months(min(dates)), _months(max(dates))
    has_months = all(date.month for date in dates)
    for step in STEPS if has_months else STEPS[2:]:
        first, last = earliest // step, latest // step
        if last - first < MOST_BARS:
            return step, [_span(index * step, step) for index in range(first, last + 1)]
    return 0, []


def _months(date: PartialDate) -> int:
    """Return the months since the year 0; a year counts as its first month."""
    return date.year * 12 + (date.month or 1) - 1


def _span(month: int, step: int) -> Span:
    last = month + step - 1
    if step < 12:
        return _month(month), _month(last)
    return PartialDate(max(month // 12, 1)), PartialDate(last // 12)  # there is no year 0


def _month(month: int) -> PartialDate:
    return PartialDate(month // 12, month % 12 + 1)


def _count(dates: Mapping[PartialDate, int], first: PartialDate, last: PartialDate) -> int:
    return sum(count for date, count in dates.items() if date.overlaps(first, last))


def _short(first: PartialDate, index: int) -> str:
    """Return what stands under a bar: the year that it begins with, or the month."""
    if not first.month:
        return str(first)
    month = MONTHS[first.month - 1][:3]
    return f"{month} {first.year:04}" if index == 0 or first.month == 1 else month
