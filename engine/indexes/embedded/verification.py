"""Whether the postings say what the stored text says: indexing done again, and compared."""

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
    for name in FIELDS:
        wanted, stored = inverter.field(name), segment.fields[name]
        if list(wanted.texts) != list(map(decoded_term, stored.texts())):
            yield f"has other words in its {name} dictionary than in its text"
        elif (term := _first_wrong(stored, wanted)) is not None:
            yield f"says of {wanted.texts[term]!r} ({name}) what its text does not"


def _first_wrong(stored: Field, wanted: InvertedField) -> int | None:
    """Return the number of the first term whose postings are not as they should be, or None."""
    at = _difference(np.asarray(stored.start), wanted.start)
    if at is not None:
        return max(at - 1, 0)
    for one, other in ((stored.ids, wanted.ids), (stored.frequencies, wanted.frequencies)):
        if (at := _difference(one, other)) is not None:
            return _term_of(wanted, at)
    if wanted.position_at is None or wanted.positions is None:
        return None
    at = _difference(stored.position_at, wanted.position_at)
    if at is None and (at := _difference(stored.positions, wanted.positions)) is not None:
        at = int(wanted.position_at.searchsorted(at, side="right"))
    return None if at is None else _term_of(wanted, max(at - 1, 0))


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
    headers = set(segment.headers.tolist())
    for entry in range(segment.size):
        if entry in headers:
            document = segment.document(entry)[0]
            inverter.header(document)
        else:
            passage = segment.passage("", 0, entry)
            language = passage.language_in(document)
            inverter.passage(inverter.words(passage.text, language), passage.heading)
    return inverter


def rows(segment: OpenSegment) -> list[Row]:
    """Return the rows that a segment's columns should have."""
    return [Row.of(*segment.document(header)[:2]) for header in segment.headers.tolist()]


def facts(segment: OpenSegment) -> list[Facts]:
    """Return the facts of all entries that a segment's columns should have."""
    headers = set(segment.headers.tolist())
    passages = (
        None if entry in headers else segment.passage("", 0, entry) for entry in range(segment.size)
    )
    return [facts_of(passage) if passage else NO_FACTS for passage in passages]
