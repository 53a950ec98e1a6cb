"""What a user would pick instead, used the plain way: stock Whoosh, and SQLite FTS5.

Both get the same paragraphs, one row or document each, and answer with their own extracts and
marks, because an answer that nobody can read is not an answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

TOP = 10
Row = tuple[str, str]


class Peer(Protocol):
    """Another search engine over one folder."""

    def index(self, passages: Iterable[Row]) -> None:
        """Index (address, text) rows and commit."""

    def search(self, text: str) -> list[str]:
        """Return the marked extracts of the ten best passages, for words or one quoted phrase."""


class StockWhoosh:
    """Whoosh with a stemming TEXT field, as in its own quick start."""

    def __init__(self, folder: Path, *, processes: int = 1) -> None:
        self._folder, self._processes = folder, processes
        self._searcher: Any = None

    def index(self, passages: Iterable[Row]) -> None:
        from whoosh.analysis.analyzers import StemmingAnalyzer
        from whoosh.fields import ID, TEXT, Schema
        from whoosh.index import create_in

        self._folder.mkdir(parents=True)
        text = TEXT(analyzer=StemmingAnalyzer(), stored=True)
        index = create_in(str(self._folder), Schema(address=ID(stored=True), text=text))
        several = {"procs": self._processes, "multisegment": True} if self._processes > 1 else {}
        writer = index.writer(**several)
        for address, paragraph in passages:
            writer.add_document(address=address, text=paragraph)
        writer.commit()

    def search(self, text: str) -> list[str]:
        if self._searcher is None:
            self._open()
        hits = self._searcher.search(self._parser.parse(text), limit=TOP)
        return [hit.highlights("text") for hit in hits]

    def _open(self) -> None:
        from whoosh.index import open_dir
        from whoosh.qparser.default import QueryParser
        from whoosh.qparser.syntax import OrGroup

        index = open_dir(str(self._folder))
        self._parser = QueryParser("text", index.schema, group=OrGroup)
        self._searcher = index.searcher()


class SqliteFts5:
    """SQLite's full-text index with the Porter stemmer."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(folder / "passages.sqlite")

    def index(self, passages: Iterable[Row]) -> None:
        columns = "address UNINDEXED, text, tokenize='porter unicode61'"
        with self._database as database:
            database.execute(f"CREATE VIRTUAL TABLE passages USING fts5({columns})")
            database.executemany("INSERT INTO passages VALUES (?, ?)", passages)

    def search(self, text: str) -> list[str]:
        quoted = text if text.startswith('"') else " OR ".join(f'"{w}"' for w in text.split())
        # `rank` is bm25() by default, and lets FTS5 sort before it makes the extracts.
        rows = self._database.execute(
            "SELECT snippet(passages, 1, '[', ']', '…', 32), bm25(passages) FROM passages "
            f"WHERE passages MATCH ? ORDER BY rank LIMIT {TOP}",
            (quoted,),
        )
        return [row[0] for row in rows]


def open_peer(name: str, folder: Path, processes: int = 1) -> Peer:
    """Return the peer that a step asks for by name."""
    match name:
        case "whoosh":
            return StockWhoosh(folder, processes=processes)
        case "sqlite":
            return SqliteFts5(folder)
        case _:
            raise ValueError(f"no peer {name}")
