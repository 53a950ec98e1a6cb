"""Query expansion: `prefix*`, `wild?ard` and `fuzzy~` become the matching words of the index.

Words come shortest first (nearest first for fuzzy), so that `search.max_expansions` cuts off those
least like the query; a cut is always reported. Words that only deleted passages have are skipped.
What is excluded is never cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import (
    And,
    BagOfWords,
    Boost,
    Expandable,
    Forms,
    Fuzzy,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Wildcard,
    Word,
)
from backstory.searcher.settings import SearchSettings
from backstory.searcher.spelling import near
from backstory.searcher.vocabulary import BREAK, Vocabulary


class Expander:
    """Expands queries over one snapshot; `limits` reports what was cut off."""

    def __init__(
        self, snapshot: Snapshot, vocabulary: Vocabulary, settings: SearchSettings
    ) -> None:
        self._snapshot, self._vocabulary = snapshot, vocabulary
        self._most = settings.max_expansions
        self._known: dict[tuple[Expandable, bool], Forms] = {}
        self._is_excluding = False
        self.limits: list[str] = []

    def expand(self, query: Query) -> Query:
        """Return the query with every Expandable replaced by Forms."""
        match query:
            case Prefix() | Wildcard() | Fuzzy():
                key = query, self._is_excluding
                if key not in self._known:
                    self._known[key] = self._forms(query)
                return self._known[key]
            case Not(child):
                return Not(self._excluding(child))
            case Boost(child, factor):
                return Boost(self.expand(child), factor)
            case And(nodes):
                return And(tuple(map(self.expand, nodes)))
            case Or(nodes):
                return Or(tuple(map(self.expand, nodes)))
            case BagOfWords(words, must):
                return BagOfWords(tuple(map(self.expand, words)), tuple(map(self.expand, must)))
            case Phrase(text, words):
                return Phrase(text, self._words(words))
            case Near(text, words, distance):
                return Near(text, self._words(words), distance)
            case _:
                return query

    def _words(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        return tuple(word for word in map(self.expand, words) if isinstance(word, Word))

    def _excluding(self, query: Query) -> Query:
        """Expand what is excluded, without a limit: whoever excludes means every word."""
        was, self._is_excluding = self._is_excluding, True
        expanded = self.expand(query)
        self._is_excluding = was
        return expanded

    def _forms(self, query: Expandable) -> Forms:
        if self._is_excluding:
            return Forms(query.text, tuple(self._candidates(query)))
        live = (word for word in self._candidates(query) if self._snapshot.frequency(word))
        words = list(islice(live, self._most + 1))
        if len(words) > self._most:
            first = "nearest" if isinstance(query, Fuzzy) else "shortest"
            self.limits.append(
                f"{query.text} stands for more than {self._most} words; "
                f"the {self._most} {first} were searched. Add letters to narrow it."
            )
        return Forms(query.text, tuple(words[: self._most]))

    def _candidates(self, query: Expandable) -> Iterable[str]:
        match query:
            case Prefix(prefix=prefix):
                return sorted(self._vocabulary.starting(prefix), key=len)
            case Wildcard(pattern=pattern):
                return fitting(pattern, self._vocabulary)
            case Fuzzy(surface=surface, distance=most):
                return [word for _, word in near(surface, self._vocabulary, most)]


def fitting(pattern: str, vocabulary: Vocabulary) -> Iterable[str]:
    """Return the words that match a wildcard pattern, by length, then in alphabetical order.

    The candidates are the words with the pattern's literal prefix or, where it has none, those that
    contain its longest run of letters.
    """
    fits = re.compile(wildcard_regex(pattern)).fullmatch
    start, *others = re.split(r"[*?]", pattern)
    if start:
        return filter(fits, sorted(vocabulary.starting(start), key=len))
    longest = max(others, key=len, default="")
    at_end = BREAK if longest and longest == others[-1] else ""
    least = len(pattern.replace("*", ""))
    most = None if "*" in pattern else least
    return filter(fits, vocabulary.containing(longest + at_end, least, most))


def wildcard_regex(pattern: str) -> str:
    """Return a regular expression for `*` and `?` that matches in linear time.

    Each run between stars is matched at its first occurrence, in an atomic group: there is no
    backtracking, so ten stars cost no more than one.
    """
    runs = ["".join("." if c == "?" else re.escape(c) for c in run) for run in pattern.split("*")]
    if len(runs) == 1:
        return runs[0]
    middle = "".join(f"(?>.*?{run})" for run in runs[1:-1] if run)
    return f"{runs[0]}{middle}.*{runs[-1]}" if runs[-1] else f"{runs[0]}{middle}.*"
