"""Footnotes: small type below the text of a column, which begins with the mark of a note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from backstory.indexer.readers.pdf.lines import Line, Role

_SMALLER = 0.95
_MOST = 400  # lines of a page that may have notes
_MARK = re.compile(r"(?:\d{1,3}|\[\d{1,3}\]|[*†‡§¶]+)[.)]?\s?\S|[a-z][.)]?\s[A-Z\"“]")


def with_notes(page: Sequence[Line], body: float) -> list[Line]:
    """Return the lines of a page, those of footnotes in the role NOTE.

    `body` is the size of the document's text.
    """
    found = list(page)
    if len(found) > _MOST:
        return found
    at = 0
    while at < len(found):
        end = _end_of_note(found, at, body)
        if end > at:
            found[at:end] = [replace(line, role=Role.NOTE) for line in found[at:end]]
        at = max(end, at + 1)
    return found


def _end_of_note(lines: Sequence[Line], start: int, body: float) -> int:
    """Return where the notes end that begin start a line; that line where none do."""
    first = lines[start]
    if first.role is not Role.TEXT or first.size >= _SMALLER * body or not _MARK.match(first.text):
        return start
    above = [
        line for line in lines[:start] if line.overlaps(first) and line.size >= _SMALLER * body
    ]
    if not above or min(line.base for line in above) < first.base:
        return start
    end = start + 1
    while end < len(lines) and _is_more(lines[end - 1], lines[end], body):
        end += 1
    below = [line for line in lines[end:] if line.role is Role.TEXT and line.overlaps(first)]
    return start if any(line.base < first.base for line in below) else end


def _is_more(a: Line, b: Line, body: float) -> bool:
    return b.role is Role.TEXT and b.size < _SMALLER * body and b.base <= a.base + 0.5 * a.size
