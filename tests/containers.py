"""Writes containers of the old Office (OLE), which no maintained library does."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from itertools import pairwise
from typing import TypeAlias

Tree: TypeAlias = "Mapping[str, bytes | Tree]"

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def container(tree: Tree) -> bytes:
    """Return a container with these streams; a mapping in the tree is a folder."""
    return _Writer(tree).data()


class _Writer:
    def __init__(self, tree: Tree) -> None:
        self._sectors: list[bytes] = []
        self._next: list[int] = []
        self._mini = b""
        self._mini_next: list[int] = []
        # Name, kind (1 folder, 2 stream, 5 root), right sibling, child, first sector, size.
        self._entries: list[list[object]] = [["Root Entry", 5, _FREE, _FREE, _END, 0]]
        self._entries[0][3] = self._folder(tree)

    def _folder(self, tree: Tree) -> int:
        numbers = []
        # Siblings are a tree ordered by length, then capitals; a chain to the right is one.
        for name in sorted(tree, key=lambda name: (len(name), name.upper())):
            content = tree[name]
            numbers.append(len(self._entries))
            if isinstance(content, bytes):
                self._entries.append([name, 2, _FREE, _FREE, self._stream(content), len(content)])
            else:
                entry: list[object] = [name, 1, _FREE, _FREE, 0, 0]
                self._entries.append(entry)
                entry[3] = self._folder(content)
        for number, following in pairwise(numbers):
            self._entries[number][2] = following
        return numbers[0] if numbers else _FREE

    def _stream(self, content: bytes) -> int:
        if not content:
            return _END
        if len(content) >= _CUTOFF:
            return self._written(content)
        first = len(self._mini_next)
        count = -(-len(content) // _MINI)
        self._mini += content.ljust(count * _MINI, b"\0")
        self._mini_next += [*range(first + 1, first + count), _END]
        return first

    def _written(self, content: bytes) -> int:
        if not content:
            return _END
        first = len(self._sectors)
        pieces = [content[at : at + _SECTOR] for at in range(0, len(content), _SECTOR)]
        self._sectors += [piece.ljust(_SECTOR, b"\0") for piece in pieces]
        self._next += [*range(first + 1, len(self._sectors)), _END]
        return first

    def data(self) -> bytes:
        self._entries[0][4:] = [self._written(self._mini), len(self._mini)]
        numbers = struct.pack(f"<{len(self._mini_next)}I", *self._mini_next)
        padding = b"\xff" * (-len(numbers) % _SECTOR)
        mini_table = self._written(numbers + padding)
        directory = self._written(b"".join(map(_entry, self._entries)))
        count = 1
        while count * _SECTOR // 4 < len(self._sectors) + count:
            count += 1
        first = len(self._sectors)
        table = [*self._next, *[_FAT] * count]
        table += [_FREE] * (count * _SECTOR // 4 - len(table))
        header = struct.pack(
            "<8s16s5H6x9I",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"",
            0x3E, 3, 0xFFFE, 9, 6,
            0, count, directory, 0, _CUTOFF, mini_table,
            len(numbers + padding) // _SECTOR, _END, 0,
        )  # fmt: skip
        places = [*range(first, first + count), *[_FREE] * (109 - count)]
        header += struct.pack("<109I", *places)
        return header + b"".join(self._sectors) + struct.pack(f"<{len(table)}I", *table)


def _entry(entry: list[object]) -> bytes:
    name, kind, right, child, first, size = entry
    encoded = str(name).encode("utf-16-le")
    return struct.pack(
        "<64sHBB3I16sI8s8sIQ",
        encoded, len(encoded) + 2, kind, 1, _FREE, right, child, b"", 0, b"", b"", first, size,
    )  # fmt: skip
