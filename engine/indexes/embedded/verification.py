"""Deep check: inverts the stored text again and compares the result with the postings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backstory.engine.analysis import Analyzer
from backstory.engine.indexes.embedded.arrays import Numbers
from backstory.engine.indexes.embedded.columns import NO_FACTS, Facts, Row, facts_of
from backstory.engine.indexes.embedded.flat.terms import Field, InvertedField, decoded_term
from backstory.engine.indexes.embedded.inverter import Inverter
from backstory.engine.indexes.embedded.schema import FIELDS
from backstory.engine.indexes.embedded.segments import OpenSegment
from backstory.engine.indexes.embedded.vectors import SegmentVectors, sign_bits


def contradictions(segment: OpenSegment, analyzer: Analyzer) -> Iterator[str]:
    """Yield where a segment's dictionary and postings contradict its text; at most one a field.

    A segment that has more than its text (terms that stand nowhere) is as wrong as one that has
    less.
    """
    inverter = invert(segment, analyzer)
    if not np.array_equal(inverter.lengths, segment.lengths):
        yield "has passages of other lengths than it says"
    if segment.columns.rows() != rows(segment) or segment.columns.facts() != facts(segment):
        yield "has other columns than documents"
    if segment.vectors and not _agree(segment.vectors, segment):
        yield "has vectors that contradict themselves or its passages"
    for name in FIELDS:
        expected, stored = inverter.field(name), segment.fields[name]
        if list(expected.texts) != list(map(decoded_term, stored.texts())):
            yield f"has other words in its {name} dictionary than in its text"
        elif (term := _first_wrong(stored, expected)) is not None:
            yield f"says of {expected.texts[term]!r} ({name}) what its text does not"


def _agree(vectors: SegmentVectors, segment: OpenSegment) -> bool:
    """Tell whether vectors belong to passages, each to another, and have the sign bits they say."""
    entries = vectors.entries
    are_passages = not np.isin(entries, segment.document_entries).any()
    is_ascending = bool((np.diff(entries.astype(np.int64)) > 0).all())
    are_there = is_ascending and entries[-1] < segment.size and are_passages
    return bool(are_there and np.array_equal(vectors.signs, sign_bits(vectors.rows)))


def _first_wrong(stored: Field, expected: InvertedField) -> int | None:
    """Return the number of the first term whose postings are not as they should be, or None."""
    index = _difference(np.asarray(stored.start), expected.start)
    if index is not None:
        return max(index - 1, 0)
    pairs = (stored.ids, expected.ids), (stored.frequencies, expected.frequencies)
    for one, other in ((section.whole, numbers) for section, numbers in pairs):
        if (index := _difference(one, other)) is not None:
            return _term_of(expected, index)
    if expected.position_at is None or expected.positions is None:
        return None
    positions = stored.positions.whole
    index = _difference(stored.position_at.whole, expected.position_at)
    if index is None and (index := _difference(positions, expected.positions)) is not None:
        index = int(expected.position_at.searchsorted(index, side="right"))
    return None if index is None else _term_of(expected, max(index - 1, 0))


def _difference(one: Numbers, other: Numbers) -> int | None:
    """Return the first place at which two arrays differ, or None."""
    size = min(len(one), len(other))
    different = np.flatnonzero(one[:size] != other[:size])
    if len(different):
        return int(different[0])
    return None if len(one) == len(other) else max(size - 1, 0)


def _term_of(field: InvertedField, posting: int) -> int:
    return min(int(field.start.searchsorted(posting, side="right")), len(field.texts)) - 1


def invert(segment: OpenSegment, analyzer: Analyzer) -> Inverter:
    """Index a segment's stored text again, deleted entries included."""
    inverter = Inverter(analyzer)
    document_entries = set(segment.document_entries.tolist())
    for entry in range(segment.size):
        if entry in document_entries:
            document = segment.document(entry)[0]
            inverter.document(document)
        else:
            passage = segment.passage("", 0, entry)
            language = passage.language_in(document)
            inverter.passage(inverter.words(passage.text, language), passage.heading)
    return inverter


def rows(segment: OpenSegment) -> list[Row]:
    """Return the rows that a segment's columns should have."""
    return [Row.of(*segment.document(entry)[:2]) for entry in segment.document_entries.tolist()]


def facts(segment: OpenSegment) -> list[Facts]:
    """Return the facts of all entries that a segment's columns should have."""
    document_entries = set(segment.document_entries.tolist())
    passages = (
        None if entry in document_entries else segment.passage("", 0, entry)
        for entry in range(segment.size)
    )
    return [facts_of(passage) if passage else NO_FACTS for passage in passages]
