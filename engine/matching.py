"""The one matcher: which passages match a query, how often, and which words to mark.

Indexes find candidates in their own ways; what counts as a match is decided here, on the
positions of words. The same functions give the marks in the list and in the open document, so
that a hit that is counted is a hit that can be seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence, Set
from functools import cached_property
from typing import NamedTuple

from backstory.engine.analysis import Analyzer, Read
from backstory.engine.documents import Document, Passage
from backstory.engine.filters import FactFilter
from backstory.engine.query import (
    All,
    And,
    BagOfWords,
    Boost,
    Exact,
    Field,
    Filter,
    Forms,
    Leaf,
    Near,
    Not,
    Nothing,
    Or,
    Phrase,
    Query,
    Range,
    Term,
)
from backstory.engine.ranking import total

Span = tuple[int, int]

# Looking so many words up one by one takes less than looking at every word of a passage.
FEW_WORDS = 3


class Outcome(NamedTuple):
    """A passage that matches: its points, whether every word of a Bag was there, and by what.

    `parts` are the leaves that matched, with what each adds to the points.
    """

    score: float
    all_words: bool
    parts: tuple[tuple[Leaf, float], ...] = ()


def phrase_starts(parts: Sequence[Sequence[int]]) -> list[int]:
    """Return the positions at which words, given by their positions, follow each other."""
    starts = set(parts[0])
    for offset, positions in enumerate(parts[1:], 1):
        starts &= {position - offset for position in positions}
    return sorted(starts)


def near_windows(parts: Sequence[Sequence[int]], distance: int) -> list[tuple[int, ...]]:
    """Return the smallest windows that hold one position of each part, all positions distinct.

    A window counts where at most `distance` other words stand in it.
    """
    needed = Counter(tuple(part) for part in parts)
    wanted = {position: part for part in needed for position in part}
    held: Counter[tuple[int, ...]] = Counter()
    line = sorted(wanted)
    windows = []
    left = 0
    for right, position in enumerate(line):
        held[wanted[position]] += 1
        while all(held[part] >= count for part, count in needed.items()):
            if line[right] - line[left] + 1 - len(parts) <= distance:
                windows.append((left, right))
            held[wanted[line[left]]] -= 1
            left += 1
    return [tuple(line[first : last + 1]) for first, last in _smallest(windows)]


def _smallest(windows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    best: dict[int, int] = {}
    for first, last in windows:
        best[last] = max(first, best.get(last, first))
    return [(first, last) for last, first in best.items()]


class PassageTerms:
    """A passage's words by position, as the analyzer sees them."""

    def __init__(self, read: Read) -> None:
        self.pairs, self._starts, self._ends = read.pairs, read.starts, read.ends

    @classmethod
    def of(cls, text: str, language: str, analyzer: Analyzer) -> PassageTerms:
        """Analyse a text."""
        return cls(analyzer.read(text, language))

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def surfaces(self) -> set[str]:
        """The surface forms that stand in the passage."""
        return {surface for surface, _ in self.pairs}

    @cached_property
    def _stems(self) -> list[str]:
        return [stem for _, stem in self.pairs]

    @cached_property
    def _surfaces(self) -> list[str]:
        return [surface for surface, _ in self.pairs]

    def marks_of(self, stems: Set[str]) -> tuple[Span, ...]:
        """Return where in the text the words with one of some stems stand."""
        starts, ends = self._starts, self._ends
        places = [at for at, (_, stem) in enumerate(self.pairs) if stem in stems]
        return tuple([(starts[at], ends[at]) for at in places])

    def stretch(self, first: int, last: int) -> Span:
        """Return from where to where in the text the words at two positions reach."""
        return self._starts[first], self._ends[last]

    def positions(self, word: Query) -> list[int]:
        """Return the sorted positions at which a single word stands."""
        match word:
            case Term(stems=stems):
                return _places(self._stems, stems)
            case Exact(surface=wanted):
                return _places(self._surfaces, (wanted,))
            case Forms(surfaces=surfaces):
                return _places(self._surfaces, surfaces)
            case _:
                return []

    def frequency(self, leaf: Leaf) -> int:
        """Return how often the leaf stands in the passage."""
        match leaf:
            case Phrase(words=words):
                return len(phrase_starts([self.positions(word) for word in words]))
            case Near(words=words, distance=distance):
                return len(near_windows([self.positions(word) for word in words], distance))
            case _:
                return len(self.positions(leaf))

    def marked_positions(self, leaf: Leaf) -> list[Span]:
        """Return the first and last position of every stretch that the leaf matches."""
        match leaf:
            case Phrase(words=words):
                starts = phrase_starts([self.positions(word) for word in words])
                return [(start, start + len(words) - 1) for start in starts]
            case Near(words=words, distance=distance):
                windows = near_windows([self.positions(word) for word in words], distance)
                return [(position, position) for window in windows for position in window]
            case _:
                return [(position, position) for position in self.positions(leaf)]


def _places(words: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Return the sorted places at which one of the wanted words stands."""
    if len(wanted) > FEW_WORDS:
        held = frozenset(wanted)
        return [at for at, word in enumerate(words) if word in held]
    found = []
    for word in dict.fromkeys(wanted):  # nearly always one, and it stands there once
        at = -1
        for _ in range(words.count(word)):
            at = words.index(word, at + 1)
            found.append(at)
    return sorted(found)


def evaluate(
    query: Query, score_of: Callable[[Leaf], float | None], passes: Callable[[Filter], bool]
) -> Outcome | None:
    """Apply the tree to one passage; `score_of` gives None for a leaf that does not match."""

    def apply(node: Query) -> Outcome | None:
        match node:
            case Term() | Exact() | Forms() | Phrase() | Near():
                found = score_of(node)
                return None if found is None else Outcome(found, True, ((node, found),))
            case Field() | Range() | All() | Nothing():
                return Outcome(0.0, True) if passes(node) else None
            case Not(child):
                return None if apply(child) else Outcome(0.0, True)
            case Boost(child, factor):
                found_child = apply(child)
                return found_child and _times(found_child, factor)
            case And(nodes):
                return _every([apply(child) for child in nodes])
            case Or(nodes):
                matched = [outcome for child in nodes if (outcome := apply(child))]
                return _sum(matched, any(o.all_words for o in matched)) if matched else None
            case BagOfWords(words, must):
                return _bag([apply(c) for c in must], [apply(c) for c in words])
            case _:
                raise TypeError(f"{type(node).__name__} must be expanded before it is matched")

    return apply(query)


def _times(outcome: Outcome, factor: float) -> Outcome:
    parts = tuple((leaf, score * factor) for leaf, score in outcome.parts)
    return Outcome(outcome.score * factor, outcome.all_words, parts)


def _sum(outcomes: Sequence[Outcome], all_words: bool) -> Outcome:
    parts = tuple(part for outcome in outcomes for part in outcome.parts)
    return Outcome(total(outcome.score for outcome in outcomes), all_words, parts)


def _every(outcomes: Sequence[Outcome | None]) -> Outcome | None:
    matched = [outcome for outcome in outcomes if outcome]
    if len(matched) < len(outcomes):
        return None
    return _sum(matched, all(outcome.all_words for outcome in matched))


def _bag(must: Sequence[Outcome | None], words: Sequence[Outcome | None]) -> Outcome | None:
    matched = [outcome for outcome in (*must, *words) if outcome]
    if any(outcome is None for outcome in must) or not matched:
        return None
    all_words = len(matched) == len(must) + len(words) and all(o.all_words for o in matched)
    return _sum(matched, all_words)


class Matcher:
    """Finds a query's marks in passages: the same query object as was searched, fully expanded."""

    def __init__(self, query: Query, analyzer: Analyzer) -> None:
        self._query = query
        self._analyzer = analyzer
        self._filters: dict[Filter, FactFilter] = {}
        self._any_of, self._conditions = _loose(query)

    def match(self, document: Document, passage: Passage) -> tuple[Span, ...] | None:
        """Return the marks, sorted [start, end) offsets into the text, or None for no match."""
        terms = self.terms(document, passage)
        if self._any_of:  # most queries: a passage matches if it has something to mark
            found = terms.marks_of(self._any_of)
            held = (self._filter(each).matches(document, passage) for each in self._conditions)
            return found if found and all(held) else None
        outcome = self.outcome(document, passage, lambda leaf: terms.frequency(leaf) or None)
        return None if outcome is None else marks(terms, [leaf for leaf, _ in outcome.parts])

    def terms(self, document: Document, passage: Passage) -> PassageTerms:
        """Return the words of a passage."""
        return PassageTerms.of(passage.text, passage.language_in(document), self._analyzer)

    def outcome(
        self, document: Document, passage: Passage, score_of: Callable[[Leaf], float | None]
    ) -> Outcome | None:
        """Apply the query to a passage; `score_of` gives None for a leaf that does not match."""

        def passes(wanted: Filter) -> bool:
            return self._filter(wanted).matches(document, passage)

        return evaluate(self._query, score_of, passes)

    def _filter(self, wanted: Filter) -> FactFilter:
        if wanted not in self._filters:
            self._filters[wanted] = FactFilter(wanted, self._analyzer)
        return self._filters[wanted]


def _loose(query: Query) -> tuple[frozenset[str], tuple[Filter, ...]]:
    """Return the stems of a query for any of some words in any form, and its conditions.

    Of any other query there are none.
    """
    nodes = query.children if isinstance(query, And) else (query,)
    conditions = tuple(node for node in nodes if isinstance(node, Filter))
    asked = [node for node in nodes if not isinstance(node, Filter)]
    words: Sequence[Query] = asked
    if len(asked) == 1 and isinstance(asked[0], BagOfWords) and not asked[0].must:
        words = asked[0].words
    elif len(asked) > 1:
        return frozenset(), ()
    stems = set[str]()
    for word in words:
        term = word.child if isinstance(word, Boost) else word
        if not isinstance(term, Term):
            return frozenset(), ()
        stems.update(term.stems)
    return frozenset(stems), conditions


def marks(terms: PassageTerms, leaves: Sequence[Leaf]) -> tuple[Span, ...]:
    """Return the stretches of text that the leaves match, sorted; overlapping ones are joined."""
    spans = {
        terms.stretch(first, last)
        for leaf in leaves
        for first, last in terms.marked_positions(leaf)
    }
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
