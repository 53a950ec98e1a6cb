"""Commands as processes: what somebody at a terminal waits for, the start of Python included."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from processes import environment, spent

TIMES = 9
TIMES_TO_SYNC = 3
COMMAND = "from backstory.cli import main; main()"


def query_seconds(index: Path, text: str) -> float:
    """Return the median time of a cold `backstory query`."""
    return _timed(("--index", str(index), "query", text), TIMES)


def sync_seconds(corpus: Path, index: Path, times: int = TIMES_TO_SYNC) -> float:
    """Return the median time of a `backstory index`."""
    return _timed(("--corpus", str(corpus), "--index", str(index), "index"), times)


def change_seconds(corpus: Path, index: Path, file: Path) -> float:
    """Return the median time of a `backstory index` after `file` was written or added to."""
    return median(_after_change(corpus, index, file, n) for n in range(TIMES_TO_SYNC))


def _after_change(corpus: Path, index: Path, file: Path, number: int) -> float:
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"A late edition\n\nParagraph {number} was added later.\n\n")
    return sync_seconds(corpus, index, times=1)


def add_seconds(corpus: Path, index: Path) -> float:
    """Return the median time of a `backstory index` after a file was added."""
    return median(
        _after_change(corpus, index, corpus / f"added-{n}.txt", n) for n in range(TIMES_TO_SYNC)
    )


def _timed(words: Sequence[str], times: int) -> float:
    command = (sys.executable, "-P", "-c", COMMAND, *words)
    return median(spent(command, environment()).wall for _ in range(times))
