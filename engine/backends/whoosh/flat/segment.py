"""A flat segment as Backstory reads and writes it: straight from and into the arrays."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from backstory.engine.backends.whoosh.flat.entries import ENTRIES_EXTENSION, Entries, EntriesWriter
from backstory.engine.backends.whoosh.flat.flatfile import FlatFile, FlatWriter
from backstory.engine.backends.whoosh.flat.terms import TERMS_EXTENSION, Field, FieldWriter
from backstory.engine.backends.whoosh.inverter import InvertedField
from backstory.engine.backends.whoosh.schema import FIELDS
from backstory.engine.backends.whoosh.segments import (
    PASSAGES,
    OpenSegment,
    Runs,
    SegmentState,
    decoded_term,
    encoded_term,
)


class FlatPostings:
    """A term's postings: views of the field's arrays."""

    __slots__ = ("_field", "_first", "_last", "_number", "frequencies", "ids")

    def __init__(self, field: Field, number: int) -> None:
        self._field, self._number = field, number
        self._first, self._last = field.span(number)
        self.ids: memoryview[Any] = field.ids[self._first : self._last]
        self.frequencies: memoryview[Any] = field.frequencies[self._first : self._last]

    @property
    def peaks(self) -> Sequence[tuple[int, int]]:
        """(frequency, length)s that bound the term."""
        return self._field.peaks(self._number)

    @property
    def bitmap(self) -> bytes | None:
        """A bitmap of the entries, where there are many."""
        return self._field.bitmap(self._number)

    def positions(self, number: int) -> list[int]:
        """Return the positions of one posting."""
        return self._field.positions_of(self._first + number)

    def all_positions(self) -> Sequence[int]:
        """Return the positions of all postings in a row."""
        return self._field.term_positions(self._first, self._last)

    def runs(self) -> Runs:
        """Return the postings with where the positions of each are."""
        field = self._field
        return Runs(self.ids, field.position_at[self._first : self._last + 1], field.positions)


class FlatSegment(OpenSegment):
    """A segment of flat arrays; reading it needs no lock."""

    def __init__(
        self, folder: Path, segment: SegmentState, known: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(folder, segment, known)
        name = segment.segment_id()
        self._entries_file = FlatFile(folder / f"{name}{ENTRIES_EXTENSION}")
        self._terms_file = FlatFile(folder / f"{name}{TERMS_EXTENSION}")
        self._entries = Entries(self._entries_file)
        self._fields = {field: Field(self._terms_file, field) for field in FIELDS}
        self.lengths, self.headers = self._entries.lengths, self._entries.headers
        self.size = len(self.lengths)

    def close(self) -> None:
        """Let go of the files; they close with the last view of their arrays."""
        super().close()
        self._fields.clear()
        self._terms_file.close()
        self._entries_file.close()

    def raw_record(self, entry: int) -> bytes:
        """Return what is stored of an entry, as it is stored."""
        return self._entries.record(entry)

    def postings(self, field: str, text: str) -> FlatPostings | None:
        """Return a term's postings, or None where no entry has it."""
        held = self._fields[field]
        number = held.find(encoded_term(text))
        return FlatPostings(held, number) if number >= 0 else None

    def counts(self, field: str) -> Iterator[tuple[str, int]]:
        """Yield every term of a field with its number of entries, deleted ones included."""
        held = self._fields[field]
        counts = (stop - start for start, stop in pairwise(held.start.tolist()))
        return zip(map(decoded_term, held.texts()), counts, strict=True)

    def all_postings(self) -> Iterator[tuple[str, str, Callable[[], FlatPostings]]]:
        """Yield every (field, term, how to get its postings), in the order of writing."""
        return (
            (name, decoded_term(text), partial(FlatPostings, field, number))
            for name, field in self._fields.items()
            for number, text in enumerate(field.texts())
        )


class FlatFiles:
    """The files of a flat segment that is being written."""

    def __init__(self, folder: Path) -> None:
        self.segment = SegmentState(secrets.token_hex(8), PASSAGES)
        self._name = self.segment.segment_id()
        self._folder = folder
        self._entries = EntriesWriter(self._path(ENTRIES_EXTENSION))
        self._terms = FlatWriter(self._path(TERMS_EXTENSION))

    def _path(self, extension: str) -> Path:
        return self._folder / f"{self._name}{extension}"

    def entry(self, length: int, record: bytes) -> None:
        """Write the next header or passage."""
        self._entries.entry(length, record)

    def start_field(self, name: str) -> None:
        """Begin a field; fields come in the order of their names, after all entries."""
        self._field = FieldWriter(name, self._entries.lengths)

    def term(
        self, text: str, ids: Sequence[int], frequencies: Sequence[int], positions: Sequence[int]
    ) -> None:
        """Write the next term; terms come sorted."""
        self._field.term(encoded_term(text), ids, frequencies, positions)

    def finish_field(self) -> None:
        """End the field."""
        self._field.save(self._terms)

    def field(self, name: str, held: InvertedField) -> None:
        """Write a field, all its terms at once."""
        self.start_field(name)
        self._field.terms(list(map(encoded_term, held.texts)), *held[1:])
        self.finish_field()

    def close(self) -> None:
        """Write what is left and close the files."""
        self._terms.close()
        self._entries.close()
        self.segment.size = len(self._entries.lengths)
        self.segment.words = self._entries.words
