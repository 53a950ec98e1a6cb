"""Much at once: many files, much text, endless lines, two writers, and clocks that go back.

    python tests/campaigns/many_files.py                                # a short run of all
    python tests/campaigns/many_files.py files --count 50000            # small files
    python tests/campaigns/many_files.py text --megabytes 200           # in a few large ones
    python tests/campaigns/many_files.py line --megabytes 100           # in one line
    python tests/campaigns/many_files.py writers --seconds 600
    python tests/campaigns/many_files.py clock --seconds 600

Each run is a process of its own, whose memory is limited: a run that needs more than the limit
fails. Prints a line of JSON with what was done; fails at the first thing that is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.indexer.sync import SyncReport, sync
from backstory.settings import Config

WORDS = "the harbour lamp keeper wrote a letter about radios that nobody had ordered".split()
MEGABYTE = 1024 * 1024
LINE_MB = 64  # corpus.max_file_mb: so much of a file is read
MOST_MEMORY_MB = 3_000  # address space of one run, libraries and mapped files included
YEAR = 365 * 86_400


def config(root: Path, **settings: Any) -> Config:
    """Return the settings of a place: one process, so that its memory is that of the run."""
    return Config(root=root).override(index__path="index", index__jobs=1, **settings)


def command(root: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the command on a place, with a limit on its memory."""
    given = ["--corpus", str(root / "corpus"), "--index", str(root / "index")]
    room = MOST_MEMORY_MB * MEGABYTE
    return subprocess.Popen(
        [sys.executable, "-m", "backstory", *given, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "BACKSTORY_INDEX_WAIT": "120"},  # a busy machine is no fault
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (room, room)),
    )


def done(running: subprocess.Popen[str], *, statuses: tuple[int, ...] = (0,)) -> str:
    """Wait for the command; return what it printed, and fail unless it ended in order."""
    out, err = running.communicate()
    assert running.returncode in statuses, (running.returncode, out[-2000:], err[-2000:])
    assert "Traceback" not in err, err[-2000:]
    return out + err


def check(root: Path, documents: int) -> None:
    """Fail unless the index is sound and has so many documents."""
    index = EmbeddedIndex(root / "index")
    assert not [problem for problem in index.check() if problem.is_damage]
    assert index.open().statistics.documents == documents, index.open().statistics


def sentence(chance: random.Random) -> str:
    """Return some words, with a number that no other text is likely to have."""
    return " ".join(chance.choices(WORDS, k=12)) + f" {chance.randrange(10**12)}."


# --- What is tried


def files(root: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Index many small files, change one, and remove the disk that a tenth of them is on."""
    chance, count = random.Random(options.seed), options.count
    for number in range(count):
        path = root / f"corpus/{number % 10}/{number // 1000}/{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sentence(chance), encoding="utf-8")
    took = {"first": timed(lambda: done(command(root, "index", "--jobs", "1")))}
    check(root, count)
    (root / "corpus/0/0/0.txt").write_text("Another lamp.", encoding="utf-8")
    took["change"] = timed(lambda: done(command(root, "index")))
    took["nothing"] = timed(lambda: done(command(root, "index")))
    (root / "corpus/0").rename(root / "unmounted")
    (root / "corpus/1").rename(root / "unmounted-too")
    took["refused"] = timed(lambda: done(command(root, "index"), statuses=(2,)))
    check(root, count)
    return {"files": count, "seconds": took}


def text(root: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Index much text in a few files of many paragraphs."""
    chance, each = random.Random(options.seed), min(50, max(options.megabytes // 4, 1))
    paragraph = "\n\n".join(" ".join(sentence(chance) for _ in range(8)) for _ in range(600))
    names = [f"large{number}" for number in range(max(options.megabytes // each, 1))]
    for name in names:
        with (root / f"corpus/{name}.txt").open("w", encoding="utf-8") as stream:
            for part in range(each * MEGABYTE // len(paragraph) + 1):
                stream.write(f"Part {part} of {name}.\n\n{paragraph}\n\n")
    took = timed(lambda: done(command(root, "index", "--jobs", "1")))
    check(root, len(names))
    return {"megabytes": each * len(names), "files": len(names), "seconds": took}


def line(root: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Index a file of one line: with blanks, and without any."""
    for name, unit in (("blanks", "lamp " * 1000), ("solid", "x" * 5000)):
        with (root / f"corpus/{name}.txt").open("w", encoding="utf-8") as stream:
            for _ in range(options.megabytes * MEGABYTE // len(unit) + 1):
                stream.write(unit)
    began = time.monotonic()
    said = done(command(root, "index", "--jobs", "1"), statuses=(0, 1))
    took = round(time.monotonic() - began, 1)
    if options.megabytes > LINE_MB:
        assert said.count("only the first 64 MB were read") == 2, said
    assert "blanks.txt: " in said, "what was split or cut is said"
    snapshot = EmbeddedIndex(root / "index").open()
    longest = max(len(each.text) for each in snapshot.passages("blanks"))
    assert longest <= config(root).corpus.max_passage_chars
    return {"megabytes": options.megabytes, "longest": longest, "seconds": took}


def writers(root: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Have two processes index and a third add, at once, again and again."""
    until, rounds, added = time.monotonic() + options.seconds, 0, 0
    while time.monotonic() < until or rounds < 2:
        for number in range(20):
            (root / f"corpus/{rounds}-{number}.txt").write_text(f"Lamp {rounds} {number}.")
        (root / f"added{rounds}.txt").write_text(f"Added in round {rounds}.")
        running = [command(root, "index") for _ in range(2)]
        adding = command(root, "add", str(root / f"added{rounds}.txt"), "--title", "Late")
        for each in running:
            done(each)
        done(adding)
        rounds, added = rounds + 1, added + 21
        done(command(root, "index"))
        check(root, added)
    refused = occupied(root)
    return {"rounds": rounds, "documents": added, "refused": refused}


def occupied(root: Path) -> bool:
    """Tell whether a run that does not wait is refused while another writes."""
    writer = EmbeddedIndex(root / "index").writer()
    try:
        said = done(command(root, "index", "--wait", "0"), statuses=(3,))
        return "is being written by" in said
    finally:
        writer.close()


def clock(root: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Edit files while their times jump about, into the future and the past."""
    chance, until, edits = random.Random(options.seed), time.monotonic() + options.seconds, 0
    index, settings = EmbeddedIndex(root / "index"), config(root)
    while time.monotonic() < until or edits < 20:
        name = f"file{chance.randrange(5)}"
        path = root / f"corpus/{name}.txt"
        words = sentence(chance)
        path.write_text(words, encoding="utf-8")
        when = time.time() + chance.choice((-30, -1, 1, 30)) * YEAR + chance.random()
        os.utime(path, (when, when))
        report: SyncReport = sync(index, settings)
        assert report.added + report.changed == 1, report
        (passage,) = index.open().passages(name)
        assert passage.text == words
        assert not sync(index, settings).has_changes
        edits += 1
    return {"edits": edits, "set back": set_back(root)}


def set_back(root: Path) -> str:
    """Run the command with the clock of a year ago, where `faketime` is installed."""
    tool = shutil.which("faketime")
    if tool is None:
        return "skipped: faketime is not installed"
    (root / "corpus/late.txt").write_text("A lamp, late.", encoding="utf-8")
    given = ["--corpus", str(root / "corpus"), "--index", str(root / "index")]
    arguments = [tool, "-f", "-365d", sys.executable, "-m", "backstory", *given, "index"]
    ran = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "1 added" in ran.stdout, ran.stdout
    return "done"


def timed(run: Callable[[], object]) -> float:
    """Return the seconds that it takes."""
    began = time.monotonic()
    run()
    return round(time.monotonic() - began, 1)


ALL = {"files": files, "text": text, "line": line, "writers": writers, "clock": clock}


def main() -> int:
    """Run the campaign and print what was done."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("what", nargs="*", metavar="WHAT", help=f"of {', '.join(ALL)}; else all")
    parser.add_argument("--count", type=int, default=2_000, help="of files")
    parser.add_argument("--megabytes", type=int, default=8, help="of text")
    parser.add_argument("--seconds", type=float, default=3.0, help="of writers and clock")
    parser.add_argument("--seed", type=int, default=20181, help="of what is chosen at random")
    parser.add_argument("--work", type=Path, help="folder to make a temporary folder in")
    options = parser.parse_args()
    outcome: dict[str, Any] = {}
    for name in options.what or ALL:
        if name not in ALL:
            parser.error(f"{name} is none of {', '.join(ALL)}")
        with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=options.work) as work:
            (Path(work) / "corpus").mkdir()
            outcome[name] = ALL[name](Path(work), options)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(json.dumps({**outcome, "most memory, MB": children}))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
