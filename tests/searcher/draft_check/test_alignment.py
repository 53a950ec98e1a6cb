"""A quotation is laid over a passage with as few differences as there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.searcher.draft_check.alignment import Change, align, parts_of
from backstory.searcher.draft_check.words import words_of

PASSAGE = "The welders were told to weld and not to ask, said Ines Falk, who kept every receipt."


def steps(quotation: str, passage: str = PASSAGE) -> list[tuple[str, str, str]]:
    """Return what differs: the change, the words of the draft and those of the passage."""
    words = words_of(passage)
    return [
        (
            step.change.value,
            step.part.text if step.part else "",
            words[step.word].text if step.word is not None else "",
        )
        for step in align(parts_of(quotation), words).steps
        if step.change is not Change.SAME
    ]


@pytest.mark.parametrize(
    "quotation",
    [
        "told to weld and not to ask",
        "Told to weld and not to ask",  # a capital at the beginning
        "told to weld\u00ad and not to ask",
        "told to weld — and not to ask!",
        "ＴＯＬＤ to weld".replace("ＴＯＬＤ", "ｔｏｌｄ"),
        "[T]old to weld and not to ask",
    ],
)
def test_typography_is_no_difference(quotation: str) -> None:
    assert align(parts_of(quotation), words_of(PASSAGE)).is_exact


@pytest.mark.parametrize(
    ("quotation", "differing"),
    [
        ("told to weld and not to talk", [("changed", "talk", "ask")]),
        ("told to weld and to ask", [("dropped", "", "not")]),
        ("told to quickly weld and not", [("added", "quickly", "")]),
        ("told to Weld and not to ask", [("changed", "Weld", "weld")]),
    ],
)
def test_words_that_differ(quotation: str, differing: list[tuple[str, str, str]]) -> None:
    assert steps(quotation) == differing


@pytest.mark.parametrize("ellipsis", ["…", "...", "[…]", "[...]", "(...)", ". . ."])
def test_an_ellipsis_stands_for_any_words(ellipsis: str) -> None:
    alignment = align(parts_of(f"told to weld {ellipsis} kept every receipt"), words_of(PASSAGE))
    assert alignment.is_exact
    omitted = [s for s in alignment.steps if s.change is Change.OMITTED and s.word is not None]
    assert len(omitted) == 8


def test_brackets_are_an_editors() -> None:
    assert align(parts_of("[the men] were told to weld"), words_of(PASSAGE)).is_exact
    assert align(parts_of("said [the clerk] who kept every receipt"), words_of(PASSAGE)).is_exact
    assert align(parts_of("said Ines Falk [sic], who kept"), words_of(PASSAGE)).is_exact


def test_brackets_stand_for_few_words_only() -> None:
    passage = "one two three four five six seven eight nine ten eleven twelve"
    assert not align(parts_of("one [so] twelve"), words_of(passage)).is_exact


def test_places_are_those_in_the_draft() -> None:
    text = "[T]old to [quickly] weld … not"
    assert [text[p.start : p.end].strip("[]") for p in parts_of(text)] == [
        "T]old",
        "to",
        "quickly",
        "weld",
        "…",
        "not",
    ]


WORDS = st.lists(st.sampled_from("a b c d".split()), max_size=9)


@given(WORDS, WORDS)
def test_the_cost_is_that_of_the_nearest_stretch(one: list[str], other: list[str]) -> None:
    """Compared with the edit distance to every stretch, written out in a few lines."""

    def distance(a: list[str], b: list[str]) -> int:
        row = list(range(len(b) + 1))
        for i, x in enumerate(a, 1):
            row, before = [i], row
            for j, y in enumerate(b, 1):
                row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
        return row[-1]

    stretches = [other[i:j] for i in range(len(other) + 1) for j in range(i, len(other) + 1)]
    nearest = min(distance(one, stretch) for stretch in stretches)
    assert align(parts_of(" ".join(one)), words_of(" ".join(other))).cost == nearest
