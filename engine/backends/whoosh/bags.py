"""A bag of words over a snapshot: what each word gives, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backstory.engine.backends.whoosh.evaluation import Matches, terms_of
from backstory.engine.backends.whoosh.occurrences import Occurrences, OccurrenceSource
from backstory.engine.query import And, Bag, Boost, Exact, Filter, Forms, Query, Term
from backstory.engine.ranking import BM25


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the bag: its weight, the factor of its Boost, and where it stands."""

    weight: float
    factor: float
    held: Occurrences

    @property
    def most(self) -> float:
        """What no passage gets more of than it."""
        return self.weight * self.factor


@dataclass(frozen=True, slots=True)
class Best:
    """The best matches, unordered but complete with all that tie with the last, and the counts.

    `bits` gives every passage that matches, as a bit set.
    """

    matches: Matches
    total: int
    full: int
    bits: Callable[[], int] | None = None


def without_filters(query: Query) -> tuple[Query, tuple[Filter, ...]]:
    """Take the filters off an And that has something else as well."""
    if not isinstance(query, And):
        return query, ()
    filters = tuple(node for node in query.children if isinstance(node, Filter))
    others = [node for node in query.children if not isinstance(node, Filter)]
    if not (filters and others):
        return query, ()
    return others[0] if len(others) == 1 else And(tuple(others)), filters


def plain_words(query: Query) -> list[tuple[float, Term | Exact | Forms]] | None:
    """Return the words of a query with the factors of their Boosts, or None for any other.

    It takes single words, bags of them, and words that must all be there (an And of nothing else).
    """
    nodes: Sequence[Query] = (query,)
    if isinstance(query, And):
        nodes = query.children
    elif isinstance(query, Bag) and not query.must:
        nodes = query.words
    words = []
    for node in nodes:
        factor, leaf = (node.factor, node.child) if isinstance(node, Boost) else (1.0, node)
        if not isinstance(leaf, Term | Exact | Forms):
            return None
        words.append((factor, leaf))
    return words


def words_of_bag(
    query: Query, source: OccurrenceSource, ranking: BM25, passages: int
) -> list[Word] | None:
    """Return the words of a query that the fast path can answer, or None for any other.

    It takes what `plain_words` takes.
    """
    words = []
    for factor, leaf in plain_words(query) or ():
        held = source.get(terms_of(leaf))
        words.append(Word(ranking.weight(passages, len(held)), factor, held))
    return words or None
