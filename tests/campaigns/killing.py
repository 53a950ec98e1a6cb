"""Campaigns that kill runs: starting one, SIGKILL in the midst of it, and their command line."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

Campaign = Callable[[Path, int, int], dict[str, int]]


def started(root: Path, **settings: str) -> subprocess.Popen[bytes]:
    """Start `backstory index` on the corpus in this folder; settings are environment variables."""
    places = ["--corpus", str(root / "corpus"), "--index", str(root / "index")]
    return subprocess.Popen(
        [sys.executable, "-m", "backstory", *places, "index"],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


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


def main(campaign: Campaign, title: str) -> int:
    """Run a campaign as the command line says, and print what it came to."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="folder to make a temporary folder in")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="killing-", dir=options.work) as folder:
        print(json.dumps(campaign(Path(folder), options.kills, options.seed)))  # noqa: T201
    return 0
