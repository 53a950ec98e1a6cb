"""Systems that answer side by side, each in a process of its own, a few questions at a time.

A process of its own keeps NumPy, which bm25s needs, away from Backstory. The systems take turns
after every ten questions, and who goes first changes, so that all see the same machine.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

from peers import open_peer
from processes import Dialogue
from steps import environment, resident

import backstory
from backstory.engine.hits import SearchResult

TURN = 10
WITHOUT_SECOND_LOOK = {"ranking__feedback": 0, "ranking__heading": 0}
OURS = "backstory"
How = Literal["marks", "plain", "facets", "bm25"]
Times = dict[str, list[float]]


class Answering:
    """A process that holds one system open and answers with it."""

    def __init__(self, system: str, folder: Path) -> None:
        self._dialogue = Dialogue(
            [sys.executable, __file__, system, str(folder)],
            environment(with_numpy=system != OURS),
        )

    def ask(self, texts: Sequence[str], how: How) -> list[float]:
        """Ask the texts one after the other and return the milliseconds of each."""
        times: list[float] = self._call("times", texts, how)
        return times

    def totals(self, texts: Sequence[str]) -> list[tuple[int, int]]:
        """Return how many passages Backstory finds, and how many of them with all the words."""
        return [(total, full) for total, full in self._call("totals", texts, "marks")]

    def memory(self) -> dict[str, int]:
        """Return the bytes of memory of the process; see `steps.resident`."""
        held: dict[str, int] = self._call("memory", (), "marks")
        return held

    def close(self) -> None:
        """End the process."""
        self._dialogue.close()

    def _call(self, what: str, texts: Sequence[str], how: How) -> Any:
        return self._dialogue.ask(what, list(texts), how)


@contextmanager
def answering(folders: Mapping[str, Path]) -> Iterator[dict[str, Answering]]:
    """Open systems over their folders, and close them in the end."""
    systems: dict[str, Answering] = {}
    try:
        for name, folder in folders.items():
            systems[name] = Answering(name, folder)
        yield systems
    finally:
        for system in systems.values():
            system.close()


def in_turn(systems: Mapping[str, Answering], texts: Sequence[str], how: How = "marks") -> Times:
    """Ask all systems all texts and return milliseconds by system, in the order of the texts."""
    times: Times = {name: [] for name in systems}
    names = list(systems)
    for start in range(0, len(texts), TURN):
        for name in names:
            times[name] += systems[name].ask(texts[start : start + TURN], how)
        names = names[1:] + names[:1]
    return times


def _serve(system: str, folder: Path) -> None:
    """Answer each line on stdin with a line on stdout, until there are no more."""
    archive = backstory.open(folder) if system == OURS else None
    search: Callable[..., Any] = archive.search if archive else open_peer(system, folder).search
    bm25 = backstory.open(folder, **WITHOUT_SECOND_LOOK).search if archive else search
    for line in sys.stdin:
        what, texts, how = json.loads(line)
        if what == "times":
            chosen = bm25 if how == "bm25" else search
            found: Any = _times(_answer(chosen, system, how), texts)
        elif what == "totals":
            found = [_total(search(text)) for text in texts]
        else:
            found = resident()
        if system == OURS and "numpy" in sys.modules:
            raise RuntimeError("NumPy was imported by Backstory's process")
        print(json.dumps(found), flush=True)


def _answer(search: Callable[..., object], system: str, how: How) -> Callable[[str], object]:
    if system == OURS:
        return partial(search, facets=True) if how == "facets" else search
    return partial(search, marks=how == "marks")


def _total(result: SearchResult) -> tuple[int, int]:
    return result.total, result.full


def _times(answer: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    times = []
    for text in texts:
        began = time.perf_counter()
        answer(text)
        times.append((time.perf_counter() - began) * 1000)
    return times


if __name__ == "__main__":
    _serve(sys.argv[1], Path(sys.argv[2]))
