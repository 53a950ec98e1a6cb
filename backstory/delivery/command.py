"""The command that is given news: a program of the user's own, without a shell, and with an end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from typing import IO, TYPE_CHECKING

from backstory.delivery.errors import DeliveryFailed

if TYPE_CHECKING:
    from backstory.delivery.settings import FollowSettings

MOST_OUTPUT = 4_000  # bytes that are kept of what it prints; the rest is read and forgotten
_PIECE = 64 * 1024


def call_command(settings: FollowSettings, body: bytes) -> None:
    """Run the command with a message on its standard input; raise DeliveryFailed for a failure.

    It ends with status 0 within `seconds`; otherwise it is ended, with everything that it started.
    """
    program = settings.command[0]
    try:
        process = subprocess.Popen(
            settings.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise DeliveryFailed(
            f"The command {program} cannot be run: {reason}.", "Check follow.command."
        ) from error
    said = bytearray()
    threads = [
        threading.Thread(target=_feed, args=(process.stdin, body), daemon=True),
        threading.Thread(target=_drain, args=(process.stdout, said), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        status = process.wait(settings.seconds)
    except subprocess.TimeoutExpired:
        raise DeliveryFailed(
            f"The command {program} took longer than {settings.seconds:g} s.",
            "It was ended, and is tried again; follow.seconds gives it more.",
        ) from None
    finally:
        _end(process)
        for thread in threads:
            thread.join(1.0)
    if status:
        last = said.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        raise DeliveryFailed(
            f"The command {program} ended with status {status}{f': {last}' if last else ''}.",
            "It is tried again.",
        )


def _feed(pipe: IO[bytes] | None, body: bytes) -> None:
    if pipe is not None:
        with contextlib.suppress(OSError), pipe:  # it need not read what it is given
            pipe.write(body)


def _drain(pipe: IO[bytes] | None, said: bytearray) -> None:
    if pipe is None:
        return
    with contextlib.suppress(OSError, ValueError), pipe:
        while piece := os.read(pipe.fileno(), _PIECE):
            said.extend(piece[: MOST_OUTPUT - len(said)])


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
