"""Turning passages round: from the words of each passage to the passages of each word.

This is the whole of indexing that is not reading or writing. `check` runs it again over what is
stored, and compares.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping

from engine.analysis import MAX_TERM, Analyzer
from engine.backends.whoosh.schema import DOCUMENT, HEAD, HEADER, STEM, SURFACE
from engine.documents import Document

Pair = tuple[str, str]


class Inverted:
    """One word's passages in order, its frequency in each, and all its positions in a row."""

    __slots__ = ("frequencies", "ids", "last", "positions")

    def __init__(self) -> None:
        self.ids = array("I")
        self.frequencies = array("I")
        self.positions = array("I")
        self.last = -1  # the passage that was added last

    def each(self) -> Iterator[tuple[int, array[int]]]:
        """Yield (passage, positions)."""
        start = 0
        for at, count in zip(self.ids, self.frequencies, strict=True):
            yield at, self.positions[start : start + count]
            start += count


class _Words(dict[str, "Inverted | None"]):
    """From a word as it stands in a text to its postings; None for what is no word."""

    def __init__(self, analyzer: Analyzer, language: str, postings: dict[Pair, Inverted]) -> None:
        self._analyzer, self._language, self._postings = analyzer, language, postings

    def __missing__(self, raw: str) -> Inverted | None:
        pair = self._analyzer.pair(raw, self._language)
        held = self._postings.setdefault(pair, Inverted()) if pair[0] else None
        if len(raw) <= MAX_TERM:
            self[raw] = held
        return held


class Inverter:
    """Takes headers and passages in order; gives the terms of each field."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._words: dict[str, _Words] = {}
        self._headers: dict[str, int] = {}
        self._heads: dict[str, Inverted] = {}
        self._stems: tuple[str, set[str]] = "", set()  # of the heading that came last
        self._language = ""  # of the document: headings are in it, whatever stands under them
        self.pairs: dict[Pair, Inverted] = {}
        self.lengths = array("I")

    def header(self, document: Document) -> None:
        """Add a document's header; its passages follow."""
        self._headers[document.id] = len(self.lengths)
        self._language = document.language
        self._head(document.title)
        self._stems = "", set()
        self.lengths.append(HEADER)

    def _head(self, text: str) -> None:
        """Add what stands over the next entry, once for each stem."""
        if text != self._stems[0]:
            self._stems = text, {stem for _, stem in self._analyzer.terms(text, self._language)}
        for stem in self._stems[1]:
            held = self._heads.setdefault(stem, Inverted())
            held.ids.append(len(self.lengths))
            held.frequencies.append(1)

    def passage(self, words: Iterable[str], language: str, heading: str = "") -> int:
        """Add a passage, given by its words as they stand; return how many count."""
        self._head(heading)
        table = self._words.get(language)
        if table is None:
            table = self._words[language] = _Words(self._analyzer, language, self.pairs)
        at, position = len(self.lengths), 0
        for held in map(table.__getitem__, words):
            if held is None:
                continue
            if held.last == at:
                held.frequencies[-1] += 1
            else:
                held.last = at
                held.ids.append(at)
                held.frequencies.append(1)
            held.positions.append(position)
            position += 1
        self.lengths.append(position)
        return position

    @property
    def headers(self) -> dict[str, int]:
        """The header of each document."""
        return self._headers

    def field(self, name: str) -> dict[str, Inverted]:
        """Return a field's terms, not sorted."""
        if name == DOCUMENT:
            return {document: _alone(at) for document, at in self._headers.items()}
        if name == HEAD:
            return self._heads
        return _by(self.pairs, {SURFACE: 0, STEM: 1}[name])


def _alone(at: int) -> Inverted:
    found = Inverted()
    found.ids.append(at)
    found.frequencies.append(1)
    return found


def _by(postings: Mapping[Pair, Inverted], side: int) -> dict[str, Inverted]:
    """Group postings by surface (side 0) or stem (side 1)."""
    groups: dict[str, list[Inverted]] = {}
    for pair, entry in postings.items():
        groups.setdefault(pair[side], []).append(entry)
    return {
        text: entries[0] if len(entries) == 1 else _merged(entries)
        for text, entries in groups.items()
    }


def _merged(entries: Iterable[Inverted]) -> Inverted:
    """Join the postings of several forms into those of their stem."""
    by_passage: dict[int, array[int]] = {}
    for entry in entries:
        for at, positions in entry.each():
            held = by_passage.get(at)
            by_passage[at] = positions if held is None else array("I", sorted(held + positions))
    merged = Inverted()
    for at in sorted(by_passage):
        positions = by_passage[at]
        merged.ids.append(at)
        merged.frequencies.append(len(positions))
        merged.positions.extend(positions)
    return merged
