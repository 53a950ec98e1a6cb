"""Turning passages round: from the words of each passage to the passages of each word.

This is the whole of indexing that is not reading or writing. `check` runs it again over what is
stored, and compares.

A text is cut at its blanks, and what stands between two of them, `said.` or `(the`, is looked up:
the same pieces come again and again, so that few are ever cut into words. The rest is one call of
C for a passage. No word goes across a blank; a test holds that for any text.
"""

from __future__ import annotations

import sys
from array import array
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import accumulate, chain, compress, count, pairwise
from operator import or_
from typing import NamedTuple

from backstory.engine.analysis import MAX_TERM, Analyzer
from backstory.engine.backends.whoosh.schema import DOCUMENT, HEAD, HEADER, STEM, SURFACE
from backstory.engine.documents import Document

Pair = tuple[str, str]
# A place is where a word stands once: the entry, shifted, and the position in it.
_SHIFT = 32
_ENTRY, _POSITION = (1, 0) if sys.byteorder == "little" else (0, 1)
_MOST_PIECES = 400_000
_AROUND = ".,;:?!()\"'"  # around letters alone, which are one word, these are no part of it
_AT_ONCE = 1 << 16  # numbers: they and what is made of them stay near
_ONE = bytes((0, *[1] * 255))
_put = array.append
_exhaust = deque[None](maxlen=0).extend


class Inverted(NamedTuple):
    """One word's passages in order, its frequency in each, and all its positions in a row."""

    ids: array[int]
    frequencies: array[int]
    positions: array[int]


class InvertedField(NamedTuple):
    """A field turned round: its terms, sorted, and the postings of all of them in a row."""

    texts: list[str]
    start: array[int]  # where the postings of each term start, and the last ones end
    ids: array[int]
    frequencies: array[int]
    position_at: array[int]  # where the positions of each posting start, and the last ones end
    positions: array[int]

    def terms(self) -> Iterator[tuple[str, Inverted]]:
        """Yield every term with its postings."""
        for text, (first, last) in zip(self.texts, pairwise(self.start), strict=True):
            positions = self.positions[self.position_at[first] : self.position_at[last]]
            yield text, Inverted(self.ids[first:last], self.frequencies[first:last], positions)


class _Pieces(dict[str, tuple["array[int]", ...]]):
    """From what stands between two blanks to the places of each of its words."""

    def __init__(self, analyzer: Analyzer, language: str, places: dict[Pair, array[int]]) -> None:
        self._analyzer, self._language, self._places = analyzer, language, places

    def __missing__(self, piece: str) -> tuple[array[int], ...]:
        word = piece.strip(_AROUND)
        if not word.isalpha():
            held = tuple(map(self._of, self._analyzer.terms(piece, self._language)))
        elif word != piece:
            held = self[word]
        else:
            pair = self._analyzer.pair(word, self._language)
            held = (self._of(pair),) if pair[0] else ()
        if len(piece) <= MAX_TERM:
            if len(self) >= _MOST_PIECES:
                self.clear()
            self[piece] = held
        return held

    def _of(self, pair: Pair) -> array[int]:
        held = self._places.get(pair)
        if held is None:
            held = self._places[pair] = array("Q")
        return held


class Inverter:
    """Takes headers and passages in order; gives the terms of each field."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._pieces: dict[str, _Pieces] = {}
        self._headers: dict[str, int] = {}
        self._heads: dict[str, list[int]] = {}
        self._stems: tuple[str, set[str]] = "", set()  # of the heading that came last
        self._language = ""  # of the document: headings are in it, whatever stands under them
        self._places: dict[Pair, array[int]] = {}  # empty for a word that was only looked up
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
        at = len(self.lengths)
        for stem in self._stems[1]:
            self._heads.setdefault(stem, []).append(at)

    def words(self, text: str, language: str) -> list[array[int]]:
        """Look up the words of a text, each by its places; adds nothing, whatever it raises."""
        pieces = self._pieces.get(language)
        if pieces is None:
            pieces = self._pieces[language] = _Pieces(self._analyzer, language, self._places)
        return list(chain.from_iterable(map(pieces.__getitem__, text.split(" "))))

    def passage(self, words: Sequence[array[int]], heading: str = "") -> int:
        """Add a passage, given by its words; return how many they are."""
        if heading:
            self._head(heading)
        # Each word gets its place, without a loop in Python.
        _exhaust(map(_put, words, count(len(self.lengths) << _SHIFT)))
        self.lengths.append(len(words))
        return len(words)

    @property
    def pairs(self) -> list[Pair]:
        """The surface form and stem of every word."""
        return [pair for pair, places in self._places.items() if places]

    @property
    def headers(self) -> dict[str, int]:
        """The header of each document."""
        return self._headers

    def field(self, name: str) -> InvertedField:
        """Return a field's terms with their postings; a stem has those of all its forms."""
        if name == DOCUMENT:
            return _unplaced({document: [at] for document, at in self._headers.items()})
        if name == HEAD:
            return _unplaced(self._heads)
        groups = _by(self._places, {SURFACE: 0, STEM: 1}[name])
        texts = sorted(groups)
        return _taken_apart(texts, [_joined(groups[text]) for text in texts])


def _unplaced(entries: Mapping[str, Sequence[int]]) -> InvertedField:
    """Return a field whose terms stand once in each of their entries, wherever in it."""
    # Code points and UTF-8 sort alike, lone surrogates too.
    texts = sorted(entries)
    held = [entries[text] for text in texts]
    ids = array("I", chain.from_iterable(held))
    start = array("I", accumulate(map(len, held), initial=0))
    once, nowhere = array("I", (1,)) * len(ids), array("I")
    return InvertedField(texts, start, ids, once, array("I", range(len(ids) + 1)), nowhere)


def _taken_apart(texts: list[str], places: Sequence[array[int]]) -> InvertedField:
    """Make postings of the places of each term: nearly all of it without a loop in Python."""
    halves = array("I", b"".join(places))
    entries, positions = halves[_ENTRY::2], halves[_POSITION::2]
    del halves
    starts = array("I", accumulate(map(len, places), initial=0))
    # A place begins a posting where its entry is another than that of the place before it, and
    # where its term begins.
    begins = _changes(entries)
    for at in starts[:-1]:
        begins[at] = 1
    position_at = array("I", compress(count(), begins))
    ids = array("I", compress(entries, begins))
    position_at.append(len(entries))
    frequencies = _gaps(position_at)
    postings = (begins.count(1, first, last) for first, last in pairwise(starts))
    start = array("I", accumulate(postings, initial=0))
    return InvertedField(texts, start, ids, frequencies, position_at, positions)


def _changes(entries: array[int]) -> bytearray:
    """Mark with 1 each entry that is another than the one before it, with 0 those that are not."""
    size = entries.itemsize
    marks = bytearray(len(entries[:1]))
    for first, second, length in _neighbours(entries):
        held = (first ^ second).to_bytes(length, sys.byteorder)
        lanes = (int.from_bytes(held[byte::size], sys.byteorder) for byte in range(size))
        any_byte = reduce(or_, lanes).to_bytes(length // size, sys.byteorder)
        marks += any_byte.translate(_ONE)
    return marks


def _gaps(ascending: array[int]) -> array[int]:
    """Return how far it is from each number to the next."""
    gaps = array("I")
    for first, second, length in _neighbours(ascending):
        # Nothing is borrowed from one number to the next.
        gaps.frombytes((second - first).to_bytes(length, sys.byteorder))
    return gaps


def _neighbours(numbers: array[int]) -> Iterator[tuple[int, int, int]]:
    """Yield many numbers read as one, those that follow each of them, and the bytes of either.

    So all of them are compared, or subtracted, at once: in half the time of one by one.
    """
    size = numbers.itemsize
    for at in range(0, len(numbers) - 1, _AT_ONCE):
        raw = numbers[at : at + _AT_ONCE + 1].tobytes()
        first, second = raw[:-size], raw[size:]
        order = sys.byteorder
        yield int.from_bytes(first, order), int.from_bytes(second, order), len(first)


def _by(places: dict[Pair, array[int]], side: int) -> dict[str, list[array[int]]]:
    """Group places by surface (side 0) or stem (side 1)."""
    groups: dict[str, list[array[int]]] = {}
    for pair, held in places.items():
        if held:
            groups.setdefault(pair[side], []).append(held)
    return groups


def _joined(held: list[array[int]]) -> array[int]:
    return held[0] if len(held) == 1 else array("Q", sorted(chain.from_iterable(held)))
