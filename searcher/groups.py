"""Groups: the words between two operators or brackets become one query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backstory.engine.languages import is_asking_verb, is_question_word
from backstory.engine.query import All, And, BagOfWords, Boost, Filter, Not, Query, Term
from backstory.searcher.lexer import Kind


@dataclass(slots=True)
class Item:
    """A query of a group, its sign, and its text where it is a stop word."""

    query: Query
    sign: Kind | None = None
    stopword: str = ""
    is_compound: bool = False


def is_question(items: Sequence[Item], languages: Sequence[str]) -> bool:
    """Tell whether the words start as a question does."""
    first = items[0].query if items else None
    return isinstance(first, Term) and is_question_word(first.surface, languages)


def weighted(items: Sequence[Item], languages: Sequence[str]) -> list[Item]:
    """Let verbs of asking in a question count half: *called* in "who called …" is no subject."""
    return [
        Item(Boost(item.query, 0.5), item.sign)
        if isinstance(item.query, Term) and is_asking_verb(item.query.surface, languages)
        else item
        for item in items
    ]


def assemble(items: Sequence[Item]) -> Query | None:
    """Make one query of the words of a group: filters and exclusions around a bag of words."""
    included = [item for item in items if item.sign is not Kind.NOT]
    filters = [item.query for item in included if isinstance(item.query, Filter)]
    texts = [item for item in included if not isinstance(item.query, Filter)]
    must = _counted([item.query for item in texts if item.sign is Kind.MUST])
    words = _counted([item.query for item in texts if item.sign is None])
    parts: list[Query] = list(filters)
    if len(must) + len(words) == 1:
        parts += must + words
    elif must or words:
        parts.append(BagOfWords(tuple(words), tuple(must)))
    excluded: list[Query] = [Not(item.query) for item in items if item.sign is Kind.NOT]
    if excluded and not parts:
        parts.append(All())
    parts += excluded
    return And(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)


def _counted(queries: Sequence[Query]) -> list[Query]:
    """Replace repetitions by one Boost, so that a word counts as often as it was typed."""
    counts = Counter(map(sense, queries))
    first = {sense(query): query for query in reversed(queries)}
    return [
        first[sense] if count == 1 else Boost(first[sense], count)
        for sense, count in counts.items()
    ]


def sense(query: Query) -> Query:
    """Return the query without the way in which it was typed."""
    return Term("", query.surface, query.stems) if isinstance(query, Term) else query
