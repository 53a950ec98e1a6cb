"""The numbers that a word processor puts before paragraphs: counted as it would, `4.1` or `§ 2.`.

The file has no such number, only which list and level a paragraph belongs to and how each level
is written: `%1` is the number of the first level, `%2` that of the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_PLACEHOLDER = re.compile(r"%([1-9])")
_ROMAN = [
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
]
_LARGEST_ROMAN = 4999
MAX_LEVELS = 10
MAX_PATTERN = 60  # characters; what is longer is no number


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered; `style` is "" for a bullet, or a key of STYLES.

    `pattern` has `%1` … `%9` for the numbers of the levels. `restarts` is False where the count
    goes on after a paragraph of a higher level; `is_legal` writes the higher levels in digits.
    """

    style: str = ""
    pattern: str = ""
    start: int = 1
    restarts: bool = True
    is_legal: bool = False


def _roman(number: int) -> str:
    if not 0 < number <= _LARGEST_ROMAN:
        return str(number)
    letters = ""
    for value, letter in _ROMAN:
        letters += letter * (number // value)
        number %= value
    return letters


def _letter(number: int) -> str:
    """Return A to Z, then AA, BB and so on, as word processors do."""
    if number < 1:
        return str(number)
    return chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 20)


def _ordinal(number: int) -> str:
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


STYLES: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "padded": lambda number: f"{number:02}",
    "upper roman": _roman,
    "lower roman": lambda number: _roman(number).lower(),
    "upper letter": _letter,
    "lower letter": lambda number: _letter(number).lower(),
    "ordinal": _ordinal,
    "none": lambda number: "",
}


@dataclass(slots=True)
class Counters:
    """The count of each level of one list, as far as the document has been read."""

    counts: dict[int, int] = field(default_factory=dict)

    def label(self, levels: Mapping[int, Level], depth: int) -> str:
        """Count one more paragraph at a level (from 0); return its number, "" for a bullet."""
        level = levels.get(depth, Level())
        self.counts[depth] = self.counts[depth] + 1 if depth in self.counts else level.start
        for deeper in [each for each in self.counts if each > depth]:
            if levels.get(deeper, Level()).restarts:
                del self.counts[deeper]
        return self._written(levels, level)

    def restart(self, depth: int, number: int) -> None:
        """Let the next paragraph of a level have this number."""
        self.counts[depth] = number - 1

    def _written(self, levels: Mapping[int, Level], level: Level) -> str:
        if not level.style:
            return ""

        def number(match: re.Match[str]) -> str:
            depth = int(match[1]) - 1
            of = levels.get(depth, Level("decimal"))
            style = "decimal" if level.is_legal and of.style != "none" else of.style
            return STYLES.get(style, str)(self.counts.get(depth, of.start))

        return " ".join(_PLACEHOLDER.sub(number, level.pattern).split())
