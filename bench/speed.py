"""Measure Backstory beside its peers: same passages, same questions, one run.

    python bench/speed.py --procs              # everything: about three minutes
    python bench/speed.py --limit 1000         # a look: the first thousand articles

What has a ceiling is measured by ceilings.py. Prints Markdown tables; says on stderr what it is
doing. Nothing is left behind.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cold
from news import Questions, draw, read_news, unpack
from peers import PACKAGES, WITH_PROCESSES, is_installed
from queries import measure_queries
from report import MEGABYTE, Aim, Report, command, publish
from steps import ROUNDS, run, segments

NEWS = Path(__file__).resolve().parents[2] / "shared" / "news" / "news.jsonl.gz"
TERMINATED = 143
MOST_MEMORY = 500 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a measurement works, and what it measures."""

    work: Path
    news: Path
    limit: int | None
    peers: tuple[str, ...]
    with_processes: bool

    @property
    def corpus(self) -> Path:
        """The folder of text files."""
        return self.work / "news"

    @property
    def index(self) -> Path:
        """The index that is asked; the other one is made with one process."""
        return self.work / "index-2"


def main() -> int:
    """Measure, print, and return the exit status."""
    options = arguments()
    # A run that is ended takes its temporary folder with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    if not options.news.is_file():
        print(f"No news at {options.news}. Name the file: --news news.jsonl.gz", file=sys.stderr)
        return 2
    if options.work and options.work.is_dir() and any(options.work.iterdir()):
        print(f"{options.work} is not empty. Name a new folder: --work", file=sys.stderr)
        return 2
    folder = tempfile.TemporaryDirectory(prefix="bench-") if not options.work else None
    with folder or nullcontext(options.work) as work:
        chosen = () if options.skip_peers else tuple(PACKAGES)
        report = Report()
        report.missing = [peer for peer in chosen if not is_installed(peer)]
        peers = tuple(peer for peer in chosen if peer not in report.missing)
        bench = Bench(Path(work), options.news, options.limit, peers, options.procs)
        measure(bench, report, options.queries)
    text = report.markdown(command("bench/speed.py", sys.argv[1:]))
    publish(text, "speed", options.readme)
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--news", type=Path, default=NEWS, help="news.jsonl.gz")
    parser.add_argument("--work", type=Path, help="empty folder to work in, kept afterwards")
    parser.add_argument("--limit", type=int, help="only the first N articles")
    parser.add_argument("--queries", type=int, default=200, help="questions of each kind")
    parser.add_argument("--skip-peers", action="store_true", help="measure Backstory alone")
    parser.add_argument("--procs", action="store_true", help="also peers with two processes")
    parser.add_argument("--readme", type=Path, help="README.md to put the tables into")
    return parser.parse_args()


def measure(bench: Bench, report: Report, queries: int) -> None:
    """Measure everything, one step after the other."""
    say("unpacking")
    articles = list(read_news(bench.news, bench.limit))
    unpack(articles, bench.corpus)
    questions = draw(articles, queries)
    measure_indexing(bench, report)
    say("asking")
    folders = {"backstory": bench.index, **{peer: bench.work / peer for peer in bench.peers}}
    measure_queries(report, folders, questions)
    measure_changes(bench, report)
    measure_memory(bench, report, questions)


def measure_indexing(bench: Bench, report: Report) -> None:
    """Index the files with one process and with two, and the paragraphs with the peers."""
    one: dict[str, dict[str, Any]] = {"backstory": index_backstory(bench, 1)}
    two: dict[str, dict[str, Any]] = {"backstory": index_backstory(bench, 2)}
    for peer in bench.peers:
        one[peer] = index_peer(bench, peer, bench.work / peer, 1)
        if bench.with_processes and peer in WITH_PROCESSES:
            two[peer] = index_peer(bench, peer, bench.work / f"{peer}-2", 2)
    title = f"Indexing {one['backstory']['passages']:,} passages: files to a committed index"
    add = partial(report.add, title)
    for jobs, runs in ((1, one), (2, two)):
        ours = {"backstory": runs["backstory"]}
        add(f"time, jobs={jobs}", "s", each(runs, "seconds"))
        add(f"passages a second, jobs={jobs}", "", rates(runs, "passages"))
        add(f"documents a second, jobs={jobs}", "", rates(ours, "documents"))
        add(f"processor time, jobs={jobs}", "s", each(runs, "cpu"))
        add(f"most memory, jobs={jobs}", "MB", each(runs, "memory"), Aim(MOST_MEMORY))
        add(f"index on disk, jobs={jobs}", "MB", each(runs, "bytes"))
        add(f"segments, jobs={jobs}", "", each(ours, "segments"))
    if "whoosh" in two:
        rate = rates(two, "passages")
        times = rate["backstory"] / rate["whoosh"]
        name = "passages a second, jobs=2: times stock Whoosh's"
        add(name, "", own(times), Aim(3, at_least=True))


def index_backstory(bench: Bench, jobs: int) -> dict[str, Any]:
    """Index the corpus in a process of its own."""
    say(f"indexing with Backstory, jobs={jobs}")
    index = bench.work / f"index-{jobs}"
    return run("index_backstory", corpus=bench.corpus, index=index, jobs=jobs)


def index_peer(bench: Bench, peer: str, folder: Path, processes: int) -> dict[str, Any]:
    """Index the paragraphs with a peer in a process of its own."""
    say(f"indexing with {peer}, {processes} process(es)")
    place = {"news": bench.news, "folder": folder, "limit": bench.limit}
    return run("index_peer", peer=peer, processes=processes, **place)


def measure_changes(bench: Bench, report: Report) -> None:
    """Bring the index up to date after small changes, as a process, and see who notices."""
    say("small changes")
    corpus, index = bench.corpus, bench.index
    title = f"Staying current: `backstory index` as a process, median of {cold.TIMES_TO_SYNC}"
    add = partial(report.add, title)
    changed = next(corpus.rglob("*.txt"))
    add("one file changed", "s", own(cold.change_seconds(corpus, index, changed)), Aim(1))
    add("one file added", "s", own(cold.add_seconds(corpus, index)), Aim(1))
    seconds = run("notice", corpus=corpus, index=index)["seconds"]
    add("from a commit to a hit in a running reader", "s", own(seconds), Aim(1))
    add("segments afterwards", "", own(segments(index)))


def measure_memory(bench: Bench, report: Report, questions: Questions) -> None:
    """Watch the memory of a reader over thousands of questions."""
    say("memory of a reader")
    file = bench.work / "questions.json"
    questions.save(file)
    runs = run("grow", index=bench.index, questions=file)
    title = f"Memory of a reader, {ROUNDS:,} questions with marks, half of them with facets"
    for name, resident in zip(("before the first", *runs["after"]), runs["memory"], strict=True):
        report.add(title, f"{name}, resident", "MB", own(resident["resident"]))
        report.add(title, f"{name}, without mapped files", "MB", own(resident["own"]))
    report.add(title, "resident at most", "MB", own(runs["peak"]), Aim(MOST_MEMORY))


def own(figure: float) -> dict[str, float]:
    """Return a figure of Backstory's alone."""
    return {"backstory": figure}


def rates(runs: dict[str, dict[str, Any]], what: str) -> dict[str, float]:
    """Return how many of `what` each system indexed in a second."""
    return {who: measured[what] / measured["seconds"] for who, measured in runs.items()}


def each(runs: dict[str, dict[str, Any]], what: str) -> dict[str, float]:
    """Return one figure of each system."""
    return {who: measured[what] for who, measured in runs.items()}


def say(what: str) -> None:
    """Tell on stderr what is being done."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
