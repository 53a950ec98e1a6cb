"""Where the words of a passage stand on its page.

A passage has lost its lines: hyphens at their ends are gone, cells have got bars between them. So
only letters and digits are compared. A word may stand on the page more than once; the place that is
meant is the one with the same letters around it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from backstory.engine.originals import Box, Phrase, Share
from backstory.indexer.originals.pages import PageWord

AROUND = 40  # letters on either side that are compared
MOST_PHRASES = 500  # marks of a page
MOST_PLACES = 50_000  # that are compared for all of them: half a second
# So many letters around have to be the same: the end of a passage that begins on a page may be
# missing there, and of one that goes on from the page before nearly all of it.
_FEWEST = {Share.WHOLE: 0, Share.BEGINNING: 6, Share.REST: 24}
_GAP = 0.03  # between two words of a line, as a share of the width of the page


def places(phrases: Iterable[Phrase], words: Sequence[PageWord]) -> tuple[Box, ...]:
    """Return where phrases stand on a page: a box for each line of each, in the order of the page.

    A phrase that is not on the page has none.
    """
    page = _Letters(words)
    runs = {page.words_of(phrase) for phrase in islice(phrases, MOST_PHRASES)}
    boxes = (box for run in sorted(runs, key=tuple) for box in _lines(words[run.start : run.stop]))
    return tuple(dict.fromkeys(boxes))


def _lines(words: Sequence[PageWord]) -> Iterator[Box]:
    """Yield the words that stand side by side as one box."""
    joined: Box | None = None
    for word in words:
        _, top, right, bottom = word.box
        if joined is not None and _is_beside(joined, word.box):
            joined = joined[0], min(joined[1], top), max(joined[2], right), max(joined[3], bottom)
        else:
            if joined is not None:
                yield joined
            joined = word.box
    if joined is not None:
        yield joined


def _is_beside(one: Box, other: Box) -> bool:
    """Tell whether a box stands in the same line as one before it, with no more than a gap."""
    shared = min(one[3], other[3]) - max(one[1], other[1])
    height = min(one[3] - one[1], other[3] - other[1])
    return shared > height / 2 and one[0] <= other[0] <= one[2] + _GAP


class _Letters:
    """The letters and digits of a page in one row, and the word that each is of."""

    def __init__(self, words: Sequence[PageWord]) -> None:
        parts = [letters_of(word.text) for word in words]
        self._row = "".join(parts)
        self._owner = [number for number, part in enumerate(parts) for _ in part]
        self._left = MOST_PLACES

    def words_of(self, phrase: Phrase) -> range:
        """Return the numbers of the words that a phrase stands on; none where it does not."""
        wanted = letters_of(phrase.text)
        before, after = letters_of(phrase.before)[-AROUND:], letters_of(phrase.after)[:AROUND]
        fewest = _FEWEST[phrase.share]
        around = {
            start: self._around(start, wanted, before, after) for start in self._starts(wanted)
        }
        likely = {
            start: same for start, (same, is_all) in around.items() if is_all or same >= fewest
        }
        if not likely:
            return range(0)
        best = max(likely, key=likely.__getitem__)
        return range(self._owner[best], self._owner[best + len(wanted) - 1] + 1)

    def _starts(self, wanted: str) -> Iterator[int]:
        """Yield where some letters begin and end with a word, until all places are used up."""
        start = -1
        while wanted and self._left and (start := self._row.find(wanted, start + 1)) >= 0:
            self._left -= 1
            if self._is_border(start) and self._is_border(start + len(wanted)):
                yield start

    def _is_border(self, position: int) -> bool:
        if position in (0, len(self._row)):
            return True
        return self._owner[position - 1] != self._owner[position]

    def _around(self, start: int, wanted: str, before: str, after: str) -> tuple[int, bool]:
        """Return how many letters on either side are the same, and whether all that there are."""
        end = start + len(wanted)
        left, right = self._row[max(start - AROUND, 0) : start], self._row[end : end + AROUND]
        first, last = _same(before[::-1], left[::-1]), _same(after, right)
        is_all = first == min(len(before), len(left)) and last == min(len(after), len(right))
        return first + last, is_all


def _same(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, small and without accents."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filter(str.isalnum, plain))
