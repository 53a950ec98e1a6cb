"""Draws a page of a PDF in grey, behind the fences of readers, for the program that reads it.

A picture that lies on its side is set upright there as well.

No more dots are drawn than may be, however large the page claims to be.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code
from backstory.indexer.isolation import ReadingRoom, Task
from backstory.indexer.readers import Source
from backstory.indexer.readers.pdf.characters import lines_of_page
from backstory.indexer.readers.pdf.stamped import hide, stamps
from backstory.indexer.readers.pictures import upright
from backstory.indexer.sandbox import FONTS
from backstory.indexer.settings import CorpusSettings, FormatSettings, OcrSettings

POINTS = 72  # in an inch
_ROUNDED = 1.05  # sides are rounded up: so much more than the limit may be drawn
_SAID = frozenset({Code.TIMED_OUT, Code.UNREADABLE})


class Renderer:
    """Draws pages, one after the other, in a process of its own; for one thread.

    `look` is called while it is waited for; what that raises ends the process.
    """

    def __init__(
        self, ocr: OcrSettings, formats: FormatSettings, look: Callable[[], None] = lambda: None
    ) -> None:
        self._ocr = ocr
        limits = replace(formats, seconds=ocr.page_seconds)
        self._room = ReadingRoom(limits, look, folders=FONTS)

    def draw(self, pdf: bytes, page: int) -> tuple[bytes, int]:
        """Return a page, counted from 1, as PGM, with the dots an inch that it was drawn with.

        Raises UnreadableDocument where it is broken, or takes too long.
        """
        task = DrawPage(page, self._ocr.dpi, self._ocr.max_megapixels * 1_000_000)
        drawn_dpi, _, picture = self._run(task, pdf, page).partition(b" ")
        if not drawn_dpi.isdigit():
            raise UnreadableDocument(f"page {page}", "the page is broken")
        return _checked(picture, page), int(drawn_dpi)

    def upright(self, picture: bytes, page: int) -> bytes:
        """Return a page of a picture, counted from 1, as PGM, turned as its camera says.

        Raises UnreadableDocument where it cannot be decoded, or takes too long.
        """
        return _checked(self._run(SetUpright(page), picture, page), page)

    def _run(self, task: Task, data: bytes, page: int) -> bytes:
        name = f"page {page}"
        source = Source(Path(name), name, data, False, CorpusSettings())
        try:
            return self._room.run(source, task)
        except UnreadableDocument as error:
            if error.remark.code in _SAID:
                raise
            raise UnreadableDocument(name, "it cannot be drawn") from error
        except OSError as error:
            raise UnreadableDocument(name, "it cannot be drawn") from error

    def close(self) -> None:
        """End the process; the next page gets a new one."""
        self._room.close()


def _checked(picture: bytes, page: int) -> bytes:
    if not picture.startswith(b"P5\n"):
        raise UnreadableDocument(f"page {page}", "the page is broken")
    return picture


def dpi_within(width: float, height: float, dpi: int, limit: int) -> int:
    """Return with how many dots an inch a page of so many points has no more dots than `limit`.

    It is `dpi` where that is few enough, and 0 where a page is too large to be drawn at all.
    """
    inches = (width / POINTS) * (height / POINTS)
    if not math.isfinite(inches) or inches <= 0:
        return 0
    return min(dpi, int(math.sqrt(limit / inches)))


# --- In the other process


@dataclass(frozen=True, slots=True)
class DrawPage:
    """A task for `ReadingRoom.run`: draw page `number`, from 1, with at most `limit` dots.

    The answer is its dots an inch, a blank, and the picture as PGM.
    """

    number: int
    dpi: int
    limit: int

    def __call__(self, source: Source) -> bytes:
        """Draw the page; raises UnreadableDocument where it cannot be drawn."""
        from pypdfium2 import PdfDocument, PdfiumError

        try:
            document = PdfDocument(source.data)
            try:
                with contextlib.suppress(PdfiumError):  # then fields are drawn without their text
                    document.init_forms()
                return self._drawn(document, source.name)
            finally:
                document.close()
        except (PdfiumError, IndexError) as error:
            raise UnreadableDocument(source.name, "the page is broken") from error

    def _drawn(self, document: Any, name: str) -> bytes:
        page = document[self.number - 1]
        hide(stamps(page, lines_of_page(page, self.number)))  # these letters are read as they are
        wide, high = page.get_size()
        fitting = dpi_within(wide, high, self.dpi, self.limit)
        drawn = [math.ceil(side * fitting / POINTS) for side in (wide, high)]
        if not fitting or math.prod(drawn) > self.limit * _ROUNDED:
            raise UnreadableDocument(name, "the page is broken")
        bitmap = page.render(scale=fitting / POINTS, grayscale=True, may_draw_forms=True)
        width, height, stride = bitmap.width, bitmap.height, bitmap.stride
        dots = memoryview(bitmap.buffer).cast("B")
        rows = (dots[at * stride : at * stride + width] for at in range(height))
        grey = bytes(dots[: width * height]) if stride == width else b"".join(rows)
        return b"%d " % fitting + _pgm(width, height, grey)


@dataclass(frozen=True, slots=True)
class SetUpright:
    """A task for `ReadingRoom.run`: page `number` of a picture, from 1, upright, as PGM."""

    number: int

    def __call__(self, source: Source) -> bytes:
        """Decode the page; raises UnreadableDocument."""
        return _pgm(*upright(source, self.number))


def _pgm(width: int, height: int, grey: bytes) -> bytes:
    return b"P5\n%d %d\n255\n" % (width, height) + grey
