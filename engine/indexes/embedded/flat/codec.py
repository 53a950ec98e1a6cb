"""The codec that Whoosh sees: its searcher reads flat segments.

Backstory's own evaluation goes to the arrays directly. This is what makes the index a Whoosh
index: `whoosh.index.open_dir` opens it, and any Whoosh query runs on it. Whoosh cannot write such
segments: only a commit of Backstory's has a manifest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage

from backstory.engine.indexes.embedded.flat.reading import EntryReader, TermReader
from backstory.engine.indexes.embedded.schema import INDEX_NAME
from backstory.engine.indexes.embedded.segments import SegmentState


class PassageCodec(base.Codec):
    """Reads segments of flat arrays for the fields of the schema."""

    def per_document_writer(self, storage: FileStorage, segment: PassageSegment) -> NoReturn:
        """Raise ValueError: Whoosh only reads here."""
        raise ValueError("this index is written by Backstory alone. Run: backstory index")

    field_writer = new_segment = per_document_writer

    def per_document_reader(self, storage: FileStorage, segment: PassageSegment) -> EntryReader:
        """Return a reader of the entries file."""
        return EntryReader(storage, segment)

    def terms_reader(self, storage: FileStorage, segment: PassageSegment) -> TermReader:
        """Return a reader of the terms file."""
        return TermReader(storage, segment)


class PassageSegment(base.Segment):
    """What the TOC says of a segment: its name, size, words, and deleted entries."""

    def __init__(self, state: SegmentState) -> None:
        super().__init__(INDEX_NAME)
        self.segid, self.size, self.words = state.segid, state.size, state.words
        self.deleted = set(state.deleted)

    def codec(self) -> PassageCodec:
        """Return the codec that reads the segment."""
        return PassageCodec()

    def doc_count_all(self) -> int:
        """Return the number of entries, deleted or not."""
        return self.size

    def deleted_count(self) -> int:
        """Return the number of deleted entries."""
        return len(self.deleted)

    def deleted_docs(self) -> Iterator[int]:
        """Return the deleted entries."""
        return iter(self.deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Tell whether an entry is deleted."""
        return docnum in self.deleted

    def should_assemble(self) -> bool:
        """Keep the files apart: they are mapped one by one."""
        return False
