"""What tests of failures share: readers that never stop asking, writers that stop at a step.

In a program that writes, `reach("commit")` names a step. It does nothing, unless the program runs
as a `SteppedProcess` that has to stop there: then it waits, and can be killed, paused, or let on.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")

STOP_AT = "BACKSTORY_TEST_STOP_AT"
REACHED = "reached "


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What one call gave: a value, or an error. Times are those of `time.monotonic`."""

    began: float
    ended: float
    value: T | None = None
    error: Exception | None = None


@dataclass(slots=True)
class Answers(Generic[T]):
    """What all calls gave until now, in the order in which they ended."""

    all: list[Answer[T]] = field(default_factory=list)

    @property
    def values(self) -> list[T]:
        """What the calls gave that did not fail."""
        return [each.value for each in self.all if each.error is None]  # type: ignore[misc] # not None

    @property
    def errors(self) -> list[Exception]:
        """What the other calls raised."""
        return [each.error for each in self.all if each.error is not None]

    def wait_for(self, count: int, seconds: float = 60) -> None:
        """Wait until there are `count` more than now."""
        wanted = len(self.all) + count
        wait_until(lambda: len(self.all) >= wanted, seconds, f"{count} more answers")

    def wait_for_later(self, seconds: float = 60) -> None:
        """Wait until there is an answer to a call that begins from now on."""
        now = time.monotonic()
        wait_until(lambda: any(each.began > now for each in self.all), seconds, "a later answer")


@contextmanager
def repeating(
    call: Callable[[], T], *, threads: int = 1, period: float = 0, seconds: float = 120
) -> Iterator[Answers[T]]:
    """Call again and again in threads, every `period` seconds, until the block ends.

    An error is an answer. Raises AssertionError if a call is still out `seconds` after the block.
    """
    answers: Answers[T] = Answers()
    is_over = threading.Event()

    def repeat() -> None:
        while not is_over.is_set():
            began = time.monotonic()
            try:
                value, error = call(), None
            except Exception as caught:
                value, error = None, caught
            answers.all.append(Answer(began, time.monotonic(), value, error))
            is_over.wait(period)

    started = [threading.Thread(target=repeat, daemon=True) for _ in range(threads)]
    for thread in started:
        thread.start()
    try:
        yield answers
    finally:
        is_over.set()
        until = time.monotonic() + seconds
        for thread in started:
            thread.join(max(until - time.monotonic(), 0))
    assert not any(thread.is_alive() for thread in started), f"no answer within {seconds} seconds"


def wait_until(is_so: Callable[[], bool], seconds: float = 60, what: str = "it") -> None:
    """Wait for a claim to become true; raises AssertionError if it does not within `seconds`."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"{what}: not within {seconds} seconds"
        time.sleep(0.05)


def reach(step: str) -> None:
    """Say that this program is at a step; wait there if it is to stop there."""
    if os.environ.get(STOP_AT) != step:
        return
    sys.stdout.write(f"{REACHED}{step}\n")
    sys.stdout.flush()
    if not sys.stdin.readline():  # whoever started us has gone
        os._exit(1)


class SteppedProcess:
    """A Python program in a process of its own that stops at a step; killed when the block ends."""

    def __init__(self, program: str, *arguments: str, stop_at: str = "") -> None:
        self._stop_at = stop_at
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            env={**os.environ, STOP_AT: stop_at},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def wait_for_step(self, seconds: float = 60) -> None:
        """Wait until the program is where it stops; raises AssertionError if it does not come."""
        timer = threading.Timer(seconds, self._process.kill)
        timer.start()
        try:
            assert self._process.stdout is not None
            has_come = f"{REACHED}{self._stop_at}\n" in self._process.stdout
        finally:
            timer.cancel()
        assert has_come, f"the program did not come to {self._stop_at!r}, or not in time"

    def go_on(self) -> None:
        """Let the program go on from its step."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def pause(self) -> None:
        """Stop the program where it is, without its noticing."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused program go on."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the program at once, as a crash does."""
        self._process.kill()
        self._process.communicate()

    def finish(self, seconds: float = 120) -> tuple[int, str]:
        """Wait for the program's end; return its status, and what it printed after its step."""
        output, _ = self._process.communicate(timeout=seconds)
        return self._process.returncode, output
