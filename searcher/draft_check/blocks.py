"""The paragraphs, headings and block quotes of a draft, with all markup of Markdown blanked out.

Markup is replaced by as many blanks, so that every offset into the plain text is one into the
draft. A plain text has next to none of it and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1[^\n]*$|\Z)", re.DOTALL | re.MULTILINE)
# HTML that stands in Markdown; other words between these signs are words: <Noranda Inc>.
_TAGS = (
    "a|abbr|b|blockquote|br|cite|code|del|div|em|figure|figcaption|font|h[1-6]|hr|i|img|ins|li|mark"
    "|ol|p|pre|q|s|small|span|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul"
)
_HIDDEN = re.compile(
    rf"<!--.*?(?:-->|\Z)|</?(?:{_TAGS})(?:\s[^<>\n]{{0,200}})?/?>", re.DOTALL | re.IGNORECASE
)
_FOOTNOTE = re.compile(r"^ {0,3}\[\^[^\]\s]{1,60}\]:.*$|\[\^[^\]\s]{1,60}\]", re.MULTILINE)
_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\([^()\n]{0,1000}\)")
_LINK = re.compile(r"\[([^\]\n]{1,300})(\]\([^()\n]{0,1000}\))")
_EMPHASIS = re.compile(r"(?<!\w)[*_~`]{1,3}(?=\S)|(?<=\S)[*_~`]{1,3}(?!\w)|\*{1,3}|`")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_STARTS = re.compile(r"^[ \t]*(?:>[ \t]?)*[ \t]*(?:#{1,6}(?=\s)|[-*+](?=\s)|\d{1,3}[.)](?=\s))?")
_ATTRIBUTION = re.compile(r"^\s*(?:[—–]|--?)\s*\S")
_UNDERLINE = re.compile(r"^ {0,3}(?:=+|-{2,}|\*{3,}|_{3,})[ \t]*$")


class BlockKind(StrEnum):
    """What a block of a draft is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTATION = "quotation"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a draft as [start, end) offsets into its text."""

    start: int
    end: int
    kind: BlockKind = BlockKind.PARAGRAPH


@dataclass(frozen=True, slots=True)
class DraftText:
    """A draft: its text, the same with blanks for all markup, and its blocks in order."""

    text: str
    plain: str
    blocks: tuple[Block, ...]


def read_draft(text: str) -> DraftText:
    """Read a text that may be Markdown; any text is a draft."""
    plain = _without_markup(text)
    return DraftText(text, plain, tuple(_blocks(text, plain)))


def _without_markup(text: str) -> str:
    plain = text
    for pattern in (_FRONT_MATTER, _FENCE, _HIDDEN, _IMAGE, _FOOTNOTE):
        plain = pattern.sub(_blank, plain)
    plain = _LINK.sub(lambda link: f" {link[1]}{_blanks(link[2])}", plain)
    lines = (_STARTS.sub(_blank, line) for line in plain.split("\n"))
    plain = "\n".join(_blanks(line) if _UNDERLINE.match(line) else line for line in lines)
    return _EMPHASIS.sub(_blank, _ESCAPE.sub(_blank, plain))


def _blank(matched: re.Match[str]) -> str:
    return _blanks(matched[0])


def _blanks(text: str) -> str:
    return "".join(sign if sign == "\n" else " " for sign in text)


def _blocks(text: str, plain: str) -> Iterator[Block]:
    """Yield the blocks: lines of one kind side by side, up to a blank line or a new list item."""
    start, end, kind = 0, 0, BlockKind.PARAGRAPH
    for first, last in _lines(text):
        line = text[first:last]
        of_line, is_blank = _kind(line), not plain[first:last].strip()
        if of_line is kind and not is_blank and not _begins_anew(line):
            start, end = (first, last) if start == end else (start, last)
            continue
        yield from _block(plain, start, end, kind)
        start, end, kind = (first, first, kind) if is_blank else (first, last, of_line)
    yield from _block(plain, start, end, kind)


def _block(plain: str, start: int, end: int, kind: BlockKind) -> Iterator[Block]:
    """Yield a block without blanks around it; who is quoted in a block quote is no part of it."""
    inside = plain[start:end]
    if not any(map(str.isalnum, inside)):
        return
    last = inside.rstrip().rfind("\n") + 1
    if kind is BlockKind.QUOTATION and _ATTRIBUTION.match(inside[last:]):
        yield from _block(plain, start, start + last, kind)
        yield from _block(plain, start + last, end, BlockKind.PARAGRAPH)
        return
    left = len(inside) - len(inside.lstrip())
    yield Block(start + left, start + len(inside.rstrip()), kind)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _kind(line: str) -> BlockKind:
    bare = line.lstrip()
    if bare.startswith(">"):
        return BlockKind.QUOTATION
    is_heading = bare.startswith("#") and bare.lstrip("#")[:1] in (" ", "\t")
    return BlockKind.HEADING if is_heading else BlockKind.PARAGRAPH


def _begins_anew(line: str) -> bool:
    bare = line.lstrip()
    is_item = re.match(r"(?:[-*+]|\d{1,3}[.)])\s", bare) is not None
    return is_item or _kind(line) is BlockKind.HEADING
