"""One word of a query put in another way: nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.searcher.lexer import lex
from backstory.webui.reading import with_word


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("two radios", "two =radios"),
        ("radios", "=radios"),
        ("radioship radios", "radioship =radios"),
        ('"radios" radios', '"radios" =radios'),
        ("+radios -talks", "+=radios -talks"),
        ("(radios OR talks)", "(=radios OR talks)"),
        ("title:radios", ""),
        ('"two radios"', ""),
        ("talks", ""),
    ],
)
def test_word_is_asked_for_in_this_form(text, changed):
    assert with_word(text, "radios", "=radios") == changed


@given(st.text(alphabet='ab "()+-:=*~', max_size=24))
def test_all_other_pieces_stay(text):
    changed = with_word(text, "a", "=a")
    if changed:
        before, after = lex(text)[0], lex(changed)[0]
        differing = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
        assert [(one.text, other.text) for one, other in differing] == [("a", "=a")]
