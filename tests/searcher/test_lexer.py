"""Query text cut into pieces: what is an operator, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.searcher.lexer import ENDS, MAX_DEPTH, STARTS, Kind, lex


def pieces(text: str) -> str:
    """Return the pieces as words, operators in capitals with a colon."""
    found = []
    for piece in lex(text)[0]:
        name = f"{piece.name}=" if piece.name else ""
        near = f"~{piece.distance}" if piece.distance >= 0 else ""
        found.append(f"{piece.kind.name}:{name}{piece.text}{near}")
    return " ".join(found)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("coup plot", "WORD:coup WORD:plot"),
        ("coup\t\nplot", "WORD:coup WORD:plot"),
        ('a "b c" d', "WORD:a PHRASE:b c WORD:d"),
        ("“b c”~3", "PHRASE:b c~3"),
        ('"b c"~12345', "PHRASE:b c~1234"),
        ('"b c"~x', "PHRASE:b c WORD:~x"),
        ("+a -b", "MUST:+ WORD:a NOT:- WORD:b"),
        ("a-b a+b", "WORD:a-b WORD:a+b"),
        ("(+a)", "OPEN:( MUST:+ WORD:a CLOSE:)"),
        ("-(a)", "NOT:- OPEN:( WORD:a CLOSE:)"),
        ("- a", "WORD:- WORD:a"),
        ("-- a", "WORD:-- WORD:a"),
        ("-+a", "WORD:-+a"),
        ("title:a", "FIELD:title=a"),
        ("-title:a", "NOT:- FIELD:title=a"),
        ("(title:a)", "OPEN:( FIELD:title=a CLOSE:)"),
        ("date:March 2018 radio", "FIELD:date=March 2018 WORD:radio"),
        ("after:last week, radio", "FIELD:after=last week WORD:radio"),
        ("-date:12 de marzo de 2018", "NOT:- FIELD:date=12 de marzo de 2018"),
        ("date:3 May 2018..4 June 2019 a", "FIELD:date=3 May 2018..4 June 2019 WORD:a"),
        ("date:2018 March", "FIELD:date=2018 WORD:March"),
        ("date:last OR week", "FIELD:date=last OR:OR WORD:week"),
        ("date:March (2018)", "FIELD:date=March OPEN:( WORD:2018 CLOSE:)"),
        ('date:"last" week', "FIELD:date=last WORD:week"),
        ("title:March 2018", "FIELD:title=March WORD:2018"),
        ("title:“a b”", "FIELD:title=a b"),
        ("title: a", "WORD:title: WORD:a"),
        ("title:/a", "WORD:title:/a"),
        ("title::a", "WORD:title::a"),
        ("x.title:a", "WORD:x.title:a"),
        ("title:a:b", "FIELD:title=a:b"),
        ("title:NOT", "FIELD:title=NOT"),
        ("title:(a)", "WORD:title OPEN:( WORD:a CLOSE:)"),
        ("who:a", "WORD:who WORD:a"),
        ("since:2018", "FIELD:after=2018"),
        ("a AND b", "WORD:a AND:AND WORD:b"),
        ("a and b", "WORD:a WORD:and WORD:b"),
        ("AND a OR", "WORD:a"),
        ("a AND OR b", "WORD:a OR:OR WORD:b"),
        ("NOT", "WORD:NOT"),
        ("NOT NOT", "WORD:NOT WORD:NOT"),
        ("AND OR NOT", "WORD:AND WORD:OR WORD:NOT"),
        ("* AND", "WORD:*"),
        # all in capitals
        ("WHO SAID SO AND WHY", "WORD:WHO WORD:SAID WORD:SO WORD:AND WORD:WHY"),
        ("DO NOT GO", "WORD:DO WORD:NOT WORD:GO"),
        ("NATO AND “OIL PRICE”", "WORD:NATO WORD:AND PHRASE:OIL PRICE"),
        ("NATO AND oil", "WORD:NATO AND:AND WORD:oil"),
        ("NATO AND “oil price”", "WORD:NATO AND:AND PHRASE:oil price"),
        ("2002 AND 2003", "WORD:2002 AND:AND WORD:2003"),
        ("حزب AND نفط", "WORD:حزب AND:AND WORD:نفط"),
        ("OIL NOT lang:es", "WORD:OIL NOT:NOT FIELD:lang=es"),
        ("OIL AND GAS lang:es", "WORD:OIL WORD:AND WORD:GAS FIELD:lang=es"),
        # a dash or a plus in running text
        (
            "the pact –signed in 2002– held",
            "WORD:the WORD:pact WORD:signed WORD:in WORD:2002– WORD:held",
        ),
        (
            "the pact -signed in 2002-, held",
            "WORD:the WORD:pact WORD:signed WORD:in WORD:2002-, WORD:held",
        ),
        ("the pact of 2002 –held", "WORD:the WORD:pact WORD:of WORD:2002 WORD:held"),
        ("it was -5 degrees there", "WORD:it WORD:was WORD:5 WORD:degrees WORD:there"),
        ("call him at +49 now", "WORD:call WORD:him WORD:at WORD:49 WORD:now"),
        ("-the pact\n-the radio", "WORD:the WORD:pact WORD:the WORD:radio"),
        ("what did he say -radio", "WORD:what WORD:did WORD:he WORD:say NOT:- WORD:radio"),
        ("pact -2002", "WORD:pact NOT:- WORD:2002"),
        ("NOT NOT a", "NOT:NOT NOT:NOT WORD:a"),
        ("a (AND) b", "WORD:a WORD:b"),
        ("a AND ( ) b", "WORD:a AND:AND WORD:b"),
        ("NOT ()", "WORD:NOT"),
        ("(a", "WORD:a"),
        (")a(", "WORD:a"),
        ("(a))", "OPEN:( WORD:a CLOSE:)"),
        ("((a)", "OPEN:( WORD:a CLOSE:)"),
        ("", ""),
    ],
)
def test_text_is_cut_into_these_pieces(text: str, cut: str) -> None:
    assert pieces(text) == cut


def test_brackets_nest_up_to_a_limit() -> None:
    deep = MAX_DEPTH + 5
    found, notes = lex("(" * deep + "a" + ")" * deep)

    assert sum(piece.kind is Kind.OPEN for piece in found) == MAX_DEPTH
    assert notes == ["Brackets without a partner, or nested too deep, were ignored."]
    assert lex("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH)[1] == []


@given(
    st.lists(
        st.sampled_from(
            ["AND", "OR", "NOT", "+", "-", "(", ")", "a", '"b c"', "title:", "who:", '"']
        )
    ).flatmap(lambda parts: st.sampled_from([" ".join(parts), "".join(parts)]))
)
def test_every_operator_that_is_left_has_something_to_work_on(text: str) -> None:
    found = [piece.kind for piece in lex(text)[0]]
    depth = 0
    for at, kind in enumerate(found):
        before = found[at - 1] if at else None
        after = found[at + 1] if at + 1 < len(found) else None
        if kind in (Kind.AND, Kind.OR):
            assert before in ENDS
        if kind in (Kind.AND, Kind.OR, Kind.NOT, Kind.MUST):
            assert after in STARTS
        depth += (kind is Kind.OPEN) - (kind is Kind.CLOSE)
        assert 0 <= depth <= MAX_DEPTH
    assert depth == 0
