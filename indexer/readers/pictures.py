"""Pictures: photographs and scans of paper, which are documents once OCR has read words on them.

To read one, no picture is decoded here. The header says how many pages there are and how large,
which is all that has to be known before a program that decodes it is asked to. To show one, Pillow
decodes it, behind the fences of readers.
"""

from __future__ import annotations

import io
import math
import re
import struct
from collections.abc import Iterator
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, Reading, Source, suffix_of, title_from_name
from backstory.indexer.readers.blocks import paragraphs
from backstory.indexer.readers.orientation import (
    UPRIGHT,
    directories,
    is_on_its_side,
    orientation_of,
)
from backstory.indexer.readers.scans import Scan

_PNG, _GIF, _TIFF = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a"), (b"II*\0", b"MM\0*")
_JPEG = b"\xff\xd8\xff"

FORMAT = Format(
    "a picture",
    suffixes=(".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp"),
    magic=(_PNG, *_GIF, *_TIFF),
    pattern=re.compile(
        rb"\xff\xd8\xff[\xc0-\xfe]|RIFF.{4}WEBPVP8|BM.{4}\0{4}.{4}[\x0c-\x7c]\0{3}", re.S
    ),
    media_types={
        "image/png": ".png",
        "image/jpeg": ".jpg",
        "image/tiff": ".tif",
        "image/gif": ".gif",
        "image/bmp": ".bmp",
        "image/webp": ".webp",
    },
    may_be_scanned=True,
)

_MOST_DOTS = 60_000_000  # of a page that is shown: in colour they take 180 MB
_MOST_PAGES = 2_000  # of a TIFF
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # of a JPEG, with its size
_WIDTH, _HEIGHT = 256, 257  # tags of a TIFF
# What makes a page upright, by the tag of its orientation, in Pillow's words.
_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}

Size = tuple[int, int]


def read(source: Source) -> Reading:
    """Return what OCR has read on a picture; raise UnreadableDocument where that is nothing."""
    pages = len(_sizes(source.whole))
    if not pages:
        raise UnreadableDocument(source.name, "broken (a picture)", Code.BROKEN)
    scan = Scan.of(source.recognised, range(1, pages + 1))
    if not scan.blocks:
        raise UnreadableDocument(source.name, scan.refusal(pages))
    _, cut = paragraphs(scan.blocks, heads=False)
    title = title_from_name(source.name)
    return Reading(cut, title=title, notes=scan.notes, left_out=scan.left_out)


def shown(
    source: Source, page: int, width: int, most_pixels: int
) -> tuple[int, int, int, tuple[()], bytes]:
    """Return how many pages there are, and a page in colour: its width, height, and pixels.

    It is the right way up. Words it has none. Raises UnreadableDocument for a picture that is
    broken or too large.
    """
    sizes = _sizes(source.data)
    if not 0 < page <= len(sizes):
        return len(sizes), 0, 0, (), b""
    if math.prod(sizes[page - 1]) > _MOST_DOTS:
        raise UnreadableDocument(source.name, "too large to be shown", Code.TOO_LARGE)
    across, down = _turned(sizes[page - 1], orientation_of(source.data, page))
    scale = min(width / across, math.sqrt(most_pixels / across / down), 1)
    size = max(int(across * scale), 1), max(int(down * scale), 1)
    return len(sizes), *size, (), _drawn(source, page, "RGB", size).tobytes()


def upright(source: Source, page: int) -> tuple[int, int, bytes]:
    """Return a page in grey, the right way up, as width, height and a byte for each dot.

    Raises UnreadableDocument for a picture that is broken.
    """
    size = _turned(size_of(source.data, page), orientation_of(source.data, page))
    return *size, _drawn(source, page, "L", size).tobytes()


def _turned(size: Size, orientation: int) -> Size:
    return (size[1], size[0]) if is_on_its_side(orientation) else size


def _drawn(source: Source, page: int, mode: str, size: Size) -> Any:
    """Return a page the right way up, in so many dots; raises UnreadableDocument."""
    try:
        from PIL import Image
    except ModuleNotFoundError as error:
        suffix = suffix_of(source.name)
        lacking = Remark.of(Code.NEEDS_EXTRA, suffix=suffix, requires=FORMAT.requires)
        raise UnreadableDocument(source.name, lacking) from error
    # A TIFF is turned by Pillow as it is decoded.
    is_turned = source.data.startswith(_TIFF)
    orientation = UPRIGHT if is_turned else orientation_of(source.data, page)
    stored = _turned(size, orientation)
    try:
        with Image.open(io.BytesIO(source.data)) as picture:
            picture.seek(page - 1)
            picture.draft(mode, stored)
            drawn = picture.convert(mode)
            drawn = drawn.resize(stored, Image.Resampling.BOX) if drawn.size != stored else drawn
            turn = _TURNS.get(orientation)
            return drawn.transpose(Image.Transpose[turn]) if turn else drawn
    except MemoryError:
        raise
    except Exception as error:  # whatever its decoders meet
        raise UnreadableDocument(source.name, "broken (a picture)", Code.BROKEN) from error


def is_picture(data: bytes) -> bool:
    """Tell whether these bytes are those of a picture that can be read."""
    pattern = FORMAT.pattern
    return data.startswith(FORMAT.magic) or bool(pattern and pattern.match(data))


def size_of(data: bytes, page: int) -> Size:
    """Return width and height of a page, counted from 1, in dots; raises UnreadableDocument."""
    sizes = _sizes(data)
    if not 0 < page <= len(sizes):
        raise UnreadableDocument(f"page {page}", "the picture is broken")
    return sizes[page - 1]


def _sizes(data: bytes) -> list[Size]:
    """Return the size of each page as the header has it; [] for what is broken."""
    try:
        sizes = list(_of_tiff(data)) if data.startswith(_TIFF) else [_of_one(data)]
    except (struct.error, IndexError):
        return []
    return sizes if all(width > 0 and height > 0 for width, height in sizes) else []


def _of_one(data: bytes) -> Size:
    if data.startswith(_PNG):
        width, height = struct.unpack_from(">II", data, 16)
    elif data.startswith(_GIF):
        width, height = struct.unpack_from("<HH", data, 6)
    elif data.startswith(_JPEG):
        height, width = _of_jpeg(data)
    elif data.startswith(b"RIFF"):
        width, height = _of_webp(data)
    else:
        width, height = _of_bitmap(data)
    return width, height


def _of_jpeg(data: bytes) -> Size:
    """Return height and width, from the first frame."""
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return height, width
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        is_bare = marker == 0x01 or 0xD0 <= marker <= 0xD8
        at += 2 if is_bare else 2 + struct.unpack_from(">H", data, at + 2)[0]
    raise IndexError("no frame")


def _of_webp(data: bytes) -> Size:
    kind = data[12:16]
    if kind == b"VP8X":
        wide, high = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return wide, high
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    wide, high = struct.unpack_from("<HH", data, 26)
    return wide & 0x3FFF, high & 0x3FFF


def _of_bitmap(data: bytes) -> Size:
    if data[14] == 12:  # of OS/2
        width, height = struct.unpack_from("<HH", data, 18)
        return width, height
    width, height = struct.unpack_from("<ii", data, 18)
    return width, abs(height)


def _of_tiff(data: bytes) -> Iterator[Size]:
    """Yield the size of each page."""
    for tags in directories(data, _MOST_PAGES):
        yield tags.get(_WIDTH, 0), tags.get(_HEIGHT, 0)
