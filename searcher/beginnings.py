"""Texts found by the beginnings of their words, the most frequent first.

Sorted places take a beginning to a stretch of places; over their counts stands a pyramid of
maxima, which leads to the largest of any stretch without looking at the others. A beginning that
ten thousand words share costs no more than one that ten share.
"""

from __future__ import annotations

import heapq
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from backstory.engine.analysis import fold_letters

FAN = 16
# What is kept of a large index: the most frequent texts, each found by its first words.
KEPT_TEXTS = 100_000
KEPT_WORDS = 12
AFTER_ALL = "\U0010ffff"
_WORD = re.compile(r"[^\W_]+")


class Peaks:
    """Numbers from 0 up, in a row, of which any stretch can be had in descending order."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._levels = [array("I", numbers)]
        while len(below := self._levels[-1]) > 1:
            steps = range(0, len(below), FAN)
            self._levels.append(array("I", [max(below[at : at + FAN]) for at in steps]))

    def __getitem__(self, place: int) -> int:
        return self._levels[0][place]

    def descending(self, start: int, stop: int) -> Iterator[int]:
        """Yield the places from `start` to before `stop`, largest number first, then in order."""
        top, stop = len(self._levels) - 1, min(stop, len(self._levels[0]))
        heap = [(0, 0, top)] if start < stop else []
        while heap:
            _, first, level = heapq.heappop(heap)
            if not level:
                yield first
                continue
            size, below = FAN ** (level - 1), self._levels[level - 1]
            at = first // size
            for child in range(at, min(at + FAN, len(below))):
                if child * size < stop and (child + 1) * size > start:
                    heapq.heappush(heap, (-below[child], child * size, level - 1))


def folded(text: str) -> str:
    """Return a text as it is compared: no capitals, no accents, single spaces."""
    return " ".join(fold_letters(text).split())


class Beginnings:
    """Texts with their counts, as they were written."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._texts = heapq.nsmallest(KEPT_TEXTS, counts, key=lambda text: (-counts[text], text))
        self._counts = [counts[text] for text in self._texts]
        self._folded = list(map(folded, self._texts))

    def items(self) -> Iterator[tuple[str, int]]:
        """Yield every text with its count, the most frequent first."""
        return zip(self._texts, self._counts, strict=True)

    def starting(self, beginning: str) -> Iterator[tuple[str, int]]:
        """Yield the texts that start so from one of their words on, the most frequent first.

        The beginning is `folded` and may go on over several words.
        """
        numbers, offsets, peaks = self._places
        places = range(len(numbers))

        def key(place: int) -> str:
            return self._folded[numbers[place]][offsets[place] :]

        start = bisect_left(places, beginning, key=key)
        stop = bisect_left(places, beginning + AFTER_ALL, start, key=key)
        seen = set()
        for place in peaks.descending(start, stop):
            number = numbers[place]
            if number not in seen:
                seen.add(number)
                yield self._texts[number], self._counts[number]

    def holding(self, word: str) -> Iterator[list[str]]:
        """Yield the folded words of the texts that hold a word, the most frequent first."""
        return (words for text in self._folded if word in text and word in (words := text.split()))

    @cached_property
    def _places(self) -> tuple[array[int], array[int], Peaks]:
        """Return the number of a text and an offset into it for each of its words, sorted."""
        folded = self._folded
        places = [
            (number, found.start())
            for number, text in enumerate(folded)
            for found in islice(_WORD.finditer(text), KEPT_WORDS)
        ]
        places.sort(key=lambda place: folded[place[0]][place[1] :])
        numbers = array("I", [number for number, _ in places])
        offsets = array("I", [offset for _, offset in places])
        return numbers, offsets, Peaks([self._counts[number] for number in numbers])
