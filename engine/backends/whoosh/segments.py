"""An open segment: its entries, its words and where they stand, whatever codec wrote it.

Entries are counted from 0, headers and passages alike: a document is a header followed by its
passages. All files are opened at once, because a later commit may delete them, and what is open
stays readable.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from backstory.engine.backends.whoosh import columns, lexicon
from backstory.engine.backends.whoosh.manifest import Counts
from backstory.engine.backends.whoosh.schema import DOCUMENT, INDEX_NAME
from backstory.engine.documents import Document, FileState, Passage

PASSAGES, WHOOSH = "passages", "whoosh"  # the codecs, as settings call them

# What may be left off at the end of a passage's record: names, mentions, language, seconds.
LEFT_OFF: tuple[Any, ...] = ((), (), "", None)

# Python gives a file name that is not UTF-8 lone surrogates, and the document's id has them too.
SURROGATES = "surrogatepass"


# What is held while segments are read: a lock where one of them needs it, else nothing.
ReadLock = AbstractContextManager[Any]


class Runs(NamedTuple):
    """A term's entries, where the positions of each start, and all positions."""

    ids: Sequence[int]
    start: Sequence[int]
    positions: Sequence[int]


class Deletions:
    """The deleted entries of a segment, in the forms that postings want them in."""

    def __init__(self, entries: Iterable[int], size: int) -> None:
        self.entries = frozenset(entries)
        self._size = size

    def __bool__(self) -> bool:
        return bool(self.entries)

    @cached_property
    def live(self) -> bytes:
        """A byte for each entry: 0 for the deleted."""
        marks = bytearray(b"\1" * self._size)
        for entry in self.entries:
            marks[entry] = 0
        return bytes(marks)

    @cached_property
    def bits(self) -> int:
        """The deleted entries as a bit set."""
        marks = bytearray(self._size // 8 + 1)
        for entry in self.entries:
            marks[entry >> 3] |= 1 << (entry & 7)
        return int.from_bytes(marks, "little")


class SegmentState:
    """What a segment is called, how large it is, and which of its entries are deleted."""

    def __init__(
        self, segid: str, codec: str, size: int = 0, words: int = 0, deleted: Iterable[int] = ()
    ) -> None:
        self.segid, self.codec, self.size, self.words = segid, codec, size, words
        self.deleted = set(deleted)

    def segment_id(self) -> str:
        """Return the start of the names of the segment's files."""
        return f"{INDEX_NAME}_{self.segid}"

    def deleted_count(self) -> int:
        """Return the number of deleted entries."""
        return len(self.deleted)

    def delete_document(self, entry: int) -> None:
        """Mark an entry as deleted."""
        self.deleted.add(entry)

    def is_deleted(self, entry: int) -> bool:
        """Tell whether an entry is deleted."""
        return entry in self.deleted


class TermPostings(Protocol):
    """A term's postings in one segment, deleted entries included."""

    @property
    def ids(self) -> Sequence[int]:
        """The entries, ascending."""

    @property
    def frequencies(self) -> Sequence[int]:
        """How often the term stands in each."""

    @property
    def peaks(self) -> Sequence[tuple[int, int]]:
        """(frequency, length)s that bound the term: no posting is worth more than the best."""

    @property
    def bitmap(self) -> bytes | None:
        """A bitmap of the entries, where there are many."""

    def positions(self, number: int) -> list[int]:
        """Return the positions of one posting, ascending."""

    def all_positions(self) -> Sequence[int]:
        """Return the positions of all postings in a row."""

    def runs(self) -> Runs:
        """Return the postings with where the positions of each are."""


class OpenSegment(ABC):
    """A segment's files; subclasses know the codec.

    Where one `needs_lock`, threads must not read it at the same time.
    """

    needs_lock = False
    size: int
    lengths: Sequence[int]
    headers: Sequence[int]

    def __init__(
        self, folder: Path, segment: SegmentState, known: Mapping[str, int] | None = None
    ) -> None:
        self.segment = segment
        self._known = known  # headers by id, where whoever built the segment still has them
        start = folder / segment.segment_id()
        self.lexicon = lexicon.SegmentLexicon(start.with_suffix(lexicon.EXTENSION))
        self.columns = columns.Columns(start.with_suffix(columns.EXTENSION))
        self.deleted = frozenset(segment.deleted)

    @cached_property
    def deletions(self) -> Deletions:
        """The deleted entries, for postings."""
        return Deletions(self.deleted, self.size)

    @abstractmethod
    def postings(self, field: str, text: str) -> TermPostings | None:
        """Return a term's postings, or None where no entry has it."""

    @abstractmethod
    def all_postings(self) -> Iterator[tuple[str, str, Callable[[], TermPostings]]]:
        """Yield every (field, term, how to get its postings), in the order of writing."""

    @abstractmethod
    def counts(self, field: str) -> Iterator[tuple[str, int]]:
        """Yield every term of a field with its number of entries, deleted ones included."""

    def terms(self) -> Iterator[tuple[str, str]]:
        """Yield every (field, term), in the order in which they are written."""
        return ((field, text) for field, text, _ in self.all_postings())

    @abstractmethod
    def raw_record(self, entry: int) -> bytes:
        """Return what is stored of an entry, as it is stored."""

    def close(self) -> None:
        """Close the files."""
        self.columns.close()

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

    def live(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Yield those of some rows, one a document, whose documents are not deleted."""
        pairs = zip(self.headers, rows, strict=True)
        return (row for header, row in pairs if not self.segment.is_deleted(header))

    def find(self, document_id: str) -> int | None:
        """Return the header of a document that is not deleted, or None."""
        if self._known is not None:
            entries: Sequence[int] = (
                [self._known[document_id]] if document_id in self._known else []
            )
        else:
            postings = self.postings(DOCUMENT, document_id)
            entries = postings.ids if postings else []
        return next((entry for entry in entries if not self.segment.is_deleted(entry)), None)

    def record(self, entry: int) -> Any:
        """Return what is stored of an entry."""
        return json.loads(self.raw_record(entry))

    def document(self, header: int) -> tuple[Document, FileState, int]:
        """Return a document, its file and its number of passages."""
        document, file, passages = self.record(header)
        return Document.from_json(document), FileState.from_json(file), passages

    def passage(self, document_id: str, header: int, entry: int) -> Passage:
        """Return a passage."""
        held: list[Any] = self.record(entry)
        text, heading, page, start, end, *facts = held
        names, mentions, language, seconds = (*facts, *LEFT_OFF[len(facts) :])
        return Passage(
            document_id,
            entry - header,
            text,
            heading,
            page,
            start,
            end,
            tuple(names),
            tuple(mentions),
            language,
            tuple(seconds) if seconds else None,
        )

    def counts_of(self, header: int) -> Counts:
        """Return what a document adds to the counts of the index."""
        document, _, passages = self.document(header)
        entries = self.passages_of(header)
        words = sum(self.lengths[entry] for entry in entries)
        return Counts(1, passages, words, self.languages_of(entries, document.language))

    def languages_of(self, entries: range, language: str) -> Counter[str]:
        """Count the passages of a document by language, given that of the document."""
        start, codes, values = self._own_languages
        own = Counter(values[code] for code in codes[start[entries.start] : start[entries.stop]])
        return own + Counter({language: len(entries) - own.total()})

    @cached_property
    def _own_languages(self) -> columns.Spread:
        return self.columns.spread(columns.OWN_LANGUAGE)


def encoded_term(text: str) -> bytes:
    """Return a term as it is stored, in the order of its letters."""
    return text.encode("utf-8", SURROGATES)


def decoded_term(raw: bytes) -> str:
    """Return the term that is stored as `raw`."""
    return raw.decode("utf-8", SURROGATES)
