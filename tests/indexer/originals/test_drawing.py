"""Pixels become a PNG that others read, and marks can be seen through."""

from __future__ import annotations

import struct
import zlib

from backstory.indexer.originals.drawing import mark, png


def unpacked(made: bytes) -> tuple[int, int, bytes]:
    """Return width, height and pixels of a PNG, read by the letter of the standard."""
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    position, chunks = 8, []
    while position < len(made):
        (size,) = struct.unpack_from(">I", made, position)
        kind, data = made[position + 4 : position + 8], made[position + 8 : position + 8 + size]
        (check,) = struct.unpack_from(">I", made, position + 8 + size)
        assert check == zlib.crc32(kind + data)
        chunks.append((kind, data))
        position += 12 + size
    (_, head), (_, packed), last = chunks
    assert last == (b"IEND", b"")
    width, height, *kind = struct.unpack(">IIBBBBB", head)
    assert kind == [8, 2, 0, 0, 0]
    lines = zlib.decompress(packed)
    rows = [lines[at : at + width * 3 + 1] for at in range(0, len(lines), width * 3 + 1)]
    assert {row[0] for row in rows} == {0}
    return width, height, b"".join(row[1:] for row in rows)


def test_a_png_has_the_pixels_that_went_in() -> None:
    pixels = bytes(range(2 * 3 * 3))
    assert unpacked(png(pixels, 2, 3)) == (2, 3, pixels)


def test_a_mark_is_yellow_on_white_and_leaves_black_dark() -> None:
    pixels = bytearray(b"\xff\xff\xff" * 10 + b"\0\0\0" * 10)
    mark(pixels, 10, 2, [(0.3, 0, 0.5, 1)])
    white, light, dark = pixels[:3], pixels[12:15], pixels[42:45]
    assert white == b"\xff\xff\xff"
    assert min(light[:2]) > 230
    assert light[2] < 160
    assert max(dark) < 120


def test_places_that_overlap_are_marked_once() -> None:
    once, twice = bytearray(b"\xff" * 300), bytearray(b"\xff" * 300)
    mark(once, 10, 10, [(0.2, 0.2, 0.8, 0.8)])
    mark(twice, 10, 10, [(0.2, 0.2, 0.6, 0.8), (0.4, 0.2, 0.8, 0.8)])
    assert once == twice


def test_a_mark_at_the_edge_stays_on_the_page() -> None:
    pixels = bytearray(b"\xff" * 300)
    mark(pixels, 10, 10, [(0, 0, 0.1, 0.1), (0.9, 0.9, 1, 1)])
    assert len(pixels) == 300
    assert pixels[:3] == pixels[-3:] != b"\xff\xff\xff"
