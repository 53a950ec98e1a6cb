"""How Whoosh writes a flat segment, when its own writer is given the codec."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Positions

from backstory.engine.backends.whoosh.flat.entries import ENTRIES_EXTENSION, EntriesWriter, path_of
from backstory.engine.backends.whoosh.flat.flatfile import FlatWriter
from backstory.engine.backends.whoosh.flat.terms import TERMS_EXTENSION, FieldWriter
from backstory.engine.backends.whoosh.schema import LENGTH, RECORD, SURFACE

if TYPE_CHECKING:
    from backstory.engine.backends.whoosh.flat.codec import PassageSegment

_POSITIONS = Positions()


class EntryWriter(base.PerDocumentWriter):
    """Writes entries as Whoosh's writer hands them over."""

    def __init__(self, storage: FileStorage, segment: PassageSegment) -> None:
        self._segment = segment
        self._writer = EntriesWriter(path_of(storage, segment, ENTRIES_EXTENSION))
        self._length = 0
        self._record = b"null"
        self.is_closed = False
        segment.lengths = self._writer.lengths

    def start_doc(self, docnum: int) -> None:
        """Begin an entry; entries come in order."""
        if docnum != len(self._writer.lengths):
            raise ValueError(f"entry {docnum} is out of order")
        self._length, self._record = 0, b"null"

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int) -> None:
        """Take note of a field's length; nothing else is stored by field."""
        if fieldname == SURFACE:
            self._length = length

    def add_column_value(self, fieldname: str, columnobj: Any, value: Any) -> None:
        """Take a record or a length."""
        if fieldname == RECORD:
            self._record = value
        elif fieldname == LENGTH:
            self._length = value

    def finish_doc(self) -> None:
        """End the entry."""
        self._writer.entry(self._length, self._record)

    def close(self) -> None:
        """Write the file."""
        self._writer.close()
        self._segment.words = self._writer.words
        self.is_closed = True


class TermWriter(base.FieldWriter):
    """Writes terms as Whoosh's writer hands them over: field by field, sorted."""

    def __init__(self, storage: FileStorage, segment: PassageSegment) -> None:
        self._file = FlatWriter(path_of(storage, segment, TERMS_EXTENSION))
        self._segment = segment
        self._field: FieldWriter | None = None
        self._text = b""
        self.is_closed = False

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        """Begin a field."""
        self._field = FieldWriter(fieldname, self._segment.lengths)

    def start_term(self, text: bytes) -> None:
        """Begin a term."""
        self._text = text
        self._ids, self._frequencies, self._positions = array("I"), array("I"), array("I")

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int) -> None:
        """Add a posting; its positions stand in `vbytes` as Whoosh's format writes them."""
        self._ids.append(docnum)
        self._frequencies.append(int(weight))
        if vbytes:
            self._positions.extend(_POSITIONS.decode_positions(vbytes))

    def finish_term(self) -> None:
        """End the term."""
        assert self._field is not None, "start_field comes first"
        self._field.term(self._text, self._ids, self._frequencies, self._positions)

    def finish_field(self) -> None:
        """End the field."""
        assert self._field is not None, "start_field comes first"
        self._field.save(self._file)

    def close(self) -> None:
        """Write the directory and close the file."""
        self._file.close()
        self.is_closed = True
