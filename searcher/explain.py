"""Explanations: which words gave a passage its score, and what each query word was expanded to.

The contributions of the words and of the re-rankers add up to the score.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from backstory.engine.hits import Reason, RetrievedPassage, WordRead
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.matching import Matcher
from backstory.engine.query import (
    And,
    AnyOf,
    Exact,
    Expandable,
    Field,
    Forms,
    Leaf,
    Near,
    Phrase,
    Prefer,
    Query,
    Term,
    walk,
    words_of,
)
from backstory.engine.ranking import BM25, score
from backstory.engine.tokens import bare

MOST_FORMS = 12
# Stems share at least so many first letters with their forms.
SHARED = 3


class Explainer:
    """Explains the hits of one query over one snapshot."""

    def __init__(self, matcher: Matcher, snapshot: Snapshot, ranking: BM25) -> None:
        self._matcher, self._snapshot, self._ranking = matcher, snapshot, ranking
        statistics = snapshot.statistics
        self._passages = statistics.passages
        self._average = statistics.words / (statistics.passages or 1)
        self._weights: dict[Leaf, float] = {}
        self._typed = {n.preferred for n in walk(matcher.query) if isinstance(n, Prefer)}

    def reasons(self, scored: RetrievedPassage) -> tuple[Reason, ...]:
        """Return the contributions to a passage's score, highest first."""
        terms = self._matcher.terms(scored.document, scored.passage)
        norm = self._ranking.norm(len(terms), self._average)
        times: dict[Leaf, int] = {}

        def leaf_score(leaf: Leaf) -> float | None:
            frequency = times[leaf] = terms.frequency(leaf)
            return score(self._weight(leaf), frequency, norm) if frequency else None

        outcome = self._matcher.outcome(scored.document, scored.passage, leaf_score)
        given: dict[Leaf, float] = {}
        for leaf, part in outcome.parts if outcome else ():
            given[leaf] = given.get(leaf, 0.0) + part * scored.share
        reasons = [
            Reason("as typed" if leaf in self._typed else "word", leaf.text, part, times[leaf])
            for leaf, part in given.items()
        ]
        reasons += [Reason(name, "", gain) for name, gain in scored.gains if gain]
        return tuple(sorted(reasons, key=lambda reason: -reason.score))

    def _weight(self, leaf: Leaf) -> float:
        known = self._weights.get(leaf)
        if known is None:
            known = self._ranking.weight(self._passages, self._snapshot.count(leaf))
            self._weights[leaf] = known
        return known


def words_read(query: Query, snapshot: Snapshot) -> tuple[WordRead, ...]:
    """Return what each word and phrase of a query matches, and in how many passages."""
    return tuple(
        WordRead(
            getattr(leaf, "text", ""), snapshot.count(leaf), _forms(leaf, snapshot), _kind(leaf)
        )
        for leaf in dict.fromkeys(words_of(query))
        if not isinstance(leaf, Expandable)
    )


def _kind(leaf: Query) -> str:
    match leaf:
        case Term():
            return "forms"
        case Exact():
            return "exact"
        case Forms(text=text):
            return "pattern" if set("*?~") & set(text) else "exact"
        case AnyOf(spellings=(Term(), *_)):
            return "forms"
        case AnyOf():
            return "joined"
        case Near():
            return "near"
        case Phrase(words=words) if not all(isinstance(word, Exact | Forms) for word in words):
            return "joined"
        case _:
            return "phrase"


def _forms(leaf: Query, snapshot: Snapshot) -> tuple[tuple[str, int], ...]:
    """Return the surface forms that a word stands for, most frequent first."""
    match leaf:
        case AnyOf(spellings=(Term() as word, *_)):
            return _forms(word, snapshot)
        case Term():
            counted = [
                (form, _passages(form, leaf, snapshot)) for form in _inflected(leaf, snapshot)
            ]
        case Forms(surfaces=surfaces):
            counted = [(form, snapshot.frequency(form)) for form in set(surfaces)]
        case _:
            return ()
    by_word: Counter[str] = Counter()
    for surface, count in counted:
        by_word[bare(surface) or surface] += count
    live = sorted((-count, word) for word, count in by_word.items() if count)
    return tuple((word, -count) for count, word in live[:MOST_FORMS])


def _passages(surface: str, word: Term, snapshot: Snapshot) -> int:
    """Count the passages that have a surface form in a language in which it is the word's.

    *Venezuelan* and *Venezuela* are one word in Spanish, and two in English.
    """
    stem, spoken = snapshot.analyzer.stem, snapshot.languages
    languages = [name for name in spoken if stem(surface, name) in word.stems]
    if len(languages) == len(spoken):
        return snapshot.frequency(surface)
    exact = Exact(surface, surface)
    return sum(snapshot.count(And((exact, Field("lang", name)))) for name in languages)


def _inflected(word: Term, snapshot: Snapshot) -> set[str]:
    """Return the surface forms that have a stem of the word in any language."""
    vocabulary, analyzer = snapshot.vocabulary(), snapshot.analyzer
    forms = set()
    for stem in word.stems:
        language, _, root = stem.partition(":")
        start = root[:SHARED]
        for position in range(bisect_left(vocabulary, start), len(vocabulary)):
            surface = vocabulary[position]
            if not surface.startswith(start):
                break
            if analyzer.stem(surface, language) == stem:
                forms.add(surface)
    return forms
