"""Cells of a sheet: how they are written, and as the end of an address, `budget.xlsx/Costs#B12`."""

from __future__ import annotations

import re
from typing import NamedTuple

_ADDRESS = re.compile(r"(?P<document>.+)#(?P<column>[A-Z]{1,3})(?P<row>[1-9][0-9]{0,6})", re.DOTALL)
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")


class Cell(NamedTuple):
    """A cell by its row and column, both counted from 1."""

    row: int
    column: int

    @property
    def name(self) -> str:
        """The cell as spreadsheets write it, `B12`."""
        letters, rest = "", self.column
        while rest:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(ord("A") + letter) + letters
        return f"{letters}{self.row}"


def cell_range(first: Cell, last: Cell) -> str:
    """Return the cells from the first to the last, `A12:F12`; one alone is `A12`."""
    return first.name if first == last else f"{first.name}:{last.name}"


def split_cell(address: str) -> tuple[str, Cell | None]:
    """Split `document-id#B12` into id and cell, None where there is no cell."""
    matched = _ADDRESS.fullmatch(address)
    if not matched:
        return address, None
    return matched["document"], Cell(int(matched["row"]), _column(matched["column"]))


def rows_of(cells: str) -> range:
    """Return the rows of a range such as `A12:F13`, counted from 1; empty for what is none."""
    matched = _RANGE.fullmatch(cells)
    if not matched:
        return range(0)
    first = int(matched[2])
    return range(first, int(matched[4] or first) + 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
