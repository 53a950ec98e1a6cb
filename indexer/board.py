"""A board that all processes of a run see: which file is being read, and whether to stop.

It has no locks, so that a process that is killed leaves nobody waiting for it. What is read while
it is written may be a mixture; it is only ever shown.
"""

from __future__ import annotations

import mmap
import os
import tempfile

_LONGEST = 400  # bytes of a name
_SIZE = 1 + _LONGEST + 1  # whether the run is over, and a name that ends with a zero


class Stopped(BaseException):
    """The run is over before its files are; no Exception, so that no fault of a reader hides it."""


class Board:
    """Memory that the processes of a run share.

    It is pickled as the number of its file, so a process that gets it has to share `descriptor`
    with the one that made it (`spawning.Child`). Raises OSError where there is no room for it.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        self.descriptor = _new_file() if descriptor is None else descriptor
        self._memory = mmap.mmap(self.descriptor, _SIZE)

    def __reduce__(self) -> tuple[type[Board], tuple[int]]:
        """Be the same memory in another process."""
        return Board, (self.descriptor,)

    @property
    def name(self) -> str:
        """The file that was begun last, by any of the processes."""
        return self._memory[1:].partition(b"\0")[0].decode("utf-8", "replace")

    def show(self, name: str) -> None:
        """Say that a file is begun; raise Stopped where none should be."""
        self.look()
        shown = name.encode("utf-8", "replace")[:_LONGEST] + b"\0"
        self._memory[1 : 1 + len(shown)] = shown

    def look(self) -> None:
        """Raise Stopped where the run is over."""
        if self._memory[0]:
            raise Stopped

    def stop(self) -> None:
        """Have every process stop before its next file, and leave one that is read apart."""
        self._memory[0] = 1

    def close(self) -> None:
        """Let go of the memory; it is gone when the last process has."""
        self._memory.close()
        os.close(self.descriptor)


def _new_file() -> int:
    """Return the descriptor of a new file without a name, its bytes all zero."""
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(bytes(_SIZE))  # a hole would be filled only when it is too late for an error
        return os.dup(file.fileno())
