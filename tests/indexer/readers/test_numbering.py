"""The numbers that a word processor would put before paragraphs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.indexer.readers.numbering import STYLES, Counters, Level

NESTED = {0: Level("upper roman", "%1."), 1: Level("decimal", "%1.%2"), 2: Level("", "")}


@pytest.mark.parametrize(
    ("style", "numbers"),
    [
        ("decimal", {1: "1", 12: "12"}),
        ("padded", {3: "03", 10: "10"}),
        ("upper roman", {4: "IV", 1994: "MCMXCIV", 0: "0", 5000: "5000"}),
        ("lower roman", {9: "ix"}),
        ("upper letter", {1: "A", 26: "Z", 27: "AA", 53: "AAA", 0: "0"}),
        ("lower letter", {2: "b"}),
        ("ordinal", {1: "1st", 2: "2nd", 3: "3rd", 11: "11th", 112: "112th", 121: "121st"}),
        ("none", {7: ""}),
    ],
)
def test_a_number_is_written_in_its_style(style: str, numbers: dict[int, str]) -> None:
    assert {number: STYLES[style](number) for number in numbers} == numbers


def test_levels_are_counted_and_begin_anew_under_each_other() -> None:
    counters = Counters()
    labels = [counters.label(NESTED, at) for at in (0, 1, 1, 2, 0, 1)]
    assert labels == ["I.", "I.1", "I.2", "", "II.", "II.1"]


def test_a_legal_level_writes_the_levels_above_it_in_digits() -> None:
    levels = {**NESTED, 1: Level("decimal", "%1.%2", is_legal=True)}
    counters = Counters()
    assert [counters.label(levels, at) for at in (0, 1)] == ["I.", "1.1"]


def test_a_level_may_go_on_after_one_above_it() -> None:
    levels = {**NESTED, 1: Level("decimal", "(%2)", restarts=False)}
    counters = Counters()
    assert [counters.label(levels, at) for at in (0, 1, 0, 1)][1::2] == ["(1)", "(2)"]


def test_a_level_whose_higher_one_was_never_used_shows_its_start() -> None:
    assert Counters().label(NESTED, 1) == "I.1"


@given(st.lists(st.integers(-5, 12)))
def test_any_row_of_levels_has_labels(row: list[int]) -> None:
    counters = Counters()
    assert all(isinstance(counters.label(NESTED, at), str) for at in row)
