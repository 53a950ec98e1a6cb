"""A concordance: each mark of a result on a line of its own, with the words on either side.

Sorted by what stands before or after, the lines show at a glance how a word is used (KWIC, keyword
in context; H. P. Luhn, 1960). Order is blind to accents and capitals, as the search is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstory.engine.analysis import Analyzer
from backstory.engine.hits import Hit, SearchResult
from backstory.engine.matching import Span
from backstory.searcher.whole import left_out

WIDTH = 40
LINES = 10_000
_SPACE = re.compile(r"\s+")
_surfaces = Analyzer().surfaces


@dataclass(frozen=True, slots=True)
class Line:
    """A mark in its context; `left + word + right` stands so in the passage but for white space."""

    left: str
    word: str
    right: str
    passage: str
    document: str
    number: int
    title: str
    source: str
    date: str
    mark: Span
    date_guessed: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the stable field names of `query --kwic --json`."""
        record = {name: getattr(self, name) for name in self.__slots__}
        return {**record, "mark": list(self.mark)}


@dataclass(frozen=True, slots=True)
class Concordance:
    """The sorted lines of a result; `marks` counts those of all the passages that were read."""

    result: SearchResult
    lines: tuple[Line, ...]
    marks: int

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def limits(self) -> tuple[str, ...]:
        """Sentences that say what is not shown."""
        said = left_out(self.result)
        if len(self) < self.marks:
            said += (f"Only {len(self):,} of {self.marks:,} lines, those of the best passages.",)
        if self.result.hits and not self.marks:
            said += ("The query has no words to mark, so there are no lines.",)
        return said


def concordance(
    result: SearchResult, *, sort: str = "document", width: int = WIDTH, limit: int | None = LINES
) -> Concordance:
    """Make the lines of a result with up to `width` characters on either side, sorted.

    `sort` is one of SORTS: any other raises ValueError. Where there are more than `limit` lines,
    those of the best passages are kept; None sets no limit.
    """
    if sort not in SORTS:
        raise ValueError(f"A concordance is sorted by {', '.join(SORTS)}, not by {sort}.")
    every = [line for hit in result for line in lines(hit, width)]
    shown = every if limit is None else every[: max(limit, 0)]
    return Concordance(result, tuple(sorted(shown, key=SORTS[sort])), len(every))


def lines(hit: Hit, width: int = WIDTH) -> Iterator[Line]:
    """Yield the lines of a hit, in the order of its marks."""
    text, spans = _collapsed(hit)
    width = max(width, 0)
    for mark, (start, end) in zip(hit.marks, spans, strict=True):
        yield Line(
            left=_before(text, start, width),
            word=text[start:end],
            right=_after(text, end, width),
            passage=hit.passage,
            document=hit.document,
            number=hit.number,
            title=hit.title,
            source=hit.source,
            date=hit.date,
            date_guessed=hit.date_guessed,
            mark=mark,
        )


def _collapsed(hit: Hit) -> tuple[str, list[Span]]:
    """Return the text with each run of white space a single space, and where its marks are now."""
    # A mark begins and ends with a word, so no run of white space is cut in two.
    parts, spans, end = [], [], 0
    for part, is_marked in hit.parts:
        parts.append(_SPACE.sub(" ", part))
        start, end = end, end + len(parts[-1])
        if is_marked:
            spans.append((start, end))
    return "".join(parts), spans


def _before(text: str, end: int, width: int) -> str:
    start = max(end - width, 0)
    if start and not text[start - 1].isspace():
        space = text.find(" ", start, end)
        start = space + 1 if space >= 0 else start  # inside a word only where there is no space
    return text[start:end].lstrip()


def _after(text: str, start: int, width: int) -> str:
    end = start + width
    if end < len(text) and not text[end].isspace():
        space = text.rfind(" ", start, end)
        end = space if space >= 0 else end
    return text[start:end].rstrip()


Key = tuple[Any, ...]


def _place(line: Line) -> Key:
    return line.document, line.number, line.mark


def _leftwards(line: Line) -> list[str]:
    return _surfaces(line.left)[::-1]


def _by_left(line: Line) -> Key:
    return _leftwards(line), _surfaces(line.right), _place(line)


def _by_right(line: Line) -> Key:
    return _surfaces(line.right), _leftwards(line), _place(line)


def _by_word(line: Line) -> Key:
    return _surfaces(line.word), _surfaces(line.right), _place(line)


SORTS: Mapping[str, Callable[[Line], Key]] = {
    "document": _place,
    "left": _by_left,
    "right": _by_right,
    "word": _by_word,
}
