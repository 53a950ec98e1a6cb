"""The steps of a measurement, each run in a process of its own, so that its memory is its own.

`run` starts one and returns what it measured. A step gets and gives plain JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from memory import peak, resident
from news import Questions, read_news
from peers import open_peer
from processes import environment

import backstory

STEPS_TIMEOUT = 1_800
NEW_WORD = "zz7newspaper7zz"  # with a digit: no time goes into near spellings
PATIENCE = 60.0
ROUNDS = 5_000
FILTERS_IN_GROWTH = 20  # a new filter is slow; these few are asked again and again


def run(step: str, **arguments: Any) -> dict[str, Any]:
    """Run a step in a new process and return its measurements; raise where it fails."""
    command = [sys.executable, __file__, step, json.dumps(arguments, default=str)]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, timeout=STEPS_TIMEOUT, env=environment()
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def index_backstory(corpus: str, index: str, jobs: int) -> dict[str, Any]:
    """Bring a new index up to date with a folder of files."""
    archive = backstory.open(index, corpus=corpus, index__jobs=jobs)
    began = time.perf_counter()
    report = archive.index()
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "cpu": _cpu(),
        "documents": report.documents,
        "passages": report.passages,
        "memory": peak(workers=jobs),
        "bytes": _size(Path(index)),
        "segments": segments(Path(index)),
    }


def index_peer(
    peer: str, processes: int, news: str, folder: str, limit: int | None
) -> dict[str, Any]:
    """Index the paragraphs of the news with a peer; reading them is not counted."""
    rows = [
        (f"{article.id}#p{number}", paragraph)
        for article in read_news(Path(news), limit)
        for number, paragraph in enumerate(article.paragraphs, 1)
    ]
    engine = open_peer(peer, Path(folder), processes)
    used, began = _cpu(), time.perf_counter()
    engine.index(rows)
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "cpu": _cpu() - used,
        "passages": len(rows),
        "memory": peak(workers=processes),
        "bytes": _size(Path(folder)),
    }


def grow(index: str, questions: str) -> dict[str, Any]:
    """Ask one reader 5,000 times, with marks, facets and phrases; return its memory on the way."""
    asked = Questions.load(Path(questions))
    archive = backstory.open(index)
    texts = asked.words + asked.phrases + asked.filtered[:FILTERS_IN_GROWTH]
    memory, after = (
        [resident()],
        {0: "after the first", ROUNDS // 2: "half way", ROUNDS - 1: "at the end"},
    )
    for number in range(ROUNDS):
        archive.search(texts[number % len(texts)], facets=number % 2 == 0)
        if number in after:
            memory.append(resident())
    return {"memory": memory, "after": list(after.values()), "peak": peak()}


def notice(corpus: str, index: str) -> dict[str, Any]:
    """Return the seconds from another process's commit to this one's search finding the news."""
    archive = backstory.open(index)
    archive.search(NEW_WORD)
    before = archive.statistics.generation
    (Path(corpus) / "noticed.txt").write_text(f"Headline\n\nThe {NEW_WORD} is out.\n")
    command = [
        sys.executable,
        "-P",
        "-m",
        "backstory",
        "--corpus",
        corpus,
        "--index",
        index,
        "index",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as writer:
        deadline = time.monotonic() + PATIENCE
        while not archive.search(NEW_WORD).total and time.monotonic() < deadline:
            time.sleep(0.002)
        seen = time.time()
        writer.wait(PATIENCE)
    if archive.statistics.generation == before:
        raise RuntimeError("the new file was not indexed")
    # The table of contents is renamed into place: its inode's change is the moment of the commit.
    committed = max(path.stat().st_ctime for path in Path(index).glob("_MAIN_*.toc"))
    return {"seconds": seen - committed}


def segments(index: Path) -> int:
    """Return the number of segments of the newest commit in an index folder."""
    newest = max(index.glob("manifest-*.json"), key=lambda path: path.stat().st_mtime_ns)
    return len(json.loads(newest.read_text(encoding="utf-8"))["segments"])


def _cpu() -> float:
    return sum(os.times()[:4])


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    step.__name__: step for step in (index_backstory, index_peer, grow, notice)
}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](**json.loads(sys.argv[2]))))
