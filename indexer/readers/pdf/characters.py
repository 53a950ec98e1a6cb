"""What PDFium tells of the characters of a page, gathered into lines.

PDFium ends a line where the base line changes, but takes writing in another direction for more of
the same line: such lines are cut here. Accents that are drawn as characters of their own are
composed with the letter that they stand over.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from math import atan2, cos, degrees, hypot, radians, sin
from typing import Any

from backstory.indexer.readers.pdf.lines import Line, Role, Word

# PDFium marks the hyphen of a divided word with one of two signs, in place of the line end.
_PIECES = re.compile(r"[^\r\n\x02\ufffe]+[\x02\ufffe]?")
_MARKS = str.maketrans({"\x02": "-", "\ufffe": "-", "\ufeff": "", "\x00": "", "\xad": "-"})
_WORD = re.compile(r"\S+")
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
# Accents with a width of their own, and those that are written over a letter instead.
_ACCENTS = {
    "`": "\u0300", "´": "\u0301", "ˆ": "\u0302", "^": "\u0302", "˜": "\u0303", "~": "\u0303",  # noqa: RUF001
    "¯": "\u0304", "˘": "\u0306", "˙": "\u0307", "¨": "\u0308", "˚": "\u030a", "˝": "\u030b",
    "ˇ": "\u030c", "¸": "\u0327", "˛": "\u0328",  # noqa: RUF001
}  # fmt: skip
_HAS_ACCENT = re.compile("[" + "".join(map(re.escape, _ACCENTS)) + "]")
_OTHER_BASE = 0.15  # by which base lines of one row may differ over a gap, in the size of the type
_DOTLESS = str.maketrans({"ı": "i", "ȷ": "j"})


Edges = tuple[float, float]
Span = tuple[int, int]  # the positions of a word's first character and behind its last


def lines_of_page(page: Any, number: int) -> list[Line]:
    """Return the lines of a page in the order of the file; raises PdfiumError.

    Most of them are level; those that are written in another direction come last, as asides.
    """
    text = page.get_textpage()
    try:
        lines = list(_Characters(text, number).lines())
    finally:
        text.close()
    return _turned(lines)


def _turned(lines: list[Line]) -> list[Line]:
    """Return the lines with those last that are not in the direction of most of the page."""
    weights: Counter[int] = Counter()
    for line in lines:
        weights[line.angle] += len(line.text)
    if len(weights) < 2:
        return lines
    main = weights.most_common(1)[0][0]
    level = [line for line in lines if line.angle == main]
    return level + [replace(line, role=Role.ASIDE) for line in lines if line.angle != main]


class _Characters:
    """The characters of one page, by their position in its text."""

    def __init__(self, text: Any, number: int) -> None:
        from ctypes import c_double

        from pypdfium2 import raw

        self._raw, self._text, self._number = raw, text.raw, number
        self._x, self._y = c_double(), c_double()
        self._box, self._matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        count = text.count_chars()
        self._whole: str = text.get_text_range()
        if len(self._whole) != count:  # then its places are not those of the characters
            units = (raw.FPDFText_GetUnicode(self._text, at) for at in range(count))
            self._whole = "".join(map(chr, units))

        self._has_accents = bool(_HAS_ACCENT.search(self._whole))

    def lines(self) -> Iterator[Line]:
        for piece in _PIECES.finditer(self._whole):
            start = piece.start()
            spans = [(start + w.start(), start + w.end()) for w in _WORD.finditer(piece.group())]
            if spans:
                yield from self._cut(spans)

    def _cut(self, spans: list[Span]) -> Iterator[Line]:
        """Cut a line of PDFium where its words change their direction, or leave their row."""
        if not self._angle(spans[0][0]) and not self._angle(spans[-1][0]):
            yield from self._line(spans, 0)
            return
        for (angle, _), run in groupby(spans, key=lambda span: self._row(span[0])):
            yield from self._line(list(run), angle)

    def _row(self, position: int) -> tuple[int, int]:
        angle = self._angle(position)
        if not angle:
            return 0, 0
        return angle, round(self._origin(position, angle)[1] / max(self._size(position), 1))

    def _line(self, spans: list[Span], angle: int) -> Iterator[Line]:
        edges = self._edges_of(spans, angle)
        size = self._size(_longest(spans))
        start = 0
        for end in range(1, len(spans)):
            space = edges[end][0] - edges[end - 1][1]
            if abs(space) > size and self._leaves(spans, edges, end, angle):
                yield from self._part(spans[start:end], edges[start:end], angle)
                start = end
        yield from self._part(spans[start:], edges[start:], angle, 0.0 if start else size)

    def _leaves(self, spans: list[Span], edges: list[Edges], end: int, angle: int) -> bool:
        """Tell whether a word stands to the left of the one before, or on another base line."""
        first, second = spans[end - 1][0], spans[end][0]
        if edges[end][0] < edges[end - 1][0]:
            return True
        step = self._origin(first, angle)[1] - self._origin(second, angle)[1]
        return abs(step) > _OTHER_BASE * self._size(second)

    def _edges_of(self, spans: list[Span], angle: int) -> list[Edges]:
        """Return the left and right of words along their line, in points."""
        if angle:
            return [(self._edges(a, angle)[0], self._edges(b - 1, angle)[1]) for a, b in spans]
        found = []
        measure, text, box = self._raw.FPDFText_GetLooseCharBox, self._text, self._box
        for start, end in spans:  # twice for every word there is: without a call of our own
            measure(text, start, box)
            left = box.left
            measure(text, end - 1, box)
            found.append((left, box.right))
        return found

    def _part(
        self, spans: list[Span], edges: list[Edges], angle: int, size: float = 0.0
    ) -> Iterator[Line]:
        parts, words, length = [], [], 0
        for (start, end), (left, right) in zip(spans, edges, strict=True):
            if shown := self._shown(start, end):
                words.append(Word(length, left, right))
                parts.append(shown)
                length += len(shown) + 1
        if not parts:
            return
        first, last = spans[0][0], spans[-1][1] - 1
        left, base = self._origin(first, angle)
        size = round(size or self._size(_longest(spans)), 1)
        is_bold = self._is_bold(first) and self._is_bold(last)
        text, right = " ".join(parts), words[-1].right
        yield Line(text, self._number, left, right, base, size, is_bold, tuple(words), angle)

    def _shown(self, start: int, end: int) -> str:
        word = self._whole[start:end]
        if self._has_accents and len(word) > 1:
            word = self._composed(word, start)
        if not word.isprintable():
            word = _without_surrogates(word).translate(_MARKS)
        return word

    def _composed(self, word: str, start: int) -> str:
        """Put accents on the letters that they are drawn over, before them or behind them."""
        letters, at = [*word], 0
        while at < len(letters):
            accent = _ACCENTS.get(letters[at], "")
            for beside in (at - 1, at + 1) if accent else ():
                if self._covers(start + at, start + beside, 0 <= beside < len(letters)):
                    whole = letters[beside].translate(_DOTLESS) + accent
                    letters[beside], letters[at] = unicodedata.normalize("NFC", whole), ""
                    break
            at += 1
        return "".join(letters)

    def _covers(self, accent: int, letter: int, is_inside: bool) -> bool:
        if not is_inside or not self._whole[letter].isalpha():
            return False
        angle = self._angle(letter)
        left, right = self._edges(accent, angle)
        first, last = self._edges(letter, angle)
        shared = min(right, last) - max(left, first)
        return shared > 0.5 * min(right - left, last - first)

    # --- One character

    def _angle(self, position: int) -> int:
        """Return the direction of writing: degrees, counted against the clock, 0 to 359."""
        if self._raw.FPDFText_GetCharAngle(self._text, position) <= 0:
            return 0
        # That angle is the one of the stems, which lean where italics are made by skewing.
        self._raw.FPDFText_GetMatrix(self._text, position, self._matrix)
        return round(degrees(atan2(self._matrix.b, self._matrix.a))) % 360

    def _origin(self, position: int, angle: int) -> tuple[float, float]:
        self._raw.FPDFText_GetCharOrigin(self._text, position, self._x, self._y)
        return _level(self._x.value, self._y.value, angle)

    def _edges(self, position: int, angle: int) -> tuple[float, float]:
        """Return the left and right of a character along its line."""
        box = self._box
        self._raw.FPDFText_GetLooseCharBox(self._text, position, box)
        if not angle:
            return box.left, box.right
        corners = [(x, y) for x in (box.left, box.right) for y in (box.bottom, box.top)]
        along = [_level(x, y, angle)[0] for x, y in corners]
        return min(along), max(along)

    def _size(self, position: int) -> float:
        # Many files set type of size 1 and scale it.
        self._raw.FPDFText_GetMatrix(self._text, position, self._matrix)
        turn = self._matrix
        area = abs(turn.a * turn.d - turn.b * turn.c)
        scale = area / (hypot(turn.a, turn.b) or 1.0) or 1.0  # the height above the base line
        return float(self._raw.FPDFText_GetFontSize(self._text, position)) * scale

    def _is_bold(self, position: int) -> bool:
        from ctypes import c_int, create_string_buffer

        if self._raw.FPDFText_GetFontWeight(self._text, position) >= 600:
            return True
        name = create_string_buffer(64)
        self._raw.FPDFText_GetFontInfo(self._text, position, name, len(name), c_int())
        return bool(_BOLD.search(name.value.decode("utf-8", "replace")))


def _longest(spans: list[Span]) -> int:
    """Return where the longest word starts: its type is that of the line."""
    return max(spans, key=lambda span: span[1] - span[0])[0]


def _level(x: float, y: float, angle: int) -> tuple[float, float]:
    """Return a place on the page turned so that writing in this direction is level."""
    if not angle:
        return x, y
    turn = radians(angle)
    return x * cos(turn) + y * sin(turn), y * cos(turn) - x * sin(turn)


def _without_surrogates(text: str) -> str:
    if not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
