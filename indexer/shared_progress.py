"""Progress of a run in memory shared by its processes: the current file, and whether to stop.

It uses no locks, so that a killed process blocks nobody. A name that is read while another process
writes it may be garbled; it is only displayed.
"""

from __future__ import annotations

import mmap
import os
import tempfile

_LONGEST = 400  # bytes of a name
_SIZE = 1 + _LONGEST + 1  # whether the run is over, and a name that ends with a zero


class Stopped(BaseException):
    """The run was stopped early; not an Exception, so that no handler of reader errors hides it."""


class SharedProgress:
    """Memory shared by the processes of a run.

    It is pickled as a file descriptor, so a process that unpickles it must have inherited
    `descriptor` from the one that made it (`spawning.Child`). Raises OSError on a full disk.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        self.descriptor = _new_file() if descriptor is None else descriptor
        self._memory = mmap.mmap(self.descriptor, _SIZE)

    def __reduce__(self) -> tuple[type[SharedProgress], tuple[int]]:
        """Map the same memory in another process."""
        return SharedProgress, (self.descriptor,)

    @property
    def name(self) -> str:
        """The file most recently begun by any of the processes."""
        return self._memory[1:].partition(b"\0")[0].decode("utf-8", "replace")

    def show(self, name: str) -> None:
        """Set the current file; raise Stopped if the run was stopped."""
        self.look()
        shown = name.encode("utf-8", "replace")[:_LONGEST] + b"\0"
        self._memory[1 : 1 + len(shown)] = shown

    def look(self) -> None:
        """Raise Stopped if the run was stopped."""
        if self._memory[0]:
            raise Stopped

    def stop(self) -> None:
        """Make every process stop: before its next file, or in the middle of an isolated one."""
        self._memory[0] = 1

    def close(self) -> None:
        """Unmap the memory; it is freed when the last process has done so."""
        self._memory.close()
        os.close(self.descriptor)


def _new_file() -> int:
    """Return the descriptor of a new file without a name, its bytes all zero."""
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(bytes(_SIZE))  # no sparse file: a full disk would be a SIGBUS later
        return os.dup(file.fileno())
