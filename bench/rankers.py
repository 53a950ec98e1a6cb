"""Systems that rank the documents of a test collection: Backstory, and three others used plainly.

All are given the same texts, and answer a question with the ids of the best documents, best first,
at most `depth` of them. The others are as their own documentation shows them: bm25s with its
English stop words and the Snowball stemmer of PyStemmer, SQLite FTS5 with `porter`, Whoosh with
its StemmingAnalyzer. Any word of a question may match, and one that is repeated counts as often.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from speed import say

import backstory
from backstory.engine.documents import Document, IndexedDocument
from backstory.indexer.passages import passages
from backstory.indexer.readers import Paragraph, Reading
from backstory.indexer.settings import CorpusSettings

LANGUAGE = "en"
OURS = "backstory"
PAGE = 1_000
PEERS = {"bm25s": ("bm25s", "Stemmer"), "sqlite": ("sqlite3",), "whoosh": ("whoosh",)}
Rank = Callable[[str, int], list[str]]
_BLANK_LINE = re.compile(r"\n\s*\n")


def open_ranker(
    name: str,
    texts: Mapping[str, str],
    titles: Mapping[str, str],
    work: Path,
    limits: Counter[str],
) -> Rank:
    """Index texts by document id and return the function that ranks them for a question.

    `limits` counts the questions of which Backstory's settings let only a part be asked.
    """
    match name:
        case "backstory":
            return rank_with_backstory(texts, titles, work, limits)
        case "bm25s":
            return rank_with_bm25s(texts)
        case "sqlite":
            return rank_with_sqlite(texts)
        case "whoosh":
            return rank_with_whoosh(texts)
        case _:
            raise ValueError(f"no system {name}")


def is_installed(peer: str) -> bool:
    """Tell whether what a peer needs can be imported."""
    return all(find_spec(package) for package in PEERS[peer])


def rank_with_backstory(
    texts: Mapping[str, str], titles: Mapping[str, str], work: Path, limits: Counter[str]
) -> Rank:
    """Rank documents by their best passage, as `backstory query --exact` lists passages."""
    archive = backstory.open(work, search__max_page_size=PAGE)
    writer = archive.passage_index.writer()
    try:
        batch = archive.passage_index.prepare(_documents(texts, titles, archive.config.corpus))
        writer.adopt(batch)
        writer.commit()
    finally:
        writer.close()
    for id_, reason in batch.rejected.items():
        say(f"not indexed: {id_}: {reason}")

    def rank(text: str, depth: int) -> list[str]:
        documents: dict[str, None] = {}
        offset, total = 0, 1
        while offset < total and len(documents) < depth:
            limit = min(depth, PAGE)
            page = archive.searcher.search(text, offset=offset, limit=limit, correct=False)
            if not offset:
                limits.update(page.understanding.limits)
            documents.update(dict.fromkeys(hit.document for hit in page))
            offset, total = offset + page.limit, page.total
        return list(documents)[:depth]

    return rank


def _documents(
    texts: Mapping[str, str], titles: Mapping[str, str], settings: CorpusSettings
) -> Iterator[IndexedDocument]:
    """Make documents as the indexer makes them; one without a word is none."""
    for id_, text in texts.items():
        paragraphs = tuple(Paragraph(part) for part in _BLANK_LINE.split(text))
        parts, notes = passages(id_, Reading(paragraphs), settings)
        if parts:
            document = Document(id_, titles[id_], language=LANGUAGE, notes=notes)
            yield IndexedDocument(document, parts)


def rank_with_bm25s(texts: Mapping[str, str]) -> Rank:
    """Rank with bm25s and stems."""
    import bm25s
    from Stemmer import Stemmer

    ids, stemmer = list(texts), Stemmer("english")

    def tokens(text: str | list[str]) -> Any:
        return bm25s.tokenize(text, stopwords="english", stemmer=stemmer, show_progress=False)

    ranking = bm25s.BM25(k1=1.2, b=0.75, backend="numpy")
    ranking.index(tokens(list(texts.values())), show_progress=False)

    def rank(text: str, depth: int) -> list[str]:
        most = min(depth, len(ids))
        rows, scores = ranking.retrieve(tokens(text), k=most, show_progress=False)
        return [ids[row] for row, score in zip(rows[0], scores[0], strict=True) if score > 0]

    return rank


def rank_with_sqlite(texts: Mapping[str, str]) -> Rank:
    """Rank with FTS5, in memory."""
    database = sqlite3.connect(":memory:")
    columns = "id UNINDEXED, text, tokenize='porter unicode61'"
    database.execute(f"CREATE VIRTUAL TABLE documents USING fts5({columns})")
    database.executemany("INSERT INTO documents VALUES (?, ?)", texts.items())
    select = "SELECT id FROM documents WHERE documents MATCH ? ORDER BY rank LIMIT ?"

    def rank(text: str, depth: int) -> list[str]:
        query = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", text))
        return [id_ for (id_,) in database.execute(select, (query, depth))] if query else []

    return rank


def rank_with_whoosh(texts: Mapping[str, str]) -> Rank:
    """Rank with stock Whoosh, in memory."""
    from whoosh.analysis.analyzers import StemmingAnalyzer
    from whoosh.fields import ID, TEXT, Schema
    from whoosh.filedb.filestore import RamStorage
    from whoosh.query import Or, Term

    analyzer = StemmingAnalyzer()
    index = RamStorage().create_index(Schema(id=ID(stored=True), text=TEXT(analyzer)))
    writer = index.writer()
    for id_, text in texts.items():
        writer.add_document(id=id_, text=text)
    writer.commit()
    searcher = index.searcher()

    def rank(text: str, depth: int) -> list[str]:
        # Its parser merges repeated words, which costs it 0.06 of its nDCG@10 on CISI.
        query = Or([Term("text", token.text) for token in analyzer(text)])
        return [hit["id"] for hit in searcher.search(query, limit=depth)]

    return rank
