"""An index is copied into one of another kind, without reading any file again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from backstory.engine.documents import IndexedDocument
from backstory.engine.embeddings import stacked
from backstory.engine.errors import BackstoryError
from backstory.engine.indexes.contract import DocumentVectors, Index, Snapshot, Statistics, Writer

DOCUMENTS = 200  # that are in memory at a time
OnCopied = Callable[[int, int], None]


def copy_index(
    source: Snapshot,
    target: Index,
    *,
    wait: float = 0.0,
    tell: OnCopied = lambda documents, passages: None,
) -> Statistics:
    """Copy a commit into an index in place of what is there, and return what it holds then.

    Documents, skipped files, settings and vectors are copied; readers of the target see all of it
    at once. `tell` is given the numbers of documents and passages that were copied since it was
    called last. Raises IndexBusy, StorageFull, and BackstoryError where something is missing.
    """
    writer = target.writer(wait=wait, rebuild=True)
    try:
        _copy(source, target, writer, tell)
        writer.commit()
    finally:
        writer.close()
    copied = target.open().statistics
    _compare(source.statistics, copied)
    return copied


def _copy(source: Snapshot, target: Index, writer: Writer, tell: OnCopied) -> None:
    embedding = source.embedding
    documents = _documents(source)
    while some := list(islice(documents, DOCUMENTS)):
        prepared = target.prepare(some)
        for document_id, reason in prepared.rejected.items():
            raise BackstoryError(f"The document {document_id} cannot be copied: {reason}.")
        writer.adopt(prepared)
        if embedding:
            writer.embed(embedding.model, _vectors(source, some))
        tell(len(some), sum(len(one.passages) for one in some))
    writer.skip(source.skipped())
    writer.remember(source.settings)


def _documents(source: Snapshot) -> Iterator[IndexedDocument]:
    for document, file, _ in source.documents():
        yield IndexedDocument(document, tuple(source.passages(document.id)), file)


def _vectors(source: Snapshot, documents: Iterable[IndexedDocument]) -> Iterator[DocumentVectors]:
    """Yield the vectors of each document at once: a writer adds nothing to what it has written."""
    for one in documents:
        numbers = (passage.number for passage in one.passages)
        found = ((number, source.vector(one.document.id, number)) for number in numbers)
        rows = {number: row for number, row in found if row is not None}
        if rows:
            yield DocumentVectors(one.document.id, tuple(rows), stacked(list(rows.values())))


def _compare(source: Statistics, copied: Statistics) -> None:
    for name in ("documents", "passages", "words", "languages"):
        before, after = getattr(source, name), getattr(copied, name)
        if before != after:
            raise BackstoryError(
                f"The copy has other {name} than its source: {after}, not {before}.",
                "See what is wrong with the source: backstory check",
            )
