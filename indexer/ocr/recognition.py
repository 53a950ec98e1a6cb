"""Reads one page with Tesseract, as a program within fences of its own.

A page of a PDF is drawn first; a picture is given to the program as it is, once its header has said
that it is not too large. What comes back is a table of words with their boxes and how sure the
program is of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from backstory.engine.errors import BackstoryError, UnreadableDocument
from backstory.engine.remarks import Code
from backstory.indexer.ocr.pages import OcrPage, OcrWord
from backstory.indexer.ocr.rendering import Renderer
from backstory.indexer.readers.pictures import is_picture, size_of
from backstory.indexer.settings import FormatSettings, OcrSettings
from backstory.indexer.tools import OUTPUT, Tool, run

PROGRAM = "tesseract"
INSTALL = "install tesseract-ocr (Debian and Ubuntu), or tesseract (Homebrew)"
_WORD = "5"  # the level of the rows that are words
_VERSION = re.compile(rb"tesseract v?(\d[\w.]*)")
_LANGUAGE = re.compile(r"[A-Za-z0-9_]+(?:\+[A-Za-z0-9_]+)*")
_FULL = 100.0


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

    def check_languages(self) -> None:
        """Raise BackstoryError where it lacks a language that the settings name."""
        listed = self._said("--list-langs").decode("utf-8", "replace").splitlines()[1:]
        there = sorted({line.strip() for line in listed if line.strip()} - {"osd"})
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
            table = self._table(data, page)
        except UnreadableDocument as error:
            return OcrPage(failure=self._why(error), made_by=made_by)
        return OcrPage(tuple(words_in(table)), made_by=made_by)

    def _table(self, data: bytes, page: int) -> bytes:
        if not is_picture(data):
            drawn, dpi = self._renderer.draw(data, page)
            return self._program.read(drawn, "page.pgm", ["--dpi", str(dpi)], self._look)
        width, height = size_of(data, page)
        limit = self._program.ocr.max_megapixels
        if width * height > limit * 1_000_000:
            large = f"{width:,} × {height:,} dots are more than {limit} million"  # noqa: RUF001
            raise UnreadableDocument("picture", f"{large} (ocr.max_megapixels)")
        options = ["-c", f"tessedit_page_number={page - 1}"]
        return self._program.read(data, "picture", options, self._look)

    def _why(self, error: UnreadableDocument) -> str:
        if error.remark.code is Code.TIMED_OUT:
            return f"not read within {self._program.ocr.page_seconds:g} seconds (ocr.page_seconds)"
        return error.reason if error.remark.code is Code.UNREADABLE else "Tesseract failed on it"


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
