"""Two documents compared: the same sentences, nearly the same ones, and what differs in them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.documents import Passage
from backstory.searcher import comparison
from backstory.searcher.comparison import compare, differences

LETTER = [
    "The harbour master signed the contract on a Monday. Nobody was asked before.",
    "The lamps were paid for by the city and never delivered to the pier.",
]


def passages(texts: Sequence[str], name: str = "a", **facts: tuple[str, ...]) -> list[Passage]:
    """Make the passages of a document."""
    return [Passage(name, number, text, **facts) for number, text in enumerate(texts, 1)]  # type: ignore[arg-type]  # facts are tuples


def found(one: Sequence[str], other: Sequence[str]) -> list[tuple[str, str, bool]]:
    """Return the pairs of two documents as texts."""
    pairs = compare(passages(one), passages(other, "b")).pairs
    return [(pair.one.text, pair.other.text, pair.is_same) for pair in pairs]


def test_same_sentences_are_paired_wherever_they_stand() -> None:
    other = ["Something else was said in between by others.", f"{LETTER[1]} {LETTER[0]}"]
    assert found(LETTER, other) == [
        (
            "The harbour master signed the contract on a Monday.",
            "The harbour master signed the contract on a Monday.",
            True,
        ),
        (LETTER[1], LETTER[1], True),
    ]


def test_capitals_and_signs_make_no_difference() -> None:
    one, other = "THE LAMPS were paid for, by the city!", "The lamps were paid for by the city."
    assert found([one], [other]) == [(one, other, True)]


def test_sentence_with_some_other_words_is_nearly_the_same() -> None:
    other = "The lamps were paid for by the harbour and never delivered to the old pier."
    assert found(LETTER, [other]) == [(LETTER[1], other, False)]


def test_sentences_of_the_same_words_in_another_order_are_not() -> None:
    backwards = " ".join(reversed(LETTER[1].split()))
    assert found(LETTER, [backwards]) == []


def test_short_sentences_say_nothing() -> None:
    assert found(["I do not know."], ["I do not know."]) == []


def test_each_sentence_has_one_counterpart() -> None:
    twice = [LETTER[1], LETTER[1]]
    assert len(found(twice, [LETTER[1]])) == 1
    pairs = compare(passages(twice), passages(twice)).pairs
    assert [pair.other.passage.number for pair in pairs] == [1, 2]


def test_exact_counterparts_come_before_near_ones() -> None:
    near = LETTER[1].replace("city", "council")
    pairs = found([near, LETTER[1]], [LETTER[1]])
    assert pairs == [(LETTER[1], LETTER[1], True)]


def test_differences_are_whole_words_and_leave_nothing_out() -> None:
    ours, theirs = differences("the old lamp went out", "the lamps went out late")
    assert [text.strip() for text, is_own in ours if is_own] == ["old lamp"]
    assert [text.strip() for text, is_own in theirs if is_own] == ["lamps", "late"]


@given(one=st.text("ab .,\n", max_size=60), other=st.text("ab .,\n", max_size=60))
def test_differences_are_parts_of_both_texts(one: str, other: str) -> None:
    ours, theirs = differences(one, other)
    assert "".join(text for text, _ in ours) == one
    assert "".join(text for text, _ in theirs) == other
    same = ["".join(text for text, is_own in parts if not is_own) for parts in (ours, theirs)]
    assert same[0] == same[1]


def test_names_and_dates_in_both_are_listed_the_most_frequent_first() -> None:
    one = passages(LETTER, names=("Otto Brandt", "Ines Falk"), mentions=("2018-03-09", "2017"))
    one += passages(LETTER, names=("Ines Falk",))
    other = passages(LETTER, names=("Ines Falk", "Otto Brandt"), mentions=("2017", "2001"))
    compared = compare(one, other)
    assert (compared.names, compared.dates) == (("Ines Falk", "Otto Brandt"), ("2017",))


def test_no_more_passages_than_the_limit_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "MOST_PASSAGES", 1)
    assert [text for text, _, _ in found(LETTER, LETTER)] == [LETTER[0].split(" Nobody")[0]]


def test_a_sentence_that_is_everywhere_costs_no_comparisons_with_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rated: list[int] = []
    monkeypatch.setattr(comparison, "_likeness", lambda *_: rated.append(1) or 0.0)
    form = "Item {} was discussed by the council of the harbour and adjourned."
    one = [form.format(n) for n in range(100)]
    found(one, [form.format(n) for n in range(100, 200)])
    assert len(rated) <= comparison.CANDIDATES * len(one)


def test_an_endless_sentence_is_compared_word_for_word_alone() -> None:
    endless = " ".join(f"item {n} of the list" for n in range(200))
    assert found([endless], [endless]), "the same is the same"
    assert found([endless], [endless.replace("item 7 ", "piece 7 ")]) == []
