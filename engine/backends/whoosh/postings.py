"""Postings over all segments: where a word stands among the live passages of a snapshot.

Decoding is what a query spends its time on, so decoded postings are kept, up to a number.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from engine.backends.whoosh.segment import OpenSegment, decode_positions

KEPT_POSTINGS = 3_000_000
KEPT_POSITIONS = 300_000


@dataclass(frozen=True, slots=True)
class Postings:
    """A term's live passages, ascending, its frequency in each, and, if asked, its positions."""

    passages: array[int]
    frequencies: list[int]
    encoded: list[bytes]

    def __len__(self) -> int:
        return len(self.passages)

    def positions(self, passage: int) -> list[int]:
        """Return the sorted positions in a passage, [] where the term is not in it."""
        at = bisect_left(self.passages, passage)
        if at == len(self.passages) or self.passages[at] != passage:
            return []
        found: list[int] = decode_positions(self.encoded[at])
        return found


class PostingsSource:
    """Reads postings from segments under `lock`, which is held by all who read their files."""

    def __init__(
        self, segments: Sequence[OpenSegment], bases: Sequence[int], lock: threading.Lock
    ) -> None:
        self._segments = tuple(zip(segments, bases, strict=True))
        self._lock = lock
        self._frequencies = _Kept(KEPT_POSTINGS)
        self._positions = _Kept(KEPT_POSITIONS)

    def frequencies(self, field: str, term: str) -> Postings:
        """Return a term's postings without positions."""
        return self._get(self._frequencies, field, term)

    def positions(self, field: str, term: str) -> Postings:
        """Return a term's postings with positions."""
        return self._get(self._positions, field, term)

    def _get(self, kept: _Kept, field: str, term: str) -> Postings:
        with self._lock:
            found = kept.get((field, term))
            if found is None:
                found = self._read(field, term, with_positions=kept is self._positions)
                kept.put((field, term), found)
        return found

    def _read(self, field: str, term: str, *, with_positions: bool) -> Postings:
        postings = Postings(array("I"), [], [])
        for segment, base in self._segments:
            entries, frequencies, values = segment.postings(field, term)
            if segment.deleted:
                live = [entry not in segment.deleted for entry in entries]
                entries = array("I", compress(entries, live))
                frequencies = list(compress(frequencies, live))
                values = list(compress(values, live))
            postings.passages.extend(
                array("I", [entry + base for entry in entries]) if base else entries
            )
            postings.frequencies.extend(frequencies)
            if with_positions:
                postings.encoded.extend(values)
        return postings


class _Kept:
    """The postings used last, up to `most` passages in all."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._held: OrderedDict[tuple[str, str], Postings] = OrderedDict()

    def get(self, key: tuple[str, str]) -> Postings | None:
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def put(self, key: tuple[str, str], postings: Postings) -> None:
        self._held[key] = postings
        self._size += len(postings) + 1
        while self._size > self._most and len(self._held) > 1:
            _, dropped = self._held.popitem(last=False)
            self._size -= len(dropped) + 1
