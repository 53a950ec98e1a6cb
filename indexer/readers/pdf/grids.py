"""Tables that were drawn column by column: their cells are put back into rows."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from backstory.indexer.readers.pdf.lines import Line, rows_of

_FEWEST = 3  # lines of a column
_ALIGNED = 0.8  # of the lines of a column, that stand beside one of the first
_PROSE = 18  # characters of a line that is text rather than a cell


def in_rows(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a page, those of tables from the top down and from left to right."""
    ordered: list[Line] = []
    for columns in _tables(_stacks(lines)):
        cells = [line for column in columns for line in column]
        if len(columns) > 1:
            cells = [line for row in rows_of(cells) for line in row]
        ordered += cells
    return ordered


def _stacks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Part lines where one does not stand below the one before."""
    stack: list[Line] = []
    for line in lines:
        if stack and not (line.base < stack[-1].base and line.overlaps(stack[-1])):
            yield stack
            stack = []
        stack.append(line)
    if stack:
        yield stack


def _tables(stacks: Iterator[list[Line]]) -> Iterator[list[list[Line]]]:
    """Gather the columns of each table; what is no column of one comes alone."""
    columns: list[list[Line]] = []
    for stack in stacks:
        if columns and not _is_next_column(columns, stack):
            yield columns
            columns = []
        columns.append(stack)
    if columns:
        yield columns


def _is_next_column(columns: Sequence[Sequence[Line]], stack: Sequence[Line]) -> bool:
    first, last = columns[0], columns[-1]
    if not (_is_of_cells(first) and _is_of_cells(stack)):
        return False
    if min(line.left for line in stack) < max(line.right for line in last):
        return False
    bases = sorted(line.base for line in first)
    near = 0.2 * stack[0].size
    beside = sum(
        bisect(bases, each.base + near) > bisect(bases, each.base - near) for each in stack
    )
    return beside >= _ALIGNED * max(len(stack), len(first))


def _is_of_cells(stack: Sequence[Line]) -> bool:
    if len(stack) < _FEWEST or median(len(line.text) for line in stack) >= _PROSE:
        return False
    return all(a.base - b.base < 4 * a.size for a, b in pairwise(stack))
