"""A limit of time for a part of a file: one message of a mailbox may not use up that of all.

The time is that of the processor, so that a busy machine changes nothing. Code in C is interrupted
only when it returns; the process that reads risky formats has a deadline for that.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_REPEATED = 0.5  # seconds until a limit that some `except` has swallowed is enforced again


class OutOfPatience(BaseException):
    """Raised wherever the code is when its time is up; no `except Exception` stops it."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise OutOfPatience in this block after so many seconds of processor time.

    Only the main thread can be interrupted; in another one there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _raise)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _REPEATED)
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:  # also where time was up just as the block above began
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _raise(number: int, frame: FrameType | None) -> None:
    raise OutOfPatience
