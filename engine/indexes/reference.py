"""The reference index: all documents in a dict, every query a scan over all passages.

It is naive and obviously right: tests compare the other indexes with it. It also serves throw-away
searches and small collections.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from backstory.engine.analysis import Analyzer
from backstory.engine.cache import CachePool
from backstory.engine.candidates import Candidate, Candidates, Cursor, FacetCounts, Places
from backstory.engine.documents import Document, FileState, IndexedDocument, Passage, SkippedFile
from backstory.engine.errors import IndexBusy, UnreadableDocument
from backstory.engine.facets import NAME, facet_value, ranked, ranked_names
from backstory.engine.filters import FactFilter
from backstory.engine.indexes.contract import Problem, Statistics, refuse
from backstory.engine.matching import Outcome, PassageTerms, evaluate
from backstory.engine.ordering import RELEVANCE, date_places
from backstory.engine.query import Filter, Leaf, Query, Term, walk
from backstory.engine.ranking import BM25, order, score
from backstory.engine.settings import BaseConfig
from backstory.engine.tokens import is_traced


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its document and its words."""

    document: Document
    passage: Passage
    terms: PassageTerms

    @property
    def language(self) -> str:
        return self.passage.language_in(self.document)


DocumentsById = dict[str, tuple[IndexedDocument, list[StoredPassage]]]
Match = tuple[StoredPassage, Outcome]
State = tuple[DocumentsById, tuple[SkippedFile, ...], Mapping[str, Any]]
EMPTY: State = ({}, (), {})


@dataclass(frozen=True, slots=True)
class Batch:
    """Analysed documents by id; `rejected` maps the ids of refused ones to reasons."""

    documents: DocumentsById
    rejected: dict[str, str] = field(default_factory=dict)


class ReferenceSnapshot:
    """One commit of a reference index."""

    def __init__(
        self, state: State, generation: int, analyzer: Analyzer, caches: CachePool
    ) -> None:
        documents, self._skipped, self.settings = state
        self._documents = dict(sorted(documents.items()))
        self._generation = generation
        self._committed = datetime.now(UTC).isoformat(timespec="seconds")
        self.analyzer, self.caches = analyzer, caches
        self._all = [stored for _, stored in self._documents.values()]
        self._passages = [passage for stored in self._all for passage in stored]

    @cached_property
    def statistics(self) -> Statistics:
        languages = Counter(stored.language for stored in self._passages)
        return Statistics(
            documents=len(self._documents),
            passages=len(self._passages),
            words=sum(len(stored.terms) for stored in self._passages),
            generation=self._generation,
            committed=self._committed,
            languages=dict(sorted(languages.items())),
        )

    @property
    def languages(self) -> tuple[str, ...]:
        counts = self.statistics.languages or {}
        return tuple(sorted(counts, key=lambda name: (-counts[name], name)))

    def retrieve(
        self,
        query: Query,
        ranking: BM25,
        *,
        k: int,
        order: str = RELEVANCE,
        grouped: bool = False,
        after: Cursor | None = None,
    ) -> Candidates:
        matched = list(self._matches(query, ranking))
        listed = _listed(matched, order)
        if grouped:
            firsts: dict[str, Match] = {}
            for match in listed:
                firsts.setdefault(match[0].document.id, match)
            listed = list(firsts.values())
        start = after.position if after else 0
        candidates = tuple(
            Candidate(stored.passage.address, outcome.score, outcome.all_words)
            for stored, outcome in listed[start : start + k]
        )
        all_words = sum(outcome.all_words for _, outcome in matched)
        following = Cursor(start + k) if k and len(candidates) == k else None
        return Candidates(candidates, len(matched), all_words, following)

    def read(self, ids: Iterable[Hashable]) -> list[tuple[Document, Passage]]:
        by_address = {stored.passage.address: stored for stored in self._passages}
        wanted = [by_address[str(id_)] for id_ in ids]
        return [(stored.document, stored.passage) for stored in wanted]

    def facets(self, query: Query, names: Sequence[str]) -> FacetCounts:
        matches = [stored for stored, _ in self._matches(query, BM25())]
        facets = {n: _names(matches) if n == NAME else _facet(matches, n) for n in names}
        dates = Counter(stored.document.date for stored in matches)
        in_order = {date: dates[date] for date in sorted(dates) if date}
        return FacetCounts(facets, len({stored.document.id for stored in matches}), in_order)

    def places(self, query: Query, document_ids: Iterable[str]) -> dict[str, Places]:
        numbers: dict[str, list[int]] = {}
        for stored, _ in self._matches(query, BM25()):
            numbers.setdefault(stored.document.id, []).append(stored.passage.number)
        return {
            id_: Places(tuple(numbers.get(id_, ())), len(self._documents[id_][1]))
            for id_ in document_ids
            if id_ in self._documents
        }

    def count(self, query: Query) -> int:
        return sum(1 for _ in self._matches(query, BM25()))

    def _matches(self, query: Query, ranking: BM25) -> Iterator[Match]:
        frequencies = self._frequencies(query)
        filters = _Filters(self.analyzer)
        total = len(self._passages)
        average = self.statistics.words / (total or 1)
        weights = {
            leaf: ranking.weight(total, sum(1 for f in counts if f))
            for leaf, counts in frequencies.items()
        }
        for number, stored in enumerate(self._passages):
            norm = ranking.norm(len(stored.terms), average)

            def score_of(leaf: Leaf, number: int = number, norm: float = norm) -> float | None:
                frequency = frequencies[leaf][number]
                return score(weights[leaf], frequency, norm) if frequency else None

            def passes(condition: Filter, stored: StoredPassage = stored) -> bool:
                return filters.matches(condition, stored)

            if outcome := evaluate(query, score_of, passes):
                yield stored, outcome

    def _frequencies(self, query: Query) -> dict[Leaf, list[int]]:
        leaves = {node for node in walk(query) if isinstance(node, Leaf)}
        return {
            leaf: [stored.terms.frequency(leaf) for stored in self._passages] for leaf in leaves
        }

    def titled(self, words: Sequence[Term], quoted: Leaf | None = None) -> frozenset[str]:
        leaves = (quoted,) if quoted else words

        def has_all(terms: PassageTerms) -> bool:
            return all(map(terms.frequency, leaves))

        def is_headed(text: str, document: Document) -> bool:
            return has_all(PassageTerms.of(text, document.language, self.analyzer))

        firsts = set()
        for indexed, passages in self._documents.values():
            stretches = [passages] if is_headed(indexed.document.title, indexed.document) else []
            for headed, run in groupby(
                passages, lambda one: is_headed(one.passage.heading, one.document)
            ):
                stretches += [list(run)] if headed else []
            firsts |= {
                stretch[0].passage.address
                for stretch in stretches
                if stretch and not any(has_all(one.terms) for one in stretch)
            }
        return frozenset(firsts)

    def document(self, document_id: str) -> Document | None:
        entry = self._documents.get(document_id)
        return entry[0].document if entry else None

    def file(self, document_id: str) -> FileState | None:
        entry = self._documents.get(document_id)
        return entry[0].file if entry else None

    def passage(self, document_id: str, number: int) -> Passage | None:
        passages = self.passages(document_id)
        return next((passage for passage in passages if passage.number == number), None)

    def passages(self, document_id: str) -> list[Passage]:
        entry = self._documents.get(document_id)
        return list(entry[0].passages) if entry else []

    def documents(self) -> Iterator[tuple[Document, FileState, int]]:
        for indexed, stored in self._documents.values():
            yield indexed.document, indexed.file, len(stored)

    def files(self) -> Iterator[tuple[FileState, str, str]]:
        for indexed, _ in self._documents.values():
            yield indexed.file, indexed.document.id, indexed.document.sha256

    def skipped(self) -> tuple[SkippedFile, ...]:
        return self._skipped

    @cached_property
    def _surfaces(self) -> dict[str, int]:
        distinct = (stored.terms.surfaces for stored in self._passages)
        return dict(
            sorted(Counter(surface for surfaces in distinct for surface in surfaces).items())
        )

    def vocabulary(self) -> Sequence[str]:
        return list(self._surfaces)

    def traced(self) -> Sequence[str]:
        return list(filter(is_traced, self._surfaces))

    def frequency(self, surface: str) -> int:
        return self._surfaces.get(surface, 0)

    def frequencies(self) -> Sequence[int]:
        return list(self._surfaces.values())

    def names(self) -> Mapping[str, int]:
        return Counter(name for stored in self._passages for name in stored.passage.names)

    def titles(self) -> Mapping[str, int]:
        return Counter(stored.document.title for stored in self._passages)


def _names(matches: Sequence[StoredPassage]) -> dict[str, int]:
    return ranked_names(Counter(name for stored in matches for name in stored.passage.names))


def _facet(matches: Sequence[StoredPassage], name: str) -> dict[str, int]:
    values = (facet_value(stored.document, name, stored.passage) for stored in matches)
    return ranked(Counter(values))


def _listed(matched: Iterable[Match], sort: str) -> list[Match]:
    """Return matches in the order of a list of hits."""

    def by_relevance(match: Match) -> tuple[bool, float, str, int]:
        stored, outcome = match
        passage = stored.passage
        return order(outcome.all_words, outcome.score, stored.document.id, passage.number)

    listed = sorted(matched, key=by_relevance)
    if sort != RELEVANCE:
        places = date_places((stored.document.date for stored, _ in listed), sort)
        listed.sort(key=lambda match: (places[match[0].document.date], match[0].document.id))
    return listed


class _Filters:
    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._filters: dict[Filter, FactFilter] = {}

    def matches(self, condition: Filter, stored: StoredPassage) -> bool:
        if condition not in self._filters:
            self._filters[condition] = FactFilter(condition, self._analyzer)
        return self._filters[condition].matches(stored.document, stored.passage)


class ReferenceWriter:
    """Collects changes and hands them to its index on commit."""

    recovered = False

    def __init__(self, index: ReferenceIndex, *, rebuild: bool) -> None:
        self._index = index
        self._is_open = True
        self._start = EMPTY if rebuild else index.state
        self.rollback()

    def add(self, documents: Iterable[IndexedDocument]) -> None:
        batch = self._index.prepare(documents)
        self.adopt(batch)
        for document_id, reason in batch.rejected.items():
            raise UnreadableDocument(document_id, reason)

    def adopt(self, prepared: Batch) -> None:
        self._documents.update(prepared.documents)

    def delete(self, document_id: str) -> None:
        self._documents.pop(document_id, None)

    def clear(self) -> None:
        self._documents.clear()

    def skip(self, files: Iterable[SkippedFile]) -> None:
        self._skipped = tuple(files)

    def remember(self, settings: Mapping[str, Any]) -> None:
        self._settings = dict(settings)

    def commit(self) -> int:
        state = dict(self._documents), self._skipped, self._settings
        if state == self._index.state:
            return self._index.open().statistics.generation
        self._start = state
        return self._index.commit(state)

    def rollback(self) -> None:
        documents, self._skipped, settings = self._start
        self._documents: DocumentsById = dict(documents)
        self._settings = dict(settings)

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._index.release()


class ReferenceIndex:
    """An index that lives as long as its process."""

    def __init__(self, analyzer: Analyzer | None = None) -> None:
        self.analyzer = analyzer or Analyzer()
        self.state, self.caches = EMPTY, CachePool()
        self._writing = threading.Lock()
        self._generations = itertools.count(1)
        self._reader = ReferenceSnapshot(EMPTY, 0, self.analyzer, self.caches)

    def open(self) -> ReferenceSnapshot:
        return self._reader

    def writer(self, *, wait: float = 0.0, rebuild: bool = False) -> ReferenceWriter:
        if not self._writing.acquire(timeout=max(wait, 0.0)):
            raise IndexBusy(Path("memory"), "another writer of this process")
        return ReferenceWriter(self, rebuild=rebuild)

    def prepare(self, documents: Iterable[IndexedDocument]) -> Batch:
        batch = Batch({})
        for one in documents:
            try:
                refuse(one, batch.documents)
                batch.documents[one.document.id] = (one, self._store(one))
            except ValueError as error:
                batch.rejected[one.document.id] = f"the index cannot take it: {error}"
        return batch

    def _store(self, indexed: IndexedDocument) -> list[StoredPassage]:
        document = indexed.document
        return [
            StoredPassage(document, passage, self._terms(passage, document))
            for passage in indexed.passages
        ]

    def _terms(self, passage: Passage, document: Document) -> PassageTerms:
        return PassageTerms.of(passage.text, passage.language_in(document), self.analyzer)

    def commit(self, state: State) -> int:
        """Replace the documents; open snapshots keep what they had."""
        self.state = state
        generation = next(self._generations)
        self._reader = ReferenceSnapshot(state, generation, self.analyzer, self.caches)
        return generation

    def release(self) -> None:
        """Let the next writer in."""
        if self._writing.locked():
            self._writing.release()

    def check(self, *, deep: bool = False) -> Iterator[Problem]:
        return iter(())

    def close(self) -> None:
        """Do nothing: what an archive lets go of here would be gone."""

    def __reduce__(self) -> tuple[type[ReferenceIndex], tuple[Analyzer]]:
        """Travel to a process that prepares documents: the analyzer is all that it needs."""
        return type(self), (self.analyzer,)


def open_index(config: BaseConfig) -> ReferenceIndex:
    """Return an empty index that lives as long as it is referred to."""
    return ReferenceIndex()
