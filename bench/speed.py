"""Measure Backstory beside stock Whoosh and SQLite FTS5: same passages, same questions, one run.

    python bench/speed.py                      # everything: about ten minutes
    python bench/speed.py --limit 1000         # a look: the first thousand articles

Prints Markdown tables; says on stderr what it is doing. Nothing is left behind.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import cold
from news import Article, Questions, draw, read_news, unpack
from report import Aim, Report
from steps import ROUNDS, run, segments

NEWS = Path(__file__).resolve().parents[2] / "shared" / "news" / "news.jsonl.gz"
SMALL = 5
TERMINATED = 143
PEERS = ("whoosh", "sqlite")
GIGABYTE = 1024**3


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

    @property
    def questions(self) -> Path:
        """The file of questions."""
        return self.work / "questions.json"


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
        peers = () if options.skip_peers else PEERS
        bench = Bench(Path(work), options.news, options.limit, peers, options.procs)
        report = measure(bench, options.queries)
    command = shlex.join(["python", "bench/speed.py", *sys.argv[1:]])
    print(report.markdown(command))
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--news", type=Path, default=NEWS, help="news.jsonl.gz")
    parser.add_argument("--work", type=Path, help="empty folder to work in, kept afterwards")
    parser.add_argument("--limit", type=int, help="only the first N articles")
    parser.add_argument("--queries", type=int, default=200, help="questions of each kind")
    parser.add_argument("--skip-peers", action="store_true", help="measure Backstory alone")
    parser.add_argument("--procs", action="store_true", help="also Whoosh with two processes")
    return parser.parse_args()


def measure(bench: Bench, queries: int) -> Report:
    """Measure everything, one step after the other."""
    report = Report()
    say("unpacking")
    articles = list(read_news(bench.news, bench.limit))
    unpack(articles, bench.corpus)
    questions = draw(articles, queries)
    questions.save(bench.questions)
    measure_indexing(bench, report)
    measure_queries(bench, report, queries)
    measure_cold_start(bench, report, questions, articles)
    measure_changes(bench, report)
    measure_memory(bench, report)
    return report


def measure_indexing(bench: Bench, report: Report) -> None:
    """Index the files with one process and with two, and the paragraphs with the peers."""
    one: dict[str, dict[str, Any]] = {"backstory": index_backstory(bench, 1)}
    two: dict[str, dict[str, Any]] = {"backstory": index_backstory(bench, 2)}
    for peer in bench.peers:
        one[peer] = index_peer(bench, peer, bench.work / peer, 1)
    if bench.with_processes and bench.peers:
        two["whoosh"] = index_peer(bench, "whoosh", bench.work / "whoosh-2", 2)
    title = f"Indexing {one['backstory']['passages']:,} passages: files to a committed index"
    for jobs, found, aim in ((1, one, None), (2, two, Aim(3_600, at_least=True))):
        ours = {"backstory": found["backstory"]}
        add = partial(report.add, title)
        add(f"passages a second, jobs={jobs}", "", rates(found, "passages"), aim)
        add(f"documents a second, jobs={jobs}", "", rates(ours, "documents"))
        add(f"time, jobs={jobs}", "s", each(found, "seconds"))
        add(f"processor time, jobs={jobs}", "s", each(found, "cpu"))
        add(f"most memory, jobs={jobs}", "MB", each(found, "memory"), Aim(GIGABYTE))
        add(f"index on disk, jobs={jobs}", "MB", each(found, "bytes"))
        add(f"segments, jobs={jobs}", "", each(ours, "segments"))


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


def measure_queries(bench: Bench, report: Report, count: int) -> None:
    """Ask all systems the same questions, one after the other, in one process."""
    say("asking")
    folders = {peer: bench.work / peer for peer in bench.peers}
    found = run("ask", index=bench.index, peers=folders, questions=bench.questions)
    title = f"Warm queries, top 10 with marks or extracts; {count} questions of each kind"
    kinds = {
        "first": "2-4 words, asked for the first time",
        "again": "the same, asked again",
        "phrases": "a phrase of two words",
        "filtered": "words and a new filter (`title:word`)",
        "folder": "words and a known filter (`doc:reuters/`)",
        "facets": "words, with facets",
    }
    for kind, name in kinds.items():
        aims = (Aim(20), Aim(100)) if kind == "first" else (None, None)
        for share, aim in zip((50, 95), aims, strict=True):
            times = {who: percentile(ms, share) for who, ms in found[kind].items()}
            report.add(title, f"{name}, p{share}", "ms", times, aim)
    report.add(title, "passages found, median", "", own(median(found["totals"])))
    report.add(title, "questions with all their words in one passage", "", own(found["full"]))


def measure_cold_start(
    bench: Bench, report: Report, questions: Questions, articles: Sequence[Article]
) -> None:
    """Start `backstory query` over and over, on the news and on a few documents."""
    say("cold starts")
    corpus, index = bench.work / "small", bench.work / "small-index"
    unpack(articles[:SMALL], corpus)
    run("index_backstory", corpus=corpus, index=index, jobs=1)
    small = draw(articles[:SMALL], 1, least_frequency=0).words[0]
    title = f"Cold start: a process, median of {cold.TIMES}"
    add, python = partial(report.add, title), cold.bare_python_seconds()
    add("Python that does nothing", "s", own(python))
    places = (
        (f"{SMALL} documents", index, small, 0.25),
        ("news", bench.index, questions.words[0], 0.5),
    )
    for name, place, text, most in places:
        seconds = cold.query_seconds(place, text)
        add(f"`backstory query`, {name}", "s", own(seconds), Aim(most))
        seconds = cold.query_seconds(place, text, with_nltk=True)
        add(f"the same with NLTK imported, {name}", "s", own(seconds))
        seconds = cold.query_seconds(place, cold.UNSEEN)
        add(f"a word that the index never saw, {name}", "s", own(seconds))


def measure_changes(bench: Bench, report: Report) -> None:
    """Bring the index up to date after small changes, as a process, and see who notices."""
    say("small changes")
    corpus, index = bench.corpus, bench.index
    title = f"Staying current: `backstory index` as a process, median of {cold.TIMES_TO_SYNC}"
    add = partial(report.add, title)
    add("nothing changed", "s", own(cold.sync_seconds(corpus, index)), Aim(2))
    changed = next(corpus.rglob("*.txt"))
    add("one file changed", "s", own(cold.change_seconds(corpus, index, changed)), Aim(3))
    add("one file added", "s", own(cold.add_seconds(corpus, index)), Aim(3))
    seconds = run("notice", corpus=corpus, index=index)["seconds"]
    add("from a commit to a hit in a running reader", "s", own(seconds), Aim(1))
    add("segments afterwards", "", own(segments(index)))


def measure_memory(bench: Bench, report: Report) -> None:
    """Watch the memory of a reader over thousands of questions."""
    say("memory of a reader")
    found = run("grow", index=bench.index, questions=bench.questions)
    title = f"Memory of a reader, {ROUNDS:,} questions with marks, half of them with facets"
    for name, value in zip(("before the first", *found["after"]), found["memory"], strict=True):
        report.add(title, name, "MB", own(value))
    report.add(title, "at most", "MB", own(found["peak"]), Aim(GIGABYTE))


def own(figure: float) -> dict[str, float]:
    """Return a figure of Backstory's alone."""
    return {"backstory": figure}


def rates(found: dict[str, dict[str, Any]], what: str) -> dict[str, float]:
    """Return how many of `what` each system indexed in a second."""
    return {who: measured[what] / measured["seconds"] for who, measured in found.items()}


def each(found: dict[str, dict[str, Any]], what: str) -> dict[str, float]:
    """Return one figure of each system."""
    return {who: measured[what] for who, measured in found.items()}


def percentile(values: Sequence[float], share: int) -> float:
    """Return the value that `share` in a hundred do not exceed."""
    return quantiles(values, n=100, method="inclusive")[share - 1]


def say(what: str) -> None:
    """Tell on stderr what is being done."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
