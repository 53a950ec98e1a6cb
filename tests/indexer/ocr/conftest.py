"""A corpus whose scans are read by OCR."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from scans import needs_tesseract

from backstory.api import Archive
from backstory.indexer.ocr.cache import FILE
from backstory.indexer.ocr.stage import OcrReport, recognize
from backstory.indexer.sync import Quiet, sync
from backstory.settings import Config

LAMP = "The keeper of the northern light wrote a long letter about forty lamps."
LEDGER = "On 9 March 2018 Admiral Quintero counted the ledger of the fund in a single night."
CRATE = "A crate without an address stood in the shed behind the customs house."


class Place:
    """A corpus with an index, where OCR may read."""

    def __init__(self, root: Path, **settings: object) -> None:
        self.root, self.corpus = root, root / "corpus"
        self.corpus.mkdir(exist_ok=True)
        usual = {"index__path": "index", "index__jobs": 2, "ocr__dpi": 150}
        self.config = Config(root=root).override(**{**usual, **settings})
        self.archive = Archive(self.config)

    def write(self, name: str, data: bytes) -> None:
        (self.corpus / name).write_bytes(data)

    def sync(self) -> None:
        sync(self.archive.passage_index, self.config)

    def recognize(self, after: int = 10_000) -> OcrReport:
        """Read the scans, or as many pages as are read until it is stopped."""
        seen = Counter()
        over = lambda: seen.pages >= after  # noqa: E731
        return recognize(self.archive.passage_index, self.config, seen, over)

    def texts(self, name: str) -> list[str]:
        return [each.text for each in self.archive.passage_index.open().passages(name)]

    def rows(self) -> dict[tuple[str, int], int]:
        """Return the pages that were read, each with the number of its writing."""
        with sqlite3.connect(self.config.state_path / FILE) as connection:
            rows = connection.execute("SELECT sha256, page, rowid FROM pages").fetchall()
        connection.close()
        return {(sha256, page): row for sha256, page, row in rows}


class Counter(Quiet):
    """Counts the pages that have come."""

    pages = 0

    def advance(self, files: int, passages: int, size: int) -> None:
        self.pages += files


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    needs_tesseract("eng", "spa")
    made = Place(tmp_path)
    yield made
    made.archive.close()
