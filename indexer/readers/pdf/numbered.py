"""Pages with numbered lines: transcripts of courts, pleadings.

The numbers 1, 2, 3 … down the left edge of a page are no part of what was said. In a document
that has them, each speaker begins a paragraph, and so does each question and answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from backstory.indexer.readers import LeftOut
from backstory.indexer.readers.pdf.lines import Line, Role, Word, rows_of

_FEWEST = 5  # numbers on a page, in a row
_SHARE = 0.6  # of the rows that have a number
_NUMBER = re.compile(r"\d{1,2}")
_SPEAKER = re.compile(
    r"(?:[QA][.:]?\s|(?:BY )?(?:(?:MR|MS|MRS|DR|THE)\.? )?[A-Z][A-Z.'’ -]{1,40}:(?:\s|$))"
)


def without_numbers(page: Sequence[Line]) -> tuple[list[Line], LeftOut | None]:
    """Return the lines of a page without the numbers of its lines, and what they were."""
    numbers = _numbers(page)
    if not numbers:
        return list(page), None
    found: list[Line] = []
    for line in page:
        if id(line) not in numbers:
            found.append(line)
        elif len(line.words) > 1:
            found.append(_without_first(line))
    said = [replace(line, opens=line.opens or bool(_SPEAKER.match(line.text))) for line in found]
    shown = " ".join(numbers.values())
    return _in_rows(said), LeftOut("line number", shown, page[0].page)


def _numbers(page: Sequence[Line]) -> dict[int, str]:
    """Return the numbers by the identity of their lines, from the top down; {} if there are none.

    They count by one, stand above each other, and are in most rows of the page.
    """
    level = [line for line in page if line.role is Role.TEXT]
    rows = rows_of(level)
    firsts = [row[0] for row in rows if _NUMBER.fullmatch(_first_word(row[0]))]
    runs: list[list[Line]] = []
    for line in firsts:
        if runs and _counts_on(runs[-1][-1], line):
            runs[-1].append(line)
        else:
            runs.append([line])
    run = max(runs, key=len, default=[])
    is_numbered = len(run) >= _FEWEST and int(_first_word(run[0])) <= 2
    if not is_numbered or len(run) < _SHARE * len(rows):
        return {}
    # A list of numbered items has its lines without numbers between.
    steps = sorted(a.base - b.base for a, b in pairwise(run))
    if steps[-1] > 2.5 * steps[len(steps) // 2]:
        return {}
    return {id(line): _first_word(line) for line in run}


def _counts_on(a: Line, b: Line) -> bool:
    if int(_first_word(b)) != int(_first_word(a)) + 1:
        return False
    first, second = a.words[0], b.words[0]
    near = 0.4 * a.size
    return abs(first.left - second.left) < near or abs(first.right - second.right) < near


def _first_word(line: Line) -> str:
    return line.text.split(" ", 1)[0]


def _without_first(line: Line) -> Line:
    start = line.words[1].start
    return replace(
        line,
        text=line.text[start:],
        left=line.words[1].left,
        words=tuple(Word(each.start - start, each.left, each.right) for each in line.words[1:]),
    )


def _in_rows(page: Sequence[Line]) -> list[Line]:
    """Return the lines from the top down: numbers may have been drawn apart from their lines."""
    level = [line for line in page if line.role is Role.TEXT]
    rest = [line for line in page if line.role is not Role.TEXT]
    return [line for row in rows_of(level) for line in row] + rest
