"""The postings of one snapshot as vectors: the fast path, and the window of feedback, on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial

import numpy as np

from backstory.engine.backends.whoosh.bags import Best, plain_words
from backstory.engine.backends.whoosh.evaluation import Matches, terms_of
from backstory.engine.backends.whoosh.schema import HEAD, STEM
from backstory.engine.backends.whoosh.segments import OpenSegment, ReadLock
from backstory.engine.backends.whoosh.table import Mask
from backstory.engine.backends.whoosh.vectors.board import Board, Word
from backstory.engine.backends.whoosh.vectors.vector import Array, Vector, joined, merged, nth
from backstory.engine.backends.whoosh.window import IndexWindow, Scoring
from backstory.engine.keeping import Kept
from backstory.engine.query import And, Filter, Query
from backstory.engine.ranking import BM25

Term = tuple[str, str]

KEPT_POSTINGS = 4_000_000  # 10 to 20 bytes each
KEPT_FREQUENCIES = 50_000


class Vectors:
    """The postings of one snapshot as vectors; shared by threads.

    `passages` and `average` are the snapshot's live passages and their average length.
    """

    def __init__(
        self,
        segments: Sequence[OpenSegment],
        bases: Sequence[int],
        lock: ReadLock,
        passages: int,
        average: float,
    ) -> None:
        self._segments = tuple(zip(segments, bases, strict=True))
        self._size = sum(segment.size for segment in segments)
        self._lock, self._passages, self._average = lock, passages, average
        self._kept: Kept[tuple[Term, ...], Vector] = Kept(KEPT_POSTINGS)
        self._norms: dict[BM25, Array] = {}
        self._boards: list[Board] = []
        self._frequencies: dict[Term, int] = {}

    def norms(self, ranking: BM25) -> Array:
        """Return the BM25 length term of every entry."""
        norms = self._norms.get(ranking)
        if norms is None:
            held = [np.asarray(segment.lengths, dtype=float) for segment, _ in self._segments]
            norms = self._norms[ranking] = ranking.norm(joined(held, float), self._average)
        return norms

    def get(self, terms: tuple[Term, ...]) -> Vector:
        """Return the vector of a word that is stored under some terms."""
        found = self._kept.get(terms)
        if found is None:
            with self._lock:
                held = [vector for term in terms if len(vector := self._read(term))]
            found = merged(held)
            self._kept.put(terms, found)
        return found

    def _read(self, term: Term) -> Vector:
        ids, frequencies, peaks = [], [], set[tuple[int, int]]()
        for segment, base in self._segments:
            raw = segment.postings(*term)
            if raw is not None:
                held, counts = np.asarray(raw.ids), np.asarray(raw.frequencies)
                if segment.deleted:
                    live = self._live[base][held]
                    held, counts = held[live], counts[live]
                ids.append(np.add(held, base, dtype=np.intp))
                frequencies.append(counts)
                peaks.update(raw.peaks)
        return Vector(joined(ids, np.intp), joined(frequencies, np.uint8), peaks)

    def frequency(self, term: Term) -> int:
        """Return how many live passages have a term, without a vector where none is needed."""
        known = self._frequencies.get(term)
        if known is None:
            if len(self._frequencies) >= KEPT_FREQUENCIES:
                self._frequencies.clear()
            known = self._frequencies[term] = self._count(term)
        return known

    def _count(self, term: Term) -> int:
        with self._lock:
            found = [(segment.postings(*term), base) for segment, base in self._segments]
        held = [(np.asarray(raw.ids), base) for raw, base in found if raw is not None]
        live = self._live
        return sum(
            int(np.count_nonzero(live[base][ids])) if base in live else len(ids)
            for ids, base in held
        )

    def over(self, entries: Array) -> Array:
        """Return the headers that some passages stand under."""
        return self._headers[self._headers.searchsorted(entries, side="right") - 1]

    @cached_property
    def _headers(self) -> Array:
        held = [np.asarray(segment.headers).astype(np.intp) + b for segment, b in self._segments]
        return joined(held, np.intp)

    @cached_property
    def _live(self) -> dict[int, Array]:
        """Whether entries are live, of the segments in which some are not, by their bases."""
        found: dict[int, Array] = {}
        for segment, base in self._segments:
            if segment.deleted:
                found[base] = np.ones(segment.size, bool)
                found[base][list(segment.deleted)] = False
        return found

    def best(
        self,
        query: Query,
        ranking: BM25,
        most: int,
        filters: tuple[Filter, ...],
        mask: Callable[[tuple[Filter, ...]], Mask],
    ) -> Best | None:
        """Return the best `most` passages of a bag, or None for a query that is something else.

        Of the passages of `query` only those count that `filters` let through.
        """
        leaves = plain_words(query)
        if leaves is None:
            return None
        norms, words = self.norms(ranking), []
        norm = partial(ranking.norm, average=self._average)
        for factor, leaf in leaves:
            vector = self.get(tuple(terms_of(leaf)))
            weight = ranking.weight(self._passages, len(vector))
            most_given = factor * vector.bound(weight, norms, norm)
            if filters:
                vector = vector.only(lambda: np.frombuffer(mask(filters)[0], bool), filters)
            words.append(Word(factor, weight, vector, norms, most_given))
        return self._best(words, most, needs_all=isinstance(query, And))

    def _best(self, words: Sequence[Word], most: int, *, needs_all: bool) -> Best:
        held = [word for word in words if len(word.ids)]
        if not held:
            return Best(Matches({}, set()), 0, 0, int)
        board = self._board()
        full = board.common(words)
        total = len(full) if needs_all else board.total(held)
        points = _first(full, board.points(words, full), most)
        kept = set(points)
        if len(full) < most and not needs_all:
            points |= _first(*board.lead(held, most, full), most - len(full))
        self._boards.append(board)  # a board of a query that failed is not empty: let it go
        matching = [full] if needs_all else [word.ids for word in held]
        return Best(Matches(points, kept), total, len(full), partial(self._bits, matching))

    def window(self, entries: Sequence[int], scoring: Scoring) -> IndexWindow:
        """Return what the postings tell of some passages."""
        return VectorWindow(entries, scoring, self)

    def _board(self) -> Board:
        try:
            return self._boards.pop()
        except IndexError:  # all are in use
            return Board(self._size)

    def _bits(self, matching: Sequence[Array]) -> int:
        """Return every passage that matches, as a bit set."""
        marks: Array = np.zeros(self._size, bool)
        for ids in matching:
            marks[ids] = True
        return int.from_bytes(np.packbits(marks, bitorder="little").tobytes(), "little")


class VectorWindow(IndexWindow):
    """The passages of a window, ascending, and the headers that they stand under."""

    def __init__(self, entries: Sequence[int], scoring: Scoring, vectors: Vectors) -> None:
        super().__init__(scoring)
        self._vectors = vectors
        self._entries: Array = np.sort(np.array(entries, np.intp))
        self._places = np.concatenate((self._entries, vectors.over(self._entries)))
        self._norms = vectors.norms(scoring.ranking)

    def _frequency(self, stem: str) -> int:
        return self._vectors.frequency((STEM, stem))

    def headed(self, stem: str) -> set[int]:
        """Return the passages of the window that have a stem in their title or heading."""
        found, _ = self._vectors.get(((HEAD, stem),)).among(self._places)
        return set(self._entries[found % len(self._entries)].tolist())

    def points(self, stem: str) -> dict[int, float]:
        """Return what BM25 gives each passage of the window that has a stem."""
        vector = self._vectors.get(((STEM, stem),))
        found, at = vector.among(self._entries)
        given = vector.some(at, self.weight(stem), self._norms)
        return dict(zip(self._entries[found].tolist(), given.tolist(), strict=True))


def _first(ids: Array, points: Array, count: int) -> dict[int, float]:
    """Return the `count` entries with most points, and all that tie with the last."""
    if len(ids) > count:
        reach = points >= nth(points, count)
        ids, points = ids[reach], points[reach]
    return dict(zip(ids.tolist(), points.tolist(), strict=True))
