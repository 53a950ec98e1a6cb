"""One segment, opened: its entries, its words and where they stand.

Whoosh's file objects seek and must not be shared, so every read of them happens under the lock of
the snapshot that owns the segment. All files are opened at once: a later commit may delete them,
and what is open stays readable.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

from whoosh.codec.base import Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Positions
from whoosh.reading import TermNotFound

from engine.backends.whoosh.lexicon import EXTENSION, SegmentLexicon
from engine.backends.whoosh.manifest import Counts
from engine.backends.whoosh.schema import (
    DOCUMENT,
    HEADER,
    LENGTH,
    LENGTH_COLUMN,
    RECORD,
    RECORD_COLUMN,
)
from engine.documents import Document, FileState, Passage

# Python gives a file name that is not UTF-8 lone surrogates, and the document's id has them too.
SURROGATES = "surrogatepass"

decode_positions = Positions().decode_positions
_NO_POSTINGS: tuple[array[int], list[int], list[bytes]] = (array("I"), [], [])


class OpenSegment:
    """A segment's files; entries are counted from 0, headers and passages alike."""

    def __init__(
        self, folder: Path, segment: Segment, known: Mapping[str, int] | None = None
    ) -> None:
        storage = FileStorage(str(folder))
        codec = segment.codec()
        self.segment = segment
        self._known = known  # headers by id, where whoever built the segment still has them
        self._terms = codec.terms_reader(storage, segment)
        self._entries = codec.per_document_reader(storage, segment)
        self._records = self._entries.column_reader(RECORD, RECORD_COLUMN)
        self.size = segment.doc_count_all()
        self.lengths = self._read_lengths()
        self.headers = array("I", [i for i, n in enumerate(self.lengths) if n == HEADER])
        self.lexicon = SegmentLexicon(folder / f"{segment.segment_id()}{EXTENSION}")
        self.deleted = frozenset(segment.deleted_docs())

    def _read_lengths(self) -> array[int]:
        column = self._entries.column_reader(LENGTH, LENGTH_COLUMN)
        # Trailing zeros are not stored; one read of the whole array beats a call for each entry.
        stored = column._count
        lengths: array[int] = column._dbfile.get_array(0, "I", stored)
        lengths.extend([0] * (self.size - stored))
        return lengths

    def close(self) -> None:
        """Close the files."""
        self._terms.close()
        self._entries.close()

    def header_of(self, entry: int) -> int:
        """Return the header that a passage stands under."""
        return self.headers[bisect_right(self.headers, entry) - 1]

    def passages_of(self, header: int) -> range:
        """Return the entries of a document's passages."""
        at = bisect_right(self.headers, header)
        end = self.headers[at] if at < len(self.headers) else self.size
        return range(header + 1, end)

    def live_headers(self) -> Iterator[int]:
        """Yield the headers of documents that are not deleted."""
        return (header for header in self.headers if header not in self.deleted)

    def find(self, document_id: str) -> int | None:
        """Return the header of a live document, or None."""
        if self._known is not None:
            entries = [self._known[document_id]] if document_id in self._known else []
        else:
            entries = list(self.postings(DOCUMENT, document_id)[0])
        return next((entry for entry in entries if not self.segment.is_deleted(entry)), None)

    def record(self, entry: int) -> Any:
        """Return what is stored of an entry."""
        return json.loads(self._records[entry])

    def raw_record(self, entry: int) -> bytes:
        """Return what is stored of an entry, as it is stored."""
        raw: bytes = self._records[entry]
        return raw

    def document(self, header: int) -> tuple[Document, FileState, int]:
        """Return a document, its file and its number of passages."""
        document, file, passages = self.record(header)
        return Document.from_json(document), FileState.from_json(file), passages

    def passage(self, document_id: str, header: int, entry: int) -> Passage:
        """Return a passage."""
        return Passage(document_id, entry - header, *self.record(entry))

    def counts_of(self, header: int) -> Counts:
        """Return what a document adds to the counts of the index."""
        document, _, passages = self.document(header)
        words = sum(self.lengths[entry] for entry in self.passages_of(header))
        return Counts(1, passages, words, {document.language: passages})

    def postings(self, field: str, text: str) -> tuple[array[int], list[int], list[bytes]]:
        """Return a term's entries, frequencies and encoded positions, deleted entries included."""
        try:
            matcher = self._terms.matcher(field, encoded_term(text), Positions())
        except (TermNotFound, KeyError):
            return _NO_POSTINGS
        entries = array("I")
        frequencies: list[int] = []
        values: list[bytes] = []
        # Whole blocks at a time: through the matcher's own methods this takes eight times as long.
        while not matcher._atend:
            matcher._read_data()
            deltas, weights, encoded = matcher._data
            entries.extend(accumulate(deltas))
            if weights is None or isinstance(weights, float):
                frequencies += [int(weights or 1)] * len(deltas)
            else:
                frequencies.extend(map(int, weights))
            values += encoded or ()
            matcher._next_block()
        return entries, frequencies, values

    def terms(self) -> Iterator[tuple[str, str]]:
        """Yield every (field, term), in the order in which they are written."""
        return ((field, text.decode("utf-8", SURROGATES)) for field, text in self._terms.terms())


def encoded_term(text: str) -> bytes:
    """Return a term as it is stored, in the order of its letters."""
    return text.encode("utf-8", SURROGATES)
