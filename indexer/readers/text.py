"""Plain text: paragraphs out of whatever layout the file has.

Nothing in a file says how its paragraphs are made: by blank lines, one a line, or as lines wrapped
at a column. Lines that follow each other without a blank tell: wrapped ones fill their column,
stop in mid-sentence and go on in lower case. Anything else that is short, such as a stanza, an
address or a list, is one paragraph from blank to blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from backstory.indexer.readers import ANY_SIZE, Format, Paragraph, Reading, Source, title_from_name
from backstory.indexer.readers.chats import read_chat
from backstory.indexer.readers.encoding import read_text
from backstory.indexer.readers.hyphens import joint, words_of

FORMAT = Format(
    "a plain text",
    suffixes=(".txt",),
    media_types={"text/plain": ".txt"},
    is_plain_text=True,
    # Each line is looked at a few times, its ends by patterns that see no more than twelve
    # characters; nothing is nested. No code in C but Python's own.
    trusted_bytes=ANY_SIZE,
)


class _Layout(Enum):
    """What lines without a blank between them are to each other."""

    LINES = "each is a paragraph"
    WRAPPED = "they are paragraphs, cut at a column"
    STANZA = "together they are one paragraph, and cut on purpose"


class _Line(NamedTuple):
    """A line that holds words, without its margins; `indent` and `reach` are columns."""

    text: str
    start: int
    page: int
    quoted: int
    indent: int
    reach: int
    is_item: bool
    is_sentence_end: bool


_Block = Sequence[_Line]

_WORD = re.compile(r"[^\W_]")
_QUOTED = re.compile(r"\s*(?:>[ \t]?)+")
_ITEM = re.compile(r"(?:[-*•–+]|\(?(?:\d{1,3}|[a-z])[.)])\s")
_SENTENCE_END = re.compile(r"[.!?…:。！？][\"'”’»)\]*_]*$")  # noqa: RUF001
_UNFINISHED = re.compile(r"(?:[.,;:…。][\"'”’»)\]*_]*|-)$")
_ABBREVIATED = re.compile(r"\b(?:Inc|Corp|Co|Ltd|Jr|Sr|[^\W\d_](?:\.[^\W\d_])+)\.$", re.IGNORECASE)
_TAIL = 12  # how much of a line the patterns for its end are shown

_MAX_WIDTH = 120
_MIN_WIDTH = 40
# Fewer lines than this say too little about a block: it goes by the whole file.
_ENOUGH = 7
_MAX_STANZA = 14
_INDENT = 2
_MOST = 0.6
_SOME = 0.25
_NEARLY_ALL = 0.9
# How far the lines of a proportional font stay behind the longest.
_RAGGED = 0.85

_MAX_TITLE = 150
_MAX_ABBREVIATED_TITLE = 70
_CLEARLY_LONGER = 1.5
_LONG_LINE = 60


def read(source: Source) -> Reading:
    """Read a plain text; its title is its headline, or else its name made readable.

    A chat that was exported is told by its first lines.
    """
    text, notes = read_text(source)
    chat = read_chat(text, title_from_name(source.name))
    if chat is not None:
        return replace(chat, notes=notes)
    headline, pieces = _headline_and_pieces(list(_blocks(text)))
    words = words_of(text)
    has_pages = "\f" in text.strip()
    paragraphs = tuple(_paragraph(piece, words, has_pages) for piece in pieces)
    return Reading(paragraphs, headline or title_from_name(source.name), notes=notes)


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a plain text that has no headline."""
    words = words_of(text)
    return tuple(_paragraph(piece, words, False) for piece in _pieces(list(_blocks(text))))


# --- Lines and blocks


def _blocks(text: str) -> Iterator[list[_Line]]:
    """Yield the lines between one blank line, or change of page or quotation, and the next."""
    offset = 0
    for page, content in enumerate(text.split("\f"), start=1):
        block: list[_Line] = []
        for raw in content.split("\n"):
            line = _line(raw, offset, page)
            offset += len(raw) + 1
            if block and (line is None or line.quoted != block[-1].quoted):
                yield block
                block = []
            if line:
                block.append(line)
        if block:
            yield block


def _line(raw: str, offset: int, page: int) -> _Line | None:
    text = raw.strip()
    if not text or not _WORD.search(text):
        return None  # a row of asterisks is as good as a blank
    quotation = _QUOTED.match(raw) if text[0] == ">" else None
    margin = quotation.end() if quotation else 0
    quoted = quotation.group().count(">") if quotation else 0
    text = raw[margin:].strip()
    begin = raw.index(text[0], margin) if raw[margin] != text[0] else margin
    indent = len(raw[margin:begin].expandtabs(4)) if begin > margin else 0
    reach = indent + len(text)
    is_item, is_end = bool(_ITEM.match(text)), bool(_SENTENCE_END.search(text[-_TAIL:]))
    return _Line(text, offset + begin, page, quoted, indent, reach, is_item, is_end)


# --- Layout


def _layout(blocks: Sequence[_Block]) -> _Layout:
    pairs = [pair for block in blocks for pair in pairwise(block) if not _is_set_off(*pair)]
    if not pairs:
        return _Layout.STANZA
    if sum(line.is_sentence_end for line, _ in pairs) >= _MOST * len(pairs):
        return _Layout.LINES
    last_lines = [block[-1] for block in blocks if len(block) > 1]
    return _Layout.WRAPPED if _is_wrapped(pairs, last_lines) else _Layout.STANZA


def _is_set_off(line: _Line, following: _Line) -> bool:
    return following.is_item or following.indent >= line.indent + _INDENT


def _is_wrapped(pairs: Sequence[tuple[_Line, _Line]], last_lines: Sequence[_Line]) -> bool:
    width = _width([line for line, _ in pairs])
    if not _MIN_WIDTH <= width <= _MAX_WIDTH:
        return False
    full = sum(_is_full(line, following, width * _RAGGED) for line, following in pairs)
    return full >= _MOST * len(pairs) and _goes_on(pairs, last_lines)


def _goes_on(pairs: Sequence[tuple[_Line, _Line]], last_lines: Sequence[_Line]) -> bool:
    """Tell whether sentences run from line to line, by the small letters that lines begin with."""
    cased = [b for a, b in pairs if not a.text.isupper() and _is_cased(b.text[0])]
    if sum(line.text[0].islower() for line in cased) >= _SOME * len(cased):
        return True
    # Two or three lines may all begin with a name; then it tells that only the last one ends.
    is_few = len(pairs) < _ENOUGH
    return is_few and sum(line.is_sentence_end for line in last_lines) >= _MOST * len(last_lines)


def _is_cased(letter: str) -> bool:
    return letter.islower() or letter.isupper()


def _width(lines: _Block) -> int:
    # One line in twenty may be longer: an address that could not be cut, a line that was edited.
    return sorted(line.reach for line in lines)[(len(lines) * 19 - 1) // 20]


def _is_full(line: _Line, following: _Line, width: float) -> bool:
    """Tell whether the line could not have held the first word of the next."""
    reach = line.reach + 1
    return reach >= width or reach + len(following.text[:_MAX_WIDTH].partition(" ")[0]) > width


# --- Paragraphs


def _headline_and_pieces(blocks: list[list[_Line]]) -> tuple[str, list[_Block]]:
    headline = _headline(blocks)
    if headline:
        rest = [block for block in (blocks[0][1:], *blocks[1:]) if block]
        pieces = list(_pieces(rest))
        alike = sum(_is_alike(headline, piece) for piece in pieces)
        stands_apart = len(blocks[0]) == 1 and len(rest) == 1 and len(rest[0]) > 1
        if stands_apart or alike * 2 < len(pieces):
            return " ".join(headline.split()), pieces
    return "", list(_pieces(blocks))


def _headline(blocks: list[list[_Line]]) -> str:
    """Return the first line where it reads like a headline over a text, else an empty string."""
    if not blocks or not _reads_as_headline(blocks[0][0]):
        return ""
    first, *others = blocks[0]
    if not others:
        return first.text if len(blocks) > 1 else ""
    is_over_longer = len(others[0].text) >= max(_LONG_LINE, _CLEARLY_LONGER * len(first.text))
    return first.text if is_over_longer else ""


def _reads_as_headline(line: _Line) -> bool:
    if len(line.text) > _MAX_TITLE or line.is_item or line.quoted:
        return False
    if not _UNFINISHED.search(line.text[-_TAIL:]):
        return True
    return len(line.text) <= _MAX_ABBREVIATED_TITLE and bool(_ABBREVIATED.search(line.text))


def _is_alike(headline: str, piece: _Block) -> bool:
    if len(piece) > 1 or len(piece[0].text) > _CLEARLY_LONGER * max(len(headline), _MIN_WIDTH):
        return False
    return headline.isupper() == piece[0].text.isupper() and _reads_as_headline(piece[0])


def _pieces(blocks: Sequence[_Block]) -> Iterator[_Block]:
    """Yield the lines of each paragraph."""
    common = _layout([block for block in blocks if not _has_long_lines(block)])
    for block in blocks:
        layout = _layout_of(block, common, is_alone=len(blocks) == 1)
        if layout is _Layout.LINES:
            yield from ([line] for line in block)
        elif layout is _Layout.WRAPPED:
            yield from _unwrapped(block)
        else:
            yield block


def _layout_of(block: _Block, common: _Layout, *, is_alone: bool) -> _Layout:
    if len(block) == 1 or _has_long_lines(block):
        return _Layout.LINES
    layout = _layout([block]) if len(block) >= _ENOUGH and not is_alone else common
    if layout is _Layout.STANZA and (is_alone or len(block) > _MAX_STANZA):
        return _Layout.LINES
    return layout


def _has_long_lines(block: _Block) -> bool:
    long = [line for line in block if line.reach > _MAX_WIDTH and " " in line.text[:_MAX_WIDTH]]
    return len(long) * 5 >= len(block)


def _unwrapped(block: _Block) -> Iterator[_Block]:
    width, margin = _exact_width(block), min(line.indent for line in block)
    has_long_items = any(a.is_item and not b.is_item for a, b in pairwise(block))
    piece = [block[0]]
    for line, following in pairwise(block):
        has_room = not _is_full(line, following, width)
        is_apart = has_room or following.indent >= max(margin, line.indent) + _INDENT
        is_item = following.is_item and has_long_items and (has_room or line.is_sentence_end)
        if is_item or (is_apart and line.is_sentence_end and not following.text[0].islower()):
            yield piece
            piece = []
        piece.append(following)
    yield piece


def _exact_width(block: _Block) -> float:
    """Return the width below which a line has room: less where the margin is ragged."""
    width = _width(block)
    running = [(a, b) for a, b in pairwise(block) if not a.is_sentence_end]
    full = sum(_is_full(line, following, width) for line, following in running)
    return width if full >= _NEARLY_ALL * len(running) else width * _RAGGED


def _paragraph(lines: _Block, words: frozenset[str], has_pages: bool) -> Paragraph:
    first, last = lines[0], lines[-1]
    page = first.page if has_pages else None
    if first is last:
        return Paragraph(first.text, "", page, first.start, first.start + len(first.text))
    parts = [first.text]
    for line, following in pairwise(lines):
        drop, between = joint(line.text, following.text, words)
        parts[-1] = parts[-1][: len(parts[-1]) - drop]
        parts += [between, following.text]
    return Paragraph("".join(parts), "", page, first.start, last.start + len(last.text))
