"""Percolation: which of many questions a few new passages answer.

A search asks many passages one question; here many questions are asked of few passages. The new
passages get a small index of their own, and each question is narrowed by it to the passages that
have its rarest words, which for nearly every question are none. Only what is left is evaluated, by
the function that every index is tested against. The cost is in questions and new passages, and not
in the corpus.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import Document, Passage
from backstory.engine.filters import FactFilter
from backstory.engine.matching import PassageTerms, Span, evaluate, marks
from backstory.engine.query import (
    And,
    AnyOf,
    BagOfWords,
    Boost,
    Exact,
    Filter,
    Forms,
    InTitle,
    Near,
    Nothing,
    Or,
    Phrase,
    Prefer,
    Query,
    Term,
)

Pair = tuple[Document, Passage]
# The numbers of passages, None for all.
Numbers = frozenset[int] | None
_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """A passage with all the words of a question, and where they stand in it."""

    question: str
    document: Document
    passage: Passage
    marks: tuple[Span, ...]


class Percolator:
    """Asks new passages the same questions, batch after batch.

    `questions` are query trees by name, fully expanded over the commit that has the passages.
    """

    def __init__(self, questions: Mapping[str, Query], analyzer: Analyzer) -> None:
        self._questions, self._analyzer = questions, analyzer
        self._filters: dict[Filter, FactFilter] = {}

    def answers(self, pairs: Sequence[Pair]) -> Iterator[Answer]:
        """Yield which passages have all the words of which question, filters included."""
        batch = _Batch(pairs, self._analyzer)
        for name, query in self._questions.items():
            for number in sorted(batch.narrowed(query)):
                spans = self._match(query, batch.terms[number], pairs[number])
                if spans is not None:
                    yield Answer(name, *pairs[number], spans)

    def _match(self, query: Query, terms: PassageTerms, pair: Pair) -> tuple[Span, ...] | None:
        """Return the marks of a passage with all the words, None for any other."""

        def passes(condition: Filter) -> bool:
            return self._filter(condition).matches(*pair)

        outcome = evaluate(query, lambda leaf: terms.frequency(leaf) or None, passes)
        if outcome is None or not outcome.all_words:
            return None
        return marks(terms, [leaf for leaf, _ in outcome.parts])

    def _filter(self, query: Filter) -> FactFilter:
        if query not in self._filters:
            self._filters[query] = FactFilter(query, self._analyzer)
        return self._filters[query]


class _Batch:
    """Some passages, analysed, with the numbers of those that have each word."""

    def __init__(self, pairs: Sequence[Pair], analyzer: Analyzer) -> None:
        self.terms = [
            PassageTerms.of(passage.text, passage.language_in(document), analyzer)
            for document, passage in pairs
        ]
        stems, surfaces = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
        for number, terms in enumerate(self.terms):
            for surface, stem in set(terms.pairs):
                surfaces[surface].add(number)
                stems[stem].add(number)
        self._stems, self._surfaces = stems, surfaces
        self._numbers = {passage.address: number for number, (_, passage) in enumerate(pairs)}

    def narrowed(self, query: Query) -> Iterable[int]:
        """Return the numbers of the passages that may have all the words of a query."""
        numbers = self._having(query)
        return range(len(self.terms)) if numbers is None else numbers

    def _having(self, query: Query) -> Numbers:
        match query:
            case Term(stems=stems):
                return _any_of(self._stems, stems)
            case Exact(surface=surface):
                return _any_of(self._surfaces, (surface,))
            case Forms(surfaces=surfaces):
                return _any_of(self._surfaces, surfaces)
            case InTitle(passages=addresses):
                return frozenset(self._numbers[each] for each in self._numbers.keys() & addresses)
            case Phrase(words=parts) | Near(words=parts) | And(parts):
                return self._in_all(parts)
            case BagOfWords(words, must):
                return self._in_all((*must, *words))
            case AnyOf(spellings=parts) | Or(parts):
                return self._in_any(parts)
            case Boost(child) | Prefer(child):
                return self._having(child)
            case Nothing():
                return _NONE
            case _:
                return None  # conditions and exclusions, which narrow nothing by a word

    def _in_all(self, parts: Sequence[Query]) -> Numbers:
        numbers: Numbers = None
        for part in parts:
            having = self._having(part)
            if having is not None:
                numbers = having if numbers is None else numbers & having
            if numbers is not None and not numbers:
                break
        return numbers

    def _in_any(self, parts: Sequence[Query]) -> Numbers:
        numbers: set[int] = set()
        for part in parts:
            having = self._having(part)
            if having is None:
                return None
            numbers |= having
        return frozenset(numbers)


def _any_of(postings: Mapping[str, set[int]], words: Sequence[str]) -> frozenset[int]:
    """Return the numbers of the passages with any of some words, without adding any word."""
    return frozenset(number for word in words for number in postings.get(word, ()))
