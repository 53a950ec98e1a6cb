"""Marks drawn on the pixels of a page, and the page as a PNG."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

from backstory.engine.originals import Box

_YELLOW, _STRENGTH = (255, 226, 0), 0.42
_TABLES = tuple(
    bytes(round(value * (1 - _STRENGTH) + share * _STRENGTH) for value in range(256))
    for share in _YELLOW
)
_MARGIN = 1  # pixels around a word
_LEVEL = 6
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def mark(pixels: bytearray, width: int, height: int, boxes: Iterable[Box]) -> None:
    """Lay a yellow that can be seen through over places of a page, once where they overlap."""
    is_marked: set[tuple[int, int, int]] = set()
    for left, top, right, bottom in boxes:
        first = max(int(left * width) - _MARGIN, 0)
        last = min(round(right * width) + _MARGIN, width)
        rows = range(max(int(top * height), 0), min(round(bottom * height), height))
        is_marked.update((row, first, last) for row in rows)
    for row, first, last in _merged(is_marked):
        start, end = (row * width + first) * 3, (row * width + last) * 3
        for channel, table in enumerate(_TABLES):
            part = slice(start + channel, end, 3)
            pixels[part] = pixels[part].translate(table)


def _merged(runs: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return runs of pixels (row, first, behind the last) as runs that do not overlap."""
    merged: list[tuple[int, int, int]] = []
    for row, first, last in sorted(runs):
        if merged and merged[-1][0] == row and first <= merged[-1][2]:
            merged[-1] = (row, merged[-1][1], max(last, merged[-1][2]))
        else:
            merged.append((row, first, last))
    return merged


def png(pixels: bytes | bytearray, width: int, height: int) -> bytes:
    """Return pixels (red, green, blue, row by row) as a PNG (ISO/IEC 15948), 8 bits a channel."""
    row = width * 3
    lines = b"".join(b"\0" + pixels[at : at + row] for at in range(0, row * height, row))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, _LEVEL)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
