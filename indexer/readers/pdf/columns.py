"""Lines with wide gaps: columns that were drawn row by row, and tables.

Rows that follow each other and have a gap in common are columns where the text on each side of it
reads on from row to row, and else a table. A row of a table becomes one line, its cells apart.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from backstory.indexer.readers.pdf.lines import Line, Role, cut_at, gaps, joined, rows_of

CELL = " | "
_DEEPEST = 4  # columns within columns
_LONGEST = 500  # lines of a run
_FEWEST = 2  # rows that have a gap in common
_NARROWEST = 0.4  # of a gap in common, in the size of the type
_FARTHEST = 3.0  # from row to row, in the size of the type
_NEAREST = 1.8  # the same where one column has a line
_LEVEL = 1.3  # by which lines of columns may be shifted, in the size of the type
_PROSE = 18  # characters of a line in a column of text
_ALIGNED = 1.0  # points by which cells of a column may start apart
_READS_ON = 0.3  # of the rows of a column, where a sentence goes on
_LABEL = re.compile(
    r"(?:[•▪●◦–—*-]|[(\[]?(?:\d{1,3}|[ivxlc]{1,6}|[a-zA-Z])[.)\]]?|§\s*\d+[a-z]?\.?"
    r"|(?:\d{1,3}\.)+\d{0,3}|[QA][.:]|[^|]{1,60}:)"
)

Gap = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Run:
    """Rows that follow each other, and the gaps that they have in common.

    `rest` are lines after them that stand on one side of the gaps.
    """

    lines: list[Line]
    gaps: list[Gap]
    rest: list[Line] = field(default_factory=list)


def in_reading_order(page: Sequence[Line], depth: int = _DEEPEST) -> list[Line]:
    """Return the lines of a page, columns one after the other and the rows of tables made up.

    `depth` is how often columns may be cut into columns.
    """
    lines = [line for line in page if line.role is Role.TEXT]
    ordered: list[Line] = []
    start = 0
    while start < len(lines):
        run = _run_from(lines, start) or _Run([lines[start]], [])
        columns = _columns(run, depth) if run.gaps and depth else None
        if columns is not None:
            ordered += columns
            start += len(run.rest)
        else:
            ordered += _table(run) if run.gaps else run.lines
        start += len(run.lines)
    return ordered + [line for line in page if line.role is not Role.TEXT]


def _run_from(lines: Sequence[Line], start: int) -> _Run | None:
    """Return the longest run from a line on, None where there is none."""
    common = gaps(lines[start]) or _gap_between(lines, start)
    if not common:
        return None
    end, rows = start + 1, int(bool(gaps(lines[start])))
    last = end
    for a, b in pairwise(lines[start : start + _LONGEST]):
        free = [part for gap in common if (part := _free(gap, b))]
        if not free or not -_LEVEL * a.size < a.base - b.base < _FARTHEST * a.size:
            break
        common, end = free, end + 1
        if _is_across(a, b, free):
            rows, last = rows + 1, end
    # After the last row on both sides, a cell may have a few lines more, or one column many.
    while last < end and lines[last - 1].base - lines[last].base < _NEAREST * lines[last].size:
        last += 1
    if rows < _FEWEST:
        return None
    return _Run(list(lines[start:last]), common, list(lines[last:end]))


def _is_across(a: Line, b: Line, free: Sequence[Gap]) -> bool:
    """Tell whether a line stands on both sides of a gap, or beside the line before it."""
    if any(b.left < left and right < b.right for left, right in free):
        return True
    return b.left >= a.right and abs(a.base - b.base) < _LEVEL * a.size


def _gap_between(lines: Sequence[Line], position: int) -> list[Gap]:
    """Return the gap between a line and the next, where that stands to the right of it."""
    if position + 1 == len(lines):
        return []
    a, b = lines[position], lines[position + 1]
    is_beside = abs(a.base - b.base) < _LEVEL * a.size
    return [(a.right, b.left)] if is_beside and b.left - a.right >= a.size else []


def _free(gap: Gap, line: Line) -> Gap | None:
    """Return the widest part of a gap that no word of a line reaches into, if it is wide enough."""
    left, right = gap
    if line.right <= left or line.left >= right:
        return gap
    widest, start = (left, left), left
    for word in line.words:
        if word.right <= left or word.left >= right:
            continue
        widest = max(widest, (start, word.left), key=_width)
        start = max(start, word.right)
    widest = max(widest, (start, right), key=_width)
    return widest if _width(widest) >= _NARROWEST * line.size else None


def _width(gap: Gap) -> float:
    return gap[1] - gap[0]


# --- Columns


def _columns(run: _Run, depth: int) -> list[Line] | None:
    """Return the lines column by column, None where the run is a table."""
    widest = sorted(run.gaps, key=_width, reverse=True)
    for chosen in (widest, *([gap] for gap in widest if len(widest) > 1)):
        tracks = _tracks([*run.lines, *run.rest], sorted(chosen))
        if all(map(_is_prose, tracks)):
            return [line for track in tracks for line in _again(track, depth - 1)]
    return None


def _again(lines: list[Line], depth: int) -> list[Line]:
    """Return the lines of a column, which may have columns within."""
    return in_reading_order(lines, depth) if any(map(gaps, lines)) else lines


def _tracks(lines: Sequence[Line], chosen: Sequence[Gap]) -> list[list[Line]]:
    """Cut lines at gaps; return the parts between them, each from the top down."""
    found: list[list[Line]] = [[] for _ in range(len(chosen) + 1)]
    lefts = [left for left, _ in chosen]
    for line in lines:
        for part in cut_at(line, [right - 0.1 for _, right in chosen]):
            found[bisect(lefts, part.left)].append(part)
    return [sorted(track, key=lambda line: -line.base) for track in found]


def _is_prose(lines: Sequence[Line]) -> bool:
    if len(lines) < _FEWEST + 1:
        return False
    if median(len(line.text) for line in lines) < _PROSE:
        return False
    going = sum(not a.is_sentence_end and b.text[0].islower() for a, b in pairwise(lines))
    widest = max(line.right for line in lines) - min(line.left for line in lines)
    full = sum(line.right - line.left > 0.75 * widest for line in lines)
    return going >= _READS_ON * (len(lines) - 1) and 2 * full >= len(lines)


# --- Tables


def _table(run: _Run) -> list[Line]:
    starts = _starts(run.lines)
    cells = [
        [cell for line in row for cell in cut_at(line, _places(line, starts))]
        for row in rows_of(run.lines)
    ]
    rows: list[list[Line]] = []
    for row in cells:
        if rows and _is_rest_of_cells(rows[-1], row):
            rows[-1] = _with_rest(rows[-1], row)
        else:
            rows.append(_labelled(row))
    return [_row(row) for row in rows]


def _starts(lines: Sequence[Line]) -> list[float]:
    """Return where the cells of several rows start, in points."""
    found = sorted(right for line in lines for _, right in gaps(line))
    return [a for a, b in pairwise(found) if b - a < _ALIGNED]


def _places(line: Line, starts: Sequence[float]) -> list[float]:
    """Return where the cells of a row start: after a gap, or where those of other rows do."""
    places = {right for _, right in gaps(line)}
    for word in line.words[1:]:
        at = bisect(starts, word.left - _ALIGNED)
        if at < len(starts) and starts[at] < word.left + _ALIGNED:
            places.add(word.left)
    return sorted(places)


def _labelled(row: Sequence[Line]) -> list[Line]:
    """Join a number or a label at the start with what it stands before."""
    if len(row) > 1 and _LABEL.fullmatch(row[0].text):
        return [replace(joined(row[0], row[1]), opens=True), *row[2:]]
    return list(row)


def _row(row: Sequence[Line]) -> Line:
    line = row[0]
    for cell in row[1:]:
        line = joined(line, cell, CELL)
    return replace(line, role=Role.ROW) if len(row) > 1 else line


def _is_rest_of_cells(row: Sequence[Line], following: Sequence[Line]) -> bool:
    """Tell whether the second row goes on with cells of the first, which has one before them."""
    if len(row) < 2 or following[0].left <= row[0].right:
        return False
    is_near = row[-1].base - following[0].base < 1.4 * row[0].size
    return is_near and all(any(map(each.overlaps, row[1:])) for each in following)


def _with_rest(row: Sequence[Line], following: Sequence[Line]) -> list[Line]:
    found = list(row)
    for each in following:
        at = next(at for at, cell in enumerate(found) if at and each.overlaps(cell))
        found[at] = joined(found[at], each)
    return found
