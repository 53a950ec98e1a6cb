"""The searcher: texts to results, addresses to documents.

A Searcher is thread-safe. Each answer comes from a single commit of the index, the newest at the
time, and carries its generation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Unpack

from backstory.engine.cache import Cache, CachePool
from backstory.engine.cells import Cell, rows_of, split_cell
from backstory.engine.documents import (
    Document,
    FileState,
    Passage,
    SkippedFile,
    split_address,
)
from backstory.engine.embeddings import Encoder
from backstory.engine.errors import PassageNotFound
from backstory.engine.hits import Related, SearchResult, Shared
from backstory.engine.indexes.contract import Commit, Snapshot, Source, Statistics
from backstory.engine.matching import Matcher, Span
from backstory.engine.outcomes import stale
from backstory.engine.query import Nothing
from backstory.engine.ranking import BM25
from backstory.engine.settings import RankingSettings
from backstory.engine.times import clock, split_time
from backstory.searcher.addresses import document_at
from backstory.searcher.completion import Completer, Completion
from backstory.searcher.options import SearchKeywords, SearchOptions
from backstory.searcher.pipeline import Pipeline
from backstory.searcher.questions import Question, QuestionReader
from backstory.searcher.related import related, related_documents
from backstory.searcher.reranking import Reranker
from backstory.searcher.settings import SearchSettings

if TYPE_CHECKING:
    from backstory.searcher.draft_check import DraftCheck
    from backstory.searcher.draft_check.report import Place

MOST_COMPARED = 400  # passages, evenly taken from a longer document
SUPPORTING = 3  # passages that are shown for a sentence of a draft
NEAREST_BYTES = 8_000  # estimate for a cached list of the documents nearest to one

Nearest = tuple[tuple[Document, tuple[Shared, ...]], ...]


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage of an open document; `marks` is None where the query does not match it."""

    passage: Passage
    marks: tuple[Span, ...] | None = None


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document to read, with the query's marks; `matches` counts the passages that have any."""

    document: Document
    passages: tuple[ReadPassage, ...]
    generation: int

    @property
    def matches(self) -> int:
        """The number of passages that the query matches."""
        return sum(read.marks is not None for read in self.passages)


class Searcher:
    """Searches an index; thread-safe."""

    def __init__(
        self,
        index: Source,
        settings: SearchSettings | None = None,
        ranking: RankingSettings | None = None,
        rerankers: Sequence[Reranker] = (),
        encoder: Encoder | None = None,
    ) -> None:
        """Take the sections [search] and [ranking]; None stands for their defaults.

        With an encoder, whose model made the vectors of the index, questions are asked by meaning
        too.
        """
        self._encoder = encoder
        self._index, self._rerankers = index, tuple(rerankers)
        self.settings, self._ranking = settings or SearchSettings(), ranking or RankingSettings()
        ranking = self._ranking
        self._bm25 = BM25(ranking.k1, ranking.b)
        self._completing: Completer | None = None
        self._nearest: tuple[CachePool, Cache[Any, Nearest]] | None = None

    @property
    def caches(self) -> CachePool:
        """The caches of the newest commit."""
        return self.snapshot().caches

    def snapshot(self) -> Snapshot:
        """Return a snapshot of the newest commit; nothing of an older one is kept here."""
        snapshot = self._index.open()
        if self._completing is not None and self._completing.snapshot is not snapshot:
            self._completing = None
        return snapshot

    def at_one_commit(self, page_size: int) -> Searcher:
        """Return a searcher pinned to the newest commit, with up to `page_size` hits a page.

        Later commits do not change its answers, so pages of a result are consistent.
        """
        settings = replace(self.settings, max_page_size=page_size)
        snapshot = self.snapshot()
        pinned = Searcher(Commit(snapshot), settings, self._ranking, self._rerankers, self._encoder)
        pinned._completing = self._completer(snapshot)
        return pinned

    def statistics(self) -> Statistics:
        """Return the statistics of the newest commit."""
        return self.snapshot().statistics

    def skipped(self) -> tuple[SkippedFile, ...]:
        """Return the files that the last indexing run could not read, with reasons."""
        return self.snapshot().skipped()

    def stale(self) -> tuple[SkippedFile, ...]:
        """Return those of them whose documents are in the index, as they were read before."""
        snapshot = self._index.open()
        return stale(snapshot.skipped(), ((file.path, i) for file, i, _ in snapshot.files()))

    def documents(self) -> list[tuple[Document, int]]:
        """Return every document with its number of passages, by id."""
        return [(document, count) for document, _, count in self.snapshot().documents()]

    def search(self, text: str, **options: Unpack[SearchKeywords]) -> SearchResult:
        """Answer a text with a page of hits; any string is a query.

        The keywords are those of `SearchOptions`. Words that no passage has are replaced
        by a near spelling where it is clear which was meant; `searched` is the text that was used.
        """
        return self._pipeline(self.snapshot()).answer(text, SearchOptions(**options))

    def open(self, document_id: str, text: str = "") -> OpenDocument:
        """Open a document with the marks of `text`; raises PassageNotFound.

        The path of a copy opens the document that was indexed for it.
        """
        snapshot = self.snapshot()
        document = document_at(snapshot, document_id)
        if document is None:
            raise PassageNotFound(document_id)
        return self._opened(snapshot, document, snapshot.passages(document.id), text)

    def open_around(
        self, address: str, text: str = "", *, before: int = 1, after: int = 1
    ) -> OpenDocument:
        """Open a passage with up to so many before and after it, and the marks of `text`.

        However long the document is, no more of it is read. Raises PassageNotFound.
        """
        snapshot = self.snapshot()
        document_id, number = split_address(address)
        document = document_at(snapshot, document_id)
        if document is None or number is None or not snapshot.passage(document.id, number):
            raise PassageNotFound(address)
        numbers = range(max(number - before, 1), number + after + 1)
        near = (snapshot.passage(document.id, each) for each in numbers)
        return self._opened(snapshot, document, filter(None, near), text)

    def _opened(
        self, snapshot: Snapshot, document: Document, passages: Iterable[Passage], text: str
    ) -> OpenDocument:
        matcher = self.matcher(text, snapshot)
        read = (ReadPassage(p, matcher.match(document, p) if matcher else None) for p in passages)
        return OpenDocument(document, tuple(read), snapshot.statistics.generation)

    def filed(self, document_id: str) -> tuple[Document, FileState]:
        """Return a document with the file that it was read from; raises PassageNotFound.

        The path of a copy leads to the document that was indexed for it, as in `open`.
        """
        snapshot = self.snapshot()
        document = document_at(snapshot, document_id)
        file = snapshot.file(document.id) if document else None
        if document is None or file is None:
            raise PassageNotFound(document_id)
        return document, file

    def complete(self, text: str, limit: int = 8) -> list[Completion]:
        """Return up to `limit` ways to go on with a text that is being typed."""
        return self._completer(self.snapshot()).complete(text, limit)

    def passage(self, address: str) -> tuple[Document, Passage]:
        """Return the passage at `article#p15` or `talk@0:01:05`; raises PassageNotFound."""
        snapshot = self.snapshot()
        placed = self.at_place(address)
        document_id, number = split_address(placed.address if placed else address)
        document = document_at(snapshot, document_id)
        passage = (
            snapshot.passage(document.id, 1 if number is None else number) if document else None
        )
        if document is None or passage is None:
            raise PassageNotFound(address)
        return document, passage

    def at_place(self, address: str) -> Passage | None:
        """Return the passage at a time, `talk@0:01:05`, or in a cell, `budget.xlsx/Costs#B12`.

        At a time it is the last that has begun, in a cell the row. None where the address has
        neither, is the id of a document, or is of none; raises PassageNotFound for a time after
        the end, a row without text, and a document that has no times or no cells.
        """
        timed, second = split_time(address)
        in_sheet, cell = split_cell(address)
        snapshot = self.snapshot()
        if (second is None and cell is None) or snapshot.document(address):
            return None
        if second is not None and snapshot.document(timed):
            return spoken_at(snapshot.passages(timed), second, address)
        if cell is not None and snapshot.document(in_sheet):
            return passage_in(snapshot.passages(in_sheet), cell, address)
        return None

    def related(self, address: str, *, limit: int = 5) -> tuple[Related, ...]:
        """Return the passages of other documents nearest to one, each with what they share.

        Raises PassageNotFound.
        """
        snapshot = self.snapshot()
        document, passage = self.passage(address)
        return related(snapshot, document, passage, self._bm25, limit=limit)

    def check_draft(self, text: str) -> DraftCheck:
        """Return what the documents have for each sentence of a draft; see `draft_check`.

        The draft is plain text or Markdown, and is kept nowhere. Raises DraftTooLong.
        """
        from backstory.searcher.draft_check import check_draft

        pinned = self.at_one_commit(SUPPORTING)
        has_meaning = pinned._encoder is not None and pinned.snapshot().embedding is not None
        nearest = pinned._nearest_places if has_meaning else None
        return check_draft(text, pinned.snapshot(), self._bm25, nearest)

    def _nearest_places(self, text: str) -> list[Place]:
        """Return the best passages for the words of a text, by words and meaning."""
        from backstory.searcher.draft_check.report import Place

        words = " ".join(self.snapshot().analyzer.surfaces(text))
        result = self.search(words, limit=SUPPORTING, correct=False, copies=False)
        hits = result.hits or result.nearest
        return [Place(*self.passage(hit.passage), hit.marks) for hit in hits]

    def related_documents(self, document_id: str, *, limit: int = 5) -> Nearest:
        """Return the documents nearest to one, with what they share; raises PassageNotFound.

        Of a long document MOST_COMPARED passages speak for it, taken evenly from all of it.
        """
        snapshot = self.snapshot()
        commit = snapshot.statistics
        # A page is read again and again.
        key = commit.generation, commit.committed, document_id, limit
        nearest = self._nearest_in(snapshot.caches)
        known = nearest.get(key)
        if known is None:
            document, passages = snapshot.document(document_id), snapshot.passages(document_id)
            passages = passages[:: -(-len(passages) // MOST_COMPARED) or 1]
            if document is None or not passages:
                raise PassageNotFound(document_id)
            known = related_documents(snapshot, document, passages, self._bm25, limit=limit)
            nearest.put(key, known, NEAREST_BYTES)
        return known

    def _nearest_in(self, pool: CachePool) -> Cache[tuple[int, str, str, int], Nearest]:
        if self._nearest is None or self._nearest[0] is not pool:
            self._nearest = pool, pool.cache("related")
        return self._nearest[1]

    def _pipeline(self, snapshot: Snapshot) -> Pipeline:
        completer = self._completer(snapshot)
        return Pipeline(
            snapshot, self.settings, self._bm25, self._rerankers, completer, self._encoder
        )

    def question(self, text: str) -> Question:
        """Return a text as `search` reads it, over the newest commit."""
        return self.question_reader(self.snapshot()).parse(text)

    def question_reader(self, snapshot: Snapshot) -> QuestionReader:
        """Return what reads a text over a commit as `search` does."""
        return self._pipeline(snapshot).questions

    def matcher(self, text: str, snapshot: Snapshot) -> Matcher | None:
        """Return what marks the words of a text in passages of a commit, None without words."""
        query = self.question_reader(snapshot).parse(text).query
        return None if isinstance(query, Nothing) else Matcher(query, snapshot.analyzer)

    def _completer(self, snapshot: Snapshot) -> Completer:
        completing = self._completing
        if completing is None or completing.snapshot is not snapshot:
            completing = self._completing = Completer(snapshot)
        return completing


def spoken_at(passages: Sequence[Passage], second: int, address: str) -> Passage:
    """Return the last passage that has begun at a second; raises PassageNotFound."""
    timed = [(passage.seconds, passage) for passage in passages if passage.seconds]
    if not timed:
        raise PassageNotFound(address, reason="the document has no times")
    end = max(until for (_, until), _ in timed)
    if second > end:
        raise PassageNotFound(address, reason=f"the document ends at {clock(end)}")
    first = timed[0]
    begun = (entry for entry in timed if entry[0][0] <= second)
    return max(begun, key=lambda entry: entry[0][0], default=first)[1]


def passage_in(passages: Sequence[Passage], cell: Cell, address: str) -> Passage:
    """Return the passage with the row of a cell; raises PassageNotFound."""
    if not any(passage.cells for passage in passages):
        raise PassageNotFound(address, reason="the document has no cells")
    for passage in passages:
        if cell.row in rows_of(passage.cells):
            return passage
    raise PassageNotFound(address, reason=f"row {cell.row} of the sheet has no text")
