"""Whether the postings say what the stored text says: indexing done again, and compared."""

from __future__ import annotations

from collections.abc import Iterator

from backstory.engine.analysis import Analyzer
from backstory.engine.backends.whoosh.columns import NO_FACTS, Facts, Row, facts_of
from backstory.engine.backends.whoosh.flat.terms import bitmap
from backstory.engine.backends.whoosh.inverter import Inverted, Inverter
from backstory.engine.backends.whoosh.schema import FIELDS, POSITIONED
from backstory.engine.backends.whoosh.segments import OpenSegment, TermPostings


def contradictions(segment: OpenSegment, analyzer: Analyzer) -> Iterator[str]:
    """Yield where a segment's dictionary and postings contradict its text; at most one a field.

    A segment that holds more than its text (terms that stand nowhere) is as wrong as one that
    holds less.
    """
    inverter = invert(segment, analyzer)
    if list(inverter.lengths) != list(segment.lengths):
        yield "has passages of other lengths than it says"
    if segment.columns.rows() != rows(segment) or segment.columns.facts() != facts(segment):
        yield "has other columns than documents"
    held = set(segment.terms())
    for name in FIELDS:
        terms = dict(inverter.field(name).terms())
        if {text for field, text in held if field == name} != terms.keys():
            yield f"has other words in its {name} dictionary than in its text"
            continue
        wrong = (text for text in terms if not _agrees(segment, name, text, terms[text]))
        if text := next(wrong, ""):
            yield f"says of {text!r} ({name}) what its text does not"


def invert(segment: OpenSegment, analyzer: Analyzer) -> Inverter:
    """Index a segment's stored text again, deleted entries included."""
    inverter = Inverter(analyzer)
    headers = set(segment.headers)
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
    return [Row.of(*segment.document(header)[:2]) for header in segment.headers]


def facts(segment: OpenSegment) -> list[Facts]:
    """Return the facts of all entries that a segment's columns should have."""
    headers = set(segment.headers)
    passages = (
        None if entry in headers else segment.passage("", 0, entry) for entry in range(segment.size)
    )
    return [facts_of(passage) if passage else NO_FACTS for passage in passages]


def _agrees(segment: OpenSegment, name: str, text: str, wanted: Inverted) -> bool:
    postings = segment.postings(name, text)
    if postings is None or list(postings.ids) != list(wanted.ids):
        return False
    if name not in POSITIONED:
        return True
    return (
        list(postings.frequencies) == list(wanted.frequencies)
        and list(postings.all_positions()) == list(wanted.positions)
        and _is_bounded(segment, postings)
        and postings.bitmap in (None, bytes(bitmap(wanted.ids, segment.size)))
    )


def _is_bounded(segment: OpenSegment, postings: TermPostings) -> bool:
    """Tell whether no posting is worth more than the term's peaks say."""
    lengths = map(segment.lengths.__getitem__, postings.ids)
    held = set(zip(postings.frequencies, lengths, strict=True))
    return all(
        any(most >= frequency and least <= length for most, least in postings.peaks)
        for frequency, length in held
    )
