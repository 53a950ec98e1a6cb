"""The codecs that segments are written in; everything else works on any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from backstory.engine.backends.whoosh.flat.flatfile import FlatFile, FlatWriter
from backstory.engine.backends.whoosh.flat.segment import FlatFiles, FlatSegment
from backstory.engine.backends.whoosh.flat.terms import bitmap
from backstory.engine.backends.whoosh.inverter import InvertedField
from backstory.engine.backends.whoosh.manifest import SegmentFacts
from backstory.engine.backends.whoosh.schema import INDEX_NAME
from backstory.engine.backends.whoosh.segments import PASSAGES, OpenSegment, SegmentState


class SegmentFiles(Protocol):
    """The files of a segment that is being written: all entries, then fields in order."""

    segment: SegmentState

    def entry(self, length: int, record: bytes) -> None:
        """Write the next header (of length HEADER) or passage."""

    def start_field(self, name: str) -> None:
        """Begin a field; fields come in the order of their names."""

    def term(
        self, text: str, ids: Sequence[int], frequencies: Sequence[int], positions: Sequence[int]
    ) -> None:
        """Write the next term; terms come sorted, `positions` are those of all postings."""

    def finish_field(self) -> None:
        """End the field."""

    def field(self, name: str, held: InvertedField) -> None:
        """Write a field, all its terms at once."""

    def close(self) -> None:
        """Close the files."""


def new_files(codec: str, folder: Path) -> SegmentFiles:
    """Begin a segment in a codec."""
    if codec == PASSAGES:
        return FlatFiles(folder)
    from backstory.engine.backends.whoosh.stock import StockFiles  # takes Whoosh's codec, 0.03 s

    return StockFiles(folder)


def open_segment(
    folder: Path, state: SegmentState, known: Mapping[str, int] | None = None
) -> OpenSegment:
    """Open a segment's files."""
    if state.codec == PASSAGES:
        return FlatSegment(folder, state, known)
    from backstory.engine.backends.whoosh.stock import StockSegment

    return StockSegment(folder, state, known)


def open_facts(folder: Path, facts: SegmentFacts) -> OpenSegment:
    """Open a segment that the manifest names; nothing is unpickled."""
    deleted = load_deleted(folder / facts.deleted) if facts.deleted else ()
    return open_segment(
        folder, SegmentState(facts.id, facts.codec, facts.size, facts.words, deleted)
    )


def facts_of(state: SegmentState, deleted: str) -> SegmentFacts:
    """Return what the manifest keeps of a segment."""
    return SegmentFacts(state.segid, state.codec, state.size, state.words, deleted)


def whoosh_segment(state: SegmentState) -> Any:
    """Return the object by which Whoosh's own tools know a segment."""
    from backstory.engine.backends.whoosh.flat.codec import PassageSegment
    from backstory.engine.backends.whoosh.stock import stock_segment

    if state.codec != PASSAGES:
        return stock_segment(state)
    segment = PassageSegment(INDEX_NAME, state.segid)
    segment.size, segment.words, segment.deleted = state.size, state.words, set(state.deleted)
    return segment


def save_deleted(path: Path, state: SegmentState) -> None:
    """Write the deleted entries of a segment as a bitmap."""
    with FlatWriter(path) as file:
        file.add("deleted", bitmap(state.deleted, state.size))


def load_deleted(path: Path) -> list[int]:
    """Return the entries that a bitmap marks, ascending."""
    file = FlatFile(path)
    bits = bytes(file.section("deleted"))
    file.close()
    return [
        at * 8 + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte >> bit & 1
    ]
