"""A folder for the files that a process makes while it reads, emptied and removed by its parent.

It holds no more than it may: whoever waits for the process asks now and then whether it is full.
What lies in it may be anything, folders within folders among them, so nothing here recurses.

A parent that is killed leaves its folder behind, with parts of documents in it. Each folder is
locked while its parent lives, so that the next one can tell, and deletes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

PREFIX = "backstory-scratch-"
_NAME = re.compile(re.escape(PREFIX) + "[a-z0-9_]{8}")
_YOUNG = 60.0  # seconds, in which a folder may not be locked yet
_MOST_FILES = 10_000
_BLOCK = 512  # bytes, in which the system counts what a file takes


class Scratch:
    """A folder of its own, below that for temporary files; raises OSError where none can be."""

    def __init__(self, most_bytes: int) -> None:
        sweep(tempfile.gettempdir())
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = os.open(self.path, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._most = most_bytes

    def is_full(self) -> bool:
        """Tell whether more lies in the folder than may; what lies deeper is not counted."""
        size = files = 0
        with os.scandir(self.path) as entries:
            for entry in entries:
                files += 1
                with contextlib.suppress(OSError):
                    size += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
        return size > self._most or files > _MOST_FILES

    def empty(self) -> None:
        """Delete all that is in the folder."""
        _empty(self.path)

    def close(self) -> None:
        """Delete the folder with all that is in it."""
        with contextlib.suppress(OSError):
            _empty(self.path)
            self.path.rmdir()
        os.close(self._lock)


@cache
def sweep(folder: str) -> None:
    """Delete what killed processes of this user have left in a folder; once in a process."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                with contextlib.suppress(OSError):
                    _sweep(Path(entry.path))


def _sweep(path: Path) -> None:
    status = path.lstat()
    if status.st_uid != os.geteuid() or time.time() - status.st_mtime < _YOUNG:
        return
    lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _empty(path)
        path.rmdir()
    finally:
        os.close(lock)


def _empty(folder: Path) -> None:
    numbers = count()
    while names := os.listdir(folder):
        for name in names:
            _delete(folder / name, folder, numbers)


def _delete(path: Path, folder: Path, numbers: Iterator[int]) -> None:
    """Delete a file, or a folder after moving up what is in it: paths never grow long."""
    if path.is_symlink() or not path.is_dir():
        path.unlink()
        return
    path.chmod(0o700)
    for name in os.listdir(path):
        (path / name).rename(folder / f".{next(numbers)}.moved")
    path.rmdir()
