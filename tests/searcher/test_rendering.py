"""Pieces put back into text: read again, they are the same pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backstory.searcher.lexer import Kind, Piece, lex
from backstory.searcher.rendering import remainders, render, respelt

BITS = (
    *("a", "b", "AND", "OR", "NOT", "-", "+", "–", "(", ")", '"', "“", " ", " ", " ", '"a b"'),
    *("~2", "title:", "lang:es", "foo:", "after:2018", "=", "*", "a~", ":", "--", "/", "x-y", "\n"),
)  # fmt: skip
texts = st.one_of(st.lists(st.sampled_from(BITS), max_size=14).map("".join), st.text())


def meaning(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces without what makes no difference.

    That is how a sign is written, every sign but the last of several, the capitals of words that
    are no operators, and a comma before a word.
    """
    signs = (Kind.NOT, Kind.MUST)
    found = []
    for piece, after in zip_longest(pieces, pieces[1:]):
        if piece.kind in signs and after and after.kind in signs:
            continue
        text = piece.text.lstrip(",").casefold() if piece.kind is Kind.WORD else piece.text
        found.append(replace(piece, text="" if piece.kind in signs else text))
    return found


@given(texts)
@example('"a"-b')
@example('"a"title:b')
@example("-(-a")
@example("-(--a")
@example("x-AND b")
def test_text_put_together_is_read_as_the_same_pieces(text: str) -> None:
    pieces = lex(text)[0]

    assert meaning(lex(render(pieces))[0]) == meaning(pieces)


@given(texts)
def test_what_is_left_of_a_query_is_read_as_it_is_meant(text: str) -> None:
    for part in remainders(lex(text)[0]):
        assert meaning(lex(render(part.left))[0]) == meaning(part.left)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a  (b OR -c )", "a (b OR -c)"),
        ('“a b”~3 -title:"x y"', '"a b"~3 -title:"x y"'),
        ("language:es since:2018", "lang:es after:2018"),
        ('say "hello', "say hello"),
        ("NOT a AND", "NOT a"),
        ("AND OR", "and or"),
        ("WHO AND WHY", "WHO AND WHY"),
        ("who (AND) (IT OR US)", "who (IT OR US)"),
        ('"a"-b', '"a" ,-b'),
        ("", ""),
    ],
)
def test_text_keeps_what_was_typed(text: str, shown: str) -> None:
    assert render(lex(text)[0]) == shown


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a b", {"a": "b", "b": "a"}),
        ("+a -b lang:es", {"+a": "-b lang:es", "-b": "+a lang:es", "lang:es": "+a -b"}),
        ("a AND b OR c", {"a": "b OR c", "b": "a OR c", "c": "a AND b"}),
        ("a OR b AND c", {"a": "b AND c", "b": "a OR c", "c": "a OR b"}),
        (
            "a AND (b OR c)",
            {"a": "(b OR c)", "(b OR c)": "a", "b": "a AND (c)", "c": "a AND (b)"},
        ),
        ("-(a) b", {"-(a)": "b", "a": "b", "b": "-(a)"}),
        ("(a b) after:2018", {"a": "(b) after:2018", "b": "(a) after:2018", "after:2018": "(a b)"}),
        ("a AND (b) c", {"a": "(b) c", "(b)": "a AND c", "b": "a AND c", "c": "a AND (b)"}),
        ('NOT "a b" NOT c', {'NOT "a b"': "NOT c", "NOT c": 'NOT "a b"'}),
        ("((a))", {"a": ""}),
        ("a", {"a": ""}),
        ("", {}),
    ],
)
def test_each_part_can_be_taken_out(text: str, left: dict[str, str]) -> None:
    found = remainders(lex(text)[0])

    assert {render(part.without): render(part.left) for part in found} == left


def test_other_words_stand_where_the_old_ones_stood() -> None:
    pieces = lex('a =b "c" -(a)')[0]

    assert render(respelt(pieces, {0: "x", 1: "y", 2: "z", 5: "x"})) == 'x =y "z" -(x)'
    assert render(respelt(lex("anb b")[0], {0: "AND"})) == "and b", "no operator comes of a word"
