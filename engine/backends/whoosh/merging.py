"""Merging segments: few of them stay, deleted documents go, and adding one document stays cheap."""

from __future__ import annotations

import heapq
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path

from backstory.engine.backends.whoosh.builder import BuiltSegment, built
from backstory.engine.backends.whoosh.codecs import SegmentFiles, new_files
from backstory.engine.backends.whoosh.manifest import Counts
from backstory.engine.backends.whoosh.schema import POSITIONED, SURFACE
from backstory.engine.backends.whoosh.segments import OpenSegment, TermPostings

# Entries; a merge holds its arrays in memory, about 300 bytes an entry.
FULL_SIZE = 300_000
# (size below which a segment belongs to the tier, how many of them there may be)
TIERS = ((2_000, 4), (20_000, 6), (FULL_SIZE, 12))
# A segment of some size is written anew when this part of it is deleted.
MOST_DELETED = 0.5
GONE = -1

SegmentTerm = tuple[str, str, int, Callable[[], TermPostings]]


def to_merge(segments: Sequence[OpenSegment]) -> list[OpenSegment]:
    """Choose the segments to merge into one, or none.

    Segments of a tier are merged when there are too many of them: one added document costs a
    merge of small segments now and then, and a large one is copied a few times in its life. Of
    those that have reached their full size there may be any number.
    """
    worn = [s for s in segments if s.segment.deleted_count() > MOST_DELETED * s.size]
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
    chosen: list[OpenSegment] = []
    room = FULL_SIZE
    for segment in sorted(tier, key=_live):
        room -= _live(segment)
        if room >= 0 or len(chosen) < 2:
            chosen.append(segment)
    return chosen


def _live(segment: OpenSegment) -> int:
    return segment.size - int(segment.segment.deleted_count())


def merge(folder: Path, segments: Sequence[OpenSegment], codec: str) -> BuiltSegment:
    """Write the live documents of some segments as one."""
    files = new_files(codec, folder)
    moved = [_move(segment, files, start) for segment, start in _starts(segments)]
    headers = _headers(segments, moved)
    surfaces: set[str] = set()
    for field, terms in groupby(_terms(segments), key=lambda term: term[0]):
        files.start_field(field)
        for text, held in groupby(terms, key=lambda term: term[1]):
            if _write_term(files, moved, field, text, held) and field == SURFACE:
                surfaces.add(text)
        files.finish_field()
    files.close()
    stems: dict[str, set[str]] = {surface: set() for surface in surfaces}
    for segment in segments:
        for surface, known in segment.lexicon.items():
            if surface in stems:
                stems[surface].update(known)
    rows = [row for segment in segments for row in segment.live(segment.columns.rows())]
    facts = [
        held
        for segment in segments
        for entry, held in enumerate(segment.columns.facts())
        if not segment.segment.is_deleted(entry)
    ]
    return built(folder, files, rows, facts, stems, _counts(segments), headers)


def _starts(segments: Sequence[OpenSegment]) -> Iterator[tuple[OpenSegment, int]]:
    start = 0
    for segment in segments:
        yield segment, start
        start += segment.size - segment.segment.deleted_count()


def _move(segment: OpenSegment, files: SegmentFiles, start: int) -> array[int]:
    """Copy the live entries; return the new number of each old one, GONE for the deleted."""
    moved: array[int] = array("q", [GONE]) * segment.size
    at = start
    for entry in range(segment.size):
        if not segment.segment.is_deleted(entry):
            files.entry(segment.lengths[entry], segment.raw_record(entry))
            moved[entry] = at
            at += 1
    return moved


def _headers(segments: Sequence[OpenSegment], moved: Sequence[array[int]]) -> dict[str, int]:
    headers: dict[str, int] = {}
    for segment, places in zip(segments, moved, strict=True):
        codes, ids = segment.columns.coded("id")
        for header, code in zip(segment.headers, codes, strict=True):
            if places[header] != GONE:
                headers[ids[code]] = places[header]
    return headers


def _counts(segments: Sequence[OpenSegment]) -> Counts:
    documents = words = 0
    spoken: Counter[str] = Counter()
    for segment in segments:
        codes, languages = segment.columns.coded("language")
        for header, code in segment.live(zip(segment.headers, codes, strict=True)):
            entries = segment.passages_of(header)
            documents += 1
            words += sum(segment.lengths[entries.start : entries.stop])
            spoken += segment.languages_of(entries, languages[code])
    return Counts(documents, spoken.total(), words, dict(spoken))


def _terms(segments: Sequence[OpenSegment]) -> Iterator[SegmentTerm]:
    """Yield every (field, term, segment's number, postings), in the order of writing."""

    def of(number: int, segment: OpenSegment) -> Iterator[SegmentTerm]:
        return ((field, text, number, held) for field, text, held in segment.all_postings())

    return heapq.merge(*(of(number, segment) for number, segment in enumerate(segments)))


def _write_term(
    files: SegmentFiles,
    moved: Sequence[array[int]],
    field: str,
    text: str,
    held: Iterable[SegmentTerm],
) -> bool:
    """Write a term's live postings; tell whether there are any."""
    ids, frequencies, positions = array("I"), array("I"), array("I")
    for _, _, number, postings_of in held:
        places, postings = moved[number], postings_of()
        new = [places[entry] for entry in postings.ids]
        live = [number for number, place in enumerate(new) if place != GONE]
        ids.extend(new[number] for number in live)
        frequencies.extend(postings.frequencies[number] for number in live)
        if field in POSITIONED and len(live) == len(new):
            positions.extend(postings.all_positions())
        elif field in POSITIONED:
            positions.extend(chain.from_iterable(map(postings.positions, live)))
    if ids:
        files.term(text, ids, frequencies, positions)
    return bool(ids)
