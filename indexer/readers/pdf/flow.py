"""From the lines of a document to its paragraphs.

Lines become paragraphs by the space between them, compared with that of the lines around, by their
indents, and by how far they reach in their column; larger or bolder ones are headings. What stands
in the way of a paragraph, such as footnotes, comes after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from backstory.indexer.readers.blocks import Block
from backstory.indexer.readers.hyphens import joint, words_of
from backstory.indexer.readers.pdf.lines import SENTENCE_END, Line, Role, body_size

PAGE_HEAD = "page head"

_ITEM = re.compile(
    r"(?:[•▪●◦–—*-]|\(?(?:\d{1,3}|[a-z])[.)]|\((?:[ivxl]{1,5}|[A-Z])\)|§ ?\d+[a-z]?\.?"
    r"|\d{1,3}(?:\.\d{1,3})+\.?)\s"
)
_LARGER = 1.12  # a heading's size, in that of the body
_GAP = 1.35  # a space between paragraphs, in the distance of lines
_FAR = 3.2  # a space within a sentence, in the distance of lines
_INDENT = 0.8  # a first line's indent, in the size of the type
_WINDOW = 4  # lines before and after, whose distances a line is compared with
_PLAIN, _WIDE = 1.3, 1.7  # distances of lines, in the size of the type
_MAX_HEADING = 200


def blocks(pages: Sequence[Sequence[Line]]) -> Iterator[Block]:
    """Yield the paragraphs and headings of a document, whose lines are in reading order."""
    lines = [line for page in pages for line in page]
    if not lines:
        return
    body = body_size(lines)
    is_bold_body = sum(line.is_bold for line in lines) * 2 > len(lines)
    words = words_of("\n".join(line.text for line in lines))
    ranks = sorted({line.size for line in lines if line.size > body * _LARGER}, reverse=True)
    for run in _runs(lines, _margins(pages)):
        first = run[0]
        text = _text(run, words)
        if first.role is not Role.TEXT:
            heading = PAGE_HEAD if first.role is Role.EDGE else ""
            yield Block(text, page=first.page, heading=heading)
            continue
        is_heading = len(text) <= _MAX_HEADING and not SENTENCE_END.search(text.rstrip(":"))
        if is_heading and first.size > body * _LARGER:
            level = min(ranks.index(first.size) + 1, 5)
        elif is_heading and not is_bold_body and _is_bold_line(run):
            level = 6
        else:
            level = 0
        yield Block(text, level, page=first.page)


def _is_bold_line(run: Sequence[Line]) -> bool:
    return len(run) <= 2 and all(line.is_bold for line in run)


# --- Columns


def _margins(pages: Sequence[Sequence[Line]]) -> dict[int, float]:
    """Return the right edge of the column that each line is in, by the identity of the line."""
    margins: dict[int, float] = {}
    for page in pages:
        widest = max((line.right for line in page), default=0.0)
        for column in _columns(page):
            edge = _right_edge(column, widest)
            for part in _parts(column):
                margins |= dict.fromkeys(map(id, part), _right_edge(part, edge))
    return margins


def _right_edge(lines: Sequence[Line], around: float) -> float:
    """Return how far lines reach, in points; a few do not tell, and take what is `around`."""
    ends = sorted(line.right for line in lines)
    return ends[len(ends) * 9 // 10] if len(ends) > 3 else max(ends[-1], around)


def _parts(column: Sequence[Line]) -> Iterator[list[Line]]:
    """Part the lines of a column where there is a space between."""
    part = [column[0]]
    for a, b in pairwise(column):
        if a.base - b.base > _WIDE * a.size:
            yield part
            part = []
        part.append(b)
    yield part


def _columns(page: Sequence[Line]) -> Iterator[list[Line]]:
    column: list[Line] = []
    for line in page:
        if column and not _is_below(column[-1], line):
            yield column
            column = []
        column.append(line)
    if column:
        yield column


def _is_below(a: Line, b: Line) -> bool:
    return a.role is b.role and a.overlaps(b) and b.base < a.base + 0.5 * a.size


# --- Paragraphs


def _runs(lines: Sequence[Line], margins: Mapping[int, float]) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph; what interrupts one comes after it."""
    texts = [line for line in lines if line.role in (Role.TEXT, Role.ROW)]
    pitches = dict(zip(map(id, texts), _pitches(texts), strict=True))
    run: list[Line] = []
    waiting: list[Line] = []
    for line in lines:
        if line.role not in (Role.TEXT, Role.ROW):
            waiting.append(line)
            continue
        # A paragraph that goes on over two page ends is more likely a page of lines.
        is_far = bool(run) and line.page > run[0].page + 1
        if run and (is_far or _is_border(run[-1], line, pitches[id(run[-1])], margins)):
            yield run
            run = []
        if not run:
            yield from _interruptions(waiting, margins)
            waiting = []
        run.append(line)
    if run:
        yield run
    yield from _interruptions(waiting, margins)


def _interruptions(lines: Sequence[Line], margins: Mapping[int, float]) -> Iterator[list[Line]]:
    for role, group in groupby(lines, key=lambda line: (line.role, line.page)):
        same = list(group)
        if role[0] is Role.EDGE:
            yield from ([line] for line in same)
            continue
        pitches = _pitches(same)
        run = [same[0]]
        for (a, b), pitch in zip(pairwise(same), pitches, strict=False):
            if a.angle != b.angle or _is_border(a, b, pitch, margins) or _begins_note(a, b):
                yield run
                run = []
            run.append(b)
        yield run


def _begins_note(a: Line, b: Line) -> bool:
    return b.role is Role.NOTE and a.is_sentence_end and not b.text[0].isalpha()


def _pitches(lines: Sequence[Line]) -> list[float]:
    """Return for each line the usual distance to the next among the lines around, in points."""
    steps = [_step(a, b) for a, b in pairwise(lines)]
    found = []
    for at, line in enumerate(lines):
        around = steps[max(0, at - _WINDOW) : at + _WINDOW + 1]
        near = [step for step in around if step and step[1] == line.size]
        found.append(_usual(near, line.size))
    return found


def _step(a: Line, b: Line) -> tuple[float, float, bool] | None:
    """Return the distance of two lines, their size, and whether a sentence goes on; else None."""
    distance = a.base - b.base
    is_next = a.page == b.page and a.size == b.size and 0.85 * a.size < distance < 4 * a.size
    return (distance, a.size, _goes_on(a, b)) if is_next else None


def _usual(steps: Sequence[tuple[float, float, bool]], size: float) -> float:
    """Return the distance of the lines of a paragraph.

    Wide ones are taken for that only where a sentence goes on over them, as in double spacing.
    """
    least, _, _ = min(steps, default=(_PLAIN * size, size, True))
    if least > _WIDE * size and not any(goes_on for _, _, goes_on in steps):
        return _PLAIN * size
    return least


def _is_border(a: Line, b: Line, pitch: float, margins: Mapping[int, float]) -> bool:
    """Tell whether a paragraph ends between two lines."""
    if b.opens or a.role is not b.role or a.role is Role.ROW:
        return True
    if abs(a.size - b.size) > 0.08 * a.size or a.is_bold != b.is_bold:
        return not _goes_on(a, b) or abs(a.size - b.size) > 0.2 * a.size
    distance = a.base - b.base
    if a.page != b.page or distance < -pitch:  # the next page, or the next column
        return not (_goes_on(a, b) or _is_full(a, margins[id(a)]))
    if abs(distance) < 0.3 * pitch:  # two pieces of one line
        return False
    if _goes_on(a, b) and distance < (_FAR if _is_full(a, margins[id(a)]) else 2) * pitch:
        return False
    if distance > _GAP * pitch or _ITEM.match(b.text):
        return True
    return _is_last(a, b, margins[id(a)])


def _is_last(a: Line, b: Line, margin: float) -> bool:
    """Tell whether a line ends its paragraph, by the indent of the next or its own length."""
    # The lines of a clause hang behind its number.
    is_indented = b.left > a.left + _INDENT * b.size and not _ITEM.match(a.text)
    word = len(b.text.split()[0]) * 0.5 * b.size
    has_room = a.right + word + 0.5 * a.size < margin
    return a.is_sentence_end and (is_indented or has_room)


def _is_full(line: Line, margin: float) -> bool:
    """Tell whether a line reaches the margin to a hair, which the last of a paragraph hardly does.

    A line that stops in mid-sentence need only come near it.
    """
    return line.right > margin - (0.2 if line.is_sentence_end else 6) * line.size


def _goes_on(a: Line, b: Line) -> bool:
    """Tell whether the second line goes on with the sentence of the first."""
    if a.text.endswith(("-", "‐")) and b.text[0].isalpha():  # noqa: RUF001
        return True
    return not a.is_sentence_end and b.text[0].islower()


def _text(run: Sequence[Line], words: frozenset[str]) -> str:
    parts = [run[0].text]
    for a, b in pairwise(run):
        drop, between = joint(a.text, b.text, words)
        parts[-1] = parts[-1][: len(parts[-1]) - drop]
        parts += [between, b.text]
    return "".join(parts)
