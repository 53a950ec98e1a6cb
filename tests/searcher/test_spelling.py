"""Near spellings: the distance is the textbook's, nothing near is missed, sounds are as spoken."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.tokens import plain
from backstory.searcher.spelling import (
    Spelling,
    alike,
    distance,
    first_letters,
    near,
    sounds,
    spellings,
)
from backstory.searcher.vocabulary import Vocabulary

words = st.text(alphabet="abcd", max_size=8)
# Accents, letters whose code points are alike modulo 64 or 256, astral ones, half a pair, none.
any_letters = "ae?ñá!š\u0161\u4e01\U0001f601\U00010041\udc41\ud801\x00\n"
any_words = (
    st.text(alphabet=any_letters, max_size=8) | st.text(st.characters(exclude_categories=()))
).map(plain)  # as words are compared


def vocabulary(*words: str) -> Vocabulary:
    """Return words as an index has them: sorted, each once."""
    return Vocabulary(lambda: sorted(set(words)))


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


def nearest(word: str, others: Iterable[str], limit: int) -> list[tuple[int, str]]:
    """Return what `near` has to: the definition, word by word."""
    return sorted((edits, w) for w in set(others) if (edits := alignment(word, w)) <= limit)


@given(words, st.lists(words, max_size=40), st.integers(0, 4))
def test_near_misses_no_word_and_finds_no_other(word: str, others: list[str], limit: int) -> None:
    assert near(word, vocabulary(*others), limit) == nearest(word, others, limit)


@given(any_words, st.lists(any_words, max_size=10), st.integers(0, 4), st.data())
def test_near_takes_any_letters(
    word: str, others: list[str], limit: int, data: st.DataObject
) -> None:
    others += [changed(word, data) for _ in range(4)]

    assert near(word, vocabulary(*others), limit) == nearest(word, others, limit)


def changed(word: str, data: st.DataObject) -> str:
    """Return a word with some letters put in, left out, replaced or swapped."""
    letters = list(word)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(letters)))
        taken = data.draw(st.integers(0, 2))
        put = letters[at : at + 2][::-1] if taken == 2 else data.draw(st.sampled_from(any_letters))
        letters[at : at + taken] = put
    return plain("".join(letters))


@given(st.integers(60, 300), st.data(), st.integers(0, 3))
def test_near_takes_very_long_words(length: int, data: st.DataObject, limit: int) -> None:
    word = "abcd" * (length // 4)
    others = [changed(word, data) for _ in range(3)]

    assert near(word, vocabulary(*others), limit) == nearest(word, others, limit)


@given(any_words, st.lists(any_words, max_size=20), st.integers(0, 3), st.text(max_size=3))
def test_near_may_be_asked_for_first_letters(
    word: str, others: list[str], limit: int, starts: str
) -> None:
    starting = [w for w in others if not starts or (w[:1] and w[0] in starts)]

    assert near(word, vocabulary(*others), limit, starts) == nearest(word, starting, limit)


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_words_with_hundreds_of_letters_that_differ_are_not_near(limit: int) -> None:
    word, other = "a" * 128 + "b" * 128, "b" * 128 + "a" * 128  # 256 edits: a byte begins anew

    assert near(word, vocabulary(other), limit) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("?", "\udc41"), ("a", "!"), ("a", "š"), ("a", "\U00010061"), ("\ud801\udc41", "\U00010441")],
)
def test_letters_that_machines_take_for_each_other_are_not_the_same(one: str, other: str) -> None:
    words = vocabulary(one, other)

    assert near(one, words, 0) == [(0, one)]
    assert near(other, words, 0) == [(0, other)]
    assert len(near(one, words, 2)) == 2


def test_nothing_is_near_in_an_index_without_words() -> None:
    assert near("radio", vocabulary(), 2) == []


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


letters = st.text(alphabet="aeiouhbvckqszxgjylfpdmnrtw", min_size=1, max_size=3)


@given(letters | any_words, letters | any_words)
def test_words_sound_alike_where_one_of_their_readings_agrees(one: str, other: str) -> None:
    assert alike(one, other) == bool({*sounds(one)} & {*sounds(other)} - {""})


@given(letters, st.lists(letters, max_size=30))
def test_words_that_sound_alike_start_with_letters_that_may(word: str, others: list[str]) -> None:
    heard = [other for other in others if alike(word, other)]

    assert {other[0] for other in heard} <= set(first_letters(word))


@given(any_words.filter(bool))
def test_a_words_own_first_letter_is_likeliest(word: str) -> None:
    assert word[0] in first_letters(word)


spelt_words = st.text(alphabet="cskmaoe", min_size=3, max_size=7)


@given(spelt_words, st.lists(spelt_words | any_words, max_size=40), st.booleans())
def test_spellings_are_those_of_every_word_looked_at(
    word: str, others: list[str], everywhere: bool
) -> None:
    limit = 1 if len(word) < 6 else 2
    expected = []
    for other in set(others):
        edits, is_likely = alignment(word, other), other[:1] and other[0] in first_letters(word)
        differs = not alike(word, other)
        near_enough = edits <= limit or (edits == limit + 1 and not differs and is_likely)
        if near_enough and (everywhere or is_likely):
            expected.append(Spelling(edits, differs, other))

    found = spellings(word, vocabulary(*others), everywhere=everywhere)

    assert found == (sorted(expected) if len(word) >= 4 else [])


def test_spellings_come_nearest_first_and_those_that_sound_alike_before_others() -> None:
    words = vocabulary("cruz", "crude", "cause", "drudge", "zebra")

    assert spellings("cruse", words) == [
        Spelling(1, True, "cause"),
        Spelling(1, True, "crude"),
        Spelling(2, False, "cruz"),
    ]


def test_words_that_start_otherwise_are_found_where_all_are_looked_at() -> None:
    garden, jimenez = vocabulary("garden"), vocabulary("jimenez")

    assert [one.word for one in spellings("arden", garden)] == ["garden"]
    assert spellings("arden", garden, everywhere=False) == []
    assert [one.word for one in spellings("himenes", jimenez, everywhere=False)] == ["jimenez"]


@pytest.mark.parametrize("word", ["", "cru", "r4dio", "1750"])
def test_short_words_and_numbers_have_no_spellings(word: str) -> None:
    assert spellings(word, vocabulary("cruz", "radio", "1751")) == []


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
