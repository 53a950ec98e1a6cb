"""A passage as evidence for a sentence: what it names, and how many of the sentence's words it has.

Words weigh by how few passages have them. Those of the fact itself do not count, nor do numbers:
a number is found together with the *words* of its sentence, or it is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from backstory.engine.matching import Span
from backstory.searcher.draft_check.documents import Documents, Placed
from backstory.searcher.draft_check.facts import DatedWords, dates_in, folded, quantities_in
from backstory.searcher.draft_check.quantities import Quantity
from backstory.searcher.draft_check.words import words_of

WINDOW = 6  # words of substance on either side of a fact
LONGEST_WORD = 40  # letters before a fact in which the word before it stands
_BEFORE, _AFTER = re.compile(r"(\w+)\W*\Z"), re.compile(r"\W*(\w+)")
_COUNTED = re.compile(r"(?:[\s-][^\W\d_][\w'’-]*){1,3}")
_UNKNOWN = 0.3  # of the most a word can weigh: one that no passage has may be a paraphrase


@dataclass(frozen=True, slots=True)
class ContextWord:
    """A word of substance of a sentence, with its weight."""

    surface: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a passage, with where its last word stands, (0, 0) where it is said otherwise."""

    text: str
    words: tuple[str, ...]
    start: int
    end: int


class Context:
    """The words of a sentence outside its quotations, by which evidence is found and weighed."""

    def __init__(self, text: str, language: str, documents: Documents) -> None:
        """Take the sentence with blanks for its quotations."""
        self.text, self._language, self._documents = text, language, documents
        tokens = documents.snapshot.analyzer.tokens(text, language)
        self.words = tuple(
            ContextWord(token.surface, token.start, token.end, self._weight(token.surface))
            for token in tokens
            if not documents.is_small(token.surface) and any(map(str.isalpha, token.surface))
        )

    def _weight(self, surface: str) -> float:
        known = self._documents.snapshot.frequency(surface) > 0
        weight = self._documents.weight(surface)
        return weight if known else weight * _UNKNOWN

    def coverage(self, evidence: Evidence, without: Span = (0, 0)) -> float:
        """Return the share of the words' weight that a passage has; 1 where there are no words."""
        words = [w for w in self.words if not (without[0] < w.end and w.start < without[1])]
        return self._share(words, evidence.stems, evidence.language) if words else 1.0

    def shared(self, evidence: Evidence, without: Span) -> int:
        """Return how many different words of the sentence a passage has."""
        stem, language = self._documents.snapshot.analyzer.stem, evidence.language
        stems = {
            stem(word.surface, language)
            for word in self.words
            if not (without[0] < word.end and word.start < without[1])
        }
        return len(stems & evidence.stems)

    def nearness(self, fact: Span, evidence: Evidence, other: Span) -> float:
        """Return the share of the words around a fact that stand around another in a passage."""
        around = _around(self.words, fact)
        if not around or other == (0, 0):
            return 0.0
        stems = {stem for stem, _, _ in _around_tokens(evidence.tokens, other)}
        return self._share(around, stems, evidence.language)

    def counted(self, text: str, number: Span) -> str:
        """Return a number in a text with what it counts, as far as one can tell: 11 officials."""
        behind = _COUNTED.match(text, number[1])
        words = behind[0].split() if behind else []
        while words and self._documents.is_small(words[-1].lower()):
            words.pop()
        return " ".join((" ".join(text[slice(*number)].split()), *words))

    def elsewhere(self, name: str) -> str:
        """Return the address of the best passage with a name, "" where none has it."""
        found = self._documents.by_phrase(words_of(name), self._language, 1)
        return found[0][1].address if found else ""

    def touching(self, fact: Span, evidence: Evidence, other: Span) -> float:
        """Return 1, ½ or 0: whether the very words on both sides of two facts are the same."""
        if other == (0, 0):
            return 0.0
        ours, theirs = _beside(self.text, fact), _beside(evidence.passage.text, other)
        return sum(a == b != "" for a, b in zip(ours, theirs, strict=True)) / 2

    def _share(self, words: Sequence[ContextWord], stems: set[str], language: str) -> float:
        total = sum(word.weight for word in words)
        stem = self._documents.snapshot.analyzer.stem
        shared = sum(w.weight for w in words if stem(w.surface, language) in stems)
        return shared / total if total else 1.0


def _beside(text: str, place: Span) -> tuple[str, str]:
    """Return the word before a place and the one behind it, "" where there is none."""
    before = _BEFORE.search(text, max(place[0] - LONGEST_WORD, 0), place[0])
    after = _AFTER.match(text, place[1])
    return before[1].casefold() if before else "", after[1].casefold() if after else ""


def _around(words: Sequence[ContextWord], fact: Span) -> list[ContextWord]:
    before = [word for word in words if word.end <= fact[0]][-WINDOW:]
    return before + [word for word in words if word.start >= fact[1]][:WINDOW]


def _around_tokens(
    tokens: Sequence[tuple[str, int, int]], place: Span
) -> list[tuple[str, int, int]]:
    before = [token for token in tokens if token[2] <= place[0]][-WINDOW:]
    return before + [token for token in tokens if token[1] >= place[1]][:WINDOW]


class Evidence:
    """A passage with its words, names, quantities and dates, worked out when asked for."""

    def __init__(self, placed: Placed, documents: Documents) -> None:
        self.placed, self._documents = placed, documents
        self.document, self.passage = placed
        self.language = self.passage.language_in(self.document)

    @cached_property
    def tokens(self) -> list[tuple[str, int, int]]:
        """The stem of each word of substance with its offsets."""
        small = self._documents.is_small
        read = self._documents.snapshot.analyzer.tokens(self.passage.text, self.language)
        return [(each.stem, each.start, each.end) for each in read if not small(each.surface)]

    @cached_property
    def stems(self) -> set[str]:
        """The stems of its words, of its heading and of the title above it."""
        analyzer = self._documents.snapshot.analyzer
        above = f"{self.document.title} {self.passage.heading}"
        return {stem for stem, _, _ in self.tokens} | {
            stem for _, stem in analyzer.terms(above, self.language)
        }

    @cached_property
    def dates(self) -> list[DatedWords]:
        """The dates that it says."""
        return dates_in(self.passage.text, self.language)

    @cached_property
    def quantities(self) -> list[Quantity]:
        """The quantities that it says."""
        return quantities_in(self.passage.text, self.language, self.dates)

    @cached_property
    def names(self) -> list[Named]:
        """The names in it, each in the fullest form that its document has."""
        text = self.passage.text
        words = [(folded(word), start, start + len(word)) for word, start in _capitals(text)]
        return [_placed(name, words) for name in self.passage.names]

    def place_of(self, name: Sequence[str]) -> Span | None:
        """Return where the folded words of a name stand in it, in this order; None: nowhere."""
        words = self._documents.words(self.passage)
        keys = [word.key for word in words]
        wanted = [part for word in name for part in word.split("-")]
        for n in range(len(keys) - len(wanted) + 1):
            if keys[n : n + len(wanted)] == wanted:
                return words[n].start, words[n + len(wanted) - 1].end
        return None


def _capitals(text: str) -> Iterable[tuple[str, int]]:
    position = 0
    for word in text.split():
        start = text.index(word, position)
        position = start + len(word)
        bare = word.strip(".,;:!?()[]«»“”\"'’")
        if bare[:1].isupper() or bare[:1].isdigit():
            yield bare, start + word.index(bare)


def _placed(name: str, words: Sequence[tuple[tuple[str, ...], int, int]]) -> Named:
    key = folded(name)
    for form, start, end in words:
        if form and key and form[-1] == key[-1]:
            return Named(name, key, start, end)
    return Named(name, key, 0, 0)
