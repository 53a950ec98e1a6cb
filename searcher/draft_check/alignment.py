"""A quotation laid over a passage, word by word, so that as few words as possible differ.

An ellipsis stands for any words of the passage; what an editor has put in brackets stands for none
or a few. All other words are the same, changed, added by the draft or dropped by it. The passage
may go on before and behind: this is Sellers' alignment of a pattern within a text (1980).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from backstory.searcher.draft_check.words import Word, words_of

MOST_REPLACED = 8  # words of a passage for which an editor's brackets may stand
_CASE, _BRACKETED = 0.01, 0.02  # costs that decide between alignments and count as none
_ELLIPSIS = re.compile(r"[\[(]\s*(?:…|\.\s?\.\s?\.+)\s*[\])]|…|\.\s?\.\s?\.+")
_INSERTED = re.compile(r"\[([^\[\]]{1,200})\]")
_WITHIN_WORD = re.compile(r"\[([^\W\d_]{1,4})\](?=[^\W\d_])|(?<=[^\W\d_])\[([^\W\d_]{1,4})\]")


class Kind(Enum):
    """What a part of a quotation is."""

    WORD = auto()
    ELLIPSIS = auto()
    BRACKETS = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """A word, an ellipsis, or words that an editor has put in brackets.

    `is_first` says that nothing of the quotation stands before it, so that its capital may differ.
    """

    kind: Kind
    text: str
    key: str = ""
    start: int = 0
    end: int = 0
    is_first: bool = False


class Change(Enum):
    """What became of a part of the quotation, or of words of the passage."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    DROPPED = "dropped"
    OMITTED = "omitted"
    BRACKETS = "brackets"


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the quotation beside words of the passage; one of the two may be empty."""

    change: Change
    part: Part | None
    word: int | None


@dataclass(frozen=True, slots=True)
class Alignment:
    """The cheapest way to lay a quotation over words: `cost` words differ, in `steps`."""

    cost: int
    steps: tuple[Step, ...]

    @property
    def words(self) -> list[int]:
        """The words of the passage that it covers, in order."""
        return [step.word for step in self.steps if step.word is not None]

    @property
    def is_exact(self) -> bool:
        """Whether no word differs."""
        return self.cost == 0


def parts_of(text: str, start: int = 0) -> list[Part]:
    """Return the parts of a quotation; `start` is added to where they stand."""
    bare = _WITHIN_WORD.sub(lambda each: f"{each[1] or each[2]}", text)
    shift = _Shift(text) if bare != text else None
    parts: list[Part] = []
    position = 0
    marks = sorted((*_ELLIPSIS.finditer(bare), *_INSERTED.finditer(bare)), key=lambda m: m.start())
    for mark in marks:
        if mark.start() < position:
            continue
        _add_words(parts, bare, position, mark.start())
        if _ELLIPSIS.fullmatch(mark[0]):
            parts.append(Part(Kind.ELLIPSIS, "…", "", mark.start(), mark.end()))
        elif mark[1].strip().casefold() != "sic":
            words = words_of(mark[1])
            key = " ".join(word.key for word in words)
            parts.append(Part(Kind.BRACKETS, mark[1], key, mark.start(), mark.end()))
        position = mark.end()
    _add_words(parts, bare, position, len(bare))
    parts = _without_edges(parts)
    if shift is not None:
        parts = [_in_brackets(part, text, shift) for part in parts]
    return [replace(part, start=part.start + start, end=part.end + start) for part in parts]


class _Shift:
    """Leads from a text without brackets inside words back to the text with them."""

    def __init__(self, text: str) -> None:
        within = {n for m in _WITHIN_WORD.finditer(text) for n in (m.start(), m.end() - 1)}
        self._places = [n for n in range(len(text)) if n not in within]
        self._length = len(text)

    def __call__(self, place: int) -> int:
        return self._places[place] if place < len(self._places) else self._length


def _in_brackets(part: Part, text: str, shift: _Shift) -> Part:
    """Put a part where it stands; a word with brackets in it may differ in its capital."""
    start, end = shift(part.start), shift(part.end - 1) + 1
    is_edited = part.kind is Kind.WORD and "[" in text[max(start - 1, 0) : end]
    return replace(part, start=start, end=end, is_first=part.is_first or is_edited)


def _add_words(parts: list[Part], text: str, start: int, end: int) -> None:
    for number, word in enumerate(words_of(text[start:end], start)):
        is_first = number == 0 and (not parts or parts[-1].kind is Kind.ELLIPSIS)
        parts.append(Part(Kind.WORD, word.text, word.key, word.start, word.end, is_first))


def _without_edges(parts: Sequence[Part]) -> list[Part]:
    """Leave out ellipses at both ends: that a passage goes on there needs no saying."""
    inner = list(parts)
    while inner and inner[0].kind is Kind.ELLIPSIS:
        inner.pop(0)
    while inner and inner[-1].kind is Kind.ELLIPSIS:
        inner.pop()
    return inner


# What a part costs that has nothing in the passage, and what a word of the passage behind it does.
_GAPS = {Kind.WORD: 1.0, Kind.ELLIPSIS: 0.0, Kind.BRACKETS: _BRACKETED}
_FREE = {Kind.ELLIPSIS: Change.OMITTED, Kind.BRACKETS: Change.BRACKETS}

Alike = Callable[[str, str], bool]


def align(parts: Sequence[Part], words: Sequence[Word], alike: Alike | None = None) -> Alignment:
    """Lay a quotation over the words of a passage; `alike` tells misread words from others."""
    rows = [[0.0] * (len(words) + 1)]
    for part in parts:
        rows.append(_row(part, words, rows[-1], alike))
    return _traced(parts, words, rows, alike)


def _row(part: Part, words: Sequence[Word], above: list[float], alike: Alike | None) -> list[float]:
    gap = _GAPS[part.kind]
    row = [above[0] + gap]
    for n, word in enumerate(words, 1):
        best = min(above[n], row[n - 1]) + gap
        if part.kind is Kind.WORD:
            best = min(best, above[n - 1] + _substitution(part, word, alike))
        row.append(best)
    return row


def _substitution(part: Part, word: Word, alike: Alike | None) -> float:
    if part.text == word.text:
        return 0.0
    if part.key == word.key:
        return _CASE
    return _CASE if alike is not None and alike(part.key, word.key) else 1.0


def _traced(
    parts: Sequence[Part],
    words: Sequence[Word],
    rows: Sequence[Sequence[float]],
    alike: Alike | None,
) -> Alignment:
    """Go back the cheapest way; of several, the first that has a word for the last one."""
    last = rows[-1]
    n, m = min(range(len(last)), key=last.__getitem__), len(parts)
    while n + 1 < len(last) and _is(last[n + 1], last[n]):
        n += 1
    steps: list[Step] = []
    while m:
        part, here = parts[m - 1], rows[m][n]
        if part.kind is Kind.WORD and n:
            cost = _substitution(part, words[n - 1], alike)
            if _is(rows[m - 1][n - 1] + cost, here):
                steps.append(Step(_change(part, words[n - 1], cost), part, n - 1))
                m, n = m - 1, n - 1
                continue
        if _is(rows[m - 1][n] + _GAPS[part.kind], here):
            steps.append(Step(_FREE.get(part.kind, Change.ADDED), part, None))
            m -= 1
        else:
            steps.append(Step(_FREE.get(part.kind, Change.DROPPED), None, n - 1))
            n -= 1
    steps.reverse()
    steps = _counted_brackets(steps)
    differing = {Change.CHANGED, Change.ADDED, Change.DROPPED}
    return Alignment(sum(step.change in differing for step in steps), tuple(steps))


def _is(one: float, other: float) -> bool:
    return abs(one - other) < 1e-9


def _change(part: Part, word: Word, cost: float) -> Change:
    """Tell a word that is the same: its first letter may be a capital at the beginning."""
    if cost == 0.0 or (cost < 1.0 and part.key != word.key):  # misread by OCR
        return Change.SAME
    is_same = cost < 1.0 and part.is_first and part.text[1:] == word.text[1:]
    return Change.SAME if is_same else Change.CHANGED


def _counted_brackets(steps: Sequence[Step]) -> list[Step]:
    """Take words for dropped where brackets would stand for more than MOST_REPLACED of them."""
    replaced = sum(step.change is Change.BRACKETS and step.part is None for step in steps)
    brackets = sum(step.change is Change.BRACKETS and step.part is not None for step in steps)
    if replaced <= MOST_REPLACED * max(brackets, 1):
        return list(steps)
    return [
        Step(Change.DROPPED, None, step.word)
        if step.change is Change.BRACKETS and step.part is None
        else step
        for step in steps
    ]
