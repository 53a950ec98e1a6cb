"""Tables without a format: which row names the columns, and what a row says with these names.

Nothing in a table says that its first row is a header. It is taken for one where it is likely: the
row fills the table, no two cells of it are alike, and they read like labels rather than like the
cells below them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

Row = Mapping[int, str]  # the text of each cell that has some, by column, counted from 1

_MAX_LABEL = 60
_LOOKED_AT = 20  # rows that may stand above a header
_COMPARED = 200  # rows below it
_MOST = 0.7  # of the columns have a label
_YEAR = re.compile(r"(?:19|20)\d\d")
_VALUE = re.compile(r"[\W\d_]*\d[\W\d_]*|\d{4}-\d\d-\d\d.*|\S+@\S+|https?:\S+", re.DOTALL)


def header_of(rows: Sequence[Row]) -> int | None:
    """Return which of the rows names the columns, None where that is not likely."""
    columns = {column for row in rows for column in row}
    for number, row in enumerate(rows[:_LOOKED_AT]):
        if len(row) == 1 < len(columns):
            continue  # a title above the table
        below = rows[number + 1 : number + 1 + _COMPARED]
        is_wide = len(row) >= _MOST * len(columns)
        if below and is_wide and _names(row, below):
            return number
        if is_wide:
            return None
    return None


def labelled(row: Row, header: Row) -> str:
    """Return a row as text, `name: Quintero · rank: admiral`."""
    parts = (
        f"{header[column]}: {text}" if column in header else text for column, text in row.items()
    )
    return " · ".join(parts)


def _names(row: Row, below: Sequence[Row]) -> bool:
    """Tell whether the cells of a row are labels of those below: they are not of their kind."""
    labels = [text.casefold() for text in row.values()]
    if len({*labels}) < len(labels) or not any(map(_is_label, row.values())):
        return False
    years = [int(text) for text in row.values() if _YEAR.fullmatch(text)]
    if sum(map(_is_label, row.values())) + len(years) < len(row) or not _is_series(years):
        return False
    if any(_is_value(each.get(column, "")) for each in below for column in row):
        return True
    # A table of words alone: names of columns are short, and never one of the cells.
    cells = {text.casefold() for each in below for text in each.values()}
    return cells.isdisjoint(labels) and all(len(text) <= _MAX_LABEL // 2 for text in labels)


def _is_series(years: Sequence[int]) -> bool:
    """Tell whether years may name columns: none, or several in a row."""
    steps = {after - before for before, after in pairwise(years)}
    return not years or (len(years) > 1 and len(steps) == 1)


def _is_label(text: str) -> bool:
    return len(text) <= _MAX_LABEL and not _is_value(text) and text[-1] not in ".!;"


def _is_value(text: str) -> bool:
    """Tell whether a cell is a number, an amount, a date or an address."""
    return bool(_VALUE.fullmatch(text))
