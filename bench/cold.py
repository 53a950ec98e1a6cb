"""Commands as processes: what somebody at a terminal waits for, the start of Python included."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from processes import spent
from steps import environment

TIMES = 9
TIMES_TO_SYNC = 3
UNSEEN = "zyxomatic"
COMMAND = "from backstory.cli import main; main()"
WITH_NLTK = f"import nltk.stem.snowball, nltk.tokenize; {COMMAND}"


def query_seconds(index: Path, text: str, *, with_nltk: bool = False) -> float:
    """Return the median time of a cold `backstory query`."""
    start = [sys.executable, "-P", "-c", WITH_NLTK if with_nltk else COMMAND]
    return timed([*start, "--index", str(index), "query", text], TIMES)


def bare_python_seconds() -> float:
    """Return the median time of a Python that does nothing."""
    return timed([sys.executable, "-P", "-c", "pass"], TIMES)


def sync_seconds(corpus: Path, index: Path, times: int = TIMES_TO_SYNC) -> float:
    """Return the median time of a `backstory index`."""
    place = ["--corpus", str(corpus), "--index", str(index)]
    return timed([sys.executable, "-P", "-c", COMMAND, *place, "index"], times)


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


def timed(command: Sequence[str], times: int) -> float:
    """Return the median time in seconds of a command; exit status 1 (no hits) is no failure."""
    return median(spent(command, environment()).wall for _ in range(times))
