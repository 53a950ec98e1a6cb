"""Near spellings: the distance is the textbook's, and nothing near is missed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.spelling import distance, near

words = st.text(alphabet="abcd", max_size=8)


def alignment(one: str, other: str) -> int:
    """Count the edits of the optimal string alignment: the whole table, no short cuts."""
    table = [[i + j for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1,
                table[i][j - 1] + 1,
                table[i - 1][j - 1] + (one[i - 1] != other[j - 1]),
            )
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(words, words, st.integers(0, 4))
def test_distance_is_the_optimal_string_alignment(one: str, other: str, limit: int) -> None:
    assert distance(one, other, limit) == min(alignment(one, other), limit + 1)


@given(words, words, st.integers(0, 3))
def test_distance_is_the_same_both_ways(one: str, other: str, limit: int) -> None:
    assert distance(one, other, limit) == distance(other, one, limit)


@given(words, st.lists(words, max_size=20), st.integers(0, 2))
def test_near_misses_no_word_and_finds_no_other(
    word: str, vocabulary: list[str], limit: int
) -> None:
    expected = [(alignment(word, w), w) for w in vocabulary if alignment(word, w) <= limit]

    assert list(near(word, vocabulary, limit)) == expected


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("tilerson", "tillerson", 1),
        ("madruo", "maduro", 1),
        ("radio", "radio", 0),
        ("radio", "radius", 2),
        ("ca", "abc", 3),
        ("", "ab", 2),
        ("peña", "pena", 1),
    ],
)
def test_distance_counts_insertions_deletions_replacements_and_swaps(
    one: str, other: str, edits: int
) -> None:
    assert distance(one, other, 4) == edits


def test_far_words_are_given_up_at_the_limit() -> None:
    assert distance("a" * 1000, "b" * 1000, 2) == 3
    assert distance("a", "a" * 10, 2) == 3
