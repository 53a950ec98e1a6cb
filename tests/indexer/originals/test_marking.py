"""The words of a passage are found on its page, where they are meant."""

from __future__ import annotations

import pytest

from backstory.engine.originals import Phrase, Share
from backstory.indexer.originals.marking import MOST_PHRASES, letters_of, places
from backstory.indexer.originals.pages import PageWord


def page(*lines: str) -> list[PageWord]:
    """Return words that stand in lines of a tenth of the page, each letter a hundredth wide."""
    words = []
    for row, line in enumerate(lines):
        left = 0
        for word in line.split():
            box = (left / 100, row / 10, (left + len(word)) / 100, (row + 1) / 10)
            words.append(PageWord(word, box))
            left += len(word) + 1
    return words


def marked(
    text: str, wanted: str, *lines: str, share: Share = Share.BEGINNING
) -> list[tuple[int, int]]:
    """Return line and first column of what is marked for `wanted` in `text`."""
    start = text.index(wanted)
    before, after = text[:start], text[start + len(wanted) :]
    found = places([Phrase(wanted, before, after, share)], page(*lines))
    return [(round(top * 10), round(left * 100)) for left, top, _, _ in found]


def test_a_word_is_marked_where_the_same_words_stand_around_it() -> None:
    lines = ("the lamp was lit by day", "the lamp was out by night")
    assert marked("the lamp was out by night", "lamp", *lines) == [(1, 4)]
    assert marked("the lamp was lit by day", "lamp", *lines) == [(0, 4)]


def test_a_word_that_the_page_divides_is_marked_in_both_lines() -> None:
    lines = ("nine en-", "crypted radios")
    assert marked("nine encrypted radios", "encrypted", *lines) == [(0, 5), (1, 0)]


def test_a_phrase_is_one_box_in_each_line() -> None:
    lines = ("who kept the ledger", "of the fund at night")
    assert marked(" ".join(lines), "ledger of the fund", *lines) == [(0, 13), (1, 0)]


@pytest.mark.parametrize(
    ("text", "wanted", "line"),
    [
        ("Óscar Pérez wrote it", "Pérez", "oscar PEREZ wrote it"),
        ("an official office", "official", "an o\ufb03cial o\ufb03ce"),
        ("Vessel: Iris · Lamps: 7", "Iris", "Vessel Iris Lamps 7"),
        ("“Ledger,” he said", "Ledger", "Ledger he said"),
        ("die Straße am Hafen", "Straße", "die STRASSE am Hafen"),
    ],
)
def test_signs_accents_and_capitals_do_not_matter(text: str, wanted: str, line: str) -> None:
    assert len(marked(text, wanted, line)) == 1


def test_a_part_of_a_word_is_no_word() -> None:
    assert marked("a lamp", "lamp", "a lamplight or a clamp") == []


def test_a_word_of_a_passage_that_ends_on_the_next_page_is_not_marked_elsewhere() -> None:
    text = "it was sold for a song and the ledger was burnt in the yard behind the house"
    assert marked(text, "ledger", "a list has one ledger in it", "it was sold for a song") == []


def test_a_word_of_a_passage_that_is_all_there_is_marked_whatever_stands_around_it() -> None:
    lines = ("1 200 Anthracene 50", "as phenol")
    text = "Anthracene | to land | 1 200"
    assert marked(text, "Anthracene", *lines, share=Share.WHOLE) == [(0, 6)]
    assert marked(text, "Anthracene", *lines, share=Share.BEGINNING) == []


def test_a_passage_of_the_page_before_needs_more_of_its_words() -> None:
    text = "the keeper of the light had the ledger burnt in the yard behind the house"
    going_on = ("had the ledger burnt in the yard behind the", "house")
    assert marked(text, "ledger", *going_on, share=Share.REST) == [(0, 8)]
    assert marked(text, "ledger", "the ledger was kept", share=Share.REST) == []


def test_words_at_the_edge_of_a_page_need_only_those_that_are_there() -> None:
    text = "the gulls flew. the walrus slept late."
    assert marked(text, "walrus", "the walrus slept late.", share=Share.REST) == [(0, 4)]
    assert marked(text, "gulls", "the gulls flew.", share=Share.REST) == [(0, 4)]


@pytest.mark.parametrize("wanted", ["", "·", " "])
def test_nothing_to_look_for_is_nowhere(wanted: str) -> None:
    assert places([Phrase(wanted)], page("a lamp · a light")) == ()


def test_nothing_is_on_an_empty_page() -> None:
    assert places([Phrase("lamp")], []) == ()


def test_the_same_place_is_marked_once_and_places_are_in_order() -> None:
    words = page("one lamp two")
    found = places([Phrase("two", "lamp "), Phrase("lamp"), Phrase("lamp")], words)
    assert found == (words[1].box, words[2].box)


def test_no_more_phrases_than_the_limit_are_looked_for() -> None:
    lamps = [Phrase("lamp")] * MOST_PHRASES
    assert len(places([*lamps, Phrase("two")], page("one lamp two"))) == 1


def test_letters_are_letters_and_digits() -> None:
    assert letters_of("“É-mail” no. 7!") == "emailno7"
