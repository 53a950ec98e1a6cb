"""Measure how well real PDFs are read: words found, sentences cut, files a second.

    python bench/pdfs.py ~/pdfs                              # minutes
    python bench/pdfs.py ~/pdfs --readme bench/README.md     # replace the table there

The files are those of the public repositories in REPOSITORIES, of which nothing is in this one:
clone them below a folder, each as `owner/name`. Needs `pdftotext` (poppler-utils), whose words are
what is to be found. Prints a Markdown table, a repository a row:

- **recall**: the share of the words of a file by pdftotext that its passages and headings have, the
  mean over its files; **with left out** also counts what was left out and is listed.
- **cut**: the share of passages after which a sentence goes on in the next one: no end of a
  sentence, and a small letter. Items of lists and rows of tables do not count.
- **bookmarks** are the headings that a file names itself, as far as its text by pdftotext has them;
  **lost** are those whose letters stand in no passage or heading, **over** is the share that stands
  over what follows as its heading, at any level.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import shutil
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pypdfium2
from report import command, machine, publish, table

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.readers import Paragraph, Reading, Source
from backstory.indexer.readers.dispatch import read
from backstory.indexer.readers.headings import SEPARATOR
from backstory.indexer.settings import CorpusSettings

REPOSITORIES = (
    "Unstructured-IO/unstructured",
    "camelot-dev/camelot",
    "docling-project/docling",
    "documentcloud/docsplit",
    "freelawproject/doctor",
    "freelawproject/x-ray",
    "jsvine/pdfplumber",
    "pdfminer/pdfminer.six",
    "py-pdf/sample-files",
    "tabulapdf/tabula-java",
)
HEADS = (
    *("repository", "files", "recall", "with left out", "passages", "cut"),
    *("bookmarks", "lost", "over", "files/s"),
)
LARGEST = 6_000_000
FEWEST = 20  # words of a file that counts
WORD = re.compile(r"\w+")
ITEM = re.compile(r"(?:\(?\w{1,3}[.)]|[•●*-])\s")


@dataclass(frozen=True)
class Measured:
    """What was measured of one file; `seconds` is the time that reading took."""

    recall: float
    with_left_out: float
    passages: int
    cut: int
    bookmarks: int
    lost: int
    over: int
    seconds: float


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="folder with the clones, as owner/name")
    parser.add_argument("--readme", type=Path, help="file whose table is replaced")
    options = parser.parse_args()
    if not shutil.which("pdftotext"):
        parser.error("pdftotext is missing: install poppler-utils")
    by_name = {name: list(measured(options.folder / name)) for name in REPOSITORIES}
    rows = [[name, *cells(found)] for name, found in by_name.items() if found]
    if not rows:
        parser.error(f"{options.folder} has no PDF of {', '.join(REPOSITORIES)}")
    rows.append(["all", *cells([each for found in by_name.values() for each in found])])
    head = f"`{command('bench/pdfs.py', sys.argv[1:])}`\n\n{machine()}"
    publish(f"{head}\n\n{table(HEADS, rows)}\n", "pdfs", options.readme)
    return 0


def measured(folder: Path) -> Iterator[Measured]:
    """Measure every PDF below a folder that can be read and holds more than a few words."""
    for path in sorted(folder.rglob("*.pdf")):
        if path.is_file() and path.stat().st_size <= LARGEST:
            text = of_pdftotext(path)
            if words(text).total() >= FEWEST and (one := measure(path, text)):
                yield one


def measure(path: Path, text: str) -> Measured | None:
    """Measure one file, whose text pdftotext gives; None where it cannot be read."""
    wanted = words(text)
    began = time.perf_counter()
    try:
        reading = read(Source(path, path.name, path.read_bytes(), False, CorpusSettings()))
    except UnreadableDocument:
        return None
    seconds = time.perf_counter() - began
    shown = words(" ".join(texts(reading)))
    listed = words(" ".join(each.text for each in reading.left_out))
    shown_apart = [letters(each) for each in texts(reading)]
    headings = {
        letters(one)
        for each in reading.paragraphs
        for one in (each.heading, *each.heading.split(SEPARATOR))
    }
    marked = [each for each in bookmarks(path) if each in letters(text)]
    return Measured(
        (shown & wanted).total() / wanted.total(),
        ((shown + listed) & wanted).total() / wanted.total(),
        len(reading.paragraphs),
        sum(is_cut(a, b) for a, b in pairwise(reading.paragraphs)),
        len(marked),
        sum(not any(each in one for one in shown_apart) for each in marked),
        sum(each in headings for each in marked),
        seconds,
    )


def bookmarks(path: Path) -> list[str]:
    """Return the letters of each bookmark of a file, of those that have three or more."""
    with contextlib.closing(pypdfium2.PdfDocument(path)) as document:
        titles = [letters(each.get_title()) for each in document.get_toc()]
    return [each for each in titles if len(each) >= 3]


def letters(text: str) -> str:
    """Return the letters and digits of a text, in small letters."""
    return "".join(WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def of_pdftotext(path: Path) -> str:
    """Return the text of a file by pdftotext, "" where that takes longer than a minute."""
    try:
        done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace")


def words(text: str) -> Counter[str]:
    """Count the words of a text."""
    return Counter(WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def texts(reading: Reading) -> Iterable[str]:
    """Yield all that is shown of a document."""
    yield reading.title
    for paragraph in reading.paragraphs:
        yield paragraph.heading
        yield paragraph.text


def is_cut(a: Paragraph, b: Paragraph) -> bool:
    """Tell whether a sentence goes on from a passage to the next."""
    if a.heading != b.heading or " | " in a.text + b.text or ITEM.match(b.text):
        return False
    return (a.text[-1].isalpha() or a.text[-1] in ",-") and b.text[0].islower()


def cells(files: Sequence[Measured]) -> list[str]:
    """Return the cells of a repository's row."""
    passages = sum(each.passages for each in files)
    marked = sum(each.bookmarks for each in files)
    return [
        f"{len(files):,}",
        f"{sum(each.recall for each in files) / len(files):.3f}",
        f"{sum(each.with_left_out for each in files) / len(files):.3f}",
        f"{passages:,}",
        f"{sum(each.cut for each in files) / max(passages, 1):.2%}",
        f"{marked:,}",
        f"{sum(each.lost for each in files):,}",
        f"{sum(each.over for each in files) / marked:.0%}" if marked else "",
        f"{len(files) / sum(each.seconds for each in files):,.1f}",
    ]


if __name__ == "__main__":
    sys.exit(main())
