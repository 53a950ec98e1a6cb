"""Measure how Backstory grows: the same measurements at 10,000, 100,000 and a million passages.

    python bench/growth.py                        # a million passages take some minutes
    python bench/growth.py --sizes 10000,100000   # a look

The passages are recombined from the sentences of the news: see recombined.py. One size is measured
after the other, in a folder that is emptied in between. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cold
from answerer import OURS
from news import Article, Questions, draw, read_news
from recombined import write
from report import command, machine, percentile, publish, shown, table
from sides import answering, open_systems
from speed import NEWS, TERMINATED, say
from steps import run

JOBS = 2
Line = tuple[str, str, float]


def main() -> int:
    """Measure, print, and return the exit status."""
    options = arguments()
    # A run that is ended takes its temporary folder with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    if not options.news.is_file():
        print(f"No news at {options.news}. Name the file: --news news.jsonl.gz", file=sys.stderr)
        return 2
    articles = list(read_news(options.news))
    questions = draw(articles, options.queries)
    measured: list[list[Line]] = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory(prefix="growth-", dir=options.work) as work:
            measured.append(measure(articles, questions, size, Path(work)))
            print(rows([size], measured[-1:]), file=sys.stderr)  # in case a larger one fails
    head = f"`{command('bench/growth.py', sys.argv[1:])}`\n\n{machine()}"
    publish(f"{head}\n\n{rows(options.sizes, measured)}\n", "growth", options.readme)
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--news", type=Path, default=NEWS, help="news.jsonl.gz")
    parser.add_argument("--sizes", type=numbers, default=numbers("10000,100000,1000000"))
    parser.add_argument("--work", type=Path, help="folder to make temporary folders in")
    parser.add_argument("--queries", type=int, default=200, help="questions of each kind")
    parser.add_argument("--readme", type=Path, help="README.md to put the tables into")
    return parser.parse_args()


def numbers(text: str) -> list[int]:
    """Read numbers with commas between them."""
    return [int(part) for part in text.split(",")]


def measure(articles: Sequence[Article], questions: Questions, size: int, work: Path) -> list[Line]:
    """Write, index and ask `size` passages."""
    corpus, index = work / "corpus", work / "index"
    say(f"writing {size:,} passages")
    write(articles, size, corpus)
    say("indexing")
    lines = indexing(corpus, index)
    say("asking")
    lines += asking(index, questions)
    say("commands")
    lines.append(("cold `backstory query`", "s", cold.query_seconds(index, questions.words[0])))
    lines.append(("nothing changed", "s", cold.sync_seconds(corpus, index)))
    changed = next(corpus.rglob("*.txt"))
    lines.append(("one file changed", "s", cold.change_seconds(corpus, index, changed)))
    shutil.rmtree(corpus)
    return lines


def indexing(corpus: Path, index: Path) -> list[Line]:
    """Index the files with two jobs."""
    measured = run("index_backstory", corpus=corpus, index=index, jobs=JOBS)
    seconds, passages = measured["seconds"], measured["passages"]
    return [
        ("documents", "", measured["documents"]),
        ("passages", "", passages),
        (f"time to index, jobs={JOBS}", "s", seconds),
        ("time per 1,000 passages", "ms", seconds / passages * 1_000_000),
        ("processor time", "s", measured["cpu"]),
        ("most memory while indexing", "MB", measured["memory"]),
        ("index on disk", "MB", measured["bytes"]),
        ("segments", "", measured["segments"]),
    ]


def asking(index: Path, questions: Questions) -> list[Line]:
    """Ask words and phrases twice, and look at the reader's memory before and after."""
    kinds = (("2-4 words", questions.words), ("phrase", questions.phrases))
    lines: list[Line] = []
    with open_systems({OURS: partial(answering, OURS, index)}) as systems:
        ask = systems[OURS].ask
        ask("times", "words", questions.warm_up)
        for kind, texts in kinds:
            for when in ("first time", "again"):
                times = ask("times", "words", texts)
                for share in (50, 95):
                    lines.append((f"{kind}, {when}, p{share}", "ms", percentile(times, share)))
        memory = ask("memory")
    lines.append(("a reader's memory, resident", "MB", memory["resident"]))
    lines.append(("of it private (USS)", "MB", memory["private"]))
    lines.append(("of it without mapped files", "MB", memory["own"]))
    return lines


def rows(sizes: Sequence[int], measured: Sequence[Sequence[Line]]) -> str:
    """Return a Markdown table with a column for each size."""
    cells = [
        [name, *(shown(lines[i][2], unit) for lines in measured)]
        for i, (name, unit, _) in enumerate(measured[0])
    ]
    return table(["measured", *(f"{size:,}" for size in sizes)], cells)


if __name__ == "__main__":
    sys.exit(main())
