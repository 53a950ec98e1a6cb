"""Snippets: the whole passage if it is short, else the stretches of text around its marks.

A stretch is a range of offsets into the passage's text, so it is always verbatim. It never begins
or ends inside a mark, and inside a word only where there is no space nearby.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backstory.engine.hits import cut
from backstory.engine.matching import Span

WHOLE = 900
AROUND = 140
WORD = 30


@dataclass(frozen=True, slots=True)
class Snippet:
    """Stretches of a text in order, each cut into (text, is_marked) pairs."""

    stretches: tuple[list[tuple[str, bool]], ...]
    is_cut_before: bool = False
    is_cut_after: bool = False

    @property
    def is_whole(self) -> bool:
        """It is all of the text."""
        return len(self.stretches) == 1 and not (self.is_cut_before or self.is_cut_after)


def snippet(
    text: str,
    marks: tuple[Span, ...],
    limit: int = WHOLE,
    *,
    around: int = AROUND,
    focus: Span | None = None,
) -> Snippet:
    """Return about `limit` characters of a text, at least one mark whole; all of a shorter text.

    There are about `around` characters on either side of a mark. `focus` is what is to be seen of
    a text without marks.
    """
    seen = marks or ((focus,) if focus else ())
    ranges = [(0, len(text))] if len(text) <= limit else _ranges(text, seen, limit, around)
    return Snippet(
        stretches=tuple(_parts(text, marks, first, last) for first, last in ranges),
        is_cut_before=ranges[0][0] > 0,
        is_cut_after=ranges[-1][1] < len(text),
    )


def _parts(text: str, marks: Sequence[Span], first: int, last: int) -> list[tuple[str, bool]]:
    inside = tuple((s - first, e - first) for s, e in marks if first <= s and e <= last)
    return cut(text[first:last], inside)


def _ranges(text: str, marks: Sequence[Span], limit: int, around: int) -> list[Span]:
    if not marks:
        return [_to_spaces(text, (0, limit), marks)]
    ranges: list[Span] = []
    for window in _by_news(text, marks, around):
        joined = _joined([*ranges, _to_spaces(text, window, marks)])
        if ranges and sum(last - first for first, last in joined) > limit:
            break
        ranges = joined
    return ranges


def _by_news(text: str, marks: Sequence[Span], around: int) -> list[Span]:
    """Return a window around each mark, those with a word that was not marked before first."""
    seen: set[str] = set()
    news: list[Span] = []
    rest: list[Span] = []
    for start, end in marks:
        word = text[start:end].casefold()
        (rest if word in seen else news).append((start - around, end + around))
        seen.add(word)
    return news + rest


def _to_spaces(text: str, window: Span, marks: Sequence[Span]) -> Span:
    first, last = max(window[0], 0), min(window[1], len(text))
    if first:
        space = text.rfind(" ", max(first - WORD, 0), first)
        first = space + 1 if space >= 0 else first
    if last < len(text):
        space = text.find(" ", last, last + WORD)
        last = space if space >= 0 else last
    for start, end in marks:
        first = start if start < first < end else first
        last = end if start < last < end else last
    return first, last


def _joined(ranges: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
