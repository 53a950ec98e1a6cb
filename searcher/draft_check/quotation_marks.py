"""Where a draft quotes: every kind of quotation marks, block quotes, quotations over paragraphs.

The outermost marks count; a quotation within a quotation is a part of it. A mark that never closes
is none, unless the next paragraph begins with it again, as in a quotation of several paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstory.engine.matching import Span
from backstory.searcher.draft_check.blocks import Block, BlockKind, DraftText
from backstory.searcher.draft_check.words import FEWEST_QUOTED, words_of

# Each mark that may open, with those that close it.
_PAIRS = {
    "“": "”",
    "„": '“”"',
    "«": "»",
    "»": "«",
    "‹": "›",  # noqa: RUF001
    "›": "‹",  # noqa: RUF001
    "「": "」",
    "『": "』",
    "〝": "〟〞",
    "＂": "＂",  # noqa: RUF001
    '"': '"',
    "”": "”",
    "‟": "”",
    "‘": "’",
    "‚": "‘’'",  # noqa: RUF001
    "'": "'",
    "’": "’",
}
_SINGLE = "‘‚'’"  # noqa: RUF001
_SPACED = "«»‹›"  # noqa: RUF001  # French sets them apart
_EAST_ASIAN = "「『〝"
_BEFORE = re.compile(r"[\s(\[{—–\-/:;,.!?“„«»\"'‘…]")
_POSSESSIVE = re.compile(r"[sS]['’](?=\s+[a-z])")
_DECADE = re.compile(r"\d0s\b")  # the '90s
MOST_UNCLOSED = 100  # marks of a paragraph, after which these are no quotation marks
LONGEST = 4_000  # characters; a mark that closes later has been forgotten


@dataclass(frozen=True, slots=True)
class Quoted:
    """What is quoted, as [start, end) offsets, the marks left out; `outer` includes them."""

    start: int
    end: int
    outer: tuple[int, int]


def quotations_in(draft: DraftText) -> tuple[Quoted, ...]:
    """Return the quotations of a draft that have FEWEST_QUOTED words or more, in order."""
    quoted = list(_block_quotes(draft))
    texts = [block for block in draft.blocks if block.kind is BlockKind.PARAGRAPH]
    quoted += _marked(draft.plain, texts)
    long = (q for q in quoted if len(words_of(draft.plain[q.start : q.end])) >= FEWEST_QUOTED)
    return tuple(sorted(long, key=lambda each: each.start))


def _block_quotes(draft: DraftText) -> Iterator[Quoted]:
    for block in draft.blocks:
        if block.kind is BlockKind.QUOTATION:
            yield Quoted(block.start, block.end, (block.start, block.end))


def _marked(text: str, blocks: Sequence[Block]) -> Iterator[Quoted]:
    """Yield what stands between marks, block by block."""
    position = 0
    for number, block in enumerate(blocks):
        position, unclosed = max(position, block.start), 0
        while position < block.end and unclosed < MOST_UNCLOSED:
            opens = _opens(text, position)
            spans = _spans(text, position, blocks[number:]) if opens else []
            for first, last in spans:
                yield Quoted(first + 1, last, (first, min(last + 1, len(text))))
            unclosed += opens and not spans
            position = spans[-1][1] + 1 if spans else position + 1


def _opens(text: str, position: int) -> bool:
    mark = text[position]
    if mark not in _PAIRS:
        return False
    if mark in _EAST_ASIAN:
        return True
    before, after = text[position - 1 : position], text[position + 1 : position + 2]
    if before and not _BEFORE.match(before):
        return False
    if mark in _SINGLE and _DECADE.match(text, position + 1):
        return False
    return bool(after) and (mark in _SPACED or not after.isspace())


def _close(text: str, opened: int, end: int) -> int | None:
    """Return where the mark at `opened` is closed before `end`, None where it is not."""
    mark = text[opened]
    closing, depth, doubtful = _PAIRS[mark], 0, None
    for place in range(opened + 1, min(end, opened + LONGEST)):
        sign = text[place]
        if sign == mark and mark not in closing:
            depth += 1
        elif sign in closing and depth:
            depth -= 1
        elif sign in closing and _may_close(text, place, end, mark):
            if mark not in _SINGLE or not _POSSESSIVE.match(text, place - 1):
                return place
            doubtful = place if doubtful is None else doubtful
    return doubtful


def _may_close(text: str, place: int, end: int, mark: str) -> bool:
    """Tell whether a mark may close: an apostrophe inside a word does not."""
    if mark in _SPACED or mark in _EAST_ASIAN:
        return True
    after = text[place + 1] if place + 1 < end else ""
    return not text[place - 1].isspace() and not after.isalnum()


def _spans(text: str, opened: int, blocks: Sequence[Block]) -> list[Span]:
    """Return where a quotation opens and closes, in every paragraph that it goes on in.

    Each of these begins with the mark again, and the last one closes it; else there is none.
    """
    spans: list[Span] = []
    for block in blocks:
        start = block.start if spans else opened
        if text[start] != text[opened]:
            return []
        end = _close(text, start, block.end)
        if end is not None:
            return [*spans, (start, end)]
        spans.append((start, block.end))
    return []
