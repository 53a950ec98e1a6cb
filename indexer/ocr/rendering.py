"""Draws a page of a PDF in grey, behind the fences of readers, for the program that reads it.

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
from backstory.indexer.isolation import ReadingRoom
from backstory.indexer.readers import Source
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
        self._room = ReadingRoom(replace(formats, seconds=ocr.page_seconds), look)

    def draw(self, pdf: bytes, page: int) -> tuple[bytes, int]:
        """Return a page, counted from 1, as PGM, with the dots an inch that it was drawn with.

        Raises UnreadableDocument where it is broken, or takes too long.
        """
        name = f"page {page}"
        source = Source(Path(name), name, pdf, False, CorpusSettings())
        task = DrawPage(page, self._ocr.dpi, self._ocr.max_megapixels * 1_000_000)
        try:
            answer = self._room.run(source, task)
        except UnreadableDocument as error:
            if error.remark.code in _SAID:
                raise
            raise UnreadableDocument(name, "it cannot be drawn") from error
        except OSError as error:
            raise UnreadableDocument(name, "it cannot be drawn") from error
        drawn_dpi, _, picture = answer.partition(b" ")
        if not picture.startswith(b"P5\n") or not drawn_dpi.isdigit():
            raise UnreadableDocument(name, "the page is broken")
        return picture, int(drawn_dpi)

    def close(self) -> None:
        """End the process; the next page gets a new one."""
        self._room.close()


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
        return b"%d P5\n%d %d\n255\n" % (fitting, width, height) + grey
