"""The reference matcher: whether a passage matches a query, how often, and which words to mark.

It defines what counts as a match, on the positions of words; every index is tested against it. The
same functions make the marks in result lists and in the open document, so that every hit that is
counted also shows its marks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence, Set
from functools import cached_property
from typing import NamedTuple

from backstory.engine.analysis import AnalyzedText, Analyzer
from backstory.engine.documents import Document, Passage
from backstory.engine.filters import FactFilter
from backstory.engine.query import (
    All,
    And,
    AnyOf,
    BagOfWords,
    Boost,
    Exact,
    Field,
    Filter,
    Forms,
    InTitle,
    Leaf,
    Near,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefer,
    Query,
    Range,
    Term,
    Undated,
)
from backstory.engine.ranking import total

Span = tuple[int, int]

# Up to so many terms, `list.index` for each is faster than a scan of the passage.
FEW_WORDS = 3


class Outcome(NamedTuple):
    """A match: its score, and whether every word of a BagOfWords matched.

    `parts` are the leaves that matched, each with its part of the score.
    """

    score: float
    all_words: bool
    parts: tuple[tuple[Leaf, float], ...] = ()


def phrase_starts(parts: Sequence[Sequence[int]]) -> list[int]:
    """Return the positions at which a phrase starts, given the positions of each of its words."""
    starts = set(parts[0])
    for offset, positions in enumerate(parts[1:], 1):
        starts &= {position - offset for position in positions}
    return sorted(starts)


def near_windows(parts: Sequence[Sequence[int]], distance: int) -> list[tuple[int, ...]]:
    """Return the minimal windows with one position of each part, all positions distinct.

    `parts` are the positions of each word. A window may contain at most `distance` other words.
    """
    needed = Counter(tuple(part) for part in parts)
    part_of = {position: part for part in needed for position in part}
    counts: Counter[tuple[int, ...]] = Counter()
    line = sorted(part_of)
    windows = []
    left = 0
    for right, position in enumerate(line):
        counts[part_of[position]] += 1
        while all(counts[part] >= count for part, count in needed.items()):
            if line[right] - line[left] + 1 - len(parts) <= distance:
                windows.append((left, right))
            counts[part_of[line[left]]] -= 1
            left += 1
    return [tuple(line[first : last + 1]) for first, last in _smallest(windows)]


def _smallest(windows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    best: dict[int, int] = {}
    for first, last in windows:
        best[last] = max(first, best.get(last, first))
    return [(first, last) for last, first in best.items()]


class PassageTerms:
    """The analysed words of a passage, by position."""

    def __init__(self, read: AnalyzedText) -> None:
        self.pairs, self._starts, self._ends = read.pairs, read.starts, read.ends

    @classmethod
    def of(cls, text: str, language: str, analyzer: Analyzer) -> PassageTerms:
        """Analyse a text."""
        return cls(analyzer.read(text, language))

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def surfaces(self) -> set[str]:
        """The distinct surface forms in the passage."""
        return {surface for surface, _ in self.pairs}

    @cached_property
    def _stems(self) -> list[str]:
        return [stem for _, stem in self.pairs]

    @cached_property
    def _surfaces(self) -> list[str]:
        return [surface for surface, _ in self.pairs]

    def marks_of(self, stems: Set[str]) -> tuple[Span, ...]:
        """Return the spans in the text of the words that have one of the stems."""
        starts, ends = self._starts, self._ends
        positions = [i for i, (_, stem) in enumerate(self.pairs) if stem in stems]
        return tuple([(starts[i], ends[i]) for i in positions])

    def stretch(self, first: int, last: int) -> Span:
        """Return the span in the text from the word at `first` to that at `last`, inclusive."""
        return self._starts[first], self._ends[last]

    def positions(self, word: Query) -> list[int]:
        """Return the sorted positions of a single word."""
        match word:
            case Term(stems=stems):
                return _positions(self._stems, stems)
            case Exact(surface=surface):
                return _positions(self._surfaces, (surface,))
            case Forms(surfaces=surfaces):
                return _positions(self._surfaces, surfaces)
            case _:
                return []

    def frequency(self, leaf: Leaf) -> int:
        """Return how often the leaf occurs in the passage."""
        match leaf:
            case AnyOf(spellings=spellings):
                return sum([self.frequency(each) for each in spellings])
            case Phrase(words=words):
                return len(phrase_starts([self.positions(word) for word in words]))
            case Near(words=words, distance=distance):
                return len(near_windows([self.positions(word) for word in words], distance))
            case _:
                return len(self.positions(leaf))

    def marked_positions(self, leaf: Leaf) -> list[Span]:
        """Return the first and last position of every range of words that the leaf matches."""
        match leaf:
            case AnyOf(spellings=spellings):
                marked = (self.marked_positions(each) for each in spellings)
                return sorted({span for spans in marked for span in spans})
            case Phrase(words=words):
                starts = phrase_starts([self.positions(word) for word in words])
                return [(start, start + len(words) - 1) for start in starts]
            case Near(words=words, distance=distance):
                windows = near_windows([self.positions(word) for word in words], distance)
                return [(position, position) for window in windows for position in window]
            case _:
                return [(position, position) for position in self.positions(leaf)]


def _positions(words: Sequence[str], terms: Sequence[str]) -> list[int]:
    """Return the sorted positions in `words` of any of the terms."""
    if len(terms) > FEW_WORDS:
        distinct = frozenset(terms)
        return [i for i, word in enumerate(words) if word in distinct]
    positions = []
    for term in dict.fromkeys(terms):  # nearly always one, with one occurrence
        position = -1
        for _ in range(words.count(term)):
            position = words.index(term, position + 1)
            positions.append(position)
    return sorted(positions)


def evaluate(
    query: Query, score_of: Callable[[Leaf], float | None], passes: Callable[[Filter], bool]
) -> Outcome | None:
    """Apply the tree to one passage; `score_of` gives None for a leaf that does not match."""

    # Not a function that refers to itself: such a cycle would keep the snapshot behind `score_of`
    # open until the garbage collector comes.
    def apply(child: Query) -> Outcome | None:
        return evaluate(child, score_of, passes)

    match query:
        case Term() | Exact() | Forms() | AnyOf() | Phrase() | Near():
            score = score_of(query)
            return None if score is None else Outcome(score, True, ((query, score),))
        case Field() | InTitle() | Range() | Undated() | All() | Nothing():
            return Outcome(0.0, True) if passes(query) else None
        case Not(child):
            return None if apply(child) else Outcome(0.0, True)
        case Boost(child, factor):
            outcome = apply(child)
            return outcome and _times(outcome, factor)
        case Prefer(child, preferred, factor):
            typed = apply(preferred)
            return _preferred(apply(child), typed and _times(typed, factor))
        case And(nodes):
            return _every([apply(child) for child in nodes])
        case Or(nodes):
            matched = [outcome for child in nodes if (outcome := apply(child))]
            return _sum(matched, any(o.all_words for o in matched)) if matched else None
        case BagOfWords(words, must):
            return _bag([apply(c) for c in must], [apply(c) for c in words])
        case _:
            raise TypeError(f"{type(query).__name__} must be expanded before it is matched")


def _times(outcome: Outcome, factor: float) -> Outcome:
    parts = tuple((leaf, score * factor) for leaf, score in outcome.parts)
    return Outcome(outcome.score * factor, outcome.all_words, parts)


def _preferred(matched: Outcome | None, extra: Outcome | None) -> Outcome | None:
    if matched is None or extra is None:
        return matched
    return Outcome(matched.score + extra.score, matched.all_words, matched.parts + extra.parts)


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
    """Computes the marks of a query, fully expanded as it was searched, in passages."""

    def __init__(self, query: Query, analyzer: Analyzer) -> None:
        self.query = query
        self._analyzer = analyzer
        self._filters: dict[Filter, FactFilter] = {}
        self._any_of, self._conditions = _loose(query)

    def match(self, document: Document, passage: Passage) -> tuple[Span, ...] | None:
        """Return the marks, sorted [start, end) offsets into the text, or None for no match."""
        terms = self.terms(document, passage)
        if self._any_of:  # most queries: a passage matches if it has something to mark
            spans = terms.marks_of(self._any_of)
            passed = (self._filter(each).matches(document, passage) for each in self._conditions)
            return spans if spans and all(passed) else None
        outcome = self.outcome(document, passage, lambda leaf: terms.frequency(leaf) or None)
        return None if outcome is None else marks(terms, [leaf for leaf, _ in outcome.parts])

    def terms(self, document: Document, passage: Passage) -> PassageTerms:
        """Return the words of a passage."""
        return PassageTerms.of(passage.text, passage.language_in(document), self._analyzer)

    def outcome(
        self, document: Document, passage: Passage, score_of: Callable[[Leaf], float | None]
    ) -> Outcome | None:
        """Apply the query to a passage; `score_of` gives None for a leaf that does not match."""

        def passes(query: Filter) -> bool:
            return self._filter(query).matches(document, passage)

        return evaluate(self.query, score_of, passes)

    def _filter(self, query: Filter) -> FactFilter:
        if query not in self._filters:
            self._filters[query] = FactFilter(query, self._analyzer)
        return self._filters[query]


def _loose(query: Query) -> tuple[frozenset[str], tuple[Filter, ...]]:
    """Return the stems and the filters of a query that is a plain disjunction of Terms.

    Both are empty for any other query.
    """
    nodes = query.children if isinstance(query, And) else (query,)
    conditions = tuple(node for node in nodes if isinstance(node, Filter))
    scored = [node for node in nodes if not isinstance(node, Filter)]
    words: Sequence[Query] = scored
    if len(scored) == 1 and isinstance(scored[0], BagOfWords) and not scored[0].must:
        words = scored[0].words
    elif len(scored) > 1:
        return frozenset(), ()
    stems = set[str]()
    for word in words:
        term = word.child if isinstance(word, Boost | Prefer) else word
        if not isinstance(term, Term):
            return frozenset(), ()
        stems.update(term.stems)
    return frozenset(stems), conditions


def marks(terms: PassageTerms, leaves: Sequence[Leaf]) -> tuple[Span, ...]:
    """Return the spans of text that the leaves match, sorted; overlapping ones are merged."""
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
