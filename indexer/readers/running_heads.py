"""Removes running heads, running feet and page numbers.

A line at the top or bottom of a page is removed if the same line, apart from digits, is there on
other pages too, or if it begins or ends with a number that counts the pages. The search goes
inwards, and ends at the first line that is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Protocol, TypeVar

_DEPTH = 3
_ROMAN = re.compile(r"[ivxlc]{1,6}")
_NUMBER_AT_END = re.compile(r"^\d{1,5}(?=\s|$)|(?<=\s)\d{1,5}$")
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\W*(?:page|p\.|página|pág\.)?\W*#(?:\s*(?:of|de|/|out of)\s*#)?\W*", re.IGNORECASE
)
_SAYS_PAGE = re.compile(r"\W*(?:page|página|pág\.)\W*#", re.IGNORECASE)


class PositionedLine(Protocol):
    """A line that knows its height on the page."""

    @property
    def text(self) -> str:
        """The words."""

    @property
    def page(self) -> int:
        """The page, from 1."""

    @property
    def base(self) -> float:
        """The height of its base line."""


L = TypeVar("L", bound=PositionedLine)


def without_running_heads(pages: Sequence[Sequence[L]]) -> list[list[L]]:
    """Return the lines of each page without running heads, running feet and page numbers."""
    tops = [sorted(page, key=lambda line: -line.base)[:_DEPTH] for page in pages]
    bottoms = [sorted(page, key=lambda line: line.base)[:_DEPTH] for page in pages]
    dropped = _repeated(tops) | _repeated(bottoms)
    return [[line for line in page if id(line) not in dropped] for page in pages]


def _repeated(edges: Sequence[Sequence[PositionedLine]]) -> set[int]:
    filled = sum(map(bool, edges))
    dropped: set[int] = set()
    for depth in range(_DEPTH):
        candidates = [
            (lines[depth], _pattern(lines[depth].text)) for lines in edges if len(lines) > depth
        ]
        counts = Counter(pattern for _, pattern in candidates)
        found = {
            id(line)
            for line, pattern in candidates
            if _is_running_head(pattern, counts[pattern], filled)
        }
        found |= _numbered([line for line, _ in candidates])
        # A page whose line at this depth stays has no running head further inside.
        edges = [lines for lines in edges if len(lines) > depth and id(lines[depth]) in found]
        dropped |= found
    return dropped


def _numbered(lines: Sequence[PositionedLine]) -> set[int]:
    """Return the lines with a number at one end that grows with the pages."""
    distances = {
        id(line): {int(number) - line.page for number in _NUMBER_AT_END.findall(line.text)}
        for line in lines
    }
    counts = Counter(distance for found in distances.values() for distance in found)
    steady = {d for d, count in counts.items() if count >= 3 and count * 3 >= len(lines)}
    return {line for line, found in distances.items() if found & steady}


def _pattern(text: str) -> str:
    lowered = " ".join(text.lower().split())
    return "#" if _ROMAN.fullmatch(lowered) else _NUMBER.sub("#", lowered)


def _is_running_head(pattern: str, count: int, pages: int) -> bool:
    if _PAGE_NUMBER.fullmatch(pattern):
        return count >= 2 or bool(_SAYS_PAGE.match(pattern)) or pages == 1
    return count >= 3 or (count == 2 and pages <= 4)
