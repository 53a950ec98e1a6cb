"""The vocabulary of one commit, laid out so that all words can be scanned at once.

A misspelt word or a pattern that starts with a wildcard may match any word. All words are therefore
joined into one text, ordered by length, with line breaks between them. Words of one length are then
at equal intervals: an offset in the text leads to its word by a division, and NumPy can read them
as the rows of a matrix. Each layout is built when it is first needed; most queries need none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from backstory.engine.tokens import HYPHEN, MARKS, UMLAUT

if TYPE_CHECKING:
    from backstory.searcher.distances import LetterMatrix

BREAK = "\n"  # stands before and after each word of the text


@dataclass(frozen=True, slots=True)
class Group:
    """The words of one length: where they start in the text, the first's number, and how many."""

    length: int
    start: int
    first: int
    count: int

    @property
    def stop(self) -> int:
        """The place after the line break of the last word."""
        return self.start + self.count * (self.length + len(BREAK))


class Vocabulary:
    """The sorted words that `load` returns; it is called once, when they are first needed.

    Thread-safe: two threads may compute the same layout at the same time, with the same result.
    """

    def __init__(self, load: Callable[[], Sequence[str]]) -> None:
        self._load = load

    @cached_property
    def words(self) -> Sequence[str]:
        """Every word, sorted."""
        return self._load()

    @cached_property
    def marked(self) -> dict[str, tuple[str, ...]]:
        """The words with marks by what they are without; see `engine.tokens`."""
        groups: dict[str, list[str]] = {}
        for word in self.words:
            if not word[-1].isalnum():
                groups.setdefault(word.rstrip(MARKS), []).append(word)
        return {bare: tuple(words) for bare, words in groups.items() if bare}

    @cached_property
    def hyphenated(self) -> frozenset[str]:
        """What stands somewhere before a hyphen within a word, without marks."""
        return frozenset(b for b, words in self.marked.items() if any(HYPHEN in w for w in words))

    @cached_property
    def with_umlaut(self) -> list[str]:
        """What stands somewhere with an umlaut, without marks, sorted."""
        return sorted(b for b, words in self.marked.items() if any(UMLAUT in w for w in words))

    def starting(self, prefix: str) -> Sequence[str]:
        """Return the words that start with a prefix, sorted."""
        start = bisect_left(self.words, prefix)
        stop = bisect_left(self.words, True, start, key=lambda word: not word.startswith(prefix))
        return self.words[start:stop]

    def containing(self, part: str, least: int = 0, most: int | None = None) -> Iterator[str]:
        """Yield the words with `part` in them, the shortest first, then in alphabetical order.

        `least` and `most` bound the words' length in characters. A line break at the start or the
        end of `part` stands for the start or the end of a word.
        """
        before = int(part.startswith(BREAK))
        for group in self.groups:
            if least <= group.length and (most is None or group.length <= most):
                yield from self._containing(part, group, before)

    def _containing(self, part: str, group: Group, before: int) -> Iterator[str]:
        """Yield the words of a group; the part starts `before` characters before its word."""
        step, origin, number = group.length + len(BREAK), group.start - before, 0
        while number < group.count:
            offset = self.text.find(part, origin + number * step, group.stop)
            if offset < 0:
                return
            number = (offset - origin) // step
            yield self.by_length[group.first + number]
            number += 1

    @cached_property
    def by_length(self) -> list[str]:
        """Every word, the shortest first, then in alphabetical order."""
        return sorted(self.words, key=len)

    @cached_property
    def text(self) -> str:
        """The words by length, with a line break before and after each."""
        return BREAK.join(("", *self.by_length, ""))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The words of each length, the shortest first."""
        groups, start, first = [], len(BREAK), 0
        for length, words in groupby(map(len, self.by_length)):
            group = Group(length, start, first, sum(1 for _ in words))
            groups.append(group)
            start, first = group.stop, first + group.count
        return tuple(groups)

    @cached_property
    def letters(self) -> LetterMatrix:
        """The words as matrices of letters, for edit distances."""
        # NumPy takes 0.1 s to import: only queries with a misspelt word wait for it.
        from backstory.searcher.distances import LetterMatrix

        return LetterMatrix(self.text, self.groups)
