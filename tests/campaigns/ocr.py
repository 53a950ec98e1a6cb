"""Kills a run that reads scans, with SIGKILL, at random moments, and lets the next one go on.

    python tests/campaigns/ocr.py --kills 20

Whatever is killed, and whenever: the document with text is searchable all the time, no page that
was read is read again, none is lost, and in the end all are there. Prints a line of JSON.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from killing import killed_after, main, started

import backstory
from backstory.indexer.ocr.cache import FILE

# What the tests make their scans with.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from scans import pdf_of, scan

SENTENCE = "The keeper of the northern light wrote a long letter about lamp number"
PAGES = 5  # of each file


def write_corpus(corpus: Path, pages: int) -> None:
    """Write a memo, and scans of so many pages in all; no page is like another."""
    corpus.mkdir(parents=True)
    (corpus / "memo.txt").write_text("The admiral kept the ledger.")
    for first in range(0, pages, PAGES):
        numbers = range(first, min(first + PAGES, pages))
        sheets = [scan(f"{SENTENCE} {1000 + number}.", dpi=150) for number in numbers]
        (corpus / f"scan-{first:03}.pdf").write_bytes(pdf_of(sheets))


def start(root: Path) -> subprocess.Popen[bytes]:
    """Start a run that reads small pictures of the pages."""
    return started(root, BACKSTORY_OCR_DPI="150")


def pages_read(root: Path) -> dict[tuple[str, int], int]:
    """Return the pages that are kept, each with the number of its writing."""
    path = root / "index-state" / FILE
    if not path.exists() or not path.stat().st_size:
        return {}
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        rows = connection.execute("SELECT sha256, page, rowid FROM pages").fetchall()
    return {(sha256, page): row for sha256, page, row in rows}


def campaign(root: Path, kills: int, seed: int = 1) -> dict[str, int]:
    """Kill so many runs and let one end; raise AssertionError where a promise is broken."""
    chance = random.Random(seed)
    pages = kills * 2 + PAGES
    write_corpus(root / "corpus", pages)
    with backstory.open(root / "index", corpus=root / "corpus") as archive:
        archive.index()
        killed = 0
        for _ in range(kills):
            before = pages_read(root)
            killed += killed_after(
                start(root), lambda: len(pages_read(root)), chance.randint(0, 1), chance.random()
            )
            after = pages_read(root)
            assert before.items() <= after.items(), "a page was read again, or is lost"
            assert archive.search("ledger").total == 1
        before = pages_read(root)
        assert start(root).wait() == 0
        after = pages_read(root)
        assert before.items() <= after.items(), "a page was read again, or is lost"
        assert len(after) == pages, (len(after), pages)
        assert archive.search(f'"{SENTENCE}"').total == pages
        assert not [each for each in archive.check() if each.is_damage]
    return {"pages": pages, "kills": killed, "read_before_the_last_run": len(before)}


if __name__ == "__main__":
    sys.exit(main(campaign, (__doc__ or "").split("\n")[0]))
