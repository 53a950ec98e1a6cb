"""Reads one page with Tesseract, as a program within fences of its own.

A page of a PDF is drawn first; a picture is given to the program as it is, once its header has said
that it is not too large. What comes back is a table of words with their boxes and how sure the
program is of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from backstory.engine.errors import BackstoryError, UnreadableDocument
from backstory.engine.remarks import Code
from backstory.indexer.ocr.pages import OcrPage, OcrWord
from backstory.indexer.ocr.rendering import Renderer
from backstory.indexer.readers.orientation import UPRIGHT, orientation_of
from backstory.indexer.readers.pictures import is_picture, size_of
from backstory.indexer.settings import FormatSettings, OcrSettings
from backstory.indexer.tools import OUTPUT, Tool, run

PROGRAM = "tesseract"
INSTALL = "install tesseract-ocr (Debian and Ubuntu), or tesseract (Homebrew)"
_WORD = "5"  # the level of the rows that are words
_VERSION = re.compile(rb"tesseract v?(\d[\w.]*)")
_LANGUAGE = re.compile(r"[A-Za-z0-9_]+(?:\+[A-Za-z0-9_]+)*")
_FULL = 100.0
DOUBTFUL = 60  # mean confidence of a page below which it may lie on its side
_TURNING, _ORIENTATION = "1", "osd"  # the way of reading that turns pages, and what it needs


@dataclass(frozen=True)
class Program:
    """Tesseract as it is installed, and what it is to read with."""

    tool: Tool
    ocr: OcrSettings
    formats: FormatSettings

    @classmethod
    def of(cls, ocr: OcrSettings, formats: FormatSettings) -> Program | None:
        """Return the program, None where it is not installed."""
        tool = Tool.named(PROGRAM)
        return cls(tool, ocr, replace(formats, seconds=ocr.page_seconds)) if tool else None

    @cached_property
    def made_by(self) -> str:
        """What tells one way of reading from another: version, languages and resolution."""
        found = _VERSION.search(self._said("--version"))
        version = found[1].decode() if found else "?"
        return f"{PROGRAM} {version}, {self.ocr.languages}, {self.ocr.dpi} dpi"

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages that are installed, as Tesseract calls them."""
        listed = self._said("--list-langs").decode("utf-8", "replace").splitlines()[1:]
        return frozenset(line.strip() for line in listed if line.strip())

    @property
    def can_turn(self) -> bool:
        """Whether it can tell that a page lies on its side."""
        return _ORIENTATION in self.languages

    def check_languages(self) -> None:
        """Raise BackstoryError where it lacks a language that the settings name."""
        there = sorted(self.languages - {_ORIENTATION})
        wanted = self.ocr.languages
        lacking = [each for each in wanted.split("+") if each not in there]
        if lacking or not _LANGUAGE.fullmatch(wanted):
            raise BackstoryError(
                f"Tesseract has no language {lacking[0] if lacking else wanted!r}"
                f" (ocr.languages = {wanted!r}); it has {', '.join(there) or 'none'}.",
                "Install it, on Debian as tesseract-ocr-spa for spa, or set ocr.languages.",
            )

    def _said(self, option: str) -> bytes:
        return run(self.tool, [option], {}, self.formats)[OUTPUT]

    def read(self, picture: bytes, name: str, options: Sequence[str], look: Look) -> bytes:
        """Return the table of words on a picture; raises UnreadableDocument."""
        arguments = [name, "stdout", "-l", self.ocr.languages, *options, "tsv"]
        return run(self.tool, arguments, {name: picture}, self.formats, look)[OUTPUT]


Look = Callable[[], None]


class Recognizer:
    """Reads pages, one after the other; for one thread.

    `look` is called while a page is being read; what it raises ends that.
    """

    def __init__(self, program: Program, look: Look = lambda: None) -> None:
        self._program, self._look = program, look
        self._renderer = Renderer(program.ocr, program.formats, look)

    def close(self) -> None:
        """End the process that draws pages."""
        self._renderer.close()

    def read(self, data: bytes, page: int) -> OcrPage:
        """Read a page, counted from 1, of a PDF or picture; where that fails, say why."""
        made_by = self._program.made_by
        try:
            words = self._words(data, page)
        except UnreadableDocument as error:
            return OcrPage(failure=self._why(error), made_by=made_by)
        return OcrPage(tuple(words), made_by=made_by)

    def _words(self, data: bytes, page: int) -> list[OcrWord]:
        """Return the words of a page; one that makes no sense may lie on its side, and is turned.

        To look first how each page lies would cost a fifth of the time.
        """
        picture, name, options = self._picture(data, page)
        words = words_in(self._program.read(picture, name, options, self._look))
        if _sure(words) >= DOUBTFUL or not self._program.can_turn:
            return words
        turning = [*options, "--psm", _TURNING]
        turned = words_in(self._program.read(picture, name, turning, self._look))
        return max(words, turned, key=_sure)

    def _picture(self, data: bytes, page: int) -> tuple[bytes, str, list[str]]:
        """Return what the program reads, under which name, and its options."""
        if not is_picture(data):
            drawn, dpi = self._renderer.draw(data, page)
            return drawn, "page.pgm", ["--dpi", str(dpi)]
        width, height = size_of(data, page)
        limit = self._program.ocr.max_megapixels
        if width * height > limit * 1_000_000:
            large = f"{width:,} × {height:,} dots are more than {limit} million"  # noqa: RUF001
            raise UnreadableDocument("picture", f"{large} (ocr.max_megapixels)")
        if orientation_of(data, page) != UPRIGHT:
            with suppress(UnreadableDocument):  # then it is read as it lies
                return self._renderer.upright(data, page), "page.pgm", []
        return data, "picture", ["-c", f"tessedit_page_number={page - 1}"]

    def _why(self, error: UnreadableDocument) -> str:
        if error.remark.code is Code.TIMED_OUT:
            return f"not read within {self._program.ocr.page_seconds:g} seconds (ocr.page_seconds)"
        return error.reason if error.remark.code is Code.UNREADABLE else "Tesseract failed on it"


def _sure(words: Sequence[OcrWord]) -> float:
    """Return how sure the program was of a page in the mean of its letters, 0 to 100."""
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / max(letters, 1)


def words_in(table: bytes) -> list[OcrWord]:
    """Return the words of a page, from the table that Tesseract prints (TSV)."""
    rows = [line.split("\t", 11) for line in table.decode("utf-8", "replace").splitlines()[1:]]
    rows = [row for row in rows if len(row) == 12]
    page = next((row for row in rows if row[0] == "1"), None)
    if page is None:
        return []
    wide, high = max(int(page[8]), 1), max(int(page[9]), 1)
    found = [row for row in rows if row[0] == _WORD and row[11].strip()]
    lines, paragraphs = _counted(found, slice(2, 5)), _counted(found, slice(2, 4))
    return [
        _word(row, wide, high, line, paragraph)
        for row, line, paragraph in zip(found, lines, paragraphs, strict=True)
    ]


def _counted(rows: Sequence[Sequence[str]], key: slice) -> list[int]:
    """Return for each row the number of the line or paragraph that it is in, from 1."""
    numbers = [1] if rows else []
    for before, row in pairwise(rows):
        numbers.append(numbers[-1] + (before[key] != row[key]))
    return numbers


def _word(row: Sequence[str], wide: int, high: int, line: int, paragraph: int) -> OcrWord:
    left, top, width, height = map(int, row[6:10])
    sure = min(max(float(row[10]), 0.0), _FULL)
    box = (left / wide, top / high, (left + width) / wide, (top + height) / high)
    return OcrWord(row[11].strip(), *box, sure, line, paragraph)
