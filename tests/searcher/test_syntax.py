"""The table of what a query can say: every example is understood, nothing is left out."""

from __future__ import annotations

import pytest

from backstory.engine.analysis import Analyzer
from backstory.engine.fields import FIELDS
from backstory.engine.query import Nothing, walk
from backstory.searcher.dates import SIDES
from backstory.searcher.lexer import OPERATORS as SIGNS
from backstory.searcher.lexer import Kind, lex
from backstory.searcher.parser import Parser
from backstory.searcher.syntax import operators

EXAMPLES = [example for operator in operators() for example in operator.examples]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_understood_without_a_word_about_it(example):
    parsed = Parser(Analyzer(), ("en", "es")).parse(example)
    assert (parsed.notes, parsed.ignored, parsed.limits) == ((), (), ())
    assert not any(isinstance(node, Nothing) for node in walk(parsed.query))


def test_every_field_sign_and_kind_of_word_has_an_example():
    pieces = [piece for example in EXAMPLES for piece in lex(example)[0]]
    assert {piece.name for piece in pieces if piece.name} == {*FIELDS.filters, *SIDES}
    assert {piece.kind for piece in pieces} == set(Kind)
    words = " ".join(EXAMPLES).split()
    assert all(sign in words for sign in SIGNS)
    nodes = {
        type(node).__name__
        for example in EXAMPLES
        for node in walk(Parser(Analyzer(), ("en",)).parse(example).query)
    }
    assert {"Term", "Exact", "Phrase", "Near", "Prefix", "Wildcard", "Fuzzy", "All"} <= nodes


def test_nothing_is_explained_twice():
    assert len(EXAMPLES) == len(set(EXAMPLES))
