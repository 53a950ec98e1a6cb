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

from backstory.engine.query import Forms
from backstory.engine.tokens import HYPHEN, UMLAUT, bare, is_traced, plain

if TYPE_CHECKING:
    from backstory.engine.indexes.contract import Snapshot
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
    """The words of the sorted surface forms that `load` returns; it is called once, when needed.

    Thread-safe: two threads may compute the same layout at the same time, with the same result.
    """

    def __init__(
        self,
        load: Callable[[], Sequence[str]],
        load_traced: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        """Take what returns all surface forms, and what returns those with traces alone."""
        self._load, self._load_traced = load, load_traced

    @cached_property
    def words(self) -> Sequence[str]:
        """Every word without traces and in small letters, sorted."""
        if not self._traced:
            return self.surfaces
        return sorted({plain(s) for s in self.surfaces})

    @cached_property
    def surfaces(self) -> Sequence[str]:
        """Every surface form of the index, sorted."""
        return self._load()

    @cached_property
    def _traced(self) -> dict[str, list[str]]:
        """The surface forms that are no plain words, by the words they are of."""
        surfaces = self._load_traced() if self._load_traced else filter(is_traced, self.surfaces)
        forms: dict[str, list[str]] = {}
        for surface in surfaces:
            forms.setdefault(plain(surface), []).append(surface)
        return forms

    def forms(self, word: str) -> Sequence[str]:
        """Return the surface forms under which a word is indexed, itself where none is known."""
        traced = self._traced.get(word)
        if traced is None:
            return (word,)
        place = bisect_left(self.surfaces, word)
        is_plain_too = self.surfaces[place : place + 1] == [word] and word not in traced
        return [word, *traced] if is_plain_too else traced

    def traced(self, word: str) -> tuple[str, ...]:
        """Return the surface forms of a word, as it is written here, that have a trace."""
        forms = self._traced.get(word.lower(), ())
        return tuple(form for form in forms if form != word and bare(form) == word)

    @cached_property
    def hyphenated(self) -> frozenset[str]:
        """The words that stand somewhere before a hyphen within a word."""
        return self._with(HYPHEN)

    @cached_property
    def with_umlaut(self) -> list[str]:
        """The words that stand somewhere with an umlaut, sorted."""
        return sorted(self._with(UMLAUT))

    def _with(self, trace: str) -> frozenset[str]:
        found = (word for word, forms in self._traced.items() if any(trace in f for f in forms))
        return frozenset(found)

    def counted(self, frequencies: Sequence[int]) -> Sequence[int]:
        """Return, word for word, a number that `passages` is never above.

        `frequencies` are those of the surface forms.
        """
        if not self._traced:
            return frequencies
        by_form = dict(zip(self.surfaces, frequencies, strict=True))
        return [sum(map(by_form.__getitem__, self.forms(word))) for word in self.words]

    def passages(self, word: str, snapshot: Snapshot) -> int:
        """Return how many passages have a word in any of its surface forms."""
        forms = self.forms(word)
        return (
            snapshot.count(Forms(word, tuple(forms)))
            if len(forms) > 1
            else (snapshot.frequency(forms[0]))
        )

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
