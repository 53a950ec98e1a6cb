"""A part of a file may take so much time and no more, whatever it does with exceptions."""

from __future__ import annotations

import signal
import threading
from contextlib import suppress

import pytest

from backstory.indexer.readers.patience import OutOfPatience, patience


def work_for_ever() -> None:
    while True:
        sum(range(100))


def test_what_takes_too_long_is_interrupted() -> None:
    with pytest.raises(OutOfPatience), patience(0.02):
        work_for_ever()


def test_what_stops_every_exception_is_interrupted_again() -> None:
    def stubborn() -> None:
        for _ in range(2):
            with suppress(BaseException):
                work_for_ever()

    with patience(0.02):
        stubborn()


@pytest.mark.parametrize("is_late", [False, True])
def test_nothing_is_left_behind(is_late: bool) -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with suppress(OutOfPatience), patience(0.02 if is_late else 60):
        if is_late:
            work_for_ever()
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGVTALRM) is before


def test_in_another_thread_there_is_no_limit() -> None:
    seen: list[tuple[float, float]] = []

    def look() -> None:
        with patience(60):
            seen.append(signal.getitimer(signal.ITIMER_VIRTUAL))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [(0, 0)]
