"""Merging segments: few of them stay, deleted documents go, and adding one document stays cheap."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from engine.backends.whoosh.builder import BuiltSegment, SegmentFiles
from engine.backends.whoosh.manifest import Counts
from engine.backends.whoosh.schema import DOCUMENT, SURFACE
from engine.backends.whoosh.segment import OpenSegment

MOST_SEGMENTS = 8
# A segment of some size is written anew when this part of it is deleted.
MOST_DELETED = 0.5
GONE = -1


def to_merge(segments: Sequence[OpenSegment]) -> list[OpenSegment]:
    """Choose the segments to merge into one: the smallest, so that large ones are rarely copied."""
    by_size = sorted(segments, key=lambda s: s.size - s.segment.deleted_count())
    chosen = by_size[: len(segments) // 2 + 1] if len(segments) > MOST_SEGMENTS else []
    worn = [s for s in segments if s.segment.deleted_count() > MOST_DELETED * s.size]
    return [segment for segment in segments if segment in chosen or segment in worn]


def merge(folder: Path, segments: Sequence[OpenSegment]) -> BuiltSegment:
    """Write the live documents of some segments as one."""
    files = SegmentFiles(folder)
    moved = [_move(segment, files, start) for segment, start in _starts(segments)]
    headers = _headers(segments, moved)
    surfaces: set[str] = set()
    for field, terms in groupby(_terms(segments), key=lambda term: term[0]):
        files.field(field, _field(terms, segments, moved, surfaces))
    stems: dict[str, set[str]] = {surface: set() for surface in surfaces}
    for segment in segments:
        for surface, known in segment.lexicon.items():
            if surface in stems:
                stems[surface].update(known)
    return files.finish(stems, _counts(segments), headers)


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
            files.entry(at, segment.lengths[entry], segment.raw_record(entry))
            moved[entry] = at
            at += 1
    return moved


def _headers(segments: Sequence[OpenSegment], moved: Sequence[array[int]]) -> dict[str, int]:
    return {
        segment.document(header)[0].id: places[header]
        for segment, places in zip(segments, moved, strict=True)
        for header in segment.headers
        if places[header] != GONE
    }


def _counts(segments: Sequence[OpenSegment]) -> Counts:
    total = Counts()
    for segment in segments:
        for header in segment.headers:
            if not segment.segment.is_deleted(header):
                total = total.plus(segment.counts_of(header))
    return total


def _terms(segments: Sequence[OpenSegment]) -> Iterator[tuple[str, str]]:
    """Yield every (field, term) once, in the order in which they are written."""
    merged = heapq.merge(*(segment.terms() for segment in segments))
    return (term for term, _ in groupby(merged))


def _field(
    terms: Iterable[tuple[str, str]],
    segments: Sequence[OpenSegment],
    moved: Sequence[array[int]],
    surfaces: set[str],
) -> Iterator[tuple[str, list[tuple[int, bytes]]]]:
    for field, text in terms:
        postings = [
            posting
            for segment, places in zip(segments, moved, strict=True)
            for posting in _postings(segment, places, field, text)
        ]
        if postings:
            if field == SURFACE:
                surfaces.add(text)
            yield text, postings


def _postings(
    segment: OpenSegment, places: array[int], field: str, text: str
) -> Iterator[tuple[int, bytes]]:
    entries, _, values = segment.postings(field, text)
    if field == DOCUMENT:
        values = [b""] * len(entries)
    pairs = zip(entries, values, strict=True)
    return ((places[entry], value) for entry, value in pairs if places[entry] != GONE)
