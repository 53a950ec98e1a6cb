"""A prefix index: texts found by the first letters of any of their words, most frequent first.

The starts of all words are sorted by the text that follows them, so a prefix is a range that binary
search finds. A tree of maxima over the counts of that range yields its entries in descending order
without sorting it: a prefix that ten thousand words share costs no more than one that ten share.
"""

from __future__ import annotations

import heapq
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from backstory.engine.tokens import fold_letters

FAN_OUT = 16
# The size of an index of many texts: only the most frequent, each by its first words.
MAX_TEXTS = 100_000
MAX_WORDS = 12
AFTER_ALL = "\U0010ffff"
_WORD = re.compile(r"[^\W_]+")


class RangeMaximumTree:
    """A sequence of numbers from 0 up, any slice of which can be read in descending order.

    Each level holds the maxima of FAN_OUT neighbours of the level below.
    """

    def __init__(self, numbers: Sequence[int]) -> None:
        self._levels = [array("I", numbers)]
        while len(below := self._levels[-1]) > 1:
            starts = range(0, len(below), FAN_OUT)
            self._levels.append(array("I", [max(below[i : i + FAN_OUT]) for i in starts]))

    def __getitem__(self, position: int) -> int:
        return self._levels[0][position]

    def descending(self, start: int, stop: int) -> Iterator[int]:
        """Yield the positions in [start, stop), largest number first, ties in order."""
        top, stop = len(self._levels) - 1, min(stop, len(self._levels[0]))
        heap = [(0, 0, top)] if start < stop else []
        while heap:
            _, first, level = heapq.heappop(heap)
            if not level:
                yield first
                continue
            size, below = FAN_OUT ** (level - 1), self._levels[level - 1]
            node = first // size
            for child in range(node, min(node + FAN_OUT, len(below))):
                if child * size < stop and (child + 1) * size > start:
                    heapq.heappush(heap, (-below[child], child * size, level - 1))


def folded(text: str) -> str:
    """Return a text in the form in which it is compared: no case, no accents, single spaces."""
    return " ".join(fold_letters(text).split())


class PrefixIndex:
    """Texts with their counts, in their original spelling; keeps the MAX_TEXTS most frequent."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._texts = heapq.nsmallest(MAX_TEXTS, counts, key=lambda text: (-counts[text], text))
        self._counts = [counts[text] for text in self._texts]
        self._folded = list(map(folded, self._texts))

    def items(self) -> Iterator[tuple[str, int]]:
        """Yield every text with its count, the most frequent first."""
        return zip(self._texts, self._counts, strict=True)

    def starting(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield (text, count) for the texts with a word at which `prefix` starts, by count.

        The prefix is `folded` and may span several words.
        """
        numbers, offsets, counts = self._word_starts
        entries = range(len(numbers))

        def key(entry: int) -> str:
            return self._folded[numbers[entry]][offsets[entry] :]

        start = bisect_left(entries, prefix, key=key)
        stop = bisect_left(entries, prefix + AFTER_ALL, start, key=key)
        seen = set()
        for entry in counts.descending(start, stop):
            number = numbers[entry]
            if number not in seen:
                seen.add(number)
                yield self._texts[number], self._counts[number]

    def containing(self, word: str) -> Iterator[list[str]]:
        """Yield the folded words of each text that contains a folded word, by count."""
        return (words for text in self._folded if word in text and word in (words := text.split()))

    @cached_property
    def _word_starts(self) -> tuple[array[int], array[int], RangeMaximumTree]:
        """Return, for each word in sorted order, its text's number, its offset and the count."""
        folded = self._folded
        starts = [
            (number, matched.start())
            for number, text in enumerate(folded)
            for matched in islice(_WORD.finditer(text), MAX_WORDS)
        ]
        starts.sort(key=lambda start: folded[start[0]][start[1] :])
        numbers = array("I", [number for number, _ in starts])
        offsets = array("I", [offset for _, offset in starts])
        return numbers, offsets, RangeMaximumTree([self._counts[number] for number in numbers])
