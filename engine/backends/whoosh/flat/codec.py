"""The codec that Whoosh sees: its searcher reads flat segments, and its writer can write them.

Backstory's own evaluation goes to the arrays directly (`segment.py`). This is what makes the index
a Whoosh index: `whoosh.index.open_dir` opens it, and any Whoosh query runs on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage

from backstory.engine.backends.whoosh.flat.reading import EntryReader, TermReader
from backstory.engine.backends.whoosh.flat.writing import EntryWriter, TermWriter


class PassageCodec(base.Codec):
    """Reads and writes segments of flat arrays for the fields of the schema.

    There are no vectors, and no postings outside a field.
    """

    def per_document_writer(self, storage: FileStorage, segment: PassageSegment) -> EntryWriter:
        """Return a writer of the entries file."""
        return EntryWriter(storage, segment)

    def field_writer(self, storage: FileStorage, segment: PassageSegment) -> TermWriter:
        """Return a writer of the terms file; the entries must have been added before."""
        return TermWriter(storage, segment)

    def per_document_reader(self, storage: FileStorage, segment: PassageSegment) -> EntryReader:
        """Return a reader of the entries file."""
        return EntryReader(storage, segment)

    def terms_reader(self, storage: FileStorage, segment: PassageSegment) -> TermReader:
        """Return a reader of the terms file."""
        return TermReader(storage, segment)

    def new_segment(self, storage: FileStorage, indexname: str) -> PassageSegment:
        """Return a segment with a name of its own."""
        return PassageSegment(indexname)


class PassageSegment(base.Segment):
    """What the TOC says of a segment: its name, size, words, and deleted entries."""

    def __init__(self, indexname: str, segid: str | None = None) -> None:
        super().__init__(indexname)
        if segid:
            self.segid = segid
        self.size = 0
        self.words = 0
        self.deleted: set[int] = set()

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what only the writing of the segment needs."""
        return {name: value for name, value in self.__dict__.items() if name != "lengths"}

    def codec(self) -> PassageCodec:
        """Return the codec that reads the segment."""
        return PassageCodec()

    def set_doc_count(self, count: int) -> None:
        """Set the number of entries."""
        self.size = count

    def doc_count_all(self) -> int:
        """Return the number of entries, deleted or not."""
        return self.size

    def deleted_count(self) -> int:
        """Return the number of deleted entries."""
        return len(self.deleted)

    def deleted_docs(self) -> Iterator[int]:
        """Return the deleted entries."""
        return iter(self.deleted)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Mark an entry as deleted, or as not."""
        (self.deleted.add if delete else self.deleted.discard)(docnum)

    def is_deleted(self, docnum: int) -> bool:
        """Tell whether an entry is deleted."""
        return docnum in self.deleted

    def should_assemble(self) -> bool:
        """Keep the files apart: they are mapped one by one."""
        return False
