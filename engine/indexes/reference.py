"""The reference index: all documents in a dict, every query a scan over all passages.

It is naive and obviously right: tests compare the other indexes with it. It also serves throw-away
searches and small collections.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstory.engine.analysis import Analyzer
from backstory.engine.cache import CachePool
from backstory.engine.documents import (
    Document,
    IndexedDocument,
    Passage,
    SkippedFile,
)
from backstory.engine.embeddings import EmbeddingModel
from backstory.engine.errors import IndexBusy, UnreadableDocument
from backstory.engine.indexes.contract import (
    DocumentVectors,
    Problem,
    refuse,
)
from backstory.engine.indexes.reference_snapshot import (
    EMPTY,
    DocumentsById,
    ReferenceSnapshot,
    State,
    StoredPassage,
)
from backstory.engine.indexes.reference_vectors import VectorStore
from backstory.engine.matching import PassageTerms
from backstory.engine.settings import BaseConfig


@dataclass(frozen=True, slots=True)
class Batch:
    """Analysed documents by id; `rejected` maps the ids of refused ones to reasons."""

    documents: DocumentsById
    rejected: dict[str, str] = field(default_factory=dict)


class ReferenceWriter:
    """Collects changes and hands them to its index on commit."""

    recovered = False

    def __init__(self, index: ReferenceIndex, *, rebuild: bool) -> None:
        self._index = index
        self._is_open = True
        self._start = EMPTY if rebuild else index.state
        self._vectors = VectorStore()
        self.rollback()

    def add(self, documents: Iterable[IndexedDocument]) -> None:
        batch = self._index.prepare(documents)
        self.adopt(batch)
        for document_id, reason in batch.rejected.items():
            raise UnreadableDocument(document_id, reason)

    def adopt(self, prepared: Batch) -> None:
        for document_id, document in prepared.documents.items():
            self.delete(document_id)
            self._documents[document_id] = document

    def delete(self, document_id: str) -> None:
        self._documents.pop(document_id, None)
        self._vectors = self._vectors.without(document_id)

    def clear(self) -> None:
        self._documents.clear()
        self._vectors = VectorStore(self._vectors.model)

    def embed(self, model: EmbeddingModel, vectors: Iterable[DocumentVectors]) -> None:
        sizes = {id_: len(stored) for id_, (_, stored) in self._documents.items()}
        self._vectors = self._vectors.with_vectors(model, vectors, sizes)

    def forget_vectors(self) -> None:
        self._vectors = VectorStore()

    def skip(self, files: Iterable[SkippedFile]) -> None:
        self._skipped = tuple(files)

    def remember(self, settings: Mapping[str, Any]) -> None:
        self._settings = dict(settings)

    def commit(self) -> int:
        state = dict(self._documents), self._skipped, self._settings, self._vectors
        if state == self._index.state:
            return self._index.open().statistics.generation
        self._start = state
        return self._index.commit(state)

    def rollback(self) -> None:
        documents, self._skipped, settings, self._vectors = self._start
        self._documents: DocumentsById = dict(documents)
        self._settings = dict(settings)

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._index.release()


class ReferenceIndex:
    """An index that lives as long as its process."""

    place = "memory"

    def __init__(self, analyzer: Analyzer | None = None) -> None:
        self.analyzer = analyzer or Analyzer()
        self.state, self.caches = EMPTY, CachePool()
        self._writing = threading.Lock()
        self._generations = itertools.count(1)
        self._reader = ReferenceSnapshot(EMPTY, 0, self.caches)

    def open(self) -> ReferenceSnapshot:
        return self._reader

    def writer(self, *, wait: float = 0.0, rebuild: bool = False) -> ReferenceWriter:
        if not self._writing.acquire(timeout=max(wait, 0.0)):
            raise IndexBusy(self.place, "another writer of this process")
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
        self._reader = ReferenceSnapshot(state, generation, self.caches)
        return generation

    def release(self) -> None:
        """Let the next writer in."""
        if self._writing.locked():
            self._writing.release()

    def check(self, *, deep: bool = False) -> Iterator[Problem]:
        return iter(())

    def health(self) -> None:
        return None

    def close(self) -> None:
        """Do nothing: what an archive lets go of here would be gone."""

    def __reduce__(self) -> tuple[type[ReferenceIndex], tuple[Analyzer]]:
        """Travel to a process that prepares documents: the analyzer is all that it needs."""
        return type(self), (self.analyzer,)


def open_index(config: BaseConfig) -> ReferenceIndex:
    """Return an empty index that lives as long as it is referred to."""
    return ReferenceIndex()
