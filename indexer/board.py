"""A board that all processes of a run see: which file is being read, and whether to stop.

It has no locks, so that a process that is killed leaves nobody waiting for it. What is read while
it is written may be a mixture; it is only ever shown.
"""

from __future__ import annotations

import ctypes
import multiprocessing
from multiprocessing import sharedctypes

_LONGEST = 400  # bytes of a name


class Stopped(BaseException):
    """The run is over before its files are; no Exception, so that no fault of a reader hides it."""


class Board:
    """Memory that the processes of a run share; give it to them when they are started."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._name = sharedctypes.RawArray(ctypes.c_char, _LONGEST + 1)
        self._is_over = context.RawValue(ctypes.c_bool, False)

    @property
    def name(self) -> str:
        """The file that was begun last, by any of the processes."""
        return bytes(self._name.value).decode("utf-8", "replace")

    def show(self, name: str) -> None:
        """Say that a file is begun; raise Stopped where none should be."""
        self.look()
        self._name.value = name.encode("utf-8", "replace")[:_LONGEST]

    def look(self) -> None:
        """Raise Stopped where the run is over."""
        if self._is_over.value:
            raise Stopped

    def stop(self) -> None:
        """Have every process stop before its next file, and leave one that is read apart."""
        self._is_over.value = True
