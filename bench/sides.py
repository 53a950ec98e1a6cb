"""The checkouts that are compared, and how they take turns.

Each runs in its own virtual environment, on an index of its own, because an older one cannot read
the index of a newer one. Nothing of the other is imported on this side.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from answerer import OURS
from cold import COMMAND
from processes import Dialogue, Spent, environment, spent

ANSWERER = Path(__file__).with_name("answerer.py")
HERE = Path(__file__).resolve().parents[1]
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
ORIGIN = "import numpy, backstory; print(backstory.__file__)"


@dataclass(frozen=True, slots=True)
class Side:
    """A checkout, the Python that runs it, and the folder that it works in."""

    name: str
    checkout: Path
    python: Path
    work: Path

    def index(self, name: str) -> Path:
        """Return the folder of one of its indexes."""
        return self.work / f"{self.name}-{name}"

    def command(self, index: str, corpus: Path, *words: str) -> Spent:
        """Run `backstory` with some words as a process and return what it took."""
        place = ("--corpus", str(corpus), "--index", str(self.index(index)))
        return spent(
            (str(self.python), "-P", "-c", COMMAND, *place, *words), self._environment(), self.work
        )

    def dialogue(self, index: str) -> Dialogue:
        """Open one of its indexes in a process that answers; see answerer.py."""
        return answering(OURS, self.index(index), self.python)

    def trouble(self) -> str:
        """Return why this side cannot be measured and what to do, or nothing."""
        done = subprocess.run(
            (str(self.python), "-P", "-c", ORIGIN),
            capture_output=True,
            text=True,
            env=environment(),
        )
        if Path(done.stdout.strip()).resolve().is_relative_to(self.checkout.resolve()):
            return ""
        return (
            f"{self.python} does not import NumPy and the Backstory of {self.checkout}. Install"
            f" both there: {self.python} -m pip install -c constraints.txt -e . numpy"
        )

    def _environment(self) -> dict[str, str]:
        """Return the environment of commands, in which an optional NumPy is not installed.

        That is how they start fastest; checkouts that can do without it have a folder that hides
        it.
        """
        hidden = self.checkout.absolute() / "bench" / "without_numpy"
        return environment(*(hidden,) if hidden.is_dir() else ())


def answering(system: str, folder: Path, python: Path = Path(sys.executable)) -> Dialogue:
    """Open one system over its folder in a process that answers; see answerer.py."""
    words = (str(python), str(ANSWERER), system, str(folder.absolute()))
    return Dialogue(words, environment(), folder.parent)


def both(against: Path | None, work: Path) -> dict[str, Side]:
    """Return this checkout as "here" and the other one, if any, as "other"."""
    values = {"here": Side("here", HERE, Path(sys.executable), work)}
    if against:
        values["other"] = Side("other", against, python_of(against), work)
    return values


def python_of(checkout: Path) -> Path:
    """Return the Python of a checkout's virtual environment, absolute, links not followed."""
    return checkout.absolute() / ".venv" / "bin" / "python"


def commit(checkout: Path) -> str:
    """Return the short name of the commit of a checkout, or the folder's name without git."""
    words = ("git", "-C", str(checkout), "rev-parse", "--short=7", "HEAD")
    done = subprocess.run(words, capture_output=True, text=True)
    return done.stdout.strip() or checkout.name


@contextmanager
def open_systems(starts: Mapping[str, Callable[[], Dialogue]]) -> Iterator[dict[str, Dialogue]]:
    """Start some systems by name, and end them afterwards."""
    systems: dict[str, Dialogue] = {}
    try:
        for name, start in starts.items():
            systems[name] = start()
        yield systems
    finally:
        for system in systems.values():
            system.close()


def by_turns(rounds: int, tasks: Mapping[K, Callable[[int], T]]) -> dict[K, list[T]]:
    """Do every task once a round, one at a time; who goes first changes with each round.

    A task gets the number of the round. Returns what each gave, in the order of the rounds.
    """
    given: dict[K, list[T]] = {name: [] for name in tasks}
    names = list(tasks)
    for number in range(rounds):
        for name in names:
            given[name].append(tasks[name](number))
        names = [*names[1:], names[0]]
    return given


@contextmanager
def served(python: Path, corpus: Path, index: Path) -> Iterator[str]:
    """Serve an index by the Backstory of a Python on a free port, whose address is given."""
    place = ("--corpus", str(corpus), "--index", str(index))
    command = (str(python), "-P", "-m", "backstory", *place, "serve", "--port", "0")
    with subprocess.Popen(
        command,
        cwd=index.parent,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout
        try:
            line = next(line for line in server.stdout if "http://" in line)
            yield re.findall(r"http://[0-9.:]+", line)[0]
        finally:
            server.terminate()
