"""The words of a commit, arranged: nothing that starts so or holds a part is missed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.tokens import plain
from backstory.searcher.vocabulary import Vocabulary

words = st.text(alphabet="ab\n\udc00\U0010ffff", max_size=5) | st.text(max_size=5)
lists = st.lists(words, max_size=30).map(lambda words: sorted(set(map(plain, words))))


@given(lists, words)
def test_words_that_start_with_a_prefix(words: list[str], prefix: str) -> None:
    found = Vocabulary(lambda: words).starting(prefix)

    assert list(found) == [word for word in words if word.startswith(prefix)]


@given(lists, words, st.integers(0, 6), st.none() | st.integers(0, 6))
def test_words_that_hold_a_part_come_shortest_first(
    words: list[str], part: str, least: int, most: int | None
) -> None:
    # The text has its breaks between words, which is why a part with one may be anywhere.
    part = part.replace("\n", "")
    longest = 9 if most is None else most
    expected = [word for word in words if part in word and least <= len(word) <= longest]

    found = list(Vocabulary(lambda: words).containing(part, least, most))

    assert found == sorted(expected, key=lambda word: (len(word), word))


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("or", ["or", "for", "form", "order"]),
        ("\nor", ["or", "order"]),
        ("or\n", ["or", "for"]),
        ("", ["", "or", "for", "form", "order"]),
        ("zz", []),
    ],
)
def test_line_break_stands_for_the_start_or_end_of_a_word(part: str, found: list[str]) -> None:
    words = sorted(["", "or", "for", "form", "order"])

    assert list(Vocabulary(lambda: words).containing(part)) == found


def test_words_are_loaded_once_and_not_before_they_are_needed() -> None:
    loaded = []

    def load() -> Sequence[str]:
        loaded.append(True)
        return ["a", "b"]

    vocabulary = Vocabulary(load)
    assert not loaded

    assert list(vocabulary.starting("b")) == ["b"]
    assert list(vocabulary.containing("a")) == ["a"]
    assert loaded == [True]


def test_what_is_kept_takes_little_memory() -> None:
    words = [f"{number:08}" for number in range(1_000)]
    vocabulary = Vocabulary(lambda: words)

    assert vocabulary.letters.size <= 20_000, "for each word its letters, a break and a mask"


SURFACES = ["US", "Us", "c++", "co-", "cost", "half", "half-", "muller¨", "us"]


def test_words_are_without_traces_and_lead_to_their_surface_forms() -> None:
    vocabulary = Vocabulary(lambda: SURFACES)

    assert vocabulary.words == ["c", "co", "cost", "half", "muller", "us"]
    assert list(vocabulary.starting("c")) == ["c", "co", "cost"]
    assert [list(vocabulary.forms(word)) for word in ("us", "half", "co", "cost", "none")] == [
        ["us", "US", "Us"],
        ["half", "half-"],
        ["co-"],
        ["cost"],
        ["none"],
    ]
    assert (vocabulary.traced("half"), vocabulary.traced("us")) == (("half-",), ())
    assert vocabulary.hyphenated == {"co", "half"}
    assert vocabulary.with_umlaut == ["muller"]
    assert list(vocabulary.counted([5, 1, 2, 3, 4, 10, 20, 6, 7])) == [2, 3, 4, 30, 6, 13]
