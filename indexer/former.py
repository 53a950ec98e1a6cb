"""The index that a rebuild replaces, as far as it can be read: what of it must not be lost."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from backstory.engine.documents import IndexedDocument
from backstory.engine.errors import BackstoryError, IndexNotFound
from backstory.engine.indexes.contract import Index, Snapshot
from backstory.indexer.corpus import Scan
from backstory.indexer.plan import IndexedFile, indexed_files


@dataclass(frozen=True, slots=True)
class Former:
    """The files of the old index, and those of them that the walk over the corpus could not see.

    `is_unknown` where there is an index that cannot be read, so that nobody knows what is in it.
    """

    snapshot: Snapshot | None = None
    files: dict[str, IndexedFile] = field(default_factory=dict)
    unseen: tuple[IndexedFile, ...] = ()
    is_unknown: bool = False

    def read(self, file: IndexedFile, ids: Iterable[str]) -> Iterator[IndexedDocument]:
        """Yield documents of a file as the old index has them, without those it cannot give."""
        if self.snapshot is None:
            return
        for document_id in sorted(ids):
            with contextlib.suppress(BackstoryError):  # a part of it may be damaged
                document = self.snapshot.document(document_id)
                passages = tuple(self.snapshot.passages(document_id))
                if document is not None:
                    yield IndexedDocument(document, passages, file.state)


def former_of(index: Index, scanned: Scan) -> Former:
    """Open the old index; one that is damaged or of another version is no error here."""
    try:
        snapshot = index.open()
        files = indexed_files(snapshot)
    except IndexNotFound:
        return Former()
    except BackstoryError:
        return Former(is_unknown=True)
    unseen = tuple(file for name, file in files.items() if scanned.is_hidden(name))
    return Former(snapshot, files, unseen)
