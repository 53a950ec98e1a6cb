"""Measure how long it takes to find what a misspelt word may have been, and what a pattern fits.

    python bench/spelling.py                   # about a minute

The misspellings are made of the frequent words of the news, with a fixed seed. The kinds of
question take turns after every word; all figures are processor time. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from string import ascii_lowercase

from news import LEAST_FREQUENCY, SEED, read_news, unpack
from report import command, machine, percentile, shown, table
from speed import NEWS

import backstory
from backstory.engine.indexes.contract import Snapshot
from backstory.searcher.expansion import fitting
from backstory.searcher.spelling import near, spellings
from backstory.searcher.vocabulary import Vocabulary

MANY = 500_000
Kinds = dict[str, Callable[[str], object]]


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--news", type=Path, default=NEWS, help="news.jsonl.gz")
    parser.add_argument("--limit", type=int, help="the first so many articles only")
    parser.add_argument("--queries", type=int, default=200, help="misspelt words")
    options = parser.parse_args()
    if not options.news.is_file():
        print(f"No news at {options.news}. Name the file: --news news.jsonl.gz", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="spelling-") as work:
        unpack(list(read_news(options.news, options.limit)), Path(work) / "news")
        archive = backstory.open(Path(work) / "index", corpus=Path(work) / "news")
        archive.index()
        snapshot = archive.passage_index.open()
        words, typed = snapshot.vocabulary(), list(islice(misspellings(snapshot), options.queries))
        archive.search(typed[0])  # what a commit keeps is worked out, and NumPy is imported
        news = measure(words, typed, {"whole answer": archive.search})
    made = measure(grown(words), typed, {})
    lines = [[name, news[name], made.get(name, "")] for name in news]
    head = f"`{command('bench/spelling.py', sys.argv[1:])}`\n\n{machine()}"
    print(f"{head}\n\n{table(('measured', 'news', 'made'), lines)}")
    return 0


def misspellings(snapshot: Snapshot) -> Iterator[str]:
    """Yield frequent words with a letter left out, put in, replaced or swapped."""
    random_ = random.Random(SEED)
    known = dict(zip(snapshot.vocabulary(), snapshot.frequencies(), strict=True))
    frequent = [w for w, n in known.items() if n > LEAST_FREQUENCY and w.isalpha() and len(w) > 4]
    while True:
        word, letter = random_.choice(frequent), random_.choice(ascii_lowercase)
        at = random_.randrange(1, len(word) - 1)
        one, other = word[at : at + 2]
        middle = random_.choice((other, letter + one + other, letter + other, other + one))
        if (typed := word[:at] + middle + word[at + 2 :]) not in known:
            yield typed


def grown(words: Sequence[str]) -> list[str]:
    """Return a vocabulary of half a million, made of the beginnings and endings of words."""
    random_, made = random.Random(SEED), set(words)
    parts = [word for word in words if len(word) > 5 and word.isalpha()]
    while len(made) < MANY:
        one, other = random_.choices(parts, k=2)
        made.add(one[: random_.randint(3, 6)] + other[-random_.randint(2, 5) :])
    return sorted(made)


def measure(words: Sequence[str], typed: Sequence[str], more: Kinds) -> dict[str, str]:
    """Return the figures of a vocabulary by name; `more` are questions beside those to it alone."""
    vocabulary = Vocabulary(lambda: words)
    arranging = milliseconds(lambda _: vocabulary.letters, "")
    kinds: Kinds = {
        "near spellings": lambda word: spellings(word, vocabulary),
        "`word~1`": lambda word: near(word, vocabulary, 1),
        "`word~2`": lambda word: near(word, vocabulary, 2),
        "`wo*`": lambda word: sorted(vocabulary.starting(word[:2]), key=len),
        "`*ord*`": lambda word: list(islice(fitting(f"*{word[1:4]}*", vocabulary), 256)),
        **more,
    }
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for word in typed:
        for name, ask in kinds.items():
            times[name].append(milliseconds(ask, word))
    kept = sum(map(sys.getsizeof, (vocabulary.by_length, vocabulary.text)))
    figures = {
        "words": f"{len(words):,}",
        "arranged, once a commit": shown(arranging, "ms"),
        "kept for that": shown(kept + vocabulary.letters.size, "MB"),
    }
    for name, each in times.items():
        figures |= {f"{name}, p{n}": shown(percentile(each, n), "ms") for n in (50, 95)}
    return figures


def milliseconds(ask: Callable[[str], object], word: str) -> float:
    """Return the milliseconds of processor time that a question takes."""
    began = time.process_time()
    ask(word)
    return (time.process_time() - began) * 1_000


if __name__ == "__main__":
    sys.exit(main())
