"""Characters that are not seen: shown as symbols, or escaped where the values must stay."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.characters import escaped, on_one_line, visible

SIGNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Lone surrogates too, and directions more often than chance would have them.
anything = st.lists(
    st.one_of(st.characters(codec=None), st.sampled_from([*SIGNS, "\x9b", "\u2028", "\ud800"]))
).map("".join)


@given(anything)
def test_visible_text_has_no_control_or_direction_character(text: str) -> None:
    shown = visible(text)

    assert len(shown) == len(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs")]
    assert not set(shown) & set(SIGNS)
    assert visible(shown) == shown


@given(anything)
def test_text_on_one_line_has_single_spaces_and_can_be_written(text: str) -> None:
    shown = on_one_line(text)

    assert len(shown.splitlines()) <= 1
    assert shown == " ".join(shown.split())
    shown.encode("utf-8")


@given(anything)
def test_escaped_json_has_the_same_values_and_one_line(text: str) -> None:
    written = escaped(json.dumps({"text": text}, ensure_ascii=False))

    assert json.loads(written) == {"text": text}
    assert len(written.splitlines()) == 1
    written.encode("utf-8")
    assert visible(written) == written


@pytest.mark.parametrize("text", ["plain", "“é” 中文", "👨‍👩‍👧", "שלום", "a\u200cb"])
def test_letters_of_any_script_stay(text: str) -> None:
    assert visible(text) == on_one_line(text) == escaped(text) == text
