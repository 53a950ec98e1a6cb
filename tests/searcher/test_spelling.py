"""Near spellings: the distance is the textbook's, nothing near is missed, sounds are as spoken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.searcher.spelling import Spelling, alike, distance, likely, near, sounds, spellings

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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kornblu", "kornbluh"),
        ("chaves", "chavez"),
        ("gimenez", "jimenez"),
        ("tilersen", "tillerson"),
        ("cruse", "cruz"),
        ("cavello", "cabello"),
        ("garsia", "garcia"),
        ("quito", "kito"),
        ("nickaragua", "nicaragua"),
        ("fillip", "philip"),
        ("tomas", "thomas"),
        ("ernandez", "hernandez"),
        ("huan", "juan"),
        ("yglesias", "iglesias"),
        ("viya", "villa"),
        ("llanos", "yanos"),
        ("mejico", "mexico"),
        ("xavier", "javier"),
        ("madruo", "maduro"),
        ("brown's", "browns"),
    ],
)
def test_words_that_are_confused_in_english_or_spanish_sound_alike(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cruse", "crude"),
        ("radio", "radius"),
        ("maduro", "mauro"),
        ("chase", "case"),
        ("ape", "opo"),
    ],
)
def test_other_words_do_not(one: str, other: str) -> None:
    assert not alike(one, other)


def test_what_makes_no_sound_sounds_like_nothing() -> None:
    assert sounds("'") == ("", "")
    assert not alike("'", "'")
    assert sounds("дом") == ("дом", "дом"), "letters that are not read are kept"


letters = st.text(alphabet="aeiouhbvckqszxgjylfp", min_size=1, max_size=3)


@given(letters, st.lists(letters, max_size=30))
def test_words_that_sound_alike_start_with_letters_that_may(
    word: str, vocabulary: list[str]
) -> None:
    heard = {other for other in vocabulary if alike(word, other) or other[0] == word[0]}

    assert heard <= set(likely(word, sorted(vocabulary)))


@given(st.text(), st.lists(st.text(), max_size=20))
def test_any_word_may_be_looked_for_in_any_vocabulary(word: str, vocabulary: list[str]) -> None:
    found = spellings(word, sorted(vocabulary), everywhere=False)

    assert {one.word for one in found} <= {one.word for one in spellings(word, sorted(vocabulary))}


def test_spellings_come_nearest_first_and_those_that_sound_alike_before_others() -> None:
    vocabulary = sorted(["cruz", "crude", "cause", "drudge", "zebra"])

    assert spellings("cruse", vocabulary) == [
        Spelling(1, True, "cause"),
        Spelling(1, True, "crude"),
        Spelling(2, False, "cruz"),
    ]


def test_words_that_start_otherwise_are_found_where_all_are_looked_at() -> None:
    assert [one.word for one in spellings("arden", ["garden"])] == ["garden"]
    assert spellings("arden", ["garden"], everywhere=False) == []
    assert [one.word for one in spellings("himenes", ["jimenez"], everywhere=False)] == ["jimenez"]


@pytest.mark.parametrize("word", ["", "cru", "r4dio", "1750"])
def test_short_words_and_numbers_have_no_spellings(word: str) -> None:
    assert spellings(word, ["cruz", "radio", "1751"]) == []


@pytest.mark.parametrize(
    ("typed", "found", "is_clear"),
    [
        ("raido", Spelling(1, True, "radio"), True),
        ("raido", Spelling(2, True, "radios"), False),
        ("tilersn", Spelling(2, True, "tillerson"), True),
        ("arden", Spelling(1, True, "garden"), False),
        ("gimenez", Spelling(1, False, "jimenez"), True),
        ("himenes", Spelling(3, False, "jimenez"), False),
    ],
)
def test_it_is_clear_what_was_meant_where_little_differs(
    typed: str, found: Spelling, is_clear: bool
) -> None:
    assert found.is_clear(typed) == is_clear
