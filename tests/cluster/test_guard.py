"""A command ends with its starter, and with its guard; no node is needed to see it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.cluster.failures import wait_until
from tests.cluster.node import GUARD

# Starts a guard with a command, says both pids, and waits for its own end.
STARTER = """
import os, subprocess, sys, time
guard = subprocess.Popen(
    [sys.executable, "-I", "-S", sys.argv[1], str(os.getpid()), "-1", "-1", "sleep", "600"],
    stdout=subprocess.PIPE, text=True,
)
print(guard.pid, guard.stdout.readline(), flush=True)
sys.stdin.read()
"""


def is_running(pid: int) -> bool:
    """Say whether a process is there and has not ended: a zombie has."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


@contextmanager
def started() -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """A starter with the pids of its guard and of its command."""
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(GUARD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as starter:
        assert starter.stdout is not None
        guard, command = map(int, starter.stdout.readline().split())
        try:
            assert is_running(guard)
            assert is_running(command)
            yield starter, guard, command
        finally:
            starter.kill()
            try:
                wait_until(lambda: not (is_running(guard) or is_running(command)), 10, "the end")
            finally:
                for pid in (guard, command):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_command_ends_with_its_starter(number: signal.Signals) -> None:
    with started() as (starter, guard, command):
        starter.send_signal(number)
        wait_until(lambda: not is_running(command), 10, "the end of the command")
        wait_until(lambda: not is_running(guard), 10, "the end of the guard")


def test_a_paused_command_ends_with_its_starter() -> None:
    with started() as (starter, _, command):
        os.kill(command, signal.SIGSTOP)
        starter.kill()
        wait_until(lambda: not is_running(command), 10, "the end of the command")


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(
            signal.SIGKILL,
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux does so"),
        ),
        signal.SIGTERM,
    ],
)
def test_a_command_ends_with_its_guard(number: signal.Signals) -> None:
    with started() as (_, guard, command):
        os.kill(guard, number)
        wait_until(lambda: not is_running(command), 10, "the end of the command")


def test_a_guard_ends_with_its_command() -> None:
    with started() as (_, guard, command):
        os.kill(command, signal.SIGKILL)
        wait_until(lambda: not is_running(guard), 10, "the end of the guard")


def test_a_guard_ends_at_once_if_its_starter_has_ended_before() -> None:
    nobody = str(os.getpid() + 1)  # not the parent of the guard
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(GUARD), nobody, "-1", "-1", "sleep", "600"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert not is_running(int(done.stdout))
