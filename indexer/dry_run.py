"""The dry run: an index that records what a run would write, and writes nothing.

Files are read as in a real run, so that the forecast knows which would be skipped and which are
unchanged; documents are neither analysed nor stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstory.engine.cache import CachePool
from backstory.engine.documents import IndexedDocument, SkippedFile
from backstory.engine.embeddings import EmbeddingModel
from backstory.engine.errors import IndexNotFound
from backstory.engine.indexes.contract import DocumentVectors, Health, Index, Problem, Snapshot
from backstory.engine.outcomes import stale


@dataclass(frozen=True, slots=True)
class Change:
    """What would happen to a document: `kind` is add, change, move or remove.

    `path` is its file's name in the corpus, `was` the one before it was moved.
    """

    kind: str
    path: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run would change, sorted by path, and which files it would skip.

    `stale` are those of the skipped files whose documents would stay as they were read before.
    `reread` counts documents that it would read again because settings changed.
    """

    changes: tuple[Change, ...]
    skipped: tuple[SkippedFile, ...]
    stale: tuple[SkippedFile, ...] = ()
    reread: int = 0


@dataclass(frozen=True, slots=True)
class _Summary:
    """What a forecast needs of a document: the hash of its content and the path of its file."""

    sha256: str
    path: str


@dataclass(slots=True)
class _Batch:
    """Documents that would be indexed, by id."""

    documents: dict[str, _Summary]
    rejected: Mapping[str, str] = field(default_factory=dict)


def _batch(documents: Iterable[IndexedDocument]) -> _Batch:
    return _Batch({d.document.id: _Summary(d.document.sha256, d.file.path) for d in documents})


class DryRunIndex:
    """An index that reads from another and discards writes; it can be pickled."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @property
    def place(self) -> str:
        """Where the real index is."""
        return self._index.place

    @property
    def caches(self) -> CachePool:
        """The caches of what is really there."""
        return self._index.caches

    def open(self) -> Snapshot:
        """Return a snapshot of the real index."""
        return self._index.open()

    def writer(self, *, wait: float = 0.0, rebuild: bool = False) -> DryRunWriter:
        """Return a writer that writes nothing and needs no lock."""
        return DryRunWriter({} if rebuild else self._indexed())

    def _indexed(self) -> dict[str, _Summary]:
        try:
            files = self.open().files()
        except IndexNotFound:
            return {}
        return {document_id: _Summary(sha256, state.path) for state, document_id, sha256 in files}

    def prepare(self, documents: Iterable[IndexedDocument]) -> _Batch:
        """Note what would be indexed."""
        return _batch(documents)

    def check(self, *, deep: bool = False) -> Iterator[Problem]:
        """Check the real index."""
        return self._index.check(deep=deep)

    def health(self) -> Health | None:
        """Return how the machines of the real index are."""
        return self._index.health()

    def close(self) -> None:
        """Do nothing: the index is somebody else's."""


class DryRunWriter:
    """Records which documents the index would contain."""

    recovered = False

    def __init__(self, documents: dict[str, _Summary]) -> None:
        self._before, self._after = documents, dict(documents)
        self._skipped: tuple[SkippedFile, ...] = ()

    def add(self, documents: Iterable[IndexedDocument]) -> None:
        """Note documents."""
        self.adopt(_batch(documents))

    def adopt(self, prepared: Any) -> None:
        """Note the documents of a batch."""
        self._after.update(prepared.documents)

    def delete(self, document_id: str) -> None:
        """Note that a document would be gone."""
        self._after.pop(document_id, None)

    def clear(self) -> None:
        """Note that all would be gone."""
        self._after.clear()

    def embed(self, model: EmbeddingModel, vectors: Iterable[DocumentVectors]) -> None:
        """Do nothing."""

    def forget_vectors(self) -> None:
        """Do nothing."""

    def skip(self, files: Iterable[SkippedFile]) -> None:
        """Note what would not be indexed."""
        self._skipped = tuple(files)

    def remember(self, settings: Mapping[str, Any]) -> None:
        """Do nothing."""

    def commit(self) -> int:
        """Do nothing."""
        return 0

    def rollback(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def forecast(self) -> Forecast:
        """Compare the documents that there would be with those that there are."""
        before, after = self._before, self._after
        gone: dict[str, list[str]] = defaultdict(list)
        for document_id in before.keys() - after.keys():
            gone[before[document_id].sha256].append(before[document_id].path)
        changes = []
        for document_id, document in after.items():
            if document_id not in before and gone[document.sha256]:
                changes.append(Change("move", document.path, gone[document.sha256].pop()))
            elif document_id not in before:
                changes.append(Change("add", document.path))
            elif before[document_id].sha256 != document.sha256:
                changes.append(Change("change", document.path))
        changes += [Change("remove", path) for paths in gone.values() for path in paths]
        left = stale(self._skipped, ((each.path, i) for i, each in after.items()))
        return Forecast(tuple(sorted(changes, key=lambda each: each.path)), self._skipped, left)
