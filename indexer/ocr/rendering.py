"""Draws a page of a PDF in grey, in a process behind fences, for the program that reads it.

The process gets the bytes of the file and no path. It draws no more dots than it may, however large
the page claims to be, and is ended where a page takes it too long.
"""

from __future__ import annotations

import contextlib
import math
import pickle
import signal
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.exchange import FalseAnswer, ask, receive, send
from backstory.indexer.sandbox import MEGABYTE, bare_environment, confine_reader
from backstory.indexer.scratch import Scratch
from backstory.indexer.settings import FormatSettings, OcrSettings
from backstory.indexer.spawning import Child, sigint_blocked

POINTS = 72  # in an inch
_START_SECONDS = 60.0
_BROKEN = b"!"
_ROUNDED = 1.05  # sides are rounded up: so much more than the limit may be drawn
_OF_PYTHON_MB = 256  # what the process takes before it reads a page


class Renderer:
    """A process that draws pages, one after the other; for one thread.

    `look` is called while it is waited for; what that raises ends the process.
    """

    def __init__(
        self, ocr: OcrSettings, formats: FormatSettings, look: Callable[[], None] = lambda: None
    ) -> None:
        self._ocr, self._look = ocr, look
        self._formats = replace(formats, seconds=ocr.page_seconds)
        self._child: Child | None = None
        self._scratch: Scratch | None = None

    def draw(self, pdf: bytes, page: int) -> tuple[bytes, int]:
        """Return a page, counted from 1, as PGM, with the dots an inch that it was drawn with.

        Raises UnreadableDocument where it is broken, or takes too long.
        """
        dpi, limit = self._ocr.dpi, self._ocr.max_megapixels * 1_000_000
        try:
            answer = self._ask(pickle.dumps((pdf, page, dpi, limit)))
        except (EOFError, OSError, FalseAnswer) as error:
            self.close()
            raise UnreadableDocument(f"page {page}", "it cannot be drawn") from error
        except BaseException:  # its answer would be taken for that to the next question
            self.close()
            raise
        if answer is None:
            self.close()
            late = f"not drawn within {self._ocr.page_seconds:g} seconds (ocr.page_seconds)"
            raise UnreadableDocument(f"page {page}", late)
        drawn_dpi, _, picture = answer.partition(b" ")
        if not picture.startswith(b"P5\n") or not drawn_dpi.isdigit():
            raise UnreadableDocument(f"page {page}", "the page is broken")
        return picture, int(drawn_dpi)

    def close(self) -> None:
        """End the process; the next page gets a new one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
        scratch, self._scratch = self._scratch, None
        if scratch is not None:
            scratch.close()

    def _ask(self, question: bytes) -> bytes | None:
        most = int(self._ocr.max_megapixels * 1_000_000 * _ROUNDED) + 100
        line = self._open().line.fileno()
        return ask(line, question, self._ocr.page_seconds, most, self._look)

    def _open(self) -> Child:
        if self._child is not None and self._child.is_alive:
            return self._child
        self.close()
        self._scratch = Scratch(self._formats.max_unpacked_mb * MEGABYTE)
        folder = str(self._scratch.path)
        memory = (self._formats.memory_mb + _OF_PYTHON_MB) * MEGABYTE
        with sigint_blocked():
            child = self._child = Child(
                _serve, self._formats, folder, memory, environment=bare_environment(folder)
            )
        if ask(child.line.fileno(), b"", _START_SECONDS, 100, self._look) is None:
            raise OSError("the process that draws pages did not start")
        return child


def dpi_within(width: float, height: float, dpi: int, limit: int) -> int:
    """Return with how many dots an inch a page of so many points has no more dots than `limit`.

    It is `dpi` where that is few enough, and 0 where a page is too large to be drawn at all.
    """
    inches = (width / POINTS) * (height / POINTS)
    if not math.isfinite(inches) or inches <= 0:
        return 0
    return min(dpi, int(math.sqrt(limit / inches)))


# --- In the other process


def _serve(line: Connection, formats: FormatSettings, scratch: str, memory: int) -> None:
    import pypdfium2  # noqa: F401  # before the fences, which limit how much memory is mapped

    confine_reader(scratch, formats, memory)
    send(line.fileno(), b"ready")
    while True:
        pdf, page, dpi, limit = pickle.loads(receive(line.fileno()))
        signal.setitimer(signal.ITIMER_VIRTUAL, formats.seconds)  # ends it in C code, too
        answer = _BROKEN
        with contextlib.suppress(Exception):  # whatever it is: this page cannot be drawn
            answer = _drawn(pdf, page, dpi, limit)
        send(line.fileno(), answer)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _drawn(pdf: bytes, number: int, dpi: int, limit: int) -> bytes:
    """Return a page as its dots an inch, a blank, and the picture as PGM."""
    from pypdfium2 import PdfDocument

    document = PdfDocument(pdf)
    try:
        with contextlib.suppress(Exception):  # then fields are drawn without what fills them
            document.init_forms()
        page = document[number - 1]
        wide, high = page.get_size()
        fitting = dpi_within(wide, high, dpi, limit)
        drawn = [math.ceil(side * fitting / POINTS) for side in (wide, high)]
        if not fitting or math.prod(drawn) > limit * _ROUNDED:
            return _BROKEN
        bitmap = page.render(scale=fitting / POINTS, grayscale=True, may_draw_forms=True)
        width, height, stride = bitmap.width, bitmap.height, bitmap.stride
        dots = memoryview(bitmap.buffer).cast("B")
        rows = (dots[at * stride : at * stride + width] for at in range(height))
        grey = bytes(dots[: width * height]) if stride == width else b"".join(rows)
        return b"%d P5\n%d %d\n255\n" % (fitting, width, height) + grey
    finally:
        document.close()
