"""Measure ranking with NumPy beside ranking without it: one index, one process, by turns.

    python bench/vectors.py                    # about two minutes
    python bench/vectors.py --limit 1000       # a look: the first thousand articles

Compares all answers, to the last bit, before it measures. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from news import Questions, draw, read_news, unpack
from report import command, machine, percentile, publish, shown, table
from speed import NEWS, TERMINATED, say
from steps import run

import backstory
from backstory.engine.feedback import Feedback
from backstory.engine.ranking import BM25

TURN = 10
ROUNDS = 5
JOBS = 2
Ask = Callable[[str], object]
Times = dict[bool, list[float]]


def main() -> int:
    """Measure, print, and return the exit status."""
    options = arguments()
    # A run that is ended takes its temporary folder with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    if not options.news.is_file():
        print(f"No news at {options.news}. Name the file: --news news.jsonl.gz", file=sys.stderr)
        return 2
    if not backstory.open("nowhere").use_numpy():
        print("NumPy is not installed. Install it: pip install 'backstory[fast]'", file=sys.stderr)
        return 2
    articles = list(read_news(options.news, options.limit))
    questions = draw(articles, options.queries)
    with tempfile.TemporaryDirectory(prefix="vectors-", dir=options.work) as work:
        index = options.index or Path(work) / "index"
        if not options.index:
            say("indexing")
            unpack(articles, Path(work) / "news")
            run("index_backstory", corpus=Path(work) / "news", index=index, jobs=JOBS)
        lines = [*asking(index, questions), *memory(index, questions, Path(work))]
    head = f"`{command('bench/vectors.py', sys.argv[1:])}`\n\n{machine(('whoosh3', 'numpy'))}"
    heads = ("measured", "without NumPy", "with NumPy", "times")
    publish(f"{head}\n\n{table(heads, lines)}\n", "vectors", options.readme)
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--news", type=Path, default=NEWS, help="news.jsonl.gz")
    parser.add_argument("--index", type=Path, help="an index of the news that is there already")
    parser.add_argument("--work", type=Path, help="folder to make temporary folders in")
    parser.add_argument("--limit", type=int, help="only the first N articles")
    parser.add_argument("--queries", type=int, default=200, help="questions of each kind")
    parser.add_argument("--readme", type=Path, help="README.md to put the table into")
    return parser.parse_args()


def asking(index: Path, questions: Questions) -> list[list[str]]:
    """Ask all kinds of questions with and without; return lines of the table."""
    archives = {with_numpy: backstory.open(index) for with_numpy in (False, True)}
    archives[True].use_numpy()
    words = questions.words
    folder = [f"{text} doc:reuters/" for text in words]
    lines: list[list[str]] = []
    say("asking for the first time")
    whole = {which: archive.search for which, archive in archives.items()}
    with_facets = {which: faceted(archive.search) for which, archive in archives.items()}
    by_turns(whole, questions.warm_up)
    lines += rows("2-4 words, asked for the first time", by_turns(whole, words))
    for asked in (whole, with_facets):
        compare(asked, [*words, *questions.phrases, *questions.filtered, *folder])
    say("asking again")
    kinds = (
        ("2-4 words, ranking alone", {w: ranking(a) for w, a in archives.items()}, words),
        (
            "2-4 words, with the second look",
            {w: both(a) for w, a in archives.items()},
            words,
        ),
        ("2-4 words, with marks", whole, words),
        ("2-4 words, with facets", with_facets, words),
        ("words and a `title:` filter", whole, questions.filtered),
        ("words and a filter on a folder", whole, folder),
        ("a phrase of two words", whole, questions.phrases),
    )
    for name, asked, texts in kinds:
        times: Times = {False: [], True: []}
        by_turns(asked, texts)
        for _ in range(ROUNDS):
            for which, found in by_turns(asked, texts).items():
                times[which] += found
        lines += rows(f"{name}, asked again", times)
    return lines


def faceted(search: Callable[..., object]) -> Ask:
    """Return a search with facets."""
    return lambda text: search(text, facets=True)


def ranking(archive: backstory.Archive) -> Ask:
    """Return what finds the window of feedback, as every search does, and nothing else."""
    reader, most = archive.backend.reader(), Feedback().window
    return lambda text: reader._pruned(query_of(archive, text), BM25(), most)


def both(archive: backstory.Archive) -> Ask:
    """Return the whole of what a backend does for a page of ten."""
    reader, feedback = archive.backend.reader(), Feedback()
    return lambda text: reader.search(
        query_of(archive, text), BM25(), offset=0, limit=10, feedback=feedback
    )


_queries: dict[str, Any] = {}


def query_of(archive: backstory.Archive, text: str) -> Any:
    """Return the query of a text; it is read when it is first asked for, in the warming up."""
    if text not in _queries:
        _queries[text] = archive.searcher._read(text, archive.backend.reader()).query
    return _queries[text]


def compare(asked: Mapping[bool, Callable[[str], Any]], texts: Sequence[str]) -> None:
    """Raise where an answer is not the same, to the last bit, with and without."""
    for text in texts:
        without, with_numpy = (replace(asked[which](text), seconds=0.0) for which in (False, True))
        if without != with_numpy:
            raise RuntimeError(f"{text!r} has another answer with NumPy")


def by_turns(asked: Mapping[bool, Ask], texts: Sequence[str]) -> Times:
    """Ask all texts with and without, some at a time; return the milliseconds of each."""
    times: Times = {which: [] for which in asked}
    order = list(asked)
    for start in range(0, len(texts), TURN):
        for which in order:
            for text in texts[start : start + TURN]:
                began = time.perf_counter()
                asked[which](text)
                times[which].append((time.perf_counter() - began) * 1000)
        order.reverse()
    return times


def rows(name: str, times: Times) -> list[list[str]]:
    """Return lines of the table for p50 and p95."""
    lines = []
    for share in (50, 95):
        without, with_numpy = (percentile(times[which], share) for which in (False, True))
        figures = [shown(figure, "ms") for figure in (without, with_numpy)]
        lines.append([f"{name}, p{share}", *figures, f"{without / with_numpy:.1f}"])
    return lines


def memory(index: Path, questions: Questions, work: Path) -> list[list[str]]:
    """Return a line about the memory of a reader after thousands of questions."""
    say("memory")
    file = work / "questions.json"
    questions.save(file)
    lines = []
    found = [run("grow", index=index, questions=file, with_numpy=w) for w in (False, True)]
    for name, kind in (("resident", "resident"), ("without mapped files", "own")):
        held = [shown(grown["memory"][-1][kind], "MB") for grown in found]
        lines.append([f"memory after 5,000 questions, {name}", *held, ""])
    return lines


if __name__ == "__main__":
    sys.exit(main())
