"""Quotations are found in every kind of marks, and apostrophes are none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.searcher.draft_check.blocks import read_draft
from backstory.searcher.draft_check.quotation_marks import quotations_in


def quoted(text: str) -> list[str]:
    """Return what a draft quotes."""
    draft = read_draft(text)
    return [" ".join(draft.plain[q.start : q.end].split()) for q in quotations_in(draft)]


@pytest.mark.parametrize(
    "marks",
    [
        '""',
        "''",
        "“”",
        "‘’",
        "«»",
        "»«",
        "„“",
        "„”",
        "‚‘",
        "‹›",
        "›‹",
        "””",
        "’’",
        "「」",
        "『』",
        "＂＂",
    ],
)
def test_every_kind_of_marks_is_known(marks: str) -> None:
    opening, closing = marks
    assert quoted(f"She said {opening}we were told to weld{closing}, and left.") == [
        "we were told to weld"
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Il dit : « on nous a dit de souder ».", ["on nous a dit de souder"]),
        ("'We don't weld, and it isn't ours,' he said.", ["We don't weld, and it isn't ours,"]),
        (
            "‘The welders’ lamps weren’t paid for’, it says.",
            ["The welders’ lamps weren’t paid for"],
        ),
        ("The '90s were the officials' time, weren't they?", []),
        (
            "“He said ‘weld it all’ and left the room”, she wrote.",
            ["He said ‘weld it all’ and left the room"],
        ),
        ("„Er sagte «weld it» und ging fort“.", ["Er sagte «weld it» und ging fort"]),
        ('She said "one. Two of them. Three!" and left.', ["one. Two of them. Three!"]),
        ("A so-called “madman” and an “old friend”.", []),
        ("He opened a “mark that never closes.", []),
        ("彼は「記録は残っていない」と言った。", ["記録は残っていない"]),
        ('A 6" pipe and a 4" pipe were laid.', []),
    ],
)
def test_what_is_quoted(text: str, found: list[str]) -> None:
    assert quoted(text) == found


def test_a_quotation_over_paragraphs_begins_each_with_its_mark() -> None:
    text = "He wrote: “The lamps never came.\n\n“The money went somewhere else.”\n\nNobody knew."
    assert quoted(text) == ["The lamps never came.", "The money went somewhere else."]


def test_every_paragraph_of_a_block_quote_is_a_quotation() -> None:
    assert quoted("> The lamps never came.\n>\n> The money went.") == [
        "The lamps never came.",
        "The money went.",
    ]


def test_a_block_quote_is_a_quotation_without_its_source() -> None:
    text = "It says:\n\n> The lamps never\n> came *at all*.\n>\n> — the report\n\nThat is all."
    assert quoted(text) == ["The lamps never came at all ."]


@given(st.text(alphabet="ab ”“\"'’‘«»„.\n>「」", max_size=60))
def test_any_text_has_quotations_in_order_within_it(text: str) -> None:
    draft = read_draft(text)
    found = quotations_in(draft)
    assert len(draft.plain) == len(text)
    for one, other in pairwise(found):
        assert one.end <= other.outer[0]
    assert all(0 <= each.start <= each.end <= len(text) for each in found)
