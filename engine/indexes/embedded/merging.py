"""Tiered merging: bounds the number of segments, and drops deleted documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.embedded.arrays import Ids, Numbers, joined, runs
from backstory.engine.indexes.embedded.builder import BuiltSegment, completed
from backstory.engine.indexes.embedded.flat.entries import ENTRIES_EXTENSION, write_entries
from backstory.engine.indexes.embedded.flat.flatfile import FlatWriter
from backstory.engine.indexes.embedded.flat.terms import (
    TERMS_EXTENSION,
    Field,
    InvertedField,
    decoded_term,
)
from backstory.engine.indexes.embedded.schema import FIELDS, SURFACE
from backstory.engine.indexes.embedded.segments import OpenSegment, SegmentState
from backstory.engine.indexes.embedded.vectors import VECTORS_EXTENSION, write_vectors

# Entries; a merge holds its arrays in memory, about 500 bytes an entry.
FULL_SIZE = 300_000
# (size below which a segment belongs to the tier, how many of them there may be)
TIERS = ((2_000, 4), (20_000, 6), (FULL_SIZE, 12))
# A segment of some size is written anew when this part of it is deleted.
MOST_DELETED = 0.5
GONE = -1
AT_ONCE = 1_000_000  # postings whose positions are moved at once


def to_merge(segments: Sequence[OpenSegment]) -> list[OpenSegment]:
    """Choose the segments to merge into one, or none.

    Segments of a tier are merged when there are too many of them: one added document costs a
    merge of small segments now and then, and a large one is copied a few times in its life. Of
    those that have reached their full size there may be any number.
    """
    worn = [s for s in segments if len(s.state.deleted) > MOST_DELETED * s.size]
    if worn:
        return worn[:1]
    floor = 0
    for ceiling, most in TIERS:
        tier = [segment for segment in segments if floor <= _live(segment) < ceiling]
        if len(tier) > most:
            return _fitting(tier)
        floor = ceiling
    return []


def _fitting(tier: Sequence[OpenSegment]) -> list[OpenSegment]:
    """Return the smallest segments of a tier that make one of full size together."""
    selected: list[OpenSegment] = []
    room = FULL_SIZE
    for segment in sorted(tier, key=_live):
        room -= _live(segment)
        if room >= 0 or len(selected) < 2:
            selected.append(segment)
    return selected


def _live(segment: OpenSegment) -> int:
    return segment.size - len(segment.state.deleted)


def merge(folder: Path, segments: Sequence[OpenSegment]) -> BuiltSegment:
    """Write the live documents of some segments as one.

    Raises IndexDamaged rather than copy damage into a sound file: all that is read is checked.
    """
    state, moved = SegmentState(), _moved(segments)
    lengths = np.concatenate([s.lengths[m != GONE] for s, m in zip(segments, moved, strict=True)])
    write_entries(folder / f"{state.name}{ENTRIES_EXTENSION}", lengths, _records(segments, moved))
    surfaces: Sequence[str] = ()
    with FlatWriter(folder / f"{state.name}{TERMS_EXTENSION}") as file:
        for name in FIELDS:
            sources = zip(segments, moved, strict=True)
            field = merged([(segment.fields[name], entries) for segment, entries in sources])
            field.save(name, file)
            surfaces = field.texts if name == SURFACE else surfaces
    stems: dict[str, set[str]] = {surface: set() for surface in surfaces}
    for segment in segments:
        for surface, known in segment.lexicon.items():
            if surface in stems:
                stems[surface].update(known)
    rows = [row for segment in segments for row in segment.of_live(segment.columns.rows())]
    facts = [
        facts
        for segment in segments
        for entry, facts in enumerate(segment.columns.facts())
        if entry not in segment.state.deleted
    ]
    state.vectors = _merge_vectors(folder / f"{state.name}{VECTORS_EXTENSION}", segments, moved)
    document_entries, counts = _document_entries(segments, moved), _counts(segments)
    return completed(folder, state, lengths, rows, facts, stems, counts, document_entries)


def _merge_vectors(path: Path, segments: Sequence[OpenSegment], moved: Sequence[Ids]) -> str:
    """Copy the vectors of live passages; return the name of the file, "" where there are none."""
    pairs = [
        (new, segment.vectors.rows[new != GONE])
        for segment, entries in zip(segments, moved, strict=True)
        if segment.vectors
        for new in [entries[segment.vectors.entries]]
    ]
    entries = joined([new[new != GONE] for new, _ in pairs], np.intp)
    if not len(entries):
        return ""
    write_vectors(path, entries, joined([rows for _, rows in pairs], np.int8))
    return path.name


def _moved(segments: Sequence[OpenSegment]) -> list[Ids]:
    """Return the new number of each segment's entries, GONE for the deleted."""
    all_moved, start = [], 0
    for segment in segments:
        moved: Ids = np.full(segment.size, GONE, np.intp)
        live = slice(None) if segment.live is None else segment.live
        moved[live] = np.arange(start, start + _live(segment))
        all_moved.append(moved)
        start += _live(segment)
    return all_moved


def _records(segments: Sequence[OpenSegment], moved: Sequence[Ids]) -> Iterator[bytes]:
    for segment, entries in zip(segments, moved, strict=True):
        yield from map(segment.raw_record, np.flatnonzero(entries != GONE).tolist())


def _document_entries(segments: Sequence[OpenSegment], moved: Sequence[Ids]) -> dict[str, int]:
    document_entries: dict[str, int] = {}
    for segment, entries in zip(segments, moved, strict=True):
        codes, ids = segment.columns.coded("id")
        rows = zip(entries[segment.document_entries].tolist(), codes.tolist(), strict=True)
        document_entries |= {ids[code]: entry for entry, code in rows if entry != GONE}
    return document_entries


def _counts(segments: Sequence[OpenSegment]) -> Counts:
    documents = words = 0
    spoken: Counter[str] = Counter()
    for segment in segments:
        codes, languages = segment.columns.coded("language")
        rows = zip(segment.document_entries.tolist(), codes.tolist(), strict=True)
        for entry, code in segment.of_live(rows):
            entries = segment.passages_of(entry)
            documents += 1
            words += int(segment.lengths[entries.start : entries.stop].sum())
            spoken += segment.languages_of(entries, languages[code])
    return Counts(documents, spoken.total(), words, dict(spoken))


class _Part(NamedTuple):
    """The live postings of a segment's field: term, new entry, frequency, where in the field."""

    field: Field
    terms: Numbers
    ids: Numbers
    frequencies: Numbers
    postings: Ids


def merged(sources: Sequence[tuple[Field, Ids]]) -> InvertedField:
    """Merge a field of some segments, given the new number of each segment's entries."""
    texts = sorted({text for field, _ in sources for text in field.texts()})
    number_of = {text: number for number, text in enumerate(texts)}
    parts = [_part(field, entries, number_of) for field, entries in sources]
    terms = np.concatenate([part.terms for part in parts])
    order = terms.argsort(kind="stable")
    counts = np.bincount(terms, minlength=len(texts))
    frequencies = np.concatenate([part.frequencies for part in parts])[order]
    position_at = positions = None
    if any(field.has_positions for field, _ in sources):
        position_at = np.concatenate(([0], frequencies.cumsum(dtype=np.int64)))
        positions = _positions(parts, order)
    used = [decoded_term(text) for text, count in zip(texts, counts.tolist(), strict=True) if count]
    start = np.concatenate(([0], counts[counts > 0].cumsum()))
    ids = np.concatenate([part.ids for part in parts])[order]
    return InvertedField(used, start, ids, frequencies, position_at, positions)


def _part(field: Field, entries: Ids, number_of: dict[bytes, int]) -> _Part:
    numbers = np.fromiter(map(number_of.__getitem__, field.texts()), np.int64, field.size)
    terms = np.repeat(numbers, np.diff(field.start))
    ids = entries[field.ids.whole]
    live = np.flatnonzero(ids != GONE)
    frequencies = field.frequencies.whole[live]
    return _Part(field, terms[live], ids[live].astype(np.uint32), frequencies, live)


def _positions(parts: Sequence[_Part], order: Ids) -> Numbers:
    """Return the positions of all postings in their new order, moved some postings at a time."""
    which = np.repeat(np.arange(len(parts)), [len(part.postings) for part in parts])
    postings = np.concatenate([part.postings for part in parts])
    chunks = (order[start : start + AT_ONCE] for start in range(0, len(order), AT_ONCE))
    return joined([_gathered(parts, which[start], postings[start]) for start in chunks], np.uint8)


def _gathered(parts: Sequence[_Part], which: Ids, postings: Ids) -> Numbers:
    lengths = np.empty(len(which), np.intp)
    for number, part in enumerate(parts):
        lengths[which == number] = part.field.frequencies.whole[postings[which == number]]
    starts = lengths.cumsum() - lengths
    positions = np.empty(int(lengths.sum()), np.uint32)
    for number, part in enumerate(parts):
        mine = which == number
        starts_at = part.field.position_at.whole[postings[mine]].astype(np.intp)
        taken = runs(starts_at, lengths[mine])
        positions[runs(starts[mine], lengths[mine])] = part.field.positions.whole[taken]
    return positions
