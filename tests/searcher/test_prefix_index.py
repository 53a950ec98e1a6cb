"""Texts by the beginnings of their words: what a naive look over all of them gives."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.searcher.prefix_index import MAX_WORDS, PrefixIndex, RangeMaximumTree, folded

numbers = st.lists(st.integers(0, 20), max_size=400)


@given(numbers, st.integers(0, 400), st.integers(0, 400))
def test_any_stretch_comes_in_descending_order(row: list[int], start: int, stop: int) -> None:
    places = list(RangeMaximumTree(row).descending(start, stop))

    assert places == sorted(
        range(len(row))[start:stop], key=lambda position: (-row[position], position)
    )


@given(numbers)
def test_numbers_can_be_read_by_place(row: list[int]) -> None:
    tree = RangeMaximumTree(row)

    assert [tree[position] for position in range(len(row))] == row


texts = st.text(st.sampled_from("ab á-'."), max_size=8)


@given(st.dictionaries(texts, st.integers(1, 5), max_size=30), texts.map(folded))
def test_texts_are_found_by_the_beginning_of_any_word(counts: dict[str, int], typed: str) -> None:
    def starts(text: str) -> list[int]:
        return [found.start() for found in re.finditer(r"[^\W_]+", folded(text))]

    expected = {
        (text, count)
        for text, count in counts.items()
        if any(folded(text).startswith(typed, position) for position in starts(text))
    }
    found = list(PrefixIndex(counts).starting(typed))

    assert set(found) == expected
    assert len(found) == len(expected)
    assert [count for _, count in found] == sorted((c for _, c in expected), reverse=True)


@pytest.mark.parametrize(
    ("beginning", "found"),
    [
        ("cr", ["Juan Cruz", "CRUZ  Verde"]),
        ("juan c", ["Juan Cruz"]),
        ("cruz v", ["CRUZ  Verde"]),
        ("cha", ["Hugo Chávez"]),
        ("uan", []),
        ("juan  c", []),
        ("z", []),
    ],
)
def test_capitals_accents_and_spaces_do_not_matter(beginning: str, found: list[str]) -> None:
    names = PrefixIndex({"Juan Cruz": 2, "Hugo Chávez": 1, "CRUZ  Verde": 1})

    assert [text for text, _ in names.starting(beginning)] == found


def test_words_of_the_texts_that_hold_a_word_come_most_frequent_first() -> None:
    names = PrefixIndex({"Cruz": 9, "Juan Cruz": 1, "Ana de la Cruz": 3, "Cruzado": 8})

    assert list(names.containing("cruz")) == [
        ["cruz"],
        ["ana", "de", "la", "cruz"],
        ["juan", "cruz"],
    ]
    assert list(names.items())[:2] == [("Cruz", 9), ("Cruzado", 8)]


def test_long_text_is_found_by_its_first_words() -> None:
    long = PrefixIndex({" ".join(f"w{n:02}" for n in range(30)): 1})

    assert list(long.starting(f"w{MAX_WORDS - 1:02}"))
    assert not list(long.starting(f"w{MAX_WORDS:02}"))
