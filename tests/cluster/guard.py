"""Stands between a starter of nodes and one node, so that the node never outlives its starter.

    python guard.py STARTER_PID UID GID COMMAND...

Runs the command in a session of its own, prints its pid, and ends when the command does. If the
starter ends first, however it ends, the guard kills the command within a quarter of a second. If
the guard itself is killed, Linux kills the command. UID and GID are -1 where nothing changes.

It is a process, and not a thread of the starter's, because SIGKILL ends all threads at once; and
Linux alone would do without it, but kills a child as soon as the *thread* that started it ends.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

PR_SET_PDEATHSIG = 1
PERIOD = 0.25  # seconds


def end_with_parent() -> Callable[[], None]:
    """Return what a child does before it runs its program; a change of its account came before."""
    library = ctypes.CDLL(None)
    guard = os.getpid()

    def bind() -> None:
        if sys.platform == "linux":
            library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guard:
            os._exit(1)

    return bind


def main(starter: int, uid: int, gid: int, command: list[str]) -> int:
    """Run the command until it ends or the starter has; return its status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    account: dict[str, Any] = {}
    if uid >= 0:
        account = {"user": uid, "group": gid, "extra_groups": []}
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        start_new_session=True,
        preexec_fn=end_with_parent(),
        **account,
    )
    try:
        sys.stdout.write(f"{child.pid}\n")
        sys.stdout.flush()
        while os.getppid() == starter:
            with suppress(subprocess.TimeoutExpired):
                return child.wait(PERIOD)
        return 1
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


if __name__ == "__main__":
    starter, uid, gid = map(int, sys.argv[1:4])
    sys.exit(main(starter, uid, gid, sys.argv[4:]))
