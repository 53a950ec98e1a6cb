"""From `prefix*`, `wild?ard` and `fuzzy~` to the words of this index that they stand for.

Words come shortest first (nearest first for fuzzy), so that what a limit cuts off is what looks
least like the query; a cut is always said. Words that stand only in deleted passages do not count.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice

from backstory.engine.backends.base import Reader
from backstory.engine.query import (
    And,
    Bag,
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


class Expander:
    """Expands queries over one reader; `limits` tells what was cut off."""

    def __init__(self, reader: Reader, settings: SearchSettings) -> None:
        self._reader = reader
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
            case Bag(words, must):
                return Bag(tuple(map(self.expand, words)), tuple(map(self.expand, must)))
            case Phrase() | Near() | _:
                return query

    def _forms(self, query: Expandable) -> Forms:
        live = (word for word in self._candidates(query) if self._reader.frequency(word))
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
                return shortest(self._starting(prefix))
            case Wildcard(pattern=pattern):
                start = re.split(r"[*?]", pattern, maxsplit=1)[0]
                fits = re.compile(wildcard_regex(pattern)).fullmatch
                return shortest(filter(fits, self._starting(start)))
            case Fuzzy(surface=surface, distance=most):
                return [word for _, word in sorted(near(surface, self._reader.vocabulary(), most))]

    def _starting(self, prefix: str) -> Iterator[str]:
        vocabulary = self._reader.vocabulary()
        for at in range(bisect_left(vocabulary, prefix), len(vocabulary)):
            if not vocabulary[at].startswith(prefix):
                return
            yield vocabulary[at]


def shortest(words: Iterable[str]) -> list[str]:
    """Order words by length, then alphabet."""
    return sorted(words, key=lambda word: (len(word), word))


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
