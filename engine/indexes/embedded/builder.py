"""Builds the files of one segment from documents.

Words are collected in memory as numbers and inverted at the end. Committed files are not touched,
so that any number of processes can build segments at once; the writer adopts them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backstory.engine.analysis import Analyzer
from backstory.engine.disk import sync
from backstory.engine.documents import IndexedDocument, Passage
from backstory.engine.indexes.contract import refuse
from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.embedded import columns, lexicon
from backstory.engine.indexes.embedded.arrays import Numbers
from backstory.engine.indexes.embedded.flat.entries import ENTRIES_EXTENSION, write_entries
from backstory.engine.indexes.embedded.flat.flatfile import FlatWriter
from backstory.engine.indexes.embedded.flat.terms import TERMS_EXTENSION
from backstory.engine.indexes.embedded.inverter import Inverter, Pair
from backstory.engine.indexes.embedded.manifest import measure
from backstory.engine.indexes.embedded.schema import FIELDS
from backstory.engine.indexes.embedded.segments import SegmentState
from backstory.engine.indexes.embedded.storage import secure


@dataclass(frozen=True, slots=True)
class BuiltSegment:
    """A segment on disk that no commit refers to yet, with its counts and document entries."""

    state: SegmentState
    files: dict[str, tuple[int, str]]
    counts: Counts
    document_entries: dict[str, int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Segments of one batch of documents; `rejected` maps ids of refused documents to reasons."""

    segments: tuple[BuiltSegment, ...]
    rejected: dict[str, str]


class SegmentBuilder:
    """Gathers documents; `finish` writes them as a segment."""

    def __init__(self, folder: Path, analyzer: Analyzer) -> None:
        self._folder = folder
        self._analyzer = analyzer
        self._inverter = Inverter(analyzer)
        self._records: list[bytes] = []
        self._rows: list[columns.Row] = []
        self._facts: list[columns.Facts] = []
        self._languages: Counter[str] = Counter()
        self.words = 0

    @property
    def is_empty(self) -> bool:
        """Nothing has been added."""
        return not self._records

    def add(self, indexed: IndexedDocument) -> None:
        """Add a document, or raise and leave everything as it was.

        Its passages must be numbered from 1 without gaps, and its id must be new to the builder.
        """
        document, passages = indexed.document, indexed.passages
        refuse(indexed, self._inverter.document_entries)
        record = _encoded([document.to_json(), indexed.file.to_json(), len(passages)])
        records = [_encoded(passage_record(passage)) for passage in passages]
        languages = [passage.language_in(document) for passage in passages]
        texts = [passage.text for passage in passages]
        words = list(map(self._inverter.words, texts, languages))
        self._inverter.document(document)
        for numbers, passage in zip(words, passages, strict=True):
            self.words += self._inverter.passage(numbers, passage.heading)
        self._records += [record, *records]
        self._rows.append(columns.Row.of(document, indexed.file))
        self._facts += [columns.NO_FACTS, *map(columns.facts_of, passages)]
        self._languages.update(languages)

    def finish(self) -> BuiltSegment:
        """Write the segment, synced to the disk, and return what to adopt."""
        inverter, state = self._inverter, SegmentState()
        lengths = inverter.lengths
        write_entries(self._folder / f"{state.name}{ENTRIES_EXTENSION}", lengths, self._records)
        self._records.clear()  # written; frees memory for the inversion
        with FlatWriter(self._folder / f"{state.name}{TERMS_EXTENSION}") as file:
            for name in FIELDS:
                inverter.field(name).save(name, file)
        stems = _all_stems(inverter.pairs, self._languages, self._analyzer)
        passages = len(lengths) - len(inverter.document_entries)
        counts = Counts(len(inverter.document_entries), passages, self.words, dict(self._languages))
        return completed(
            self._folder,
            state,
            lengths,
            self._rows,
            self._facts,
            stems,
            counts,
            inverter.document_entries,
        )


def completed(
    folder: Path,
    state: SegmentState,
    lengths: Numbers,
    rows: Sequence[columns.Row],
    facts: Sequence[columns.Facts],
    stems: Mapping[str, Iterable[str]],
    counts: Counts,
    document_entries: dict[str, int],
) -> BuiltSegment:
    """Add columns and lexicon to a segment's entries and terms; sync and measure all its files."""
    state.size, state.words = len(lengths), counts.words
    columns.write_columns(folder / f"{state.name}{columns.EXTENSION}", rows, facts)
    lexicon.write_lexicon(folder / f"{state.name}{lexicon.EXTENSION}", stems)
    paths = sorted(folder.glob(f"{state.name}.*"))
    for path in paths:
        secure(path)
        sync(path)
    return BuiltSegment(
        state, {path.name: measure(path) for path in paths}, counts, document_entries
    )


_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


def _encoded(record: Any) -> bytes:
    return _ENCODE(record).encode("ascii")


def passage_record(passage: Passage) -> list[Any]:
    """Return what is stored of a passage beside its document and number."""
    facts: list[Any] = []
    if passage.cells or passage.confidence is not None:
        facts = [passage.names, passage.mentions, passage.language, passage.seconds, passage.cells]
        facts += [passage.confidence] if passage.confidence is not None else []
    elif passage.language or passage.seconds:
        facts = [passage.names, passage.mentions, passage.language, passage.seconds]
    elif passage.names or passage.mentions:
        facts = [passage.names, passage.mentions]
    return [passage.text, passage.heading, passage.page, passage.start, passage.end, *facts]


def _all_stems(
    pairs: Iterable[Pair], languages: Iterable[str], analyzer: Analyzer
) -> dict[str, set[str]]:
    """Return every surface form with its stem in each language of the segment."""
    stems: dict[str, set[str]] = {}
    for surface, stem in pairs:
        stems.setdefault(surface, set()).add(stem)
    spoken = set(languages)
    for surface, known in stems.items():
        if len(known) < len(spoken):
            known.update(analyzer.stem(surface, language) for language in spoken)
    return stems
