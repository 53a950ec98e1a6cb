"""Checksums: a block is checked when it is first read, and nothing comes from a damaged one."""

from __future__ import annotations

import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import IndexDamaged
from backstory.engine.indexes.embedded.flat import flatfile
from backstory.engine.indexes.embedded.flat.flatfile import BLOCK, FlatFile, FlatWriter, Section

NAME = "MAIN_x.terms"
SECTIONS = "abcd"
SIZE = 2 * BLOCK // 4 + 10  # numbers in a section: two blocks and a bit


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of some sections."""
    path = tmp_path_factory.mktemp("sound") / NAME
    with FlatWriter(path) as writer:
        for name in SECTIONS:
            writer.add(name, np.arange(SIZE, dtype=np.uint32))
    return path


def directory_of(data: bytes) -> int:
    """Return where the checksums start."""
    start: int = struct.unpack_from("<Q", data, len(data) - 16)[0]
    return start


def with_a_flipped_bit(path: Path, at: int) -> Path:
    """Return a copy of a file that differs in one bit."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << at % 8
    copy = path.parent / "damaged" / path.name
    copy.parent.mkdir(exist_ok=True)
    copy.unlink(missing_ok=True)  # the last one may still be mapped
    copy.write_bytes(data)
    return copy


def read(part: Section, first: int, last: int) -> list[int] | None:
    """Return some numbers of a section, None where they are said to be damaged."""
    try:
        return part[first:last].tolist()
    except IndexDamaged as damage:
        said = str(damage)
    assert f"{NAME} does not match its checksum (damaged within 65,536 bytes from byte " in said
    return None


def is_sound(file: FlatFile, name: str) -> bool:
    """Tell whether all of a section can be read."""
    try:
        return len(file.array(name)) == SIZE
    except IndexDamaged:
        return False


def blocks(file: FlatFile, name: str, first: int, last: int) -> range:
    """Return the blocks that some numbers of a section, at least one, are in."""
    start = file.bounds(name)[1]
    return range((start + 4 * first) // BLOCK, (start + 4 * last - 1) // BLOCK + 1)


@given(data=st.data())
def test_nothing_is_read_from_a_damaged_block_and_all_else_is(
    path: Path, data: st.DataObject
) -> None:
    at = data.draw(st.integers(16, directory_of(path.read_bytes()) - 1))
    file = FlatFile(with_a_flipped_bit(path, at))
    for name in data.draw(st.permutations(SECTIONS)):
        first = data.draw(st.integers(0, SIZE - 1))
        last = data.draw(st.integers(first + 1, SIZE))
        is_hit = at // BLOCK in blocks(file, name, first, last)
        for _ in range(2):
            numbers = read(file.part(name), first, last)
            assert numbers == (None if is_hit else list(range(first, last)))
        assert is_sound(file, name) is (at // BLOCK not in blocks(file, name, 0, SIZE))


def test_block_is_checked_once_whatever_is_read_of_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[int] = []

    def counted(data: Any) -> int:
        checked.append(len(data))
        return zlib.crc32(data)

    file = FlatFile(path)
    monkeypatch.setattr(flatfile, "zlib", SimpleNamespace(crc32=counted))
    assert file.part("b").number(3) == 3
    assert len(checked) == 1
    for _ in range(2):
        assert all(is_sound(file, name) for name in SECTIONS)
    assert sum(checked) == directory_of(path.read_bytes())


def test_all_threads_that_read_a_damaged_block_first_are_told(path: Path) -> None:
    file = FlatFile(with_a_flipped_bit(path, directory_of(path.read_bytes()) // 2))
    start = threading.Barrier(8)

    def look(_: int) -> list[bool]:
        start.wait()
        return [is_sound(file, name) for name in SECTIONS]

    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(look, range(8)))
    assert seen == [seen[0]] * 8
    assert False in seen[0]
