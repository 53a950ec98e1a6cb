"""From a text to a SearchResult, and from an address to an open document.

One Searcher serves any number of threads. Each answer comes from one commit of the index, the
newest at the time, and carries its generation.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from backstory.engine.backends.base import Commit, Reader, Source, Statistics
from backstory.engine.cache import Cache, CachePool
from backstory.engine.documents import Document, Passage, SkippedFile, split_address
from backstory.engine.errors import PassageNotFound
from backstory.engine.facets import facet_names
from backstory.engine.hits import (
    Found,
    Hit,
    Part,
    Ranking,
    Related,
    SearchResult,
    Shared,
    Understanding,
)
from backstory.engine.listing import RELEVANCE
from backstory.engine.matching import Matcher, Span
from backstory.engine.query import Nothing, Query
from backstory.engine.ranking import BM25
from backstory.engine.settings import RankingSettings
from backstory.engine.times import clock, split_time
from backstory.searcher.completion import Completer, Completion
from backstory.searcher.duplicates import repeated
from backstory.searcher.expansion import Expander
from backstory.searcher.explain import Explainer, words_read
from backstory.searcher.parser import Parsed, Parser
from backstory.searcher.related import related, related_documents
from backstory.searcher.reranking import WINDOW, Reranker, reranked
from backstory.searcher.settings import SearchSettings
from backstory.searcher.suggestions import Help, Respelt, missing, parts

LONGEST_SHOWN = 200
NEAREST_BYTES = 8_000  # about, of the documents nearest to one

Nearest = tuple[tuple[Document, tuple[Shared, ...]], ...]
MOST_SHOWN = 8


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


@dataclass(frozen=True, slots=True)
class _Question:
    """A text, read and expanded over one commit."""

    text: str
    parsed: Parsed
    query: Query
    limits: tuple[str, ...]


class Searcher:
    """Asks a backend; knows the settings, the query language and nothing of files."""

    def __init__(
        self,
        backend: Source,
        settings: SearchSettings | None = None,
        ranking: RankingSettings | None = None,
        rerankers: Sequence[Reranker] = (),
    ) -> None:
        """Take the sections [search] and [ranking]; None stands for their defaults."""
        self._backend, self._rerankers = backend, tuple(rerankers)
        self.settings, self._ranking = settings or SearchSettings(), ranking or RankingSettings()
        ranking = self._ranking
        self._bm25 = BM25(ranking.k1, ranking.b)
        self._completing: Completer | None = None
        self._nearest: tuple[CachePool, Cache[Any, Nearest]] | None = None

    @property
    def caches(self) -> CachePool:
        """The memory that answers from the newest commit are kept in."""
        return self._backend.reader().caches

    def reader(self) -> Reader:
        """Return the newest commit, to be asked about its words."""
        return self._backend.reader()

    def at_one_commit(self, page_size: int) -> Searcher:
        """Return a searcher that stays with the newest commit, with up to `page_size` hits a page.

        What is committed later changes none of its answers, so that pages fit together.
        """
        settings = replace(self.settings, max_page_size=page_size)
        reader = self.reader()
        pinned = Searcher(Commit(reader), settings, self._ranking, self._rerankers)
        pinned._completing = self._completer(reader)
        return pinned

    def statistics(self) -> Statistics:
        """Return what the newest commit holds."""
        return self._backend.reader().statistics

    def skipped(self) -> tuple[SkippedFile, ...]:
        """Return the files that the last indexing run could not read, with reasons."""
        return self._backend.reader().skipped()

    def documents(self) -> list[tuple[Document, int]]:
        """Return every document with its number of passages, by id."""
        return [(document, count) for document, _, count in self._backend.reader().documents()]

    def search(
        self,
        text: str,
        *,
        offset: int = 0,
        limit: int | None = None,
        correct: bool = True,
        facets: bool = False,
        explain: bool = False,
        sort: str = RELEVANCE,
        grouped: bool = False,
        copies: bool = True,
    ) -> SearchResult:
        """Answer a text with a page of hits; any string is a query.

        Words that no passage has are searched in a near spelling where it is clear which was
        meant, and `searched` says so; `correct=False` forbids that. `limit` is cut to the setting
        `search.max_page_size`, except that 0 asks for the counts alone: without corrections there
        are no suggestions then.
        `explain` adds what each word stands for, and to each hit what gave it its score.
        `sort` is one of `engine.listing.SORTS`; `grouped` lists the first passage of each
        document, and `offset` and `limit` count documents. `copies=False` leaves it open which hits
        repeat others: they are compared with each other, which many of them are too many for.
        """
        began = time.perf_counter()
        reader = self._backend.reader()
        settings = self.settings
        size = settings.page_size if limit is None else min(limit, settings.max_page_size)
        page = _Page(max(offset, 0), max(size, 0), facet_names() if facets else (), sort, grouped)
        asked = question = self._read(text, reader)
        ranking = self._rank(question, reader, page)
        absent = self._absent(question, ranking, reader)
        completer = self._completer(reader)
        advice = Help(reader, completer.vocabulary, settings, lambda: completer.names)
        is_counted = not (correct or page.limit)  # and nobody is to be helped
        respelt = Respelt() if is_counted else advice.respelt(text, absent, ranking.total)
        if correct and respelt.corrected:
            question = self._read(respelt.corrected, reader)
            ranking = self._rank(question, reader, page)
        hits = self._hits(question, ranking, reader, page.offset, explain=explain)
        understanding = _understanding(asked, question, absent, parts(absent, reader))
        if explain:
            understanding = _explained(understanding, question, reader)
        further = () if is_counted else advice.further(question.text, question.query, ranking.total)
        # Offered twice, a near spelling is the form of another language.
        offered = {offer.text: offer for offer in (*respelt.suggestions, *further)}
        return SearchResult(
            text=text,
            searched=question.text,
            hits=hits,
            total=ranking.total,
            full=ranking.full,
            offset=page.offset,
            limit=page.limit,
            generation=reader.statistics.generation,
            seconds=time.perf_counter() - began,
            understanding=understanding,
            suggestions=tuple(offered.values()),
            facets=ranking.facets,
            copies=repeated(hits, reader.analyzer) if copies else {},
            documents=ranking.documents,
            dates=ranking.dates,
            places=ranking.places,
        )

    def open(self, document_id: str, text: str = "") -> OpenDocument:
        """Open a document with the marks of `text`; raises PassageNotFound."""
        reader = self._backend.reader()
        document = reader.document(document_id)
        if document is None:
            raise PassageNotFound(document_id)
        matcher = self._matcher(text, reader)
        passages = tuple(
            ReadPassage(passage, matcher.match(document, passage) if matcher else None)
            for passage in reader.passages(document_id)
        )
        return OpenDocument(document, passages, reader.statistics.generation)

    def complete(self, text: str, limit: int = 8) -> list[Completion]:
        """Return up to `limit` ways to go on with a text that is being typed."""
        return self._completer(self._backend.reader()).complete(text, limit)

    def passage(self, address: str) -> tuple[Document, Passage]:
        """Return the passage at `article#p15` or `talk@0:01:05`; raises PassageNotFound."""
        reader = self._backend.reader()
        spoken = self.spoken(address)
        document_id, number = split_address(spoken.address if spoken else address)
        document = reader.document(document_id)
        passage = reader.passage(document_id, 1 if number is None else number) if document else None
        if document is None or passage is None:
            raise PassageNotFound(address)
        return document, passage

    def spoken(self, address: str) -> Passage | None:
        """Return the passage at an address with a time, `talk@0:01:05`, the last that has begun.

        None where the address has no time, is the id of a document, or is of none; raises
        PassageNotFound for a time after the end and for a document that is not spoken.
        """
        document_id, second = split_time(address)
        reader = self._backend.reader()
        if second is None or reader.document(address) or not reader.document(document_id):
            return None
        return spoken_at(reader.passages(document_id), second, address)

    def related(self, address: str, *, limit: int = 5) -> tuple[Related, ...]:
        """Return the passages of other documents nearest to one, each with what they share.

        Raises PassageNotFound.
        """
        reader = self._backend.reader()
        document, passage = self.passage(address)
        return related(reader, document, passage, self._bm25, limit=limit)

    def related_documents(self, document_id: str, *, limit: int = 5) -> Nearest:
        """Return the documents nearest to one, with what they share; raises PassageNotFound."""
        reader = self._backend.reader()
        commit = reader.statistics
        # A page is read again and again.
        key = commit.generation, commit.committed, document_id, limit
        nearest = self._nearest_in(reader.caches)
        known = nearest.get(key)
        if known is None:
            document, passages = reader.document(document_id), reader.passages(document_id)
            if document is None or not passages:
                raise PassageNotFound(document_id)
            known = related_documents(reader, document, passages, self._bm25, limit=limit)
            nearest.put(key, known, NEAREST_BYTES)
        return known

    def _nearest_in(self, pool: CachePool) -> Cache[tuple[int, str, str, int], Nearest]:
        if self._nearest is None or self._nearest[0] is not pool:
            self._nearest = pool, pool.cache("related")
        return self._nearest[1]

    def _read(self, text: str, reader: Reader) -> _Question:
        parsed = Parser(reader.analyzer, reader.languages, self.settings).parse(text)
        expander = Expander(reader, self._completer(reader).vocabulary, self.settings)
        query = expander.expand(parsed.query)
        limits = (*parsed.limits, *dict.fromkeys(expander.limits))
        return _Question(text, parsed, query, limits)

    def _matcher(self, text: str, reader: Reader) -> Matcher | None:
        question = self._read(text, reader)
        is_empty = isinstance(question.query, Nothing)
        return None if is_empty else Matcher(question.query, reader.analyzer)

    def _rank(self, question: _Question, reader: Reader, page: _Page) -> Ranking:
        if not (self._rerankers and page.limit and page.sort == RELEVANCE):
            return self._retrieve(question, reader, page)
        # The window is put into order as a whole, whichever page of it is asked for.
        ranking = self._retrieve(question, reader, page.widened(WINDOW))
        first = reranked(question.query, ranking.found[:WINDOW], reader, self._rerankers)
        found = (*first, *ranking.found[WINDOW:])[page.offset : page.offset + page.limit]
        return replace(ranking, found=found)

    def _retrieve(self, question: _Question, reader: Reader, page: _Page) -> Ranking:
        return reader.search(
            question.query,
            self._bm25,
            offset=page.offset,
            limit=page.limit,
            facets=page.facets,
            sort=page.sort,
            grouped=page.is_grouped,
        )

    def _hits(
        self, question: _Question, ranking: Ranking, reader: Reader, offset: int, *, explain: bool
    ) -> tuple[Hit, ...]:
        matcher = Matcher(question.query, reader.analyzer)
        explainer = Explainer(matcher, reader, self._bm25) if explain else None

        def hit(found: Found, rank: int) -> Hit:
            why = explainer.reasons(found) if explainer else ()
            return Hit.of(found, rank, matcher.match(found.document, found.passage) or (), why)

        return tuple(hit(found, rank) for rank, found in enumerate(ranking.found, offset + 1))

    def _absent(self, question: _Question, ranking: Ranking, reader: Reader) -> list[Query]:
        if ranking.full:
            return []
        return missing(question.query, reader)[:MOST_SHOWN]

    def _completer(self, reader: Reader) -> Completer:
        # Every search passes here, so that no older commit than the newest is held on to.
        if self._completing is None or self._completing.reader is not reader:
            self._completing = Completer(reader)
        return self._completing


@dataclass(frozen=True, slots=True)
class _Page:
    offset: int
    limit: int
    facets: Sequence[str]
    sort: str
    is_grouped: bool

    def widened(self, window: int) -> _Page:
        """Return the page that begins with the first hit and has at least `window` hits."""
        return replace(self, offset=0, limit=max(self.offset + self.limit, window))


def _understanding(
    asked: _Question, shown: _Question, absent: list[Query], alone: tuple[Part, ...]
) -> Understanding:
    names = tuple(shortened(getattr(leaf, "text", "")) for leaf in absent)
    notes = list(asked.parsed.notes)
    if shown is not asked:
        notes.append(f"No passage has {', '.join(names)}: these are the hits for {shown.text}.")
    return Understanding(
        notes=fewer(notes),
        ignored=fewer(asked.parsed.ignored),
        missing=names,
        limits=shown.limits,
        parts=alone,
    )


def _explained(understood: Understanding, question: _Question, reader: Reader) -> Understanding:
    return replace(
        understood,
        words=words_read(question.query, reader),
        languages=reader.languages,
    )


def spoken_at(passages: Sequence[Passage], second: int, address: str) -> Passage:
    """Return the last passage that has begun at a second; raises PassageNotFound."""
    timed = [(passage.seconds, passage) for passage in passages if passage.seconds]
    if not timed:
        raise PassageNotFound(address, reason="the document has no times")
    end = max(until for (_, until), _ in timed)
    if second > end:
        raise PassageNotFound(address, reason=f"the document ends at {clock(end)}")
    first = timed[0]
    begun = (held for held in timed if held[0][0] <= second)
    return max(begun, key=lambda held: held[0][0], default=first)[1]


def shortened(text: str) -> str:
    """Return a word or phrase as it is shown in a sentence, cut where it is very long."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def fewer(sentences: Sequence[str]) -> tuple[str, ...]:
    """Return the first sentences, and how many more there are."""
    shown = [shortened(sentence) for sentence in sentences[:MOST_SHOWN]]
    more = len(sentences) - len(shown)
    return (*shown, f"… and {more:,} more.") if more else tuple(shown)
