"""Runs a campaign for a short while, as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PATIENCE = 1800  # seconds, so that nothing hangs for ever; a short run takes 30 at most


def campaign(name: str, *arguments: str, work: Path) -> dict[str, Any]:
    """Run a script of this folder with temporary files in `work`; return what it prints.

    Fails where the script does.
    """
    script = Path(__file__).with_name(f"{name}.py")
    done = subprocess.run(
        [sys.executable, str(script), *arguments, "--work", str(work)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    outcome: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return outcome
