"""From the query tree to queries of the cluster: what matches, and an upper bound of the score.

Every node matches there exactly what it matches here. What the cluster cannot tell, such as words
side by side of which one is any of a thousand, is looked up before and given as a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from backstory.engine.query import (
    All,
    And,
    AnyOf,
    BagOfWords,
    Boost,
    Exact,
    Field,
    Filter,
    Forms,
    InTitle,
    Leaf,
    Near,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefer,
    Query,
    Range,
    Term,
    Undated,
    children,
)

Body = dict[str, Any]

STEM, SURFACE = "stem", "surface"
MOST_TERMS = 50_000  # in one clause; the cluster takes 65,536
# Words that stand in a query one by one, to be scored or to be found at their places; the cluster
# takes 1,024 clauses, and a leaf may stand in two.
MOST_CLAUSES = 400

BM25_OF_FREQUENCY = """
double frequency = _score / params.times;
return params.weight * frequency / (frequency + params.norm + params.step * doc['size'].value);
"""

MOST_PHRASES = 16  # that a phrase of words in several forms is counted by
NOTHING: Body = {"match_none": {}}


def filtered(*clauses: Body) -> Body:
    """Return a query that scores 0 and wants all of some others."""
    return {"bool": {"filter": list(clauses)}} if clauses else constant({"match_all": {}}, 0.0)


def constant(clause: Body, score: float) -> Body:
    """Return a query that gives every match of another the same score."""
    return {"constant_score": {"filter": clause, "boost": score}}


def any_of(clauses: Sequence[Body]) -> Body:
    """Return a query that wants one of some others; the scores of those that match are added."""
    if not clauses:
        return NOTHING
    if len(clauses) == 1:
        return clauses[0]
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def none_of(clause: Body) -> Body:
    """Return a query that wants another not to match."""
    return {"bool": {"must_not": [clause]}}


def terms(name: str, values: Iterable[str]) -> Body:
    """Return a query for any of these terms; it scores nothing that counts."""
    listed = list(values)
    parts = [listed[i : i + MOST_TERMS] for i in range(0, len(listed), MOST_TERMS)]
    return any_of([{"terms": {name: part}} for part in parts])


@dataclass(frozen=True, slots=True)
class Translator:
    """Makes queries of the cluster.

    `fact` translates filters, `listed` finds the matches of a leaf that `places` cannot match here,
    `weight` is that of a leaf in scores, `norm` the normalisation of the lengths 0 and 1, between
    which it is linear. `most` words of each leaf may stand in the query one by one.
    """

    fact: Callable[[Filter], Body]
    listed: Callable[[Phrase | Near], Body]
    weight: Callable[[Leaf], float] = lambda leaf: 0.0
    norm: tuple[float, float] = (0.0, 0.0)
    most: int = MOST_CLAUSES

    def matching(self, query: Query) -> Body:
        """Return what matches a query; its scores mean nothing."""
        return filtered(self._of(query, 0.0, full=False))

    def full(self, query: Query) -> Body:
        """Return what matches every word of the query's bags of words."""
        return filtered(self._of(query, 0.0, full=True))

    def scored(self, query: Query) -> Body:
        """Return what matches a query, with a score that is an upper bound."""
        return self._of(query, 1.0, full=False)

    def _of(self, query: Query, factor: float, *, full: bool) -> Body:
        def each(nodes: Iterable[Query]) -> list[Body]:
            return [self._of(node, factor, full=full) for node in nodes]

        match query:
            case Term() | Exact() | Forms() | AnyOf() | Phrase() | Near():
                return self._leaf(query, factor)
            case Field() | InTitle() | Range() | Undated() | All() | Nothing():
                return filtered(self.fact(query))
            case Not(child):
                return filtered(none_of(self.matching(child)))
            case Boost(child, times):
                return self._of(child, factor * times, full=full)
            case Prefer(child, preferred, times):
                body = {"must": [self._of(child, factor, full=full)]}
                if factor:
                    extra = self._of(preferred, factor * times, full=False)
                    body["should"] = [extra]
                return {"bool": body}
            case And(nodes):
                return {"bool": {"must": each(nodes)}} if nodes else filtered()
            case Or(nodes):
                return any_of(each(nodes))
            case BagOfWords(words, must):
                return self._bag(each(must), each(words), full=full)
            case _:
                raise TypeError(f"{type(query).__name__} must be expanded before it is matched")

    def _bag(self, must: list[Body], words: list[Body], *, full: bool) -> Body:
        if not must and not words:
            return NOTHING
        if full or not words:
            return {"bool": {"must": must + words}}
        if not must:
            return any_of(words)
        return {"bool": {"must": must, "should": words}}

    def _leaf(self, leaf: Leaf, factor: float) -> Body:
        weight = self.weight(leaf) * factor if factor else 0.0
        matched = self._matched(leaf)
        if not factor or matched == NOTHING:
            return matched
        counted = (
            _counted(leaf, min(self.most, MOST_PHRASES)) if _words_in(leaf) <= self.most else None
        )
        return constant(matched, weight) if counted is None else self._bound(weight, *counted)

    def _bound(self, weight: float, counted: Body, times: int) -> Body:
        """Return what has BM25's score where a query scores so many times the frequency."""
        shortest, longer = self.norm
        numbers = {"weight": weight, "times": times, "norm": shortest, "step": longer - shortest}
        script = {"source": BM25_OF_FREQUENCY, "params": numbers}
        return {"script_score": {"query": counted, "script": script}}

    def _matched(self, leaf: Leaf) -> Body:
        match leaf:
            case Term(stems=stems):
                return terms(STEM, stems)
            case Exact(surface=surface):
                return terms(SURFACE, [surface])
            case Forms(surfaces=surfaces):
                return terms(SURFACE, surfaces)
            case AnyOf(spellings=spellings):
                return any_of([self._matched(each) for each in spellings])
            case Phrase() | Near():
                found = places(leaf, self.most)
                return self.listed(leaf) if found is None else found


def places(leaf: Phrase | Near, most: int) -> Body | None:
    """Return what matches words at their places, None where the cluster cannot tell.

    It cannot where words that are near each other may be the same, and will not where they are more
    than `most` with all their forms.
    """
    ordered = isinstance(leaf, Phrase)
    gaps = 0 if isinstance(leaf, Phrase) else leaf.distance
    slots = [alternatives(word) for word in leaf.words]
    if not all(slots):
        return NOTHING
    if len(slots) == 1:
        return _having_one(slots[0])
    if sum(map(len, slots)) > most or not (ordered or _are_apart(slots)):
        return None
    field = slots[0][0][0]
    spans = [_span(slot, field) for slot in slots]
    return {"span_near": {"clauses": spans, "slop": gaps, "in_order": ordered}}


def alternatives(word: Query) -> list[tuple[str, str]]:
    """Return the terms that a word of a phrase stands for, each with its field."""
    match word:
        case Term(stems=stems):
            return [(STEM, stem) for stem in dict.fromkeys(stems)]
        case Exact(surface=surface):
            return [(SURFACE, surface)]
        case Forms(surfaces=surfaces):
            return [(SURFACE, surface) for surface in dict.fromkeys(surfaces)]
        case _:
            return []


def candidates(words: Sequence[Query]) -> Body:
    """Return what has all the words of a phrase, wherever they stand."""
    return filtered(*(_having_one(alternatives(word)) for word in words))


def _having_one(slot: Sequence[tuple[str, str]]) -> Body:
    """Return what has one of some terms."""
    by_field: dict[str, list[str]] = {}
    for name, term in slot:
        by_field.setdefault(name, []).append(term)
    return any_of([terms(name, each) for name, each in by_field.items()])


def _words_in(leaf: Leaf) -> int:
    """Return how many terms a leaf stands for."""
    if isinstance(leaf, AnyOf):
        return sum(map(_words_in, leaf.spellings))
    words = leaf.words if isinstance(leaf, Phrase | Near) else (leaf,)
    return sum(len(alternatives(word)) for word in words)


def _are_apart(slots: Sequence[Sequence[tuple[str, str]]]) -> bool:
    """Tell whether no position of a text can be that of two of the words."""
    fields = {name for slot in slots for name, _ in slot}
    every = [term for slot in slots for term in slot]
    return len(fields) == 1 and len(set(every)) == len(every)


def _span(slot: Sequence[tuple[str, str]], field: str) -> Body:
    """Return the places of any of some terms, told as if they were of one field.

    Both fields have a term at each place. (Intervals would do the same, but multiply out phrases of
    words in several forms, and refuse more than 128 combinations.)
    """
    spans: list[Body] = [
        {"span_term": {name: term}}
        if name == field
        else {"field_masking_span": {"query": {"span_term": {name: term}}, "field": field}}
        for name, term in slot
    ]
    return spans[0] if len(spans) == 1 else {"span_or": {"clauses": spans}}


def _counted(leaf: Leaf, most: int) -> tuple[Body, int] | None:
    """Return a query whose score is so many times the frequency of a leaf in a passage, or more.

    None where there is none. That of a word in several forms is the sum of its forms', that of a
    phrase the sum of up to `most` combinations.
    """
    match leaf:
        case Term() | Exact() | Forms():
            return any_of([{"term": {name: term}} for name, term in alternatives(leaf)]), 1
        case AnyOf(spellings=spellings):
            counted = [_counted(each, most) for each in spellings]
            times = max((each[1] for each in counted if each), default=1)
            clauses = [
                each[0] if each[1] == times else _multiplied(each[0], times / each[1])
                for each in counted
                if each is not None
            ]
            return (any_of(clauses), times) if len(clauses) == len(spellings) else None
        case Phrase(words=words):
            if len(words) == 1 and isinstance(words[0], Term | Exact | Forms):
                return _counted(words[0], most)
            slots = [alternatives(word) for word in words]
            fields = {name for slot in slots for name, _ in slot}
            if len(fields) != 1 or prod(map(len, slots)) > most:
                return None
            field = fields.pop()
            texts = (" ".join(term for _, term in each) for each in product(*slots))
            # The cluster adds up the scores of a phrase's words, each with its number of places.
            return any_of([{"match_phrase": {field: text}} for text in texts]), len(slots)
        case _:
            return None


def _multiplied(query: Body, factor: float) -> Body:
    """Return a query whose scores are multiplied."""
    return {"function_score": {"query": query, "weight": factor}}


def share_of_clauses(query: Query) -> int:
    """Return how many words of each leaf may stand in a query one by one."""
    return max(MOST_CLAUSES // max(_leaves_in(query), 1), 2)


def _leaves_in(query: Query) -> int:
    """Return how many leaves a query has, as often as each stands in it."""
    if isinstance(query, AnyOf):
        return len(query.spellings)
    return 1 if isinstance(query, Leaf) else sum(map(_leaves_in, children(query)))


def is_tiered(query: Query) -> bool:
    """Tell whether a passage may match without having all the words."""
    if isinstance(query, BagOfWords) and len(query.words) + len(query.must) > 1:
        return True
    if isinstance(query, Leaf | Not):
        return False
    return any(map(is_tiered, children(query)))


def leaves(query: Query) -> list[Leaf]:
    """Return the leaves of a query that scores are computed from, each once."""
    if isinstance(query, Leaf):
        return [query]
    return list(dict.fromkeys(leaf for child in children(query) for leaf in leaves(child)))
