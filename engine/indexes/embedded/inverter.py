"""Turning passages round: from the words of each passage to the passages of each word.

This is the whole of indexing that is not reading or writing. `check` runs it again over what is
stored, and compares.

A text is cut at its blanks, and what stands between two of them, `said.` or `(the`, is looked up:
the same pieces come again and again, so that few are ever cut into words. No word goes across a
blank; a test holds that for any text. Each word is a number, and a field is one sort of numbers.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from backstory.engine.analysis import MAX_TERM, Analyzer
from backstory.engine.documents import Document
from backstory.engine.indexes.embedded.arrays import Numbers, first_of_each
from backstory.engine.indexes.embedded.flat.terms import InvertedField
from backstory.engine.indexes.embedded.schema import DOCUMENT, HEAD, HEADER, STEM, SURFACE

Pair = tuple[str, str]
_MOST_PIECES = 400_000
_AROUND = ".,;:?!()\"'"  # around letters alone, which are one word, these are no part of it
_LOW = (1 << 32) - 1


class _Pieces(dict[str, tuple[int, ...]]):
    """From what stands between two blanks to the numbers of its words."""

    def __init__(self, analyzer: Analyzer, language: str, numbers: dict[Pair, int]) -> None:
        self._analyzer, self._language, self._numbers = analyzer, language, numbers

    def __missing__(self, piece: str) -> tuple[int, ...]:
        word = piece.strip(_AROUND)
        if not word.isalpha():
            numbers = tuple(map(self._of, self._analyzer.terms(piece, self._language)))
        elif word != piece:
            numbers = self[word]
        else:
            pair = self._analyzer.pair(word, self._language)
            numbers = (self._of(pair),) if pair[0] else ()
        if len(piece) <= MAX_TERM:
            if len(self) >= _MOST_PIECES:
                self.clear()
            self[piece] = numbers
        return numbers

    def _of(self, pair: Pair) -> int:
        return self._numbers.setdefault(pair, len(self._numbers))


class Inverter:
    """Takes documents and their passages in order; gives the terms of each field."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._pieces: dict[str, _Pieces] = {}
        self.headers: dict[str, int] = {}  # the entry of each document, by id
        self._heads: dict[str, list[int]] = {}
        self._stems: tuple[str, set[str]] = "", set()  # of the heading that came last
        self._language = ""  # of the document: headings are in it, whatever stands under them
        self._numbers: dict[Pair, int] = {}  # some were only looked up, and stand nowhere
        self._words = array("I")  # the numbers of all words, passage after passage
        self._lengths = array("I")

    @property
    def lengths(self) -> Numbers:
        """The number of words of each entry, HEADER for documents."""
        return np.array(self._lengths, np.uint32)

    def header(self, document: Document) -> None:
        """Add a document's own entry; its passages follow."""
        self.headers[document.id] = len(self._lengths)
        self._language = document.language
        self._head(document.title)
        self._stems = "", set()
        self._lengths.append(HEADER)

    def _head(self, text: str) -> None:
        """Add what stands over the next entry, once for each stem."""
        if text != self._stems[0]:
            self._stems = text, {stem for _, stem in self._analyzer.terms(text, self._language)}
        at = len(self._lengths)
        for stem in self._stems[1]:
            self._heads.setdefault(stem, []).append(at)

    def words(self, text: str, language: str) -> list[int]:
        """Return the numbers of a text's words; adds nothing, whatever it raises."""
        pieces = self._pieces.get(language)
        if pieces is None:
            pieces = self._pieces[language] = _Pieces(self._analyzer, language, self._numbers)
        return list(chain.from_iterable(map(pieces.__getitem__, text.split(" "))))

    def passage(self, words: Sequence[int], heading: str = "") -> int:
        """Add a passage, given by its words; return how many they are."""
        if heading:
            self._head(heading)
        self._words.extend(words)
        self._lengths.append(len(words))
        return len(words)

    @property
    def pairs(self) -> list[Pair]:
        """The surface form and stem of every word that stands somewhere."""
        counts = np.bincount(self._words, minlength=len(self._numbers)).tolist()
        return [pair for pair, count in zip(self._numbers, counts, strict=True) if count]

    def field(self, name: str) -> InvertedField:
        """Return a field's terms with their postings; a stem has those of all its forms."""
        if name == DOCUMENT:
            return _unplaced({document: [at] for document, at in self.headers.items()})
        if name == HEAD:
            return _unplaced(self._heads)
        return self._placed({SURFACE: 0, STEM: 1}[name])

    def _placed(self, side: int) -> InvertedField:
        """Sort the words of all passages by their surface (side 0) or stem (side 1)."""
        texts, term_of = self._numbered(side)
        words = np.frombuffer(self._words, np.uint32)
        entries, positions = self._places(len(words))
        order = np.sort(term_of[words] << 32 | np.arange(len(words)))
        at, terms = order & _LOW, order >> 32
        # A posting begins where its entry or its term is another than that of the word before.
        position_at = first_of_each(terms << 32 | entries[at])
        counts = np.bincount(terms[position_at], minlength=len(texts))
        return InvertedField(
            texts,
            np.concatenate(([0], counts.cumsum())),
            entries[at][position_at],
            np.diff(position_at, append=len(words)),
            np.append(position_at, len(words)),
            positions[at],
        )

    def _numbered(self, side: int) -> tuple[list[str], Numbers]:
        """Return the sorted texts of one side of the pairs, and the number of each word's text."""
        texts = sorted({pair[side] for pair in self.pairs})
        number_of = {text: number for number, text in enumerate(texts)}
        sides = (number_of.get(pair[side], 0) for pair in self._numbers)
        return texts, np.fromiter(sides, np.int64, len(self._numbers))

    def _places(self, words: int) -> tuple[Numbers, Numbers]:
        """Return the entry of every word, and its position there."""
        lengths = self.lengths
        lengths[lengths == HEADER] = 0
        starts = lengths.cumsum(dtype=np.int64) - lengths
        entries = np.repeat(np.arange(len(lengths)), lengths)
        return entries, np.arange(words) - starts[entries]


def _unplaced(entries: Mapping[str, Sequence[int]]) -> InvertedField:
    """Return a field whose terms stand once in each of their entries, wherever in it."""
    # Code points and UTF-8 sort alike, lone surrogates too.
    texts = sorted(entries)
    ids: Any = np.fromiter(chain.from_iterable(entries[text] for text in texts), np.uint32)
    counts = np.fromiter((len(entries[text]) for text in texts), np.int64, len(texts))
    start = np.concatenate(([0], counts.cumsum()))
    return InvertedField(texts, start, ids, np.ones(len(ids), np.uint8), None, None)
