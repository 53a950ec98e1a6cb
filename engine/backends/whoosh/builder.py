"""Building a segment: documents in, the files of one Whoosh segment out.

Postings are gathered in memory, in three arrays for each word, and handed to the codec in order.
This skips Whoosh's pool of tuples, which costs most of the time of its own writer. Nothing that is
committed is touched, so any number of processes can build at once; the one committer adopts what
they made.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backstory.engine.analysis import Analyzer
from backstory.engine.backends.base import refuse
from backstory.engine.backends.whoosh import columns, lexicon
from backstory.engine.backends.whoosh.codecs import SegmentFiles, new_files
from backstory.engine.backends.whoosh.inverter import Inverter, Pair
from backstory.engine.backends.whoosh.manifest import Counts, measure
from backstory.engine.backends.whoosh.schema import FIELDS
from backstory.engine.backends.whoosh.segments import SegmentState
from backstory.engine.backends.whoosh.storage import secure, sync_file
from backstory.engine.documents import IndexedDocument, Passage


@dataclass(frozen=True, slots=True)
class BuiltSegment:
    """A built segment that no commit refers to yet, with what the committer needs to know."""

    segment: SegmentState
    files: dict[str, tuple[int, str]]
    counts: Counts
    headers: dict[str, int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Segments built for one batch of documents; `rejected` names those that could not be taken."""

    segments: tuple[BuiltSegment, ...]
    rejected: dict[str, str]


class SegmentBuilder:
    """Gathers documents; `finish` writes them as a segment."""

    def __init__(self, folder: Path, analyzer: Analyzer, codec: str) -> None:
        self._folder = folder
        self._analyzer = analyzer
        self._codec = codec
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
        refuse(indexed, self._inverter.headers)
        header = _encoded([document.to_json(), indexed.file.to_json(), len(passages)])
        records = [_encoded(passage_record(passage)) for passage in passages]
        languages = [passage.language_in(document) for passage in passages]
        texts = [passage.text for passage in passages]
        words = list(map(self._inverter.words, texts, languages))
        self._inverter.header(document)
        for held, passage in zip(words, passages, strict=True):
            self.words += self._inverter.passage(held, passage.heading)
        self._records += [header, *records]
        self._rows.append(columns.Row.of(document, indexed.file))
        self._facts += [columns.NO_FACTS, *map(columns.facts_of, passages)]
        self._languages.update(languages)

    def finish(self) -> BuiltSegment:
        """Write the segment, synced to the disk, and return what to adopt."""
        inverter, files = self._inverter, new_files(self._codec, self._folder)
        for length, record in zip(inverter.lengths, self._records, strict=True):
            files.entry(length, record)
        self._records.clear()  # written, and the fields want the room
        for name in FIELDS:
            files.field(name, inverter.field(name))
        files.close()
        stems = _all_stems(inverter.pairs, self._languages, self._analyzer)
        headers = inverter.headers
        passages = len(inverter.lengths) - len(headers)
        counts = Counts(len(headers), passages, self.words, dict(self._languages))
        return built(self._folder, files, self._rows, self._facts, stems, counts, headers)


def built(
    folder: Path,
    files: SegmentFiles,
    rows: Sequence[columns.Row],
    facts: Sequence[columns.Facts],
    stems: Mapping[str, Iterable[str]],
    counts: Counts,
    headers: dict[str, int],
) -> BuiltSegment:
    """Complete a segment whose files are closed: add columns and lexicon, sync and measure all."""
    name = files.segment.segment_id()
    columns.write_columns(folder / f"{name}{columns.EXTENSION}", rows, facts)
    lexicon.write_lexicon(folder / f"{name}{lexicon.EXTENSION}", stems)
    paths = sorted(folder.glob(f"{name}.*"))
    for path in paths:
        secure(path)
        sync_file(path)
    return BuiltSegment(
        files.segment, {path.name: measure(path) for path in paths}, counts, headers
    )


_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


def _encoded(record: Any) -> bytes:
    return _ENCODE(record).encode("ascii")


def passage_record(passage: Passage) -> list[Any]:
    """Return what is stored of a passage beside its document and number."""
    facts: list[Any] = []
    if passage.language or passage.seconds:
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
