"""Measure what has a ceiling, beside another checkout, and tell whether it is kept.

    python bench/ceilings.py --against ../before             # about six minutes
    python bench/ceilings.py --against ../before --million   # half an hour
    python bench/ceilings.py --pairs 2 --only words,facets   # a look

The other checkout needs a virtual environment in .venv. Both work by turns, each on an index of its
own. Prints a Markdown table; says on stderr what it is doing. Nothing is left behind.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from intervals import CONFIDENCE, Interval, median_interval
from measures import (
    PEER,
    Bench,
    Measurements,
    measure_cold,
    measure_facets,
    measure_index,
    measure_lines,
    measure_million,
    measure_pages,
    measure_phrases,
    measure_unchanged,
    measure_words,
)
from news import draw, read_news, unpack
from peers import is_installed
from report import PACKAGES, command, machine, publish, shown, table
from sides import HERE, both, commit, python_of
from speed import NEWS, TERMINATED

PAIRS = 20
INDEX_PAIRS = 3  # one takes some ten seconds
MILLION = 1_000_000
BEFORE = "d98ae1a"
NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: what is measured, in which unit, and the most that it may be."""

    name: str
    unit: str = ""
    ceiling: float | None = None
    note: str = ""

    def cells(self, results: Measurements, pairs: int) -> list[str]:
        """Return name, here, interval, the other, ceiling and verdict."""
        samples = results.get(self.name, {})
        here = median_interval(samples["here"]) if "here" in samples else None
        other = median_interval(samples["other"]) if "other" in samples else None
        turns = len(samples.get("here", ()))
        return [
            self.name if turns in (0, 1, pairs) else f"{self.name} ({turns} pairs)",
            shown(here.median, self.unit) if here else NOT_MEASURED,
            self._interval(here) if here and turns > 1 else "",
            shown(other.median, self.unit) if other else self._why_empty(),
            "" if self.ceiling is None else f"≤ {shown(self.ceiling, self.unit)}{self.note}",
            "" if self.ceiling is None or not here else here.verdict(self.ceiling),
        ]

    def _interval(self, interval: Interval) -> str:
        sure = "" if interval.confidence >= CONFIDENCE else f" ({interval.confidence * 100:.0f} %)"
        return f"{shown(interval.low, '')} to {shown(interval.high, self.unit)}{sure}"

    def _why_empty(self) -> str:
        return "" if self.name.endswith((SNIPPETS, TIMES)) else NOT_MEASURED


SNIPPETS = "tantivy with its snippets"
TIMES = "times the other's"
LINES = (
    Line("words, p50", "ms"),
    Line("words, p95", "ms"),
    Line(f"words, p50: {SNIPPETS}", "ms"),
    Line(f"words, p95: {SNIPPETS}", "ms"),
    Line("words, p50: times tantivy's", ceiling=2.2),
    Line("words, p95: times tantivy's", ceiling=2.2),
    Line("facets add to words, p50", "ms", 0.5),
    Line("facets add to words, p95", "ms", 0.5),
    Line("phrases, p50", "ms"),
    Line("phrases, p95", "ms", 3),
    Line("a million passages: words, p50", "ms"),
    Line("a million passages: words, p95", "ms", 15),
    Line("a million passages: phrases, p50", "ms"),
    Line("a million passages: phrases, p95", "ms", 40),
    Line("time to index, clock", "s"),
    Line("time to index, processor", "s"),
    Line(f"time to index, processor: {TIMES}", ceiling=1.0, note=" (1.25 when all is built)"),
    Line("cold `backstory query`, clock", "s", 0.30),
    Line("cold `backstory query`, processor", "s"),
    Line("cold `backstory query`, an unknown word, clock", "s"),
    Line("cold `backstory query`, an unknown word, processor", "s"),
    Line("nothing changed, clock", "s", 0.5),
    Line("nothing changed, processor", "s"),
    Line("a page of hits, p50", "ms", 5),
    Line("a page of hits, p95", "ms"),
    Line("a document, opened first, p50", "ms", 4),
    Line("a document, opened first, p95", "ms"),
    Line("a document, opened again, p50", "ms"),
    Line("a document, opened again, p95", "ms"),
    Line("lines of Python"),
    Line("lines of Python, engine/"),
    Line("lines of templates, style and script"),
)
PARTS: dict[str, Callable[[Bench], Measurements]] = {
    "words": measure_words,
    "facets": measure_facets,
    "phrases": measure_phrases,
    "cold": measure_cold,
    "unchanged": measure_unchanged,
    "pages": measure_pages,
    "million": measure_million,
    "lines": measure_lines,
}
WITH_INDEX = frozenset(("words", "facets", "phrases", "cold", "unchanged", "pages", "index"))
ALL = ("index", *PARTS)


def main() -> int:
    """Measure, print, and return the exit status."""
    options = arguments()
    # A run that is ended takes its temporary folder with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    if trouble := what_is_missing(options):
        print(trouble, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="ceilings-", dir=options.work) as work:
        results = measure(prepare(options, Path(work).absolute()), options.only)
    publish(markdown(options, results), "ceilings", options.readme)
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--news", type=Path, default=NEWS, help="news.jsonl.gz")
    parser.add_argument("--against", type=Path, help="another checkout, with its .venv")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="turns of each side")
    parser.add_argument("--index-pairs", type=int, default=INDEX_PAIRS, help="the same, to index")
    parser.add_argument("--million", action="store_true", help="also a million passages")
    parser.add_argument("--large", type=int, default=MILLION, help=argparse.SUPPRESS)
    parser.add_argument("--only", type=parts, help=f"some of: {','.join(ALL)}")
    parser.add_argument("--limit", type=int, help="only the first N articles")
    parser.add_argument("--queries", type=int, default=200, help="questions of each kind")
    parser.add_argument("--work", type=Path, help="folder to make a temporary folder in")
    parser.add_argument("--readme", type=Path, help="README.md to put the table into")
    options = parser.parse_args()
    options.only = options.only or {part for part in ALL if part != "million"}
    options.only |= {"million"} if options.million else set()
    return options


def parts(text: str) -> set[str]:
    """Read the names of parts, with commas between them."""
    named = set(text.split(","))
    if unknown := named.difference(ALL):
        raise argparse.ArgumentTypeError(
            f"nothing is called {', '.join(sorted(unknown))}; name some of {', '.join(ALL)}"
        )
    return named


def what_is_missing(options: argparse.Namespace) -> str:
    """Return what keeps this from being measured and what to do about it, or nothing."""
    if not options.news.is_file():
        return f"No news at {options.news}. Name the file: --news news.jsonl.gz"
    if options.against and not python_of(options.against).is_file():
        return f"No {python_of(options.against)}. Make it in that checkout: make install"
    if "words" in options.only and not is_installed(PEER):
        return f"{PEER} is not installed. Install it: pip install -c constraints.txt -e '.[bench]'"
    if min(options.pairs, options.index_pairs) < 1:
        return "Nothing is measured in less than one turn. Say more: --pairs 20 --index-pairs 3"
    return next(
        filter(None, (side.trouble() for side in both(options.against, Path()).values())), ""
    )


def prepare(options: argparse.Namespace, work: Path) -> Bench:
    """Draw the questions and write the news as files."""
    articles = list(read_news(options.news, options.limit))
    bench = Bench(
        sides=both(options.against, work),
        work=work,
        news=options.news.absolute(),
        limit=options.limit,
        articles=articles,
        questions=draw(articles, options.queries),
        pairs=options.pairs,
        index_pairs=options.index_pairs,
        large=options.large,
    )
    unpack(articles, bench.corpus)
    return bench


def measure(bench: Bench, only: set[str]) -> Measurements:
    """Measure the parts that are wanted, in order."""
    results: Measurements = {}
    if WITH_INDEX & only:
        indexed = measure_index(bench, bench.index_pairs if "index" in only else 1)
        results |= indexed if "index" in only else {}
    for name, part in PARTS.items():
        results |= part(bench) if name in only else {}
    if unknown := results.keys() - {line.name for line in LINES}:
        raise RuntimeError(f"the table has no lines for {', '.join(sorted(unknown))}")
    return results


def markdown(options: argparse.Namespace, results: Measurements) -> str:
    """Return the table, with what was measured and where."""
    other = commit(options.against) if options.against else BEFORE
    heads = ("measured", "here", f"{CONFIDENCE * 100:.0f} % interval", other, "ceiling", "met?")
    rows = [line.cells(results, options.pairs) for line in LINES]
    notes = " ".join((machine((*PACKAGES, PEER)), *remarks(options)))
    head = f"`{command('bench/ceilings.py', sys.argv[1:])}`"
    return f"{head}\n\n{notes}\n\n{table(heads, rows)}\n"


def remarks(options: argparse.Namespace) -> Iterator[str]:
    """Yield what somebody must know to read the table."""
    yield f"Here: {commit(HERE)}."
    yield f"Medians of {options.pairs} turns, in processor time unless the line says clock."
    if options.large != MILLION:
        yield f"**The million is {options.large:,} passages here.**"
    if options.limit:
        yield f"**Only {options.limit:,} articles.**"


if __name__ == "__main__":
    sys.exit(main())
