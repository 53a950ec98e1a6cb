"""Collocates: what stands near, counted by passages and weighed against the whole index."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.searcher import Searcher
from backstory.searcher.collocates import Collocates, collocates
from backstory.searcher.whole import whole
from backstory.testing import fill_index, make_document
from tests.conftest import Fill, MakeDocument

SEA = (
    "The secret radio was silent, the Secret radio of the admiral.",
    "A secret radio, they said, and one lamp.",
    "Nobody heard the secret radio of the admiral; ships and ships and ships passed by at night.",
    "Ships passed by at night, and one lamp was lit in the harbour.",
    "Ships came in with the tide and ships went out with the tide of the morning.",
    "The harbour slept and the lamp burnt on.",
)


def found(query: str, *texts: str, **options: int) -> Collocates:
    """Return the collocates of a query over a document of these paragraphs."""
    searcher = Searcher(fill_index(ReferenceIndex(), make_document("d", *texts)))
    return collocates(whole(searcher, query, most=None), searcher.snapshot(), **options)


def log_likelihood(near: int, window: int, held: int, words: int) -> float:
    """Return G², written out: 2 Σ O ln(O / E) over the four cells."""
    seen = [near, held - near, window - near, words - held - window + near]
    rows, columns = (held, words - held), (window, words - window)
    chance = [r * c / words for r, c in (
        (rows[0], columns[0]), (rows[0], columns[1]), (rows[1], columns[0]), (rows[1], columns[1])
    )]  # fmt: skip
    return 2 * sum(o * math.log(o / e) for o, e in zip(seen, chance, strict=True) if o)


def test_words_near_the_marks_are_counted_by_passages() -> None:
    made = found("radio", *SEA)

    assert [(each.word, each.near, each.passages) for each in made] == [
        ("secret", 3, 3),
        ("admiral", 2, 2),
    ]
    assert (made.total, made.limits) == (2, ())


def test_the_score_is_the_log_likelihood_ratio() -> None:
    texts = ("red radio blue", "red radio green", "green and blue", "one two three four")
    (red,) = found("radio", *texts)

    # Windows hold 4 of the 13 words, "red" in two of them and in two passages in all.
    assert (red.word, red.near, red.passages) == ("red", 2, 2)
    assert red.score == pytest.approx(log_likelihood(2, 4, 2, 13))


def test_the_window_is_counted_in_words_small_ones_too() -> None:
    texts = ("radio of the lamp", "radio of the lamp", *["nothing else at all"] * 5)

    assert not found("radio", *texts, window=2)
    assert [each.word for each in found("radio", *texts, window=3)] == ["lamp"]
    assert not found("radio", *texts, window=0)


def test_a_phrase_has_its_window_on_either_side_of_it() -> None:
    texts = ("old secret radio new", "old secret radio new", *["nothing else at all"] * 5)
    made = found('"secret radio"', *texts, window=1)
    assert {each.word for each in made} == {"old", "new"}


def test_words_of_the_query_and_stop_words_are_none() -> None:
    made = found("secret radio", *SEA)
    assert not {"secret", "radio", "the", "of", "was"} & {each.word.lower() for each in made}


def test_a_word_near_in_one_passage_is_none_however_often() -> None:
    made = found("radio", "radio tide tide tide", "radio lamp", "radio lamp", *["so it goes"] * 9)
    assert [each.word for each in made] == ["lamp"]


def test_a_word_that_is_everywhere_is_none() -> None:
    every = ["ships radio", "ships radio", *["ships ships"] * 20]
    assert "ships" not in {each.word for each in found("radio", *every)}


def test_a_word_that_keeps_away_from_the_marks_is_none() -> None:
    apart = ["radio and so on and on ships"] * 30
    assert "ships" not in {
        each.word for each in found("radio", "radio ships", "radio ships", *apart)
    }


def test_a_word_is_written_as_it_is_most_often() -> None:
    made = found("radio", "radio Águeda", "radio Agueda", "radio Águeda", *["so it goes"] * 9)
    assert [(each.word, each.near) for each in made] == [("Águeda", 3)]


def test_more_than_are_wanted_are_counted_and_said() -> None:
    made = found("radio", *["radio lamp tide ships"] * 3, *["so it goes"] * 9, most=2)
    assert (len(made), made.total) == (2, 3)
    assert made.limits == ("Only the first 2 of 3 collocates.",)


def test_nothing_found_has_no_collocates(searcher: Searcher) -> None:
    assert not collocates(whole(searcher, "blockchain"), searcher.snapshot())
    assert not collocates(whole(searcher, 'source:"El Faro"'), searcher.snapshot())


def test_all_indexes_find_the_same(index: Index, fill: Fill, document: MakeDocument) -> None:
    fill(index, document("d", *SEA))
    searcher = Searcher(index)
    made = collocates(whole(searcher, "radio"), searcher.snapshot())
    assert made.words == found("radio", *SEA).words


texts = st.lists(
    st.lists(st.sampled_from("radio lamp tide ships secret the of".split()), max_size=9).map(
        " ".join
    ),
    min_size=1,
    max_size=8,
)


@given(texts, st.integers(0, 4))
def test_counts_are_those_of_a_naive_reading(paragraphs: list[str], window: int) -> None:
    made = found("radio", *paragraphs, window=window, most=99)
    near: dict[str, int] = {}
    for paragraph in paragraphs:
        words = paragraph.split()
        at = [n for n, word in enumerate(words) if word == "radio"]
        beside = {word for n, word in enumerate(words) if any(abs(n - a) <= window for a in at)}
        for word in beside:
            near[word] = near.get(word, 0) + 1

    for each in made:
        assert each.near == near[each.word] >= 2
        assert each.passages == sum(each.word in paragraph.split() for paragraph in paragraphs)
        assert each.score > 0
        assert each.word not in ("radio", "the", "of")


def test_nltk_is_loaded_when_it_is_needed() -> None:
    program = (
        "import sys; from backstory.searcher.collocates import collocates;"
        "print('nltk' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
