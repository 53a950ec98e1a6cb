"""Cells are written as spreadsheets write them."""

from __future__ import annotations

import pytest

from backstory.engine.cells import Cell, cell_range, rows_of, split_cell


@pytest.mark.parametrize(
    ("column", "name"),
    [(1, "A7"), (26, "Z7"), (27, "AA7"), (52, "AZ7"), (702, "ZZ7"), (703, "AAA7"), (16384, "XFD7")],
)
def test_a_cell_is_named_as_in_a_spreadsheet(column: int, name: str) -> None:
    assert Cell(7, column).name == name
    assert split_cell(f"a.xlsx/Costs#{name}") == ("a.xlsx/Costs", Cell(7, column))


@pytest.mark.parametrize("address", ["a#p7", "a#B0", "a#b7", "a@7", "#B7", "a#B", "a#ABCD7"])
def test_what_is_no_cell_is_left_alone(address: str) -> None:
    assert split_cell(address) == (address, None)


def test_a_range_has_rows() -> None:
    assert cell_range(Cell(2, 1), Cell(3, 6)) == "A2:F3"
    assert cell_range(Cell(2, 1), Cell(2, 1)) == "A2"
    assert list(rows_of("A2:F3")) == [2, 3]
    assert list(rows_of("A2")) == [2]
    assert not rows_of("")
