"""SIGKILL to a run once it has made so much, and a moment later."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable


def killed_after(
    run: subprocess.Popen[bytes], made: Callable[[], int], more: int, delay: float
) -> bool:
    """Kill a run so many seconds after it has `made` so much more; tell whether it still ran."""
    wanted = made() + more
    while made() < wanted and run.poll() is None:
        time.sleep(0.01)
    time.sleep(delay)
    is_there = run.poll() is None
    run.send_signal(signal.SIGKILL)
    run.wait()
    return is_there
