"""The typed form first: *university* before *universe*, which share a stem.

A short question prefers passages that have its words as they were typed: a part of the BM25 score
of that form is added. A long question says by its other words what it means, and is left alone;
what the weight does on test collections is in bench/RANKING.md.
"""

from __future__ import annotations

from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import And, BagOfWords, Boost, Exact, Or, Prefer, Query, Term, words_of

# Of the score of the typed form, shared among the words of the question.
WEIGHT = 0.6
MOST_WORDS = 3


def typed_first(query: Query, snapshot: Snapshot) -> Query:
    """Return an expanded query in which each word prefers the form that was typed."""
    count = len(list(words_of(query)))
    return _preferring(query, snapshot, WEIGHT / count) if 0 < count <= MOST_WORDS else query


def _preferring(query: Query, snapshot: Snapshot, factor: float) -> Query:
    match query:
        case Term(text, surface):
            typed = Exact(text, surface)
            has_other_forms = 0 < snapshot.count(typed) < snapshot.count(query)
            return Prefer(query, typed, factor) if has_other_forms else query
        case Boost(child, boost):
            return Boost(_preferring(child, snapshot, factor), boost)
        case And(nodes):
            return And(tuple(_preferring(node, snapshot, factor) for node in nodes))
        case Or(nodes):
            return Or(tuple(_preferring(node, snapshot, factor) for node in nodes))
        case BagOfWords(words, must):
            each = (tuple(_preferring(w, snapshot, factor) for w in part) for part in (words, must))
            return BagOfWords(*each)
        case _:
            return query
