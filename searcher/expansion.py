"""From `prefix*`, `wild?ard` and `fuzzy~` to the words of this index that they stand for.

Words come shortest first (nearest first for fuzzy), so that what a limit cuts off is what looks
least like the query; a cut is always said. Words that stand only in deleted passages do not count.
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
)
from backstory.searcher.settings import SearchSettings
from backstory.searcher.spelling import near
from backstory.searcher.vocabulary import BREAK, Vocabulary


class Expander:
    """Expands queries over one snapshot; `limits` tells what was cut off."""

    def __init__(
        self, snapshot: Snapshot, vocabulary: Vocabulary, settings: SearchSettings
    ) -> None:
        self._snapshot, self._vocabulary = snapshot, vocabulary
        self._most = settings.max_expansions
        self._known: dict[Expandable, Forms] = {}
        self.limits: list[str] = []

    def expand(self, query: Query) -> Query:
        """Return the query with every Expandable replaced by Forms."""
        match query:
            case Prefix() | Wildcard() | Fuzzy():
                if query not in self._known:
                    self._known[query] = self._forms(query)
                return self._known[query]
            case Not(child):
                return Not(self.expand(child))
            case Boost(child, factor):
                return Boost(self.expand(child), factor)
            case And(nodes):
                return And(tuple(map(self.expand, nodes)))
            case Or(nodes):
                return Or(tuple(map(self.expand, nodes)))
            case BagOfWords(words, must):
                return BagOfWords(tuple(map(self.expand, words)), tuple(map(self.expand, must)))
            case Phrase() | Near() | _:
                return query

    def _forms(self, query: Expandable) -> Forms:
        live = (word for word in self._candidates(query) if self._snapshot.frequency(word))
        found = list(islice(live, self._most + 1))
        if len(found) > self._most:
            first = "nearest" if isinstance(query, Fuzzy) else "shortest"
            self.limits.append(
                f"{query.text} stands for more than {self._most} words; "
                f"the {self._most} {first} were searched. Add letters to narrow it."
            )
        return Forms(query.text, tuple(found[: self._most]))

    def _candidates(self, query: Expandable) -> Iterable[str]:
        match query:
            case Prefix(prefix=prefix):
                return sorted(self._vocabulary.starting(prefix), key=len)
            case Wildcard(pattern=pattern):
                return fitting(pattern, self._vocabulary)
            case Fuzzy(surface=surface, distance=most):
                return [word for _, word in near(surface, self._vocabulary, most)]


def fitting(pattern: str, vocabulary: Vocabulary) -> Iterable[str]:
    """Return the words that fit a pattern, the shortest first, then in alphabetical order.

    A pattern that starts with letters is compared with the words that start so, any other with
    those that hold its longest run of letters.
    """
    fits = re.compile(wildcard_regex(pattern)).fullmatch
    start, *others = re.split(r"[*?]", pattern)
    if start:
        return filter(fits, sorted(vocabulary.starting(start), key=len))
    longest = max(others, key=len, default="")
    at_end = BREAK if longest and longest == others[-1] else ""
    least = len(pattern.replace("*", ""))
    most = None if "*" in pattern else least
    return filter(fits, vocabulary.holding(longest + at_end, least, most))


def wildcard_regex(pattern: str) -> str:
    """Return a regular expression for `*` and `?` that never goes over the word twice.

    Each run between stars is taken where it first fits and is not given up again (atomic
    groups), so that ten stars cost no more than one.
    """
    runs = ["".join("." if c == "?" else re.escape(c) for c in run) for run in pattern.split("*")]
    if len(runs) == 1:
        return runs[0]
    middle = "".join(f"(?>.*?{run})" for run in runs[1:-1] if run)
    return f"{runs[0]}{middle}.*{runs[-1]}" if runs[-1] else f"{runs[0]}{middle}.*"
