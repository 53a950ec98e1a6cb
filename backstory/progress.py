"""A progress bar on the terminal; silent where there is none."""

from __future__ import annotations

import os
import shutil
import sys
import time
import unicodedata
from typing import TYPE_CHECKING, TextIO

from backstory.terminal import counted, visible

if TYPE_CHECKING:
    from backstory.indexer.rereading import Rereading

PATIENCE = 1.0  # seconds before anything is shown
_EVERY = 0.1  # seconds between two drawings
_CELLS = 20  # of the bar
_FEWEST = 8  # columns in which a file's name is worth showing
_CLEAR = "\r\x1b[K"


class Bar:
    """Shows files, passages, rate, time left and the file being read, on one line."""

    def __init__(
        self, stream: TextIO | None = None, *, verb: str = "Indexing", patience: float = PATIENCE
    ) -> None:
        self._stream, self._verb, self._patience = stream or sys.stderr, verb, patience
        self._is_shown = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._began = self._drawn = time.monotonic()
        self._files = self._size = 0
        self._done = self._passages = self._read = 0
        self._name = ""
        self._has_drawn = False

    def start(self, files: int, size: int) -> None:
        """Set the total: files, and their size in bytes."""
        self._files, self._size = files, size
        self._began = time.monotonic()

    def reading(self, name: str) -> None:
        """Show another file's name."""
        self._name = name
        self._draw()

    def advance(self, files: int, passages: int, size: int) -> None:
        """Add files, passages and bytes to what is done."""
        self._done += files
        self._passages += passages
        self._read += size
        self._draw()

    def rereading(self, what: Rereading) -> None:
        """Say why files are read that have not changed."""
        self._stream.write(f"{rereading_sentence(what)}\n")
        self._stream.flush()

    def finish(self) -> None:
        """Leave the line empty for what comes next."""
        if self._has_drawn:
            self._stream.write(_CLEAR)
            self._stream.flush()

    def _draw(self) -> None:
        now = time.monotonic()
        if not self._is_shown or now - self._began < self._patience or now - self._drawn < _EVERY:
            return
        columns = shutil.get_terminal_size((80, 24)).columns
        self._stream.write(f"{_CLEAR}{self.line(columns - 1, now - self._began)}")
        self._stream.flush()
        self._drawn, self._has_drawn = now, True

    def facts(self, seconds: float) -> list[str]:
        """Return what the line says beside the bar, the most important first."""
        return [
            f"{self._done:,}/{counted(self._files, 'file')}",
            counted(self._passages, "passage"),
            f"{self._passages / max(seconds, 0.001):,.0f}/s",
        ]

    def line(self, columns: int, seconds: float) -> str:
        """Return the line as it stands after so many seconds, for so many columns."""
        share = self._read / self._size if self._size else 0.0
        filled = round(share * _CELLS)
        parts = [
            f"{self._verb} [{'#' * filled}{'-' * (_CELLS - filled)}]",
            *self.facts(seconds),
        ]
        if 0 < share < 1:
            parts.append(f"{_clock(seconds * (1 - share) / share)} left")
        line = ""
        for part in parts:  # as many as there is room for
            longer = f"{line}  {part}" if line else part
            line = longer if wide(longer) <= columns else line
        room = columns - wide(line) - 2
        return f"{line}  {fitted(visible(self._name), room)}" if room >= _FEWEST else line


class PageBar(Bar):
    """Shows the pages that OCR has read, rate, time left and the file they are of."""

    _doing, _unit = "Reading scans", "page"

    def __init__(self, stream: TextIO | None = None, *, patience: float = PATIENCE) -> None:
        super().__init__(stream, verb=self._doing, patience=patience)

    def facts(self, seconds: float) -> list[str]:
        """Return what the line says beside the bar, the most important first."""
        rate = self._done / max(seconds, 0.001)
        return [f"{self._done:,}/{counted(self._files, self._unit)}", f"{rate:.1f}/s"]


class PassageBar(PageBar):
    """Shows the passages that were embedded, rate, time left and the document they are of."""

    _doing, _unit = "Embedding", "passage"


class DocumentBar(PageBar):
    """Shows the documents that were copied into another index, rate and time left."""

    _doing, _unit = "Copying", "document"


def rereading_sentence(what: Rereading) -> str:
    """Return a sentence about what is read again, and what has changed that is the reason."""
    from backstory.indexer.rereading import READERS  # only where something is read again

    again = [counted(what.documents, "document")] if what.documents else []
    again += [counted(what.files, "skipped file")] if what.files else []
    reading = f"reading {' and '.join(again)} again."
    changed = ", ".join(name for name in what.settings if name != READERS)
    if not changed:
        return f"This version finds more in files than the one that indexed them: {reading}"
    return f"Settings that decide what is indexed have changed ({changed}): {reading}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def wide(text: str) -> int:
    """Return how many columns a text takes; ideographs take two, accents of their own none."""
    return sum(_columns(sign) for sign in text)


def _columns(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def fitted(text: str, columns: int) -> str:
    """Return a text that takes no more columns than there are: the end is kept, it tells most."""
    if wide(text) <= columns:
        return text
    left, tail = columns - 1, []
    for sign in reversed(text):
        left -= _columns(sign)
        if left < 0:
            break
        tail.append(sign)
    return "…" + "".join(reversed(tail)) if columns > 0 else ""
