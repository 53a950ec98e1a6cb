"""Words that are no slips, whatever the corpus has."""

from __future__ import annotations

import pytest

from backstory.engine.analysis import fold
from backstory.searcher.usual_words import is_small, is_usual
from backstory.searcher.word_lists import USUAL


@pytest.mark.parametrize("word", ["many", "nobody", "the", "nadie", "tambien", "el", "none"])
def test_small_words_of_english_and_spanish_are_small_in_any_corpus(word: str) -> None:
    assert is_small(word, ())
    assert is_usual(word, ("fr",))


@pytest.mark.parametrize("word", ["amount", "house", "letter", "hospital", "gobierno", "mayoria"])
def test_usual_words_are_usual_but_not_small(word: str) -> None:
    assert is_usual(word, ())
    assert not is_small(word, ())


def test_small_words_of_the_corpus_count_too() -> None:
    assert not is_small("nicht", ("fr",))
    assert is_small("nicht", ("fr", "de"))


@pytest.mark.parametrize("word", ["raido", "ledgr", "tilerson", "maduro", "chaves", ""])
def test_slips_and_names_are_not_usual(word: str) -> None:
    assert not is_usual(word, ("en", "es"))


def test_words_are_listed_as_they_are_looked_up() -> None:
    assert [word for word in USUAL if fold(word) != word or len(word) < 4] == []
