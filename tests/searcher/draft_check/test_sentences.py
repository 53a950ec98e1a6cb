"""A draft is cut into sentences; abbreviations and quotations keep theirs together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.searcher.draft_check.blocks import read_draft
from backstory.searcher.draft_check.sentences import sentences_in


def sentences(text: str) -> list[str]:
    """Return the sentences of a draft without markup."""
    draft = read_draft(text)
    return [" ".join(draft.plain[s.start : s.end].split()) for s in sentences_in(draft)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One came. Two went! Three?", ["One came.", "Two went!", "Three?"]),
        (
            "Dr. Falk met Mr. J. Brandt of the U.S. Navy. He left.",
            ["Dr. Falk met Mr. J. Brandt of the U.S. Navy.", "He left."],
        ),
        (
            "It cost 3.5 million. “Too much,” he said.",
            ["It cost 3.5 million.", "“Too much,” he said."],
        ),
        ("“It was late. Nobody came.” She left.", ["“It was late. Nobody came.”", "She left."]),
        (
            "“It was late. Nobody came home,” she said.",
            ["“It was late. Nobody came home,” she said."],
        ),
        (
            "¿Quién vino? Nadie. «No hay orden alguna», dijo.",
            ["¿Quién vino?", "Nadie.", "«No hay orden alguna», dijo."],
        ),
        ("一つ。二つ。", ["一つ。", "二つ。"]),
        ("# A heading\n\nA text\nover lines.", ["A text over lines."]),
        ("- One item\n- Another item", ["One item", "Another item"]),
        (
            "---\ntitle: Ours\n---\nThe *text* with a [link](https://x.example/a_b).",
            ["The text with a link ."],
        ),
        ("Before.\n\n```\ncode. More.\n```\n\nAfter.[^1]\n\n[^1]: A note.", ["Before.", "After."]),
        ("", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


@given(st.text(max_size=200))
def test_any_text_has_sentences_in_order(text: str) -> None:
    found = sentences_in(read_draft(text))
    for one, other in pairwise(found):
        assert one.start < one.end <= other.start
