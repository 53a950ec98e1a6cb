"""Segments in Whoosh's own codec: blocks of 128 postings, pickled and compressed.

Whoosh's file objects seek and must not be shared, so every read happens under the lock of the
snapshot that owns the segment.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Positions
from whoosh.reading import TermNotFound

from backstory.engine.backends.whoosh.inverter import InvertedField
from backstory.engine.backends.whoosh.schema import (
    HEADER,
    INDEX_NAME,
    LENGTH,
    POSITIONED,
    RECORD,
    STEM,
    SURFACE,
    schema,
)
from backstory.engine.backends.whoosh.segments import (
    WHOOSH,
    OpenSegment,
    Runs,
    SegmentState,
    decoded_term,
    encoded_term,
)

_FORMAT = Positions()
RECORD_COLUMN = VarBytesColumn()
LENGTH_COLUMN = NumericColumn("I")


@dataclass(frozen=True, slots=True)
class StockPostings:
    """Postings, decoded; positions as Whoosh's format encodes them."""

    ids: array[int]
    frequencies: list[int]
    values: list[bytes]
    bitmap: bytes | None = None

    @property
    def peaks(self) -> Sequence[tuple[int, int]]:
        """(frequency, length)s that bound the term."""
        return ((max(self.frequencies), 1),)

    def positions(self, number: int) -> list[int]:
        """Return the positions of one posting."""
        found: list[int] = _FORMAT.decode_positions(self.values[number])
        return found

    def all_positions(self) -> list[int]:
        """Return the positions of all postings in a row."""
        return list(chain.from_iterable(map(_FORMAT.decode_positions, self.values)))

    def runs(self) -> Runs:
        """Return the postings with where the positions of each are."""
        start = list(accumulate(self.frequencies, initial=0))
        return Runs(self.ids, start, self.all_positions())


class _KeptStorage(FileStorage):
    """A storage that knows what it has opened, also where Whoosh gives up half way."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self._opened: list[Any] = []

    def open_file(self, name: str, **options: Any) -> Any:
        """Open a file and remember it."""
        self._opened.append(super().open_file(name, **options))
        return self._opened[-1]

    def close_all(self) -> None:
        """Close whatever was opened."""
        for file in self._opened:
            if not file.is_closed:
                file.close()
        self._opened.clear()


class StockSegment(OpenSegment):
    """A segment that Whoosh's codec reads."""

    needs_lock = True

    def __init__(
        self, folder: Path, segment: SegmentState, known: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(folder, segment, known)
        self._storage = _KeptStorage(str(folder))
        try:
            self._open(segment)
        except BaseException:  # a newer commit has deleted a file, perhaps: leave none open
            self.close()
            raise

    def _open(self, segment: SegmentState) -> None:
        codec, stock = W3Codec(), stock_segment(segment)
        self._terms = codec.terms_reader(self._storage, stock)
        self._entries = codec.per_document_reader(self._storage, stock)
        self._records = self._entries.column_reader(RECORD, RECORD_COLUMN)
        self.size = segment.size
        self.lengths = self._read_lengths()
        self.headers = array("I", [i for i, n in enumerate(self.lengths) if n == HEADER])

    def _read_lengths(self) -> array[int]:
        column = self._entries.column_reader(LENGTH, LENGTH_COLUMN)
        # Trailing zeros are not stored; one read of the whole array beats a call for each entry.
        stored = column._count
        lengths: array[int] = column._dbfile.get_array(0, "I", stored)
        lengths.extend([0] * (self.size - stored))
        return lengths

    def close(self) -> None:
        """Close the files."""
        super().close()
        self._storage.close_all()

    def raw_record(self, entry: int) -> bytes:
        """Return what is stored of an entry, as it is stored."""
        raw: bytes = self._records[entry]
        return raw

    def postings(self, field: str, text: str) -> StockPostings | None:
        """Return a term's postings, or None where no entry has it."""
        try:
            matcher = self._terms.matcher(field, encoded_term(text), _FORMAT)
        except (TermNotFound, KeyError):
            return None
        ids = array("I")
        frequencies: list[int] = []
        values: list[bytes] = []
        # Whole blocks at a time: through the matcher's own methods this takes eight times as long.
        while not matcher._atend:
            matcher._read_ids()
            matcher._read_weights()
            matcher._read_values()
            ids.extend(matcher._ids)
            frequencies.extend(map(int, matcher._weights))
            values.extend(matcher._values or ())
            matcher._next_block()
        return StockPostings(ids, frequencies, values)

    def counts(self, field: str) -> Iterator[tuple[str, int]]:
        """Yield every term of a field with its number of entries, deleted ones included."""
        for (name, raw), info in self._terms.items():
            if name == field:
                yield decoded_term(raw), info.doc_frequency()

    def all_postings(self) -> Iterator[tuple[str, str, Callable[[], StockPostings]]]:
        """Yield every (field, term, how to get its postings), in the order of writing."""
        for field, raw in self._terms.terms():
            text = decoded_term(raw)
            yield field, text, partial(self._held, field, text)

    def _held(self, field: str, text: str) -> StockPostings:
        found = self.postings(field, text)
        assert found is not None, "the term stands in the dictionary"
        return found


class StockFiles:
    """The files of a segment that is being written in Whoosh's own codec."""

    def __init__(self, folder: Path) -> None:
        codec, self._schema = W3Codec(), schema()
        storage = FileStorage(str(folder))
        stock = codec.new_segment(storage, INDEX_NAME)
        self.segment = SegmentState(stock.segid, WHOOSH)
        self._entries = codec.per_document_writer(storage, stock)
        self._fields = codec.field_writer(storage, stock)
        self._lengths = array("I")
        self._encode = _Encoder()

    def entry(self, length: int, record: bytes) -> None:
        """Write the next header or passage."""
        writer = self._entries
        writer.start_doc(len(self._lengths))
        writer.add_column_value(RECORD, RECORD_COLUMN, record)
        writer.add_column_value(LENGTH, LENGTH_COLUMN, length)
        self._lengths.append(length)
        if length not in (0, HEADER):
            writer.add_field(STEM, self._schema[STEM], None, length)
            writer.add_field(SURFACE, self._schema[SURFACE], None, length)
        writer.finish_doc()

    def start_field(self, name: str) -> None:
        """Begin a field; fields come in the order of their names, after all entries."""
        self._fields.start_field(name, self._schema[name])
        self._has_positions = name in POSITIONED

    def term(
        self, text: str, ids: Sequence[int], frequencies: Sequence[int], positions: Sequence[int]
    ) -> None:
        """Write the next term; terms come sorted."""
        writer, lengths = self._fields, self._lengths
        writer.start_term(encoded_term(text))
        start = 0
        for at, count in zip(ids, frequencies, strict=True):
            if self._has_positions:
                value = self._encode(tuple(positions[start : start + count]))
                writer.add(at, float(count), value, lengths[at])
            else:
                writer.add(at, float(count), b"", 1)
            start += count
        writer.finish_term()

    def finish_field(self) -> None:
        """End the field."""
        self._fields.finish_field()

    def field(self, name: str, held: InvertedField) -> None:
        """Write a field, all its terms at once."""
        self.start_field(name)
        for text, postings in held.terms():
            self.term(text, *postings)
        self.finish_field()

    def close(self) -> None:
        """Close the files."""
        self._fields.close()
        self._entries.close()
        self.segment.size = len(self._lengths)
        self.segment.words = sum(length for length in self._lengths if length != HEADER)


class _Encoder:
    """Encodes positions as Whoosh's format does; remembers, because most lists recur."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], bytes] = {}

    def __call__(self, positions: tuple[int, ...]) -> bytes:
        value = self._known.get(positions)
        if value is None:
            value = _FORMAT.encode(positions)
            if len(self._known) < 200_000:
                self._known[positions] = value
        return value


def stock_segment(state: SegmentState) -> W3Segment:
    """Return Whoosh's object for a segment, without unpickling one."""
    deleted = set(state.deleted) or None
    segment = W3Segment(W3Codec(), INDEX_NAME, state.size, state.segid, deleted)
    segment._fieldlengths = {STEM: state.words, SURFACE: state.words}
    return segment
