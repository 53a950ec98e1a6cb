"""A file of flat arrays: written once, mapped into memory, read in place.

    magic, version, byte order                     16 bytes
    sections, each starting at a multiple of 8     arrays and bytes
    directory: JSON {name: [type code, start, end]}
    start of the directory, its CRC-32, magic      16 bytes

Nothing in it is executable: no pickles, no code. The directory's own checksum is tested when the
file is opened; the file's SHA-256 stands in the commit's manifest, for `check`.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import struct
import sys
import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from backstory.engine.errors import IndexDamaged

MAGIC = b"BKSTFLAT"
VERSION = 1
_HEAD = struct.Struct("<8sII")
_TAIL = struct.Struct("<QI4s")
_END = b"FLAT"
_ORDER = {"little": 1, "big": 2}[sys.byteorder]


class FlatWriter:
    """Writes sections one after the other."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("wb")
        self._sections: dict[str, tuple[str, int, int]] = {}
        self._stream.write(_HEAD.pack(MAGIC, VERSION, _ORDER))

    def __enter__(self) -> FlatWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def add(self, name: str, *parts: array[Any] | bytes | bytearray) -> None:
        """Write a section, given in one or more parts of the same type."""
        code = parts[0].typecode if isinstance(parts[0], array) else "B"
        start = self.begin()
        for part in parts:
            self._stream.write(part)
        self._sections[name] = (code, start, self._stream.tell())

    def begin(self) -> int:
        """Begin a section of bytes that is written bit by bit; return where it starts."""
        self._stream.write(bytes(-self._stream.tell() % 8))
        return self._stream.tell()

    def write(self, part: bytes) -> None:
        """Go on with the section that was begun."""
        self._stream.write(part)

    def end(self, name: str, start: int) -> None:
        """End the section that was begun at `start`."""
        self._sections[name] = ("B", start, self._stream.tell())

    def close(self) -> None:
        """Write the directory and close the file."""
        if self._stream.closed:
            return
        directory = json.dumps(self._sections).encode("ascii")
        start = self._stream.tell()
        self._stream.write(directory)
        self._stream.write(_TAIL.pack(start, zlib.crc32(directory), _END))
        self._stream.close()


class FlatFile:
    """A flat file, mapped: sections are memory views that share its pages."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as stream:
            if path.stat().st_size < _HEAD.size + _TAIL.size:  # an empty file cannot be mapped
                raise IndexDamaged(path, "is too short")
            self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._view = memoryview(self._map)
        self._sections = self._directory()

    def _directory(self) -> dict[str, tuple[str, int, int]]:
        view = self._view
        magic, version, order = _HEAD.unpack_from(view, 0)
        start, checksum, end = _TAIL.unpack_from(view, len(view) - _TAIL.size)
        if (magic, version, order, end) != (MAGIC, VERSION, _ORDER, _END):
            raise IndexDamaged(self._path, "is no flat file of this version and byte order")
        directory = view[start : len(view) - _TAIL.size]
        if zlib.crc32(directory) != checksum:
            raise IndexDamaged(self._path, "has a damaged directory")
        return {
            name: (code, at, to) for name, (code, at, to) in json.loads(bytes(directory)).items()
        }

    def section(self, name: str) -> memoryview[Any]:
        """Return a section as a view of its type; an empty one where there is none."""
        code, start, end = self._sections.get(name, ("B", 0, 0))
        return self._view[start:end].cast(code)  # type: ignore[call-overload,no-any-return]

    def close(self) -> None:
        """Let go of the file; views that are still held keep the mapping alive."""
        with contextlib.suppress(BufferError):  # then it goes with the last view
            self._view.release()
            self._map.close()


def narrowed(values: array[int]) -> array[int]:
    """Return unsigned numbers in the smallest type that holds them all."""
    raw, size = values.tobytes(), values.itemsize
    order = range(size) if sys.byteorder == "little" else range(size - 1, -1, -1)
    # From the lowest byte of a number to its highest: is it 0 in all of them?
    is_used = [raw[byte::size].count(0) < len(values) for byte in order]
    code: Literal["B", "H", "I"] = "I" if any(is_used[2:]) else "H" if is_used[1] else "B"
    parts = memoryview(raw).cast(code)
    step = size // array(code).itemsize
    lowest = 0 if sys.byteorder == "little" else step - 1
    return array(code, parts[lowest::step].tobytes())


def smallest(values: Sequence[int]) -> Literal["B", "H", "I"]:
    """Return the code of the smallest type that holds every value."""
    largest = max(values, default=0)
    return "B" if largest < 1 << 8 else "H" if largest < 1 << 16 else "I"
