"""A folder for the files that a process makes while it reads, emptied and removed by its parent.

It holds no more than it may: whoever waits for the process asks now and then whether it is full.
What lies in it may be anything, folders within folders among them, so nothing here recurses.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from itertools import count
from pathlib import Path

_MOST_FILES = 10_000
_BLOCK = 512  # bytes, in which the system counts what a file takes


class Scratch:
    """A folder of its own, below that for temporary files; raises OSError where none can be."""

    def __init__(self, most_bytes: int) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="backstory-"))
        self._most = most_bytes
        self._numbers = count()

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
        while names := os.listdir(self.path):
            for name in names:
                self._delete(self.path / name)

    def _delete(self, path: Path) -> None:
        """Delete a file, or a folder after moving up what is in it: paths never grow long."""
        if path.is_symlink() or not path.is_dir():
            path.unlink()
            return
        path.chmod(0o700)
        for name in os.listdir(path):
            (path / name).rename(self.path / f".{next(self._numbers)}.moved")
        path.rmdir()

    def close(self) -> None:
        """Delete the folder with all that is in it."""
        with contextlib.suppress(OSError):
            self.empty()
            self.path.rmdir()
