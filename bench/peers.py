"""What a user would pick instead, used the plain way: Whoosh, SQLite FTS5, tantivy and bm25s.

All get the same paragraphs, one row or document each, and answer with their own extracts and
marks where they have any, because an answer that nobody can read is not an answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

TOP = 10
TANTIVY_HEAP = 256_000_000
PACKAGES = {"whoosh": "whoosh", "sqlite": "sqlite3", "tantivy": "tantivy", "bm25s": "bm25s"}
WITH_PROCESSES = ("whoosh", "tantivy")
WITH_MARKS = ("whoosh", "sqlite", "tantivy")
Row = tuple[str, str]


class Peer(Protocol):
    """Another search engine over one folder."""

    def index(self, passages: Iterable[Row]) -> None:
        """Index (address, text) rows and commit."""

    def search(self, text: str, *, marks: bool = True) -> list[str]:
        """Return extracts with marks, or plain texts, of the ten best passages.

        `text` is words, any of which may match, or one quoted phrase.
        """


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

    def search(self, text: str, *, marks: bool = True) -> list[str]:
        if self._searcher is None:
            self._open()
        hits = self._searcher.search(self._parser.parse(text), limit=TOP)
        return [hit.highlights("text") if marks else hit["text"] for hit in hits]

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

    def search(self, text: str, *, marks: bool = True) -> list[str]:
        quoted = text if text.startswith('"') else " OR ".join(f'"{w}"' for w in text.split())
        shown = "snippet(passages, 1, '[', ']', '…', 32)" if marks else "text"
        # `rank` is bm25() by default, and lets FTS5 sort before it makes the extracts.
        rows = self._database.execute(
            f"SELECT {shown}, bm25(passages) FROM passages "
            f"WHERE passages MATCH ? ORDER BY rank LIMIT {TOP}",
            (quoted,),
        )
        return [row[0] for row in rows]


class Tantivy:
    """tantivy with its English stemmer; one thread writes for each process that is asked for."""

    def __init__(self, folder: Path, *, processes: int = 1) -> None:
        self._folder, self._processes = folder, processes
        self._searcher: Any = None

    def index(self, passages: Iterable[Row]) -> None:
        import tantivy

        self._folder.mkdir(parents=True)
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("address", stored=True, tokenizer_name="raw")
        schema.add_text_field("text", stored=True, tokenizer_name="en_stem")
        index = tantivy.Index(schema.build(), path=str(self._folder))
        writer = index.writer(TANTIVY_HEAP, self._processes)
        for address, paragraph in passages:
            writer.add_document(tantivy.Document(address=address, text=paragraph))
        writer.commit()
        writer.wait_merging_threads()

    def search(self, text: str, *, marks: bool = True) -> list[str]:
        if self._searcher is None:
            self._open()
        searcher = self._searcher
        query = self._index.parse_query(text, ["text"])  # OR is its default
        documents = [searcher.doc(address) for _, address in searcher.search(query, TOP).hits]
        if not marks:
            return [document.get_first("text") for document in documents]
        extract = self._extracts(searcher, query, self._index.schema, "text")
        return [extract.snippet_from_doc(document).to_html() for document in documents]

    def _open(self) -> None:
        import tantivy

        self._extracts = tantivy.SnippetGenerator.create
        self._index = tantivy.Index.open(str(self._folder))
        self._searcher = self._index.searcher()


class Bm25s:
    """bm25s with NumPy and its own English stop words; it has no stemmer, phrases or marks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ranking: Any = None

    def index(self, passages: Iterable[Row]) -> None:
        import bm25s

        texts = [text for _, text in passages]
        ranking = bm25s.BM25(k1=1.2, b=0.75, backend="numpy")
        tokens = bm25s.tokenize(texts, stopwords="english", show_progress=False)
        ranking.index(tokens, show_progress=False)
        ranking.save(self._folder, corpus=texts, show_progress=False)

    def search(self, text: str, *, marks: bool = False) -> list[str]:
        import bm25s

        if marks:
            raise ValueError("bm25s has no marks")
        if self._ranking is None:
            self._ranking = bm25s.BM25.load(self._folder, load_corpus=True, show_progress=False)
        tokens = bm25s.tokenize(text, stopwords="english", show_progress=False)
        rows, _ = self._ranking.retrieve(
            tokens, k=TOP, show_progress=False, index_selection="numpy"
        )
        return [passage["text"] for passage in rows[0]]


def is_installed(peer: str) -> bool:
    """Tell whether the package of a peer can be imported."""
    return find_spec(PACKAGES[peer]) is not None


def open_peer(name: str, folder: Path, processes: int = 1) -> Peer:
    """Return the peer that a step asks for by name."""
    match name:
        case "whoosh":
            return StockWhoosh(folder, processes=processes)
        case "sqlite":
            return SqliteFts5(folder)
        case "tantivy":
            return Tantivy(folder, processes=processes)
        case "bm25s":
            return Bm25s(folder)
        case _:
            raise ValueError(f"no peer {name}")
