"""Office's old container (OLE): the names in its top folder, which tell what kind of file it is.

Word, Excel, PowerPoint and Outlook files of the old kind begin alike, and so do new ones that are
encrypted. Only the directory is read, sector by sector; whatever is broken in it ends the list.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_ENTRY = 128
_FIRST_DIFAT = 76  # where the header lists the first sectors of the allocation table
_IN_HEADER = 109
_NONE = 0xFFFFFFFA  # numbers from here on are no sectors
_NO_ENTRY = 0xFFFFFFFF
_MOST_SECTORS = 2_000


def names(data: bytes) -> frozenset[str]:
    """Return the names of streams and folders at the top; empty where the container is broken."""
    try:
        entries = [entry for sector in _directory(data) for entry in _entries(sector)]
        return frozenset(_top(entries))
    except (struct.error, IndexError, UnicodeDecodeError):
        return frozenset()


def _directory(data: bytes) -> Iterator[bytes]:
    """Yield the sectors of the directory, in their order."""
    (shift,) = struct.unpack_from("<H", data, 30)
    (sector,) = struct.unpack_from("<I", data, 48)
    if not 7 <= shift <= 16:
        return
    size = 1 << shift
    table = struct.unpack_from(f"<{_IN_HEADER}I", data, _FIRST_DIFAT)
    for _ in range(_MOST_SECTORS):
        if sector >= _NONE:
            return
        begin = max(_HEADER, size) + sector * size
        yield data[begin : begin + size]
        within, at = divmod(sector, size // 4)
        if within >= len(table) or table[within] >= _NONE:
            return
        (sector,) = struct.unpack_from(
            "<I", data, max(_HEADER, size) + table[within] * size + 4 * at
        )


def _entries(sector: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Yield name, left, right and child of each entry."""
    for begin in range(0, len(sector) - _ENTRY + 1, _ENTRY):
        (length,) = struct.unpack_from("<H", sector, begin + 64)
        name = sector[begin : begin + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        left, right, child = struct.unpack_from("<3I", sector, begin + 68)
        yield name, left, right, child


def _top(entries: list[tuple[str, int, int, int]]) -> Iterator[str]:
    seen: set[int] = set()
    open_entries = [entries[0][3]] if entries else []
    while open_entries:
        number = open_entries.pop()
        if number == _NO_ENTRY or number in seen or number >= len(entries):
            continue
        seen.add(number)
        name, left, right, _ = entries[number]
        yield name
        open_entries += [left, right]
