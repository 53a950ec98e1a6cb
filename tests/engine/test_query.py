"""The query tree: what stands under what."""

from __future__ import annotations

import pytest

from backstory.engine.query import (
    All,
    And,
    BagOfWords,
    Boost,
    Exact,
    Field,
    Near,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Term,
    children,
    walk,
    words_of,
)

A, B, C = (Term(name, name, (f"en:{name}",)) for name in "abc")
PHRASE = Phrase('"x y"', (Exact("x", "x"), Exact("y", "y")))
NEAR = Near('"a b"~3', (A, B), 3)


@pytest.mark.parametrize(
    ("query", "below"),
    [
        (A, ()),
        (And((A, B)), (A, B)),
        (Or((A, B, C)), (A, B, C)),
        (BagOfWords((A, B), (C,)), (C, A, B)),
        (Not(A), (A,)),
        (Boost(A, 2), (A,)),
        (PHRASE, PHRASE.words),
        (NEAR, (A, B)),
        (All(), ()),
        (Nothing(), ()),
        (Range("2018", ""), ()),
        (Field("lang", "es"), ()),
        (Prefix("a*", "a"), ()),
    ],
    ids=str,
)
def test_children_are_the_nodes_directly_below(query: Query, below: tuple[Query, ...]) -> None:
    assert children(query) == below


def test_walk_meets_parents_before_children() -> None:
    query = And((BagOfWords((A,), (Not(B),)), PHRASE))

    assert list(walk(query)) == [query, query.children[0], Not(B), B, A, PHRASE, *PHRASE.words]


def test_wanted_words_keep_phrases_whole_and_leave_out_what_is_excluded() -> None:
    query = And(
        (BagOfWords((A, PHRASE), (NEAR,)), Not(B), Or((Boost(C, 2), Prefix("p*", "p"))), All())
    )

    assert list(words_of(query)) == [NEAR, A, PHRASE, C, Prefix("p*", "p")]


def test_nodes_are_values() -> None:
    assert And((A, Not(B))) == And((A, Not(B)))
    assert len({BagOfWords((A,)), BagOfWords((A,)), BagOfWords((), (A,))}) == 2
    with pytest.raises(AttributeError):
        A.text = "z"  # type: ignore[misc]  # that it cannot be done is what is tested
