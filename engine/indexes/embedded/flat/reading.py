"""How Whoosh reads a flat segment: its entries, its dictionaries and its postings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Positions
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from backstory.engine.indexes.embedded.arrays import Numbers
from backstory.engine.indexes.embedded.flat.entries import ENTRIES_EXTENSION, Entries, path_of
from backstory.engine.indexes.embedded.flat.flatfile import FlatFile
from backstory.engine.indexes.embedded.flat.terms import TERMS_EXTENSION, Field
from backstory.engine.indexes.embedded.schema import (
    DOCUMENT_ENTRY,
    FIELDS,
    LENGTH,
    POSITIONED,
    RECORD,
)

if TYPE_CHECKING:
    from backstory.engine.indexes.embedded.flat.codec import PassageSegment

_POSITIONS = Positions()


class EntryReader(base.PerDocumentReader):
    """Reads lengths, records and deletions for Whoosh."""

    def __init__(self, storage: FileStorage, segment: PassageSegment) -> None:
        self._segment = segment
        self._file = FlatFile(path_of(storage, segment, ENTRIES_EXTENSION))
        self._entries = Entries(self._file)
        self._lengths: list[int] = self._entries.lengths.tolist()

    def doc_count(self) -> int:
        """Return the number of live entries."""
        return self._segment.size - self._segment.deleted_count()

    def doc_count_all(self) -> int:
        """Return the number of entries."""
        return self._segment.size

    def has_deletions(self) -> bool:
        """Tell whether any entry is deleted."""
        return bool(self._segment.deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Tell whether an entry is deleted."""
        return docnum in self._segment.deleted

    def deleted_docs(self) -> set[int]:
        """Return the deleted entries."""
        return self._segment.deleted

    def supports_columns(self) -> bool:
        """Tell Whoosh that there are columns."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Tell whether a column is there."""
        return fieldname in (RECORD, LENGTH)

    def column_reader(self, fieldname: str, column: Any) -> Sequence[Any]:
        """Return a column, by entry."""
        return self._lengths if fieldname == LENGTH else Records(self._entries)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return the number of words in an entry."""
        length = self._lengths[docnum]
        return length if fieldname in POSITIONED and length != DOCUMENT_ENTRY else default

    def field_length(self, fieldname: str) -> int:
        """Return the number of words in all entries."""
        return self._segment.words if fieldname in POSITIONED else 0

    def _passage_lengths(self) -> Numbers:
        lengths = self._entries.lengths
        words: Numbers = lengths[(lengths != 0) & (lengths != DOCUMENT_ENTRY)]
        return words

    def min_field_length(self, fieldname: str) -> int:
        """Return the length of the shortest passage."""
        lengths = self._passage_lengths()
        return int(lengths.min()) if len(lengths) else 0

    def max_field_length(self, fieldname: str) -> int:
        """Return the length of the longest passage."""
        return int(self._passage_lengths().max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, bytes]:
        """Return the record, under its column's name."""
        return {RECORD: self._entries.record(docnum)}

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Records(Sequence[bytes]):
    """The records column."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries.lengths)

    def __getitem__(self, entry: Any) -> Any:
        return self._entries.record(entry)


class TermReader(base.TermsReader):
    """Reads dictionaries and postings for Whoosh."""

    def __init__(self, storage: FileStorage, segment: PassageSegment) -> None:
        self._file = FlatFile(path_of(storage, segment, TERMS_EXTENSION))
        self._fields = {name: Field(self._file, name) for name in FIELDS}

    def _find(self, fieldname: str, text: bytes) -> tuple[Field, int]:
        field = self._fields.get(fieldname)
        number = field.find(text) if field else -1
        if field is None or number < 0:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return field, number

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field = self._fields.get(term[0])
        return field is not None and field.find(term[1]) >= 0

    def indexed_field_names(self) -> list[str]:
        """Return the fields that have terms."""
        return [name for name, field in self._fields.items() if field.size]

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield every (field, term)."""
        return ((name, text) for name, field in self._fields.items() for text in field.texts())

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield every (field, term) from a term on."""
        for name in FIELDS:
            if name >= fieldname:
                field = self._fields[name]
                start = field.at_or_after(prefix) if name == fieldname else 0
                yield from ((name, text) for text in field.texts(start))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield every term with its statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield every term with its statistics, from a term on."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def cursor(self, fieldname: str, fieldobj: Any) -> TermCursor:
        """Return a cursor over a field's terms."""
        field = self._fields.get(fieldname)
        return TermCursor(self, fieldname, field, fieldobj)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return a term's statistics; raises TermNotFound."""
        field, number = self._find(fieldname, text)
        first, last = field.span(number)
        frequencies = field.frequencies[first:last]
        return TermInfo(
            weight=float(frequencies.sum()),
            df=last - first,
            minlength=0,  # no term is in a shorter entry
            maxlength=1,
            maxweight=float(frequencies.max()),
            minid=field.ids.number(first),
            maxid=field.ids.number(last - 1),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Return how often a term stands in all entries."""
        return self.term_info(fieldname, text).weight() if (fieldname, text) in self else 0.0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Return in how many entries a term stands."""
        return self.term_info(fieldname, text).doc_frequency() if (fieldname, text) in self else 0

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """Return a matcher over a term's postings; raises TermNotFound."""
        field, number = self._find(fieldname, text)
        first, last = field.span(number)
        return ListMatcher(
            field.ids[first:last].tolist(),
            field.frequencies[first:last].astype(float).tolist(),
            Values(field, first, last),
            format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def close(self) -> None:
        """Close the file."""
        self._fields.clear()
        self._file.close()


class Values(Sequence[bytes]):
    """The encoded positions of a run of postings, encoded when asked for."""

    def __init__(self, field: Field, first: int, last: int) -> None:
        self._field, self._first, self._last = field, first, last

    def __len__(self) -> int:
        return self._last - self._first

    def __getitem__(self, number: Any) -> Any:
        if not self._field.has_positions:
            return b""
        return _POSITIONS.encode(self._field.positions_of(self._first + number))


class TermCursor(base.FieldCursor):
    """Walks over a field's terms."""

    def __init__(
        self, reader: TermReader, fieldname: str, field: Field | None, fieldobj: Any
    ) -> None:
        self._reader, self._fieldname, self._field = reader, fieldname, field
        self._fieldobj = fieldobj
        self._number = 0

    def is_valid(self) -> bool:
        """Tell whether the cursor stands on a term."""
        return self._field is not None and self._number < self._field.size

    def text(self) -> Any:
        """Return the term, None past the end."""
        if self._field is None or not self.is_valid():
            return None
        return self._fieldobj.from_bytes(self._field.text(self._number))

    def first(self) -> Any:
        """Go to the first term."""
        self._number = 0
        return self.text()

    def find(self, term: Any) -> Any:
        """Go to the first term that is not before `term`."""
        raw = term if isinstance(term, bytes) else self._fieldobj.to_bytes(term)
        self._number = self._field.at_or_after(raw) if self._field else 0
        return self.text()

    def next(self) -> Any:
        """Go to the next term."""
        self._number += 1
        return self.text()

    def term_info(self) -> TermInfo | None:
        """Return the term's statistics, None past the end."""
        if self._field is None or not self.is_valid():
            return None
        return self._reader.term_info(self._fieldname, self._field.text(self._number))
