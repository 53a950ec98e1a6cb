"""Processes of a measurement: commands that are timed, and systems that answer line by line.

Needs nothing but Python, so that a system in another checkout can use it, too.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

TIMEOUT = 1_800.0
TRACEBACK = "Traceback (most recent call last)"
WITHOUT_SCIPY = Path(__file__).with_name("without_scipy").absolute()
NOT_INHERITED = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command took: seconds on the clock, and of processors, its own processes' included."""

    wall: float
    processor: float


def environment(*hidden: Path) -> dict[str, str]:
    """Return the environment of a measured process, without what changes how Python starts.

    It keeps what it compiles, as an installed program does, and cannot import SciPy, which comes
    with ir-measures and which Backstory does not need: NLTK imports it where it is, in 0.6 s.
    `hidden` are more folders of modules that stand before installed ones.
    """
    kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    return {**kept, "PYTHONPATH": os.pathsep.join(map(str, (WITHOUT_SCIPY, *hidden)))}


def spent(command: Sequence[str], env: Mapping[str, str], cwd: Path | None = None) -> Spent:
    """Run a command and return what it took; raise RuntimeError where it fails.

    Exit status 1 (no hits, files skipped) is no failure, unless Python died of an exception.
    """
    used, began = _processor_of_children(), time.perf_counter()
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=TIMEOUT, env=env, cwd=cwd
    )
    wall = time.perf_counter() - began
    if done.returncode not in (0, 1) or TRACEBACK in done.stderr:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return Spent(wall, _processor_of_children() - used)


def _processor_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Dialogue:
    """A process that answers each line of JSON with another, and works only while it is asked."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], cwd: Path | None = None
    ) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, cwd=cwd
        )

    def ask(self, *message: Any) -> Any:
        """Send a message and return the answer; raise RuntimeError where the process has ended."""
        into, out = _pipe(self._process.stdin), _pipe(self._process.stdout)
        into.write(json.dumps(message) + "\n")
        into.flush()
        line = out.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended with {self._process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        """End the process."""
        _pipe(self._process.stdin).close()
        self._process.wait()


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("the process was started without pipes")
    return stream


def converse(answer: Callable[..., Any]) -> None:
    """Be the other side of a `Dialogue`: answer messages until there are no more."""
    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line))), flush=True)
