"""A short campaign of greedy and slow clients: a polite reader gets every page, and they end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from campaigns import greedy


def test_greedy_and_slow_clients_cost_a_polite_reader_no_page() -> None:
    limits = ["--seconds", "3", "--slow", "200", "--every", "1"]
    done = subprocess.run(
        [sys.executable, str(Path(greedy.__file__)), *limits],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert outcome["slow_left"] == 0
    assert all(outcome[part]["pages"] >= 3 for part in ("alone", "greedy", "slow"))
