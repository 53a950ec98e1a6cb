"""Which way up a picture is: the tag that cameras write, as the header has it.

A camera that is held on its side stores the dots as its chip has them, and a number from 1 to 8
(Exif, tag 274) that says how to turn them. No picture is decoded here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

UPRIGHT = 1
_TURNED = 5  # and above: width and height change places
_TAG = 274
_SHORT = 3  # the type of a number of two bytes
_MOST_TAGS = 1_000  # of a page that are looked at; those that count come first
_TIFF = (b"II*\0", b"MM\0*")
_EXIF = b"Exif\0\0"


def orientation_of(data: bytes, page: int) -> int:
    """Return how a page of a picture, from 1, is stored: 1 to 8, and 1 where nothing says so."""
    try:
        if data.startswith(_TIFF):
            tags = next(each for n, each in enumerate(directories(data), 1) if n == page)
        else:
            tags = next(directories(next(_exif(data)).removeprefix(_EXIF)))
    except (struct.error, IndexError, StopIteration):
        return UPRIGHT
    found = tags.get(_TAG, UPRIGHT)
    return found if UPRIGHT <= found <= 8 else UPRIGHT


def is_on_its_side(orientation: int) -> bool:
    """Tell whether the width of what is stored is the height of what is shown."""
    return orientation >= _TURNED


def directories(data: bytes, most: int = 2_000) -> Iterator[dict[int, int]]:
    """Yield the tags of each page of a TIFF, by number, where they are one number each.

    The list of pages may be a ring, and is left then. Raises struct.error where it leads outside.
    """
    order = "<" if data.startswith(b"II") else ">"
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    seen: set[int] = set()
    while at and at not in seen and len(seen) < most:
        seen.add(at)
        (count,) = struct.unpack_from(f"{order}H", data, at)
        tags: dict[int, int] = {}
        for entry in range(at + 2, at + 2 + 12 * min(count, _MOST_TAGS), 12):
            tag, kind = struct.unpack_from(f"{order}HH", data, entry)
            form = "H" if kind == _SHORT else "I"
            (tags[tag],) = struct.unpack_from(order + form, data, entry + 8)
        yield tags
        (at,) = struct.unpack_from(f"{order}I", data, at + 2 + 12 * count)


def _exif(data: bytes) -> Iterator[bytes]:
    """Yield the blocks in which a JPEG, PNG or WebP has the tags of its camera."""
    if data.startswith(b"\xff\xd8\xff"):
        yield from _of_jpeg(data)
    elif data.startswith(b"\x89PNG"):
        yield from _chunks(data, 8, ">", b"eXIf")
    elif data.startswith(b"RIFF"):
        yield from _chunks(data, 12, "<", b"EXIF")


def _of_jpeg(data: bytes) -> Iterator[bytes]:
    at = 2
    while data[at] == 0xFF and data[at + 1] != 0xDA:  # where the dots begin
        (size,) = struct.unpack_from(">H", data, at + 2)
        block = data[at + 4 : at + 2 + size]
        if data[at + 1] == 0xE1 and block.startswith(_EXIF):
            yield block
        at += 2 + max(size, 2)


def _chunks(data: bytes, start: int, order: str, wanted: bytes) -> Iterator[bytes]:
    """Yield the chunks of a kind; those of a PNG have a checksum, of a WebP an even length."""
    at = start
    is_png = order == ">"
    while at + 8 <= len(data):
        first, second = (slice(at, at + 4), slice(at + 4, at + 8))
        kind, length = (data[second], data[first]) if is_png else (data[first], data[second])
        size = int.from_bytes(length, "big" if is_png else "little")
        if kind == wanted:
            yield data[at + 8 : at + 8 + size]
        at += 8 + size + (4 if is_png else size % 2)
