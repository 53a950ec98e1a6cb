"""Puts the lines of a page in the order in which they are read.

Most files have them in that order, and no rule about places knows it as well: only what is
certainly out of order is moved. A large letter at the start goes to its word, a number to the
clause that it stands before, and a page that was drawn in no order is read from the top down.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median_low

from backstory.indexer.readers.pdf.columns import in_reading_order
from backstory.indexer.readers.pdf.grids import in_rows
from backstory.indexer.readers.pdf.lines import Line, Role, Word, joined, rows_of

_LARGE = 1.8  # the size of a drop cap, in that of its line
_MOST_INITIALS = 20  # on a page
_NEAR = 8.0  # how far a number stands before its clause, in the size of the type
_MARKER = re.compile(
    r"(?:[•▪●◦*-]|\(?(?:\d{1,3}|[ivxl]{1,5}|[a-zA-Z])[.)]|§ ?\d+[a-z]?\.?|(?:\d{1,3}\.)+\d{0,3})"
)
_DISORDER = 0.25  # of the steps from line to line that lead up the page


def ordered(page: Sequence[Line]) -> list[Line]:
    """Return the lines of a page as they are read."""
    level = [line for line in page if line.role is Role.TEXT]
    rest = [line for line in page if line.role is not Role.TEXT]
    whole = _with_markers(_with_scripts(_with_initials(level)))
    return in_reading_order(in_rows(_from_top_down(whole))) + rest


# --- Large letters at the start


def _with_initials(lines: Sequence[Line]) -> list[Line]:
    found = list(lines)
    usual = median_low(line.size for line in lines) if lines else 0.0
    letters = (line for line in lines if len(line.text) == 1 and line.text.isalpha())
    large = [line for line in letters if line.size >= _LARGE * usual]
    for initial in large if len(large) <= _MOST_INITIALS else ():
        first = next((line for line in found if _begins(initial, line)), None)
        if first is None:
            continue
        found = [_beside(initial, line) for line in found if line is not initial]
        position = next(n for n, line in enumerate(found) if line.text == first.text)
        shown = joined(initial, first, "")
        found[position] = replace(
            shown,
            base=first.base,
            size=first.size,
            is_bold=first.is_bold,
            words=_as_one_word(shown.words),
            opens=True,
        )
    return found


def _as_one_word(words: Sequence[Word]) -> tuple[Word, ...]:
    initial, rest = words[0], words[1]
    return (Word(0, initial.left, rest.right), *words[2:])


def _begins(initial: Line, line: Line) -> bool:
    if initial.size < _LARGE * line.size or not line.text[0].isalpha():
        return False
    top = initial.base + 0.5 * initial.size
    return (
        _is_right_of(initial, line)
        and abs(line.base - top) <= 0.6 * initial.size
        and line.base >= initial.base - 1
    )


def _beside(initial: Line, line: Line) -> Line:
    """Let the lines beside a large letter begin where it does: they are not indented."""
    is_beside = initial.base - 1 <= line.base <= initial.base + initial.size
    if is_beside and _is_right_of(initial, line):
        return replace(line, left=initial.left)
    return line


def _is_right_of(initial: Line, line: Line) -> bool:
    return -0.5 * line.size <= line.left - initial.right <= 1.5 * line.size


# --- Indices and exponents


def _with_scripts(lines: Sequence[Line]) -> list[Line]:
    """Join what PDFium takes for lines of their own because they are raised or lowered."""
    found: list[Line] = []
    for line in lines:
        if found and _is_more_of(found[-1], line):
            found[-1] = joined(found[-1], line)
        else:
            found.append(line)
    return found


def _is_more_of(a: Line, b: Line) -> bool:
    small, large = sorted((a.size, b.size))
    is_close = -0.3 * large <= b.left - a.right <= large
    raised = 0.75 * large if small <= 0.85 * large else 0.2 * large
    return is_close and abs(a.base - b.base) <= raised


# --- Numbers before clauses


def _with_markers(lines: Sequence[Line]) -> list[Line]:
    markers = [line for line in lines if _MARKER.fullmatch(line.text)]
    if not markers:
        return list(lines)
    rows: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        rows[int(line.base)].append(line)
    joins: dict[int, Line] = {}  # what a marker joins, by the identity of that line
    for marker in markers:
        height, reach = int(marker.base), int(marker.size) + 1
        near = (line for at in range(height - reach, height + reach) for line in rows.get(at, ()))
        beside = [line for line in near if _follows(marker, line)]
        if beside:
            joins.setdefault(id(min(beside, key=lambda line: line.left)), marker)
    taken = {id(marker) for marker in joins.values()}
    return [_with_marker(line, joins.get(id(line))) for line in lines if id(line) not in taken]


def _with_marker(line: Line, marker: Line | None) -> Line:
    return replace(joined(marker, line), opens=True) if marker else line


def _follows(marker: Line, line: Line) -> bool:
    if marker is line or _MARKER.fullmatch(line.text):
        return False
    return marker.is_beside(line) and 0 <= line.left - marker.right < _NEAR * line.size


# --- No order at all


def _from_top_down(lines: list[Line]) -> list[Line]:
    if len(lines) < 3:
        return lines
    steps = list(pairwise(lines))
    up = sum(_is_step_back(a, b) for a, b in steps)
    if up <= max(1, _DISORDER * len(steps)):
        return lines
    rows = rows_of(lines)
    return [_in_one(row) for row in rows] if _are_rows(rows) else [x for row in rows for x in row]


def _is_step_back(a: Line, b: Line) -> bool:
    """Tell whether the next line stands above, and in the same column."""
    return b.base > a.base + 0.5 * a.size and a.overlaps(b)


def _are_rows(rows: Sequence[Sequence[Line]]) -> bool:
    return any(len(row) > 1 for row in rows)


def _in_one(row: Sequence[Line]) -> Line:
    line = row[0]
    for part in row[1:]:
        line = joined(line, part)
    return line
