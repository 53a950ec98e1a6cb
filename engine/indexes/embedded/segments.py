"""An open segment: its entries, its dictionaries and its postings, in flat files.

Entries are counted from 0: each document is an entry, followed by one for each of its passages. All
files are opened at once, because a later commit may delete them, and what is open stays readable.
"""

from __future__ import annotations

import json
import secrets
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from backstory.engine.documents import Document, FileState, Passage
from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.embedded import columns, lexicon
from backstory.engine.indexes.embedded.arrays import Flags, Numbers
from backstory.engine.indexes.embedded.flat.entries import ENTRIES_EXTENSION, Entries
from backstory.engine.indexes.embedded.flat.flatfile import FlatFile, FlatWriter
from backstory.engine.indexes.embedded.flat.terms import (
    TERMS_EXTENSION,
    Field,
    decoded_term,
    encoded_term,
)
from backstory.engine.indexes.embedded.manifest import SegmentFacts
from backstory.engine.indexes.embedded.schema import DOCUMENT, FIELDS, INDEX_NAME
from backstory.engine.indexes.embedded.vectors import SegmentVectors

# Defaults of the optional end of a passage's record: names, mentions, language, seconds, cells,
# confidence.
LEFT_OFF: tuple[Any, ...] = ((), (), "", None, "", None)


class SegmentState:
    """The id of a segment, its size in entries and words, and its deleted entries.

    `vectors` is the name of the file of its vectors, "" where it has none.
    """

    def __init__(
        self,
        segid: str = "",
        size: int = 0,
        words: int = 0,
        deleted: Iterable[int] = (),
        vectors: str = "",
    ) -> None:
        self.segid, self.size, self.words = segid or secrets.token_hex(8), size, words
        self.deleted, self.vectors = set(deleted), vectors

    @property
    def name(self) -> str:
        """The start of the names of the segment's files."""
        return f"{INDEX_NAME}_{self.segid}"

    def facts(self, deleted: str) -> SegmentFacts:
        """Return what the manifest says of the segment; `deleted` names the file of deletions."""
        return SegmentFacts(self.segid, self.size, self.words, deleted, self.vectors)


class Postings:
    """A term's postings in one segment, deleted entries included: views of the field's arrays."""

    __slots__ = ("_field", "_first", "_last")

    def __init__(self, field: Field, number: int) -> None:
        self._field = field
        self._first, self._last = field.span(number)

    def __len__(self) -> int:
        return self._last - self._first

    @property
    def ids(self) -> Numbers:
        """The entries, ascending."""
        return self._field.ids[self._first : self._last]

    @property
    def frequencies(self) -> Numbers:
        """How often the term stands in each of them."""
        return self._field.frequencies[self._first : self._last]

    @property
    def positions(self) -> Numbers:
        """The positions of all postings, one after the other."""
        return self._field.term_positions(self._first, self._last)


class OpenSegment:
    """A segment's files, open for reading; may be shared by threads."""

    def __init__(
        self, folder: Path, state: SegmentState, known: Mapping[str, int] | None = None
    ) -> None:
        self.state = state
        self._known = known  # entries of documents by id, where the builder still has them
        start = folder / state.name
        self.lexicon = lexicon.SegmentLexicon(start.with_suffix(lexicon.EXTENSION))
        self.columns = columns.Columns(start.with_suffix(columns.EXTENSION))
        self.files = [FlatFile(start.with_suffix(e)) for e in (ENTRIES_EXTENSION, TERMS_EXTENSION)]
        self._entries = Entries(self.files[0])
        self.fields = {name: Field(self.files[1], name) for name in FIELDS}
        self.lengths, self.document_entries = self._entries.lengths, self._entries.document_entries
        self.size = len(self.lengths)
        self.vectors: SegmentVectors | None = None
        self.open_vectors(folder)

    def open_vectors(self, folder: Path) -> None:
        """Open the vectors that the state of the segment names, in place of those of before."""
        if self.vectors:
            self.vectors.close()
        name = self.state.vectors
        self.vectors = SegmentVectors(folder / name) if name else None

    @cached_property
    def _document_entry_list(self) -> list[int]:
        return list(self.document_entries.tolist())

    @property
    def live(self) -> Flags | None:
        """Which entries are not deleted, or None where none is."""
        if not self.state.deleted:
            return None
        live: Flags = np.ones(self.size, bool)
        live[list(self.state.deleted)] = False
        return live

    def postings(self, field: str, text: str) -> Postings | None:
        """Return a term's postings, or None where no entry has it."""
        opened = self.fields[field]
        number = opened.find(encoded_term(text))
        return Postings(opened, number) if number >= 0 else None

    def frequencies(self, field: str) -> Iterator[tuple[str, int]]:
        """Yield every term of a field with its number of entries, deleted ones included."""
        opened = self.fields[field]
        counts = (stop - start for start, stop in pairwise(opened.start.tolist()))
        return zip(map(decoded_term, opened.texts()), counts, strict=True)

    def raw_record(self, entry: int) -> bytes:
        """Return what is stored of an entry, as it is stored."""
        return self._entries.record(entry)

    def close(self) -> None:
        """Close the files; they stay mapped until the last view of their arrays is gone."""
        self.columns.close()
        self.fields.clear()
        if self.vectors:
            self.vectors.close()
        for file in self.files:
            file.close()

    def passages_of(self, document_entry: int) -> range:
        """Return the entries of a document's passages."""
        entries = self._document_entry_list
        following = bisect_right(entries, document_entry)
        end = entries[following] if following < len(entries) else self.size
        return range(document_entry + 1, end)

    def live_document_entries(self) -> Iterator[int]:
        """Yield the entries of documents that are not deleted."""
        return (entry for entry in self._document_entry_list if entry not in self.state.deleted)

    def of_live(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Yield those of some rows, one a document, whose documents are not deleted."""
        pairs = zip(self._document_entry_list, rows, strict=True)
        return (row for entry, row in pairs if entry not in self.state.deleted)

    def find(self, document_id: str) -> int | None:
        """Return the entry of a document that is not deleted, or None."""
        entries: list[int] = []
        if self._known is None:
            postings = self.postings(DOCUMENT, document_id)
            entries = postings.ids.tolist() if postings else []
        elif document_id in self._known:
            entries = [self._known[document_id]]
        return next((entry for entry in entries if entry not in self.state.deleted), None)

    def record(self, entry: int) -> Any:
        """Return what is stored of an entry."""
        return json.loads(self.raw_record(entry))

    def document(self, document_entry: int) -> tuple[Document, FileState, int]:
        """Return a document, its file and its number of passages."""
        document, file, passages = self.record(document_entry)
        return Document.from_json(document), FileState.from_json(file), passages

    def passage(self, document_id: str, document_entry: int, entry: int) -> Passage:
        """Return a passage."""
        stored: list[Any] = self.record(entry)
        text, heading, page, start, end, *facts = stored
        names, mentions, language, seconds, cells, confidence = (*facts, *LEFT_OFF[len(facts) :])
        return Passage(
            document_id,
            entry - document_entry,
            text,
            heading,
            page,
            start,
            end,
            tuple(names),
            tuple(mentions),
            language,
            tuple(seconds) if seconds else None,
            cells,
            confidence,
        )

    def counts_of(self, document_entry: int) -> Counts:
        """Return what a document adds to the counts of the index."""
        document, _, passages = self.document(document_entry)
        entries = self.passages_of(document_entry)
        words = int(self.lengths[entries.start : entries.stop].sum())
        return Counts(1, passages, words, self.languages_of(entries, document.language))

    def languages_of(self, entries: range, language: str) -> Counter[str]:
        """Count the passages of a document by language, given that of the document."""
        start, codes, values = self._own_languages
        own = codes[start[entries.start] : start[entries.stop]].tolist()
        counts = Counter(values[code] for code in own)
        return counts + Counter({language: len(entries) - counts.total()})

    @cached_property
    def _own_languages(self) -> columns.Spread:
        return self.columns.spread(columns.OWN_LANGUAGE)


def open_facts(folder: Path, facts: SegmentFacts) -> OpenSegment:
    """Open a segment that the manifest names."""
    deleted = load_deleted(folder / facts.deleted) if facts.deleted else ()
    state = SegmentState(facts.id, facts.size, facts.words, deleted, facts.vectors)
    return OpenSegment(folder, state)


def save_deleted(path: Path, state: SegmentState) -> None:
    """Write the deleted entries of a segment as a bitmap."""
    deleted: Flags = np.zeros(state.size, bool)
    deleted[list(state.deleted)] = True
    with FlatWriter(path) as file:
        file.add("deleted", np.packbits(deleted, bitorder="little"))


def load_deleted(path: Path) -> list[int]:
    """Return the entries that a bitmap marks, ascending."""
    file = FlatFile(path)
    deleted = np.flatnonzero(np.unpackbits(file.array("deleted"), bitorder="little"))
    file.close()
    entries: list[int] = deleted.tolist()
    return entries
