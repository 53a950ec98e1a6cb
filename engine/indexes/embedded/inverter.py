"""Inversion: from the words of each passage to the postings of each term.

This is all of indexing except reading and writing. A deep `check` inverts the stored text again and
compares.

For speed a text is split at spaces, and each piece, such as `said.` or `(the`, is looked up in a
table of pieces that were analysed before. This is correct because no token contains a space, which
a test asserts for any text. Words are numbered, and a field is inverted by one sort of numbers.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import Document
from backstory.engine.indexes.embedded.arrays import Numbers, first_of_each
from backstory.engine.indexes.embedded.flat.terms import InvertedField
from backstory.engine.indexes.embedded.schema import DOCUMENT, DOCUMENT_ENTRY, HEAD, STEM, SURFACE
from backstory.engine.tokens import MAX_TERM, is_spaceless

Pair = tuple[str, str]
_MOST_PIECES = 400_000
# Punctuation that never belongs to a word of letters only; a full stop before one does: *.NET*.
_BEFORE, _AFTER = "()\"'", ".,;:?!()\"'"
_LOW = (1 << 32) - 1


class _Pieces(dict[str, tuple[int, ...]]):
    """Maps a piece of text between spaces to the numbers of its words, analysed on first use."""

    def __init__(
        self, analyzer: Analyzer, language: str, shouts: bool, numbers: dict[Pair, int]
    ) -> None:
        self._analyzer, self._language, self._numbers = analyzer, language, numbers
        self._shouts = shouts

    def __missing__(self, piece: str) -> tuple[int, ...]:
        word = piece.rstrip(_AFTER).lstrip(_BEFORE)
        if not word.isalpha() or is_spaceless(word):
            terms = self._analyzer.terms(piece, self._language, shouts=self._shouts)
            numbers = tuple(map(self._of, terms))
        elif word != piece:
            numbers = self[word]
        else:
            pair = self._analyzer.pair(word, self._language, shouts=self._shouts)
            numbers = (self._of(pair),) if pair[0] else ()
        if len(piece) <= MAX_TERM:
            if len(self) >= _MOST_PIECES:
                self.clear()
            self[piece] = numbers
        return numbers

    def _of(self, pair: Pair) -> int:
        return self._numbers.setdefault(pair, len(self._numbers))


class Inverter:
    """Collects documents, each followed by its passages, and builds the postings of each field."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._pieces: dict[tuple[str, bool], _Pieces] = {}
        self.document_entries: dict[str, int] = {}  # the entry of each document, by id
        self._heads: dict[str, list[int]] = {}
        self._stems: tuple[str, set[str]] = "", set()  # of the most recent heading
        self._language = (
            ""  # of the document; also taken for headings over passages in another language
        )
        self._numbers: dict[Pair, int] = {}  # some may not occur in any passage
        self._words = array("I")  # of all words, by number, passage after passage
        self._lengths = array("I")

    @property
    def lengths(self) -> Numbers:
        """The number of words of each entry, DOCUMENT_ENTRY for documents."""
        return np.array(self._lengths, np.uint32)

    def document(self, document: Document) -> None:
        """Add a document's own entry; its passages follow."""
        self.document_entries[document.id] = len(self._lengths)
        self._language = document.language
        self._head(document.title)
        self._stems = "", set()
        self._lengths.append(DOCUMENT_ENTRY)

    def _head(self, text: str) -> None:
        """Index a title or heading under the next entry, once for each stem."""
        if text != self._stems[0]:
            self._stems = text, {stem for _, stem in self._analyzer.terms(text, self._language)}
        entry = len(self._lengths)
        for stem in self._stems[1]:
            self._heads.setdefault(stem, []).append(entry)

    def words(self, text: str, language: str) -> list[int]:
        """Return the numbers of a text's words, without adding them to the index."""
        kind = language, text.isupper()
        pieces = self._pieces.get(kind)
        if pieces is None:
            pieces = self._pieces[kind] = _Pieces(self._analyzer, *kind, self._numbers)
        return list(chain.from_iterable(map(pieces.__getitem__, text.split(" "))))

    def passage(self, words: Sequence[int], heading: str = "") -> int:
        """Add a passage, given as numbers of words; return its length in words."""
        if heading:
            self._head(heading)
        self._words.extend(words)
        self._lengths.append(len(words))
        return len(words)

    @property
    def pairs(self) -> list[Pair]:
        """The surface form and stem of every word that occurs in a passage."""
        counts = np.bincount(self._words, minlength=len(self._numbers)).tolist()
        return [pair for pair, count in zip(self._numbers, counts, strict=True) if count]

    def field(self, name: str) -> InvertedField:
        """Return a field's terms with their postings."""
        if name == DOCUMENT:
            return _unplaced(
                {document: [entry] for document, entry in self.document_entries.items()}
            )
        if name == HEAD:
            return _unplaced(self._heads)
        return self._placed({SURFACE: 0, STEM: 1}[name])

    def _placed(self, side: int) -> InvertedField:
        """Sort the words of all passages by their surface (side 0) or stem (side 1)."""
        texts, term_of = self._numbered(side)
        words = np.frombuffer(self._words, np.uint32)
        entries, positions = self._places(len(words))
        order = np.sort(term_of[words] << 32 | np.arange(len(words)))
        occurrences, terms = order & _LOW, order >> 32
        # A new posting begins where the term or the entry changes.
        position_at = first_of_each(terms << 32 | entries[occurrences])
        counts = np.bincount(terms[position_at], minlength=len(texts))
        return InvertedField(
            texts,
            np.concatenate(([0], counts.cumsum())),
            entries[occurrences][position_at],
            np.diff(position_at, append=len(words)),
            np.append(position_at, len(words)),
            positions[occurrences],
        )

    def _numbered(self, side: int) -> tuple[list[str], Numbers]:
        """Return the sorted terms of one side of the pairs, and the number of each word's term."""
        texts = sorted({pair[side] for pair in self.pairs})
        number_of = {text: number for number, text in enumerate(texts)}
        sides = (number_of.get(pair[side], 0) for pair in self._numbers)
        return texts, np.fromiter(sides, np.int64, len(self._numbers))

    def _places(self, words: int) -> tuple[Numbers, Numbers]:
        """Return the entry of every word, and its position there."""
        lengths = self.lengths
        lengths[lengths == DOCUMENT_ENTRY] = 0
        starts = lengths.cumsum(dtype=np.int64) - lengths
        entries = np.repeat(np.arange(len(lengths)), lengths)
        return entries, np.arange(words) - starts[entries]


def _unplaced(entries: Mapping[str, Sequence[int]]) -> InvertedField:
    """Return a field without positions, whose terms occur once in each of their entries."""
    # Code points and UTF-8 sort alike, lone surrogates too.
    texts = sorted(entries)
    ids: Any = np.fromiter(chain.from_iterable(entries[text] for text in texts), np.uint32)
    counts = np.fromiter((len(entries[text]) for text in texts), np.int64, len(texts))
    start = np.concatenate(([0], counts.cumsum()))
    return InvertedField(texts, start, ids, np.ones(len(ids), np.uint8), None, None)
