"""Starting processes so that they end with the one that started them, and without a word."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import wait


@contextlib.contextmanager
def deaf() -> Iterator[None]:
    """Hold Ctrl-C back while processes are started: they get it too, and would die with a shout.

    A process inherits what its parent holds back, and lets go of it never.
    """
    resource_tracker.ensure_running()  # it takes away what is held back, once
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_parent() -> None:
    """Wait for the end of the process that started this one, and end this one then."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
