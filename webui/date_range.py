"""Dates from and to: two fields that become one condition of the query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backstory.searcher.dates import read_date
from backstory.searcher.lexer import Kind, pieces_of
from backstory.searcher.settings import SearchSettings
from backstory.webui.refinements import edited, refine

FIELD = "date"


@dataclass(frozen=True, slots=True)
class DateRange:
    """The first and the last date as they stand in the fields.

    `text` is the query with them; where that cannot be, `trouble` says why.
    """

    first: str = ""
    last: str = ""
    text: str = ""
    trouble: str = ""


def asked_range(values: Mapping[str, str], text: str, settings: SearchSettings) -> DateRange | None:
    """Return the range that an address asks for, and what a text becomes with it; None for none.

    Dates are read in any form that a query takes, and given as ISO text.
    """
    if "from" not in values and "to" not in values:
        return None
    first, last = (values.get(name, "").strip() for name in ("from", "to"))
    wrong = [text for text in (first, last) if text and read_date(text) is None]
    if wrong:
        trouble = f"“{wrong[0][:40]}” is no date. Give a year such as 2018, or 2018-03, or a day."
        return DateRange(first, last, trouble=trouble)
    dates = DateRange(read_date(first) or "", read_date(last) or "")
    changed = with_range(text, dates, settings)
    trouble = "" if changed else "The dates do not fit into this query. Simplify it first."
    return replace(dates, text=changed, trouble=trouble)


def range_of(text: str) -> DateRange:
    """Return the range that a query asks for, to stand in the fields."""
    condition = _condition(text)
    first, dots, last = condition.partition("..")
    last = last if dots else first
    is_read = all(not end or read_date(end) for end in (first, last))
    return DateRange(first, last) if is_read else DateRange()


def with_range(text: str, dates: DateRange, settings: SearchSettings) -> str:
    """Return a query with a range in place of the one that it has.

    "" where the query would then be read otherwise than it looks.
    """
    before = _condition(text)
    rest = _without(text, f"{FIELD}:{before}") if before else text
    if not (dates.first or dates.last):
        return rest or "*"
    is_one = dates.first == dates.last
    condition = dates.first if is_one else f"{dates.first}..{dates.last}"
    return refine(rest, f"{FIELD}:{condition}", settings)


def _condition(text: str) -> str:
    """Return what the query's only condition on the date asks for; "" for none, or several."""
    pieces = pieces_of(text)
    places = [n for n, p in enumerate(pieces) if p.kind is Kind.FIELD and p.name == FIELD]
    if len(places) != 1 or (places[0] and pieces[places[0] - 1].kind is Kind.NOT):
        return ""
    return pieces[places[0]].text


def _without(text: str, condition: str) -> str:
    pieces = pieces_of(text)
    place = next(n for n, p in enumerate(pieces) if p.kind is Kind.FIELD and p.name == FIELD)
    kept = edited(text, condition, "", (*pieces[:place], *pieces[place + 1 :]))
    return text if kept is None else kept
