"""Measure how much of the text of real web pages is read, and how much beside it.

    git clone https://github.com/scrapinghub/article-extraction-benchmark pages
    python bench/pages.py pages                           # about a minute
    python bench/pages.py pages --worst 10                # and which pages are read worst

The list is that of article-extraction-benchmark (commit 4a3bc97): 181 pages, with the text of each
as people see it. It is compared by runs of four words, as that benchmark does; the figures are
means over the pages, F1 that of the two means. Nothing of it is kept here. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import mean

from report import command, machine, publish, table

AIM = 0.955
RUN = 4  # words
HEADS = ("pages", "F1", "precision", "recall", "aim")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Page:
    """How well a page was read: of what was read, how much is text, and of the text how much."""

    url: str
    precision: float
    recall: float


def main() -> int:
    """Measure, print, and return the exit status: 1 where the aim is missed."""
    options = arguments()
    truth = json.loads((options.pages / "ground-truth.json").read_text(encoding="utf-8"))
    pages = [
        compared(told["url"], told.get("articleBody", ""), read(options.pages, name))
        for name, told in truth.items()
    ]
    precision, recall = mean(p.precision for p in pages), mean(p.recall for p in pages)
    f1 = 2 * precision * recall / (precision + recall)
    verdict = f"≥ {AIM}, {'met' if f1 >= AIM else '**missed**'}"
    row = [str(len(pages)), f"{f1:.3f}", f"{precision:.3f}", f"{recall:.3f}", verdict]
    head = f"`{command('bench/pages.py', sys.argv[1:])}`\n\n{machine()}"
    publish(f"{head}\n\n{table(HEADS, [row])}\n", "pages", options.readme)
    for page in sorted(pages, key=lambda page: page.precision + page.recall)[: options.worst]:
        print(f"{page.precision:.2f} {page.recall:.2f} {page.url}")
    return int(f1 < AIM)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pages", type=Path, help="a clone of article-extraction-benchmark")
    parser.add_argument("--worst", type=int, default=0, help="how many pages to list")
    parser.add_argument("--readme", type=Path, help="file whose table is replaced")
    return parser.parse_args()


def read(folder: Path, name: str) -> str:
    """Return the text that is read of a page, headings included; "" where it cannot be read."""
    from backstory.engine.errors import UnreadableDocument
    from backstory.indexer.readers import Source
    from backstory.indexer.readers.web import read as read_page
    from backstory.indexer.settings import CorpusSettings

    path = folder / "html" / f"{name}.html.gz"
    data = gzip.decompress(path.read_bytes())
    try:
        reading = read_page(Source(path, path.name, data, False, CorpusSettings()))
    except UnreadableDocument:
        return ""
    lines: list[str] = []
    for heading, under in groupby(reading.paragraphs, key=lambda each: each.heading):
        lines += [heading.rpartition(" > ")[2], *(each.text for each in under)]
    return "\n".join(lines)


def compared(url: str, true: str, found: str) -> Page:
    """Compare a text with what was read of it."""
    expected, given = runs(true), runs(found)
    both = (expected & given).total()
    precision = both / given.total() if given else 0.0
    return Page(url, precision, both / expected.total() if expected else 0.0)


def runs(text: str) -> Counter[tuple[str, ...]]:
    """Count the runs of words in a text."""
    words = _WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1)))


if __name__ == "__main__":
    sys.exit(main())
