"""Building a segment: documents in, the files of one Whoosh segment out.

Postings are gathered in memory, one list of passages and one of positions for each word, and
handed to Whoosh's codec in order. This skips Whoosh's pool of tuples, which costs most of the
time of its own writer. Nothing that is committed is touched, so any number of processes can build
at once; the one committer adopts what they made.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whoosh.codec.base import Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Positions

from engine.analysis import Analyzer
from engine.backends.base import refuse
from engine.backends.whoosh.lexicon import EXTENSION, write_lexicon
from engine.backends.whoosh.manifest import Counts, measure
from engine.backends.whoosh.schema import (
    DOCUMENT,
    HEADER,
    INDEX_NAME,
    LENGTH,
    LENGTH_COLUMN,
    RECORD,
    RECORD_COLUMN,
    STEM,
    SURFACE,
    codec,
    schema,
)
from engine.backends.whoosh.segment import encoded_term
from engine.backends.whoosh.storage import secure, sync_file
from engine.documents import IndexedDocument, Passage

Pair = tuple[str, str]
_SINGLE = tuple((position,) for position in range(4096))


@dataclass(frozen=True, slots=True)
class BuiltSegment:
    """A built segment that no commit refers to yet, with what the committer needs to know."""

    segment: Segment
    files: dict[str, tuple[int, str]]
    counts: Counts
    headers: dict[str, int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Segments built for one batch of documents; `rejected` names those that could not be taken."""

    segments: tuple[BuiltSegment, ...]
    rejected: dict[str, str]


@dataclass(slots=True)
class _Postings:
    """One word's passages, in order, with the positions in each."""

    passages: array[int] = field(default_factory=lambda: array("I"))
    positions: list[tuple[int, ...]] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        return zip(self.passages, self.positions, strict=True)


class SegmentBuilder:
    """Gathers documents; `finish` writes them as a segment."""

    def __init__(self, folder: Path, analyzer: Analyzer) -> None:
        self._folder = folder
        self._analyzer = analyzer
        self._postings: dict[Pair, _Postings] = {}
        self._lengths = array("I")
        self._records: list[bytes] = []
        self._headers: dict[str, int] = {}
        self._languages: dict[str, int] = {}
        self.words = 0

    @property
    def is_empty(self) -> bool:
        """Nothing has been added."""
        return not self._headers

    def add(self, indexed: IndexedDocument) -> None:
        """Add a document, or raise and leave everything as it was.

        Its passages must be numbered from 1 without gaps, and its id must be new to the builder.
        """
        document, passages = indexed.document, indexed.passages
        refuse(indexed, self._headers)
        language = document.language
        header = _encoded([document.to_json(), indexed.file.to_json(), len(passages)])
        records = [_encoded(passage_record(passage)) for passage in passages]
        terms = [self._analyzer.terms(passage.text, language) for passage in passages]
        self._headers[document.id] = len(self._lengths)
        self._lengths.append(HEADER)
        self._records += [header, *records]
        for words in terms:
            self._post(words)
            self._lengths.append(len(words))
            self.words += len(words)
        self._languages[language] = self._languages.get(language, 0) + len(passages)

    def _post(self, terms: list[Pair]) -> None:
        at = len(self._lengths)
        local: dict[Pair, list[int]] = {}
        for position, pair in enumerate(terms):
            if pair in local:
                local[pair].append(position)
            else:
                local[pair] = [position]
        postings = self._postings
        for pair, positions in local.items():
            entry = postings.get(pair)
            if entry is None:
                entry = postings[pair] = _Postings()
            entry.passages.append(at)
            # One-word lists are by far the most; sharing them keeps memory small.
            alone = len(positions) == 1 and positions[0] < len(_SINGLE)
            entry.positions.append(_SINGLE[positions[0]] if alone else tuple(positions))

    def finish(self) -> BuiltSegment:
        """Write the segment, synced to the disk, and return what to adopt."""
        files = SegmentFiles(self._folder)
        for at, record in enumerate(self._records):
            files.entry(at, self._lengths[at], record)
        fields: dict[str, dict[str, Iterable[Any]]] = {
            DOCUMENT: {name: [(at, b"")] for name, at in self._headers.items()},
            STEM: _by(self._postings, 1),
            SURFACE: _by(self._postings, 0),
        }
        for name, terms in fields.items():
            files.field(name, ((text, terms[text]) for text in sorted(terms)))
        stems = _all_stems(self._postings, self._languages, self._analyzer)
        passages = len(self._lengths) - len(self._headers)
        counts = Counts(len(self._headers), passages, self.words, dict(self._languages))
        return files.finish(stems, counts, self._headers)


class SegmentFiles:
    """The files of a segment that is being written: entries first, then fields in order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._codec, self._schema = codec(), schema()
        storage = FileStorage(str(folder))
        self.segment = self._codec.new_segment(storage, INDEX_NAME)
        self._entries = self._codec.per_document_writer(storage, self.segment)
        self._fields = self._codec.field_writer(storage, self.segment)
        self._lengths = array("I")
        self._encode = _Encoder()

    def entry(self, at: int, length: int, record: bytes) -> None:
        """Write the header or passage that gets the number `at`."""
        writer = self._entries
        writer.start_doc(at)
        writer.add_column_value(RECORD, RECORD_COLUMN, record)
        writer.add_column_value(LENGTH, LENGTH_COLUMN, length)
        self._lengths.append(length)
        if length not in (0, HEADER):
            writer.add_field(STEM, self._schema[STEM], None, length)
            writer.add_field(SURFACE, self._schema[SURFACE], None, length)
        writer.finish_doc()

    def field(self, name: str, terms: Iterable[tuple[str, Iterable[Any]]]) -> None:
        """Write a field's terms, sorted, each with its (entry, positions), encoded or not."""
        writer, lengths, encode = self._fields, self._lengths, self._encode
        writer.start_field(name, self._schema[name])
        for text, postings in terms:
            writer.start_term(encoded_term(text))
            for at, positions in postings:
                value = positions if isinstance(positions, bytes) else encode(positions)
                # Whoosh's own encoding starts with the number of positions.
                frequency = float(int.from_bytes(value[:4], "big") or 1)
                writer.add(at, frequency, value, lengths[at] if value else 1)
            writer.finish_term()
        writer.finish_field()

    def finish(
        self, stems: Mapping[str, Iterable[str]], counts: Counts, headers: dict[str, int]
    ) -> BuiltSegment:
        """Close, sync and measure the files."""
        self._fields.close()
        self._entries.close()
        self.segment.set_doc_count(len(self._lengths))
        name = self.segment.segment_id()
        write_lexicon(self._folder / f"{name}{EXTENSION}", stems)
        paths = sorted(self._folder.glob(f"{name}.*"))
        for path in paths:
            secure(path)
            sync_file(path)
        files = {path.name: measure(path) for path in paths}
        return BuiltSegment(self.segment, files, counts, headers)


class _Encoder:
    """Encodes positions as Whoosh's format does; remembers, because most lists recur."""

    def __init__(self) -> None:
        self._encode = Positions().encode
        self._known: dict[tuple[int, ...], bytes] = {}

    def __call__(self, positions: tuple[int, ...]) -> bytes:
        value = self._known.get(positions)
        if value is None:
            value = self._encode(positions)
            if len(self._known) < 200_000:
                self._known[positions] = value
        return value


def _encoded(record: Any) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode("ascii")


def passage_record(passage: Passage) -> list[Any]:
    """Return what is stored of a passage beside its document and number."""
    return [passage.text, passage.heading, passage.page, passage.start, passage.end]


def _by(postings: Mapping[Pair, _Postings], side: int) -> dict[str, Iterable[Any]]:
    """Group postings by surface (side 0) or stem (side 1)."""
    groups: dict[str, list[_Postings]] = {}
    for pair, entry in postings.items():
        groups.setdefault(pair[side], []).append(entry)
    return {
        text: entries[0] if len(entries) == 1 else _merged(entries)
        for text, entries in groups.items()
    }


def _merged(entries: list[_Postings]) -> list[tuple[int, tuple[int, ...]]]:
    merged: dict[int, tuple[int, ...]] = {}
    for entry in entries:
        for at, positions in entry:
            merged[at] = merged.get(at, ()) + positions
    return [(at, tuple(sorted(merged[at]))) for at in sorted(merged)]


def _all_stems(
    postings: Mapping[Pair, Any], languages: Iterable[str], analyzer: Analyzer
) -> dict[str, set[str]]:
    """Return every surface form with its stem in each language of the segment."""
    stems: dict[str, set[str]] = {}
    for surface, stem in postings:
        stems.setdefault(surface, set()).add(stem)
    spoken = set(languages)
    for surface, known in stems.items():
        if len(known) < len(spoken):
            known.update(analyzer.stem(surface, language) for language in spoken)
    return stems
