"""A line of a page, as PDFium gives it, with the place of every word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from statistics import median
from typing import NamedTuple

SENTENCE_END = re.compile(r"[.!?…:。！？][\"'”’»)\]]*$")  # noqa: RUF001
_GAP = 0.8  # the least gap that may part columns or cells, in the size of the type
_WIDER, _WIDEST = 2.2, 2.0  # in the usual space of the line; in the size of the type
_SAME_BASE = 0.35  # how far base lines of one row may be apart, in the size of the type


class Role(Enum):
    """What a line is on its page."""

    TEXT = "text"
    ROW = "row"  # of a table, with its cells apart
    EDGE = "edge"  # at the edge of the page, apart from the text
    NOTE = "note"  # a footnote
    ASIDE = "aside"  # written in another direction than the text


class Word(NamedTuple):
    """A word of a line: where it starts in the line's text, and its left and right in points."""

    start: int
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: its page from 1, its left, right and base line in points, and its type.

    `angle` is the direction of writing in degrees; the places count in a page that is turned so
    that the line is level. `opens` where a paragraph begins with it, whatever stands before.
    """

    text: str
    page: int
    left: float
    right: float
    base: float
    size: float
    is_bold: bool
    words: tuple[Word, ...] = ()
    angle: int = 0
    role: Role = Role.TEXT
    opens: bool = False

    @property
    def is_sentence_end(self) -> bool:
        """Whether a sentence ends with the line."""
        return bool(SENTENCE_END.search(self.text))

    def is_beside(self, other: Line) -> bool:
        """Tell whether the two stand on one base line."""
        return abs(self.base - other.base) <= _SAME_BASE * max(self.size, other.size)

    def overlaps(self, other: Line) -> bool:
        """Tell whether one of the two stands above the other."""
        return self.left < other.right and other.left < self.right


def gaps(line: Line) -> list[tuple[float, float]]:
    """Return the wide gaps between the words of a line, from left to right, in points.

    They are wider than its other spaces: justified text has wide ones everywhere.
    """
    found = [(a.right, b.left) for a, b in pairwise(line.words)]
    least = _GAP * line.size
    wide = [gap for gap in found if gap[1] - gap[0] >= least]
    if not wide:
        return []
    usual = median(right - left for left, right in found)
    enough = max(least, min(_WIDER * usual, _WIDEST * line.size))
    return [gap for gap in wide if gap[1] - gap[0] >= enough]


def cut_at(line: Line, places: Sequence[float]) -> list[Line]:
    """Return the parts of a line between these places, in points; at least one."""
    parts: list[list[Word]] = [[]]
    left = list(places)
    for word in line.words:
        while left and word.left >= left[0] - 0.01:
            left.pop(0)
            if parts[-1]:
                parts.append([])
        parts[-1].append(word)
    if len(parts) < 2:
        return [line]
    ends = [part[0].start for part in parts[1:]] + [len(line.text)]
    return [_part(line, words, end) for words, end in zip(parts, ends, strict=True)]


def _part(line: Line, words: Sequence[Word], end: int) -> Line:
    start = words[0].start
    return Line(  # a fifth of what `replace` takes, for every cell there is
        line.text[start:end].strip(),
        line.page,
        words[0].left,
        words[-1].right,
        line.base,
        line.size,
        line.is_bold,
        tuple(Word(word.start - start, word.left, word.right) for word in words),
        line.angle,
        line.role,
    )


def joined(a: Line, b: Line, between: str = " ") -> Line:
    """Return two parts of one line as one, with the base line and the type of its letters.

    These are those of the larger part, or of the longer where both are about as large.
    """
    is_script = abs(a.size - b.size) > 0.1 * a.size
    main = max(a, b, key=lambda line: line.size if is_script else len(line.text))
    shift = len(a.text) + len(between)
    return Line(
        a.text + between + b.text,
        a.page,
        min(a.left, b.left),
        max(a.right, b.right),
        main.base,
        main.size,
        main.is_bold,
        (*a.words, *(Word(word.start + shift, word.left, word.right) for word in b.words)),
        a.angle,
        a.role,
        a.opens,
    )


def rows_of(lines: Sequence[Line]) -> list[list[Line]]:
    """Group lines by their base lines, from the top down and from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.base):
        if rows and rows[-1][0].is_beside(line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def pitch_of(rows: Sequence[Sequence[Line]]) -> float:
    """Return the usual distance of rows on a page, in points; 0 where there is one at most."""
    steps = [a[0].base - b[0].base for a, b in pairwise(rows)]
    return median(steps) if steps else 0.0


def body_size(lines: Sequence[Line]) -> float:
    """Return the size of type that most of the text has, in points."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[line.size] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0
