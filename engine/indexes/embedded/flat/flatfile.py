"""A file of named arrays: written once, mapped into memory, read in place.

    magic, version, byte order                     16 bytes
    sections, each starting at a multiple of 8     arrays and bytes
    checksums: a CRC-32 for each block of 64 KiB   of all that stands before them
    directory: JSON {name: [type code, start, end]}
    start of the checksums, CRC-32, magic          16 bytes; the CRC is of checksums and directory

Nothing in it is executable: no pickles, no code. A section that a file does not have reads as an
empty one, so that a later version adds columns without a new format. The directory is checked
when the file is opened, and every block when something in it is read for the first time: nothing
is answered from a damaged one. The SHA-256 of the whole file stands in the commit's manifest.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import struct
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstory.engine.errors import IndexDamaged
from backstory.engine.indexes.embedded.arrays import distinct

MAGIC = b"BKSTFLAT"
VERSION = 2
BLOCK = 1 << 16  # bytes under one checksum; to check a block takes about 30 µs
MOST_BLOCKS = 5  # that a message names
_HEAD = struct.Struct("<8sII")
_TAIL = struct.Struct("<QI4s")
_END = b"FLAT"
_ORDER = {"little": 1, "big": 2}[sys.byteorder]
_CHECKSUMS = "checksums"
_CODES = {"u1": "B", "u2": "H", "u4": "I", "u8": "Q", "i8": "q"}


class FlatWriter:
    """Writes sections one after the other."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("wb")
        self._sections: dict[str, tuple[str, int, int]] = {}
        self._checksums: list[int] = []
        self._size = self._checksum = 0
        self.write(_HEAD.pack(MAGIC, VERSION, _ORDER))

    def __enter__(self) -> FlatWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def add(self, name: str, values: NDArray[Any] | bytes) -> None:
        """Write a section."""
        start = self.begin()
        if isinstance(values, bytes):
            code = "B"
            self.write(values)
        else:
            code = _CODES[values.dtype.str[1:]]
            self.write(np.ascontiguousarray(values).reshape(-1).view(np.uint8).data)
        self._sections[name] = (code, start, self._size)

    def begin(self) -> int:
        """Begin a section of bytes that is written part by part; return where it starts."""
        self.write(bytes(-self._size % 8))
        return self._size

    def write(self, part: bytes | memoryview) -> None:
        """Go on with the section that was begun."""
        self._stream.write(part)
        view = memoryview(part)
        while view:
            block = view[: BLOCK - self._size % BLOCK]
            self._checksum = zlib.crc32(block, self._checksum)
            self._size += len(block)
            if not self._size % BLOCK:
                self._end_block()
            view = view[len(block) :]

    def _end_block(self) -> None:
        self._checksums.append(self._checksum)
        self._checksum = 0

    def end(self, name: str, start: int) -> None:
        """End the section that was begun at `start`."""
        self._sections[name] = ("B", start, self._size)

    def close(self) -> None:
        """Write checksums and directory, and close the file."""
        if self._stream.closed:
            return
        start = self.begin()
        if self._size % BLOCK:
            self._end_block()
        checksums = np.array(self._checksums, np.uint32).tobytes()
        self._sections[_CHECKSUMS] = ("I", start, start + len(checksums))
        rest = checksums + json.dumps(self._sections).encode("ascii")
        self._stream.write(rest)
        self._stream.write(_TAIL.pack(start, zlib.crc32(rest), _END))
        self._stream.close()


class FlatFile:
    """A flat file, mapped: sections share its pages; may be shared by threads."""

    def __init__(self, path: Path) -> None:
        """Open a file; raises IndexDamaged where its directory is not as it was written."""
        self._path = path
        with path.open("rb") as stream:
            if path.stat().st_size < _HEAD.size + _TAIL.size:  # an empty file cannot be mapped
                raise IndexDamaged(path, "is too short")
            self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._view = memoryview(self._map)
        self._sections = self._directory()
        self._end = self._sections[_CHECKSUMS][1]
        self._checksums = self._typed(_CHECKSUMS)
        # A 1 for each block that nobody has read yet. Two threads may check the same one.
        self._unchecked = bytearray(b"\1") * len(self._checksums)

    def _directory(self) -> dict[str, tuple[str, int, int]]:
        view = self._view
        magic, version, order = _HEAD.unpack_from(view, 0)
        start, checksum, end = _TAIL.unpack_from(view, len(view) - _TAIL.size)
        if (magic, version, order, end) != (MAGIC, VERSION, _ORDER, _END):
            raise IndexDamaged(self._path, "is no flat file of this version and byte order")
        rest = view[start : len(view) - _TAIL.size]
        if zlib.crc32(rest) != checksum:
            raise IndexDamaged(self._path, "has a damaged directory")
        blocks = -(-start // BLOCK)
        directory = json.loads(bytes(rest[4 * blocks :]))
        return {name: (code, offset, to) for name, (code, offset, to) in directory.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def bounds(self, name: str) -> tuple[str, int, int]:
        """Return a section's type code and its first and last byte; ("B", 0, 0) for none."""
        return self._sections.get(name, ("B", 0, 0))

    def section(self, name: str) -> memoryview[Any]:
        """Return a section as a view of its type, all of it checked; an empty one for none.

        Raises IndexDamaged.
        """
        _, start, end = self.bounds(name)
        self.check(start, end)
        return self._typed(name)

    def array(self, name: str) -> NDArray[Any]:
        """Return a section as an array that cannot be written to; raises IndexDamaged."""
        return np.asarray(self.section(name))

    def part(self, name: str) -> Section:
        """Return a section that is checked as far as it is read."""
        return Section(self, name, np.asarray(self._typed(name)))

    def _typed(self, name: str) -> memoryview[Any]:
        code, start, end = self.bounds(name)
        return self._view[start:end].cast(code)  # type: ignore[call-overload,no-any-return]

    def check(self, start: int, end: int) -> None:
        """Compare the blocks of some bytes with their checksums, unless it has been done.

        Raises IndexDamaged, again and again: a damaged block never counts as checked.
        """
        last = -(-end // BLOCK)
        block = self._unchecked.find(1, start // BLOCK, last)
        while block >= 0:
            if not self._is_sound(block):
                raise IndexDamaged(self._path, mismatch([block * BLOCK]))
            self._unchecked[block] = 0
            block = self._unchecked.find(1, block + 1, last)

    @property
    def is_checked(self) -> bool:
        """Every block has been found to be sound."""
        return self._unchecked.find(1) < 0

    def _is_sound(self, block: int) -> bool:
        start = block * BLOCK
        data = self._view[start : min(start + BLOCK, self._end)]
        return bool(zlib.crc32(data) == self._checksums[block])

    def damaged_blocks(self) -> list[int]:
        """Read the file, and return the offsets of the blocks that do not match their checksums.

        Reading takes a third of the time that mapping every page does.
        """
        buffer = memoryview(bytearray(BLOCK))
        damaged = []
        with self._path.open("rb", buffering=0) as stream:
            for block, checksum in enumerate(self._checksums):
                size = stream.readinto(buffer[: self._end - block * BLOCK])
                if zlib.crc32(buffer[:size]) != checksum:
                    damaged.append(block * BLOCK)
        return damaged

    def close(self) -> None:
        """Let go of the file; views that are still in use keep the mapping alive."""
        with contextlib.suppress(BufferError):  # then it goes with the last view
            self._view.release()
            self._map.close()


class Section:
    """A section of numbers or bytes, of which each block is checked when it is first read."""

    __slots__ = ("_file", "_start", "_values")

    def __init__(self, file: FlatFile, name: str, values: NDArray[Any]) -> None:
        self._file, self._values = file, values
        self._start = file.bounds(name)[1]

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, place: slice) -> NDArray[Any]:
        """Return the numbers of `start:stop`, both between 0 and the length; or IndexDamaged."""
        width = self._values.itemsize
        self._file.check(self._start + place.start * width, self._start + place.stop * width)
        return self._values[place]

    def check_each(self, starts: NDArray[Any], size: int) -> None:
        """Check the blocks of runs of `size` numbers that start at some places, ascending."""
        if not self._file.is_checked:
            width = self._values.itemsize
            first = self._start + starts * width
            blocks = np.concatenate((first // BLOCK, (first + size * width - 1) // BLOCK))
            for block in distinct(blocks).tolist():
                self._file.check(block * BLOCK, block * BLOCK + 1)

    @property
    def unchecked(self) -> NDArray[Any]:
        """All numbers, for whoever has checked those that are read."""
        return self._values

    def number(self, place: int) -> int:
        """Return the number at a place; raises IndexDamaged."""
        return int(self[place : place + 1][0])

    @property
    def whole(self) -> NDArray[Any]:
        """All numbers; raises IndexDamaged."""
        return self[0 : len(self._values)]


def mismatch(blocks: Sequence[int]) -> str:
    """Say that a file does not match its checksum, and in which blocks, by their offsets."""
    shown = ", ".join(f"{offset:,}" for offset in blocks[:MOST_BLOCKS])
    more = ", …" if len(blocks) > MOST_BLOCKS else ""
    where = f" (damaged within {BLOCK:,} bytes from byte {shown}{more})" if blocks else ""
    return f"does not match its checksum{where}"
