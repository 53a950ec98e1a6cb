"""The typed form first: *university* before *universe*, which share a stem.

A question of one word prefers passages that have it as it was typed: a part of the BM25 score of
that form is added. With several words the words beside it say better what is meant; a weight there
costs more on test collections than it gives (bench/RANKING.md).
"""

from __future__ import annotations

from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import And, Exact, Prefer, Query, Term, words_of

WEIGHT = 0.6  # of the score of the typed form


def typed_first(query: Query, snapshot: Snapshot) -> Query:
    """Return an expanded query of one word so that it prefers the form that was typed."""
    return _preferring(query, snapshot) if len(list(words_of(query))) == 1 else query


def _preferring(query: Query, snapshot: Snapshot) -> Query:
    match query:
        case Term(text, surface):
            typed = Exact(text, surface)
            has_other_forms = 0 < snapshot.count(typed) < snapshot.count(query)
            return Prefer(query, typed, WEIGHT) if has_other_forms else query
        case And(nodes):
            return And(tuple(_preferring(node, snapshot) for node in nodes))
        case _:
            return query
