"""A page of a PDF or a picture as pixels, with its words and where they stand.

It runs where documents are read, behind fences. What it gives are numbers and letters only: whoever
shows them makes the picture.
"""

from __future__ import annotations

import contextlib
import json
import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code
from backstory.indexer.readers import Source
from backstory.indexer.readers.pictures import is_picture, shown

MOST_CHARACTERS = 100_000  # of a page that are looked at: a page of small type has 10,000
_FEWEST, _MOST = 1, 8_000  # pixels of an edge
_USUAL = (612.0, 792.0)  # points, for a page whose size is none

_Word = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class RenderPage:
    """A task for `ReadingRoom.run`: page `number` from 1, at most `width` pixels wide.

    The answer is a line of JSON (pages in all, width, height, words with the left, top, right and
    bottom of each in pixels), and three bytes for each pixel: red, green and blue, row by row.
    """

    number: int
    width: int
    most_pixels: int

    def __call__(self, source: Source) -> bytes:
        """Render the page; without a line of pixels where there is no such page."""
        from pypdfium2 import PdfDocument, PdfiumError

        if is_picture(source.data):
            return _answer(*shown(source, self.number, self.width, self.most_pixels))
        try:
            document = PdfDocument(source.whole)
            try:
                with contextlib.suppress(PdfiumError):  # then fields are not drawn
                    document.init_forms()
                return self._rendered(document)
            finally:
                document.close()
        except PdfiumError as error:
            raise UnreadableDocument(source.name, f"broken (PDF): {error}", Code.BROKEN) from error

    def _rendered(self, document: Any) -> bytes:
        count = len(document)
        if not 0 < self.number <= count:
            return _answer(count, 0, 0, [], b"")
        page = document[self.number - 1]
        try:
            width, height = pixels_of(page.get_size(), self.width, self.most_pixels)
            pixels = _drawn(document, page, width, height)
            return _answer(count, width, height, list(_words(page, width, height)), pixels)
        finally:
            page.close()


def pixels_of(size: tuple[float, float], width: int, most: int) -> tuple[int, int]:
    """Return width and height in pixels of a page of `size` points, of at most `most` pixels."""
    across, down = size if all(0 < each < math.inf for each in size) else _USUAL
    scale = min(width / across, math.sqrt(most / across / down))
    wide, high = (min(max(int(each * scale), _FEWEST), _MOST) for each in (across, down))
    return wide, high


def _drawn(document: Any, page: Any, width: int, height: int) -> bytes:
    from pypdfium2 import PdfBitmap, raw

    bitmap = PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGR, rev_byteorder=True)
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags)
        if document.formenv is not None:
            raw.FPDF_FFLDraw(document.formenv, bitmap, page, 0, 0, width, height, 0, flags)
        whole = memoryview(bitmap.buffer).cast("B")
        row = width * 3
        if bitmap.stride == row:
            return bytes(whole[: row * height])
        starts = range(0, bitmap.stride * height, bitmap.stride)
        return b"".join(whole[start : start + row] for start in starts)
    finally:
        bitmap.close()


def _words(page: Any, width: int, height: int) -> Iterator[_Word]:
    """Yield the words of a page in the order of the file, each with its place in pixels."""
    text = page.get_textpage()
    try:
        places = _Places(page, text, width, height)
        letters: list[str] = []
        boxes: list[tuple[int, int, int, int]] = []
        for position in range(min(text.count_chars(), MOST_CHARACTERS)):
            letter = places.letter(position)
            if not letter or _stands_alone(letter):
                yield from _joined(letters, boxes)
                letters, boxes = [], []
            if letter:
                letters.append(letter)
                boxes.append(places.box(position))
        yield from _joined(letters, boxes)
    finally:
        text.close()


def _stands_alone(letter: str) -> bool:
    """Tell whether a letter is written without spaces around words, as Chinese is."""
    return "\u2e80" <= letter <= "\u9fff" or letter >= "\U00020000"


def _joined(letters: list[str], boxes: list[tuple[int, int, int, int]]) -> Iterator[_Word]:
    if letters:
        left, top, right, bottom = zip(*boxes, strict=True)
        yield "".join(letters), min(left), min(top), max(right), max(bottom)


class _Places:
    """Where the characters of a page stand on its picture, turned pages too."""

    def __init__(self, page: Any, text: Any, width: int, height: int) -> None:
        from ctypes import c_int

        from pypdfium2 import raw

        self._raw, self._page, self._text = raw, page, text
        self._width, self._height = width, height
        self._box = raw.FS_RECTF()
        self._x, self._y = c_int(), c_int()

    def letter(self, position: int) -> str:
        """Return a letter, digit or accent; "" for anything else."""
        code = self._raw.FPDFText_GetUnicode(self._text, position)
        letter = chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else " "
        return letter if letter.isalnum() or unicodedata.combining(letter) else ""

    def box(self, position: int) -> tuple[int, int, int, int]:
        """Return the left, top, right and bottom of a character, as high as its line."""
        box = self._box
        self._raw.FPDFText_GetLooseCharBox(self._text, position, box)
        x, y = zip(self._point(box.left, box.top), self._point(box.right, box.bottom), strict=True)
        return min(x), min(y), max(x), max(y)

    def _point(self, across: float, up: float) -> tuple[int, int]:
        x, y = self._x, self._y
        self._raw.FPDF_PageToDevice(
            self._page, 0, 0, self._width, self._height, 0, across, up, x, y
        )
        return min(max(x.value, 0), self._width), min(max(y.value, 0), self._height)


def _answer(count: int, width: int, height: int, words: Sequence[_Word], pixels: bytes) -> bytes:
    return json.dumps([count, width, height, words]).encode() + b"\n" + pixels
