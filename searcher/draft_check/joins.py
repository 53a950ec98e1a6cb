"""Quotations put together from two places: a piece from each end, both word for word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backstory.engine.matching import Span
from backstory.searcher.draft_check.alignment import Part
from backstory.searcher.draft_check.documents import Documents, Placed
from backstory.searcher.draft_check.words import Word

FEWEST = 3  # words of a piece
MOST_BETWEEN = 2  # words of the draft's own that join them
OUTER = 1  # words at either end that may be the draft's own


@dataclass(frozen=True, slots=True)
class Piece:
    """Some parts of a quotation, by number, that stand from a word of a passage on."""

    placed: Placed
    parts: range
    first: int

    def span(self, words: Sequence[Word]) -> Span:
        """Return where the piece stands in the passage that has these words."""
        return words[self.first].start, words[self.first + len(self.parts) - 1].end


@dataclass(frozen=True, slots=True)
class Join:
    """The two pieces of a quotation."""

    pieces: tuple[Piece, Piece]
    size: int

    @property
    def between(self) -> range:
        """The parts of the quotation between its pieces."""
        return range(self.pieces[0].parts.stop, self.pieces[1].parts.start)

    @property
    def cost(self) -> int:
        """How many words of the quotation are in neither piece."""
        return self.size - sum(len(piece.parts) for piece in self.pieces)


def join(parts: Sequence[Part], candidates: Sequence[Placed], documents: Documents) -> Join | None:
    """Return the longest pieces of which a quotation is joined, None where there are none."""
    keys = [part.key for part in parts]
    head = _longest([_head(keys, placed, documents) for placed in candidates])
    turned = keys[::-1]
    tail = _longest([_tail(turned, placed, documents) for placed in candidates])
    if head is None or tail is None:
        return None
    start = max(tail.parts.start, head.parts.stop)  # a word that fits both belongs to the first
    if start > tail.parts.start:
        moved = start - tail.parts.start
        tail = Piece(tail.placed, range(start, tail.parts.stop), tail.first + moved)
    is_whole = len(head.parts) >= FEWEST and len(tail.parts) >= FEWEST
    joined = Join((head, tail), len(keys))
    return joined if is_whole and len(joined.between) <= MOST_BETWEEN else None


def _longest(pieces: Sequence[Piece | None]) -> Piece | None:
    known = [piece for piece in pieces if piece]
    return max(known, key=lambda piece: len(piece.parts), default=None)


def _head(keys: Sequence[str], placed: Placed, documents: Documents) -> Piece | None:
    """Return the longest run from the beginning of a quotation that stands in a passage."""
    words = [word.key for word in documents.words(placed[1])]
    best: Piece | None = None
    for skipped in range(OUTER + 1):
        for n, length in _runs(keys[skipped:], words):
            if best is None or length > len(best.parts):
                best = Piece(placed, range(skipped, skipped + length), n)
    return best


def _tail(turned: Sequence[str], placed: Placed, documents: Documents) -> Piece | None:
    """Return the longest run up to the end of a quotation, whose words come last one first."""
    words = [word.key for word in documents.words(placed[1])][::-1]
    best: Piece | None = None
    for skipped in range(OUTER + 1):
        for n, length in _runs(turned[skipped:], words):
            if best is None or length > len(best.parts):
                end = len(turned) - skipped
                best = Piece(placed, range(end - length, end), len(words) - n - length)
    return best


def _runs(keys: Sequence[str], words: Sequence[str]) -> list[tuple[int, int]]:
    """Return where the first key stands, and how many follow as they do in the quotation."""
    found = []
    for n, word in enumerate(words):
        if keys and word == keys[0]:
            length = 1
            while length < len(keys) and n + length < len(words):
                if keys[length] != words[n + length]:
                    break
                length += 1
            found.append((n, length))
    return found
