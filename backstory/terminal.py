"""Text for the terminal: wrapped, with highlighted marks, and without control characters."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap

import click

from backstory.engine import characters
from backstory.engine.documents import Document, Passage
from backstory.engine.hits import Hit, cut
from backstory.engine.matching import Span

MARKED, END = "\ue000", "\ue001"  # private signs that stand for marks while text is wrapped
WIDEST = 100
_SIGNS = str.maketrans(dict.fromkeys((MARKED, END), "\ufffd"))


def visible(text: str) -> str:
    """Return `text` with control and direction characters shown as symbols, as many as before."""
    return characters.visible(text).translate(_SIGNS)


def use_escapes(color: bool | None = None) -> bool:
    """Tell whether escape sequences may be written to the standard output."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb" if color is None else color


def emphasise(text: str) -> str:
    """Return `text` as a hit: coloured, bold where colour is off, `**so**` where escapes are."""
    if not use_escapes():
        return f"**{text}**"
    if os.environ.get("NO_COLOR"):
        return click.style(text, bold=True)
    return click.style(text, fg="yellow", bold=True)


def heading(text: str) -> str:
    """Return a line that stands out."""
    return click.style(text, bold=True) if use_escapes() else text


def width() -> int:
    """Return how wide text is set."""
    return min(shutil.get_terminal_size((80, 24)).columns, WIDEST)


def cells(text: str) -> int:
    """Return how many columns a visible text takes: two for 中, none for an accent set apart."""
    from wcwidth import wcswidth  # 15 ms: only where columns are aligned

    return max(wcswidth(text), 0)


def wrapped(text: str, marks: tuple[Span, ...] = (), indent: str = "  ") -> str:
    """Wrap a passage, with its marks, to the terminal's width."""
    # Marks are set as single signs at the ends of words, so that wrapping counts letters.
    signed = "".join(
        f"{MARKED}{visible(part)}{END}" if is_marked else visible(part)
        for part, is_marked in cut(text, marks)
    )
    lines = textwrap.fill(
        signed,
        width(),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return _with_marks(lines)


def _with_marks(signed: str) -> str:
    parts = signed.split(MARKED)
    shown = [parts[0]]
    for part in parts[1:]:
        inside, _, after = part.partition(END)
        shown += ["\n".join(_mark_line(line) for line in inside.split("\n")), after]
    return "".join(shown)


def _mark_line(line: str) -> str:
    bare = line.lstrip()
    return line[: len(line) - len(bare)] + emphasise(bare) if bare else line


def described(hit: Hit) -> str:
    """Return a hit's first line: title, source, date and address."""
    facts = [hit.title, hit.source, dated(hit)]
    shown = " · ".join(visible(fact) for fact in facts if fact)
    return heading(f"{shown}  {visible(hit.passage)}{spot(hit)}")


def dated(shown: Hit | Document) -> str:
    """Return a date as lists show it, "" where there is none: a guessed one says so."""
    return f"{shown.date} (guessed)" if shown.date and shown.date_guessed else shown.date


def spot(passage: Passage | Hit) -> str:
    """Return what follows an address: where the passage stands, and whether it is from a scan."""
    page = f", page {passage.page}" if passage.page is not None else ""
    time = f", at {passage.time}" if passage.time else ""
    cells = f", cells {passage.cells}" if passage.cells else ""
    return page + time + cells + scanned(passage)


def scanned(passage: Passage | Hit) -> str:
    """Return that a passage was read from a scan, and how certainly; "" where it was not."""
    confidence = passage.confidence
    return "" if confidence is None else f" (read from a scan, confidence {confidence})"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 passage`, `1,024 passages`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
