"""Query expansion: `prefix*`, `wild?ard` and `fuzzy~` become the matching words of the index.

Words come shortest first (nearest first for fuzzy), so that `search.max_expansions` cuts off those
least like the query; a cut is always reported. Words that only deleted passages have are skipped.
What is excluded is never cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, islice

from backstory.engine.patterns import wildcard_regex
from backstory.engine.query import (
    And,
    BagOfWords,
    Boost,
    Exact,
    Expandable,
    Field,
    Forms,
    Fuzzy,
    InTitle,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Wildcard,
    Word,
)
from backstory.searcher.equivalents import Equivalents
from backstory.searcher.field_values import with_files
from backstory.searcher.settings import SearchSettings
from backstory.searcher.spelling import near
from backstory.searcher.vocabulary import BREAK, Vocabulary


class Expander:
    """Expands queries over one snapshot; `limits` reports what was cut off."""

    def __init__(self, equivalents: Equivalents, settings: SearchSettings) -> None:
        self._snapshot, self._vocabulary = equivalents.snapshot, equivalents.vocabulary
        self._most = settings.max_expansions
        self._known: dict[tuple[Expandable, bool], Forms] = {}
        self._is_excluding = False
        self._equivalents = equivalents
        self.limits: list[str] = []

    def expand(self, query: Query) -> Query:
        """Return the query with every Expandable replaced by Forms."""
        match query:
            case Prefix() | Wildcard() | Fuzzy():
                key = query, self._is_excluding
                if key not in self._known:
                    self._known[key] = self._forms(query)
                return self._known[key]
            case Field():
                return with_files(query, self._snapshot)
            case Not(child):
                return Not(self._excluding(child))
            case Boost(child, factor):
                return Boost(self.expand(child), factor)
            case And(nodes):
                return And(tuple(map(self.expand, nodes)))
            case Or(nodes):
                return Or(tuple(map(self.expand, nodes)))
            case BagOfWords(words, must):
                self._equivalents.learn(word for word in words if isinstance(word, Term))
                expanded = map(self.expand, words)
                joined = self._equivalents.with_joined(words, expanded)
                return BagOfWords(joined, tuple(map(self.expand, must)))
            case Term():
                leaf = self._equivalents.of_term(query)
                return leaf if self._snapshot.count(leaf) else self._in_titles(query) or leaf
            case Exact() | Forms():
                return self._equivalents.of_quoted(query)
            case Phrase(text, words):
                return self._equivalents.of_phrase(Phrase(text, tuple(map(self._word, words))))
            case Near(text, words, distance):
                return Near(text, tuple(map(self._word, words)), distance)
            case _:
                return query

    def _in_titles(self, term: Term) -> InTitle | None:
        """Return a word that no passage has as one of titles, None where no title has it."""
        passages = self._snapshot.titled((term,))
        return InTitle((term,), passages) if passages else None

    def _word(self, word: Word) -> Word:
        """Return a word of a phrase, which stays one word."""
        match word:
            case Prefix() | Wildcard() | Fuzzy():
                expanded = self.expand(word)
                return expanded if isinstance(expanded, Word) else word
            case Exact():
                return self._equivalents.of_exact(word)
            case Forms():
                return self._equivalents.of_forms(word)
            case _:
                return word

    def _excluding(self, query: Query) -> Query:
        """Expand what is excluded, without a limit: whoever excludes means every word."""
        was, self._is_excluding = self._is_excluding, True
        expanded = self.expand(query)
        self._is_excluding = was
        return expanded

    def _forms(self, query: Expandable) -> Forms:
        if self._is_excluding:
            return self._forms_of(query, self._candidates(query))
        words = list(islice(filter(self._is_live, self._candidates(query)), self._most + 1))
        if len(words) > self._most:
            first = "nearest" if isinstance(query, Fuzzy) else "shortest"
            self.limits.append(
                f"{query.text} stands for more than {self._most} words; "
                f"the {self._most} {first} were searched. Add letters to narrow it."
            )
        return self._forms_of(query, words[: self._most])

    def _is_live(self, word: str) -> bool:
        return any(map(self._snapshot.frequency, self._vocabulary.forms(word)))

    def _forms_of(self, query: Expandable, words: Iterable[str]) -> Forms:
        forms = chain.from_iterable(map(self._vocabulary.forms, words))
        return Forms(query.text, tuple(forms))

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
