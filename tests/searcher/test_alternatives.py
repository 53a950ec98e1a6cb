"""What else a word may have been meant to be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backstory.engine.analysis import stem
from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.query import Exact, Term
from backstory.searcher.alternatives import MORE_FREQUENT, RARE, Alternatives, Word
from backstory.searcher.prefix_index import PrefixIndex
from backstory.searcher.spelling import Spelling
from backstory.searcher.vocabulary import Vocabulary

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Index]


def term(word: str) -> Term:
    """Make a loose word."""
    return Term(word, word, (stem(word, "en"), stem(word, "es")))


def alternatives(index: Index, *names: str) -> Alternatives:
    """Look for alternatives in the newest commit; the first of the names is the most frequent."""
    counts = {name: 100 - at for at, name in enumerate(names)}
    snapshot = index.open()
    return Alternatives(snapshot, Vocabulary(snapshot.vocabulary), lambda: PrefixIndex(counts))


def spelt(index: Index, word: Word, *, everywhere: bool = True) -> list[str]:
    """Return near spellings."""
    return [one.word for one in alternatives(index).spelt(word, everywhere=everywhere)]


def test_near_spellings_are_ordered_by_distance_then_sound_then_frequency(
    index: Index, fill: Fill, document: Make
) -> None:
    texts = ["crude", *["cause"] * 2, "cruz", "cruising"]
    fill(index, document("a", *texts), document("gone", "curse"), delete=["gone"])

    assert spelt(index, term("cruse")) == ["cause", "crude", "cruz"]


def test_of_the_forms_of_a_word_one_is_enough_unless_a_form_was_asked_for(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(index, document("a", "captain captains", "captain"))

    assert spelt(index, term("captan")) == ["captain"]
    assert spelt(index, Exact("=captan", "captan")) == ["captain", "captains"]


def test_what_is_rare_beside_the_first_is_left_out(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(index, document("a", *["exchange"] * MORE_FREQUENT, "exchnage"))

    assert spelt(index, term("exchnge")) == ["exchange"]


def test_far_more_usual_word_stands_in_for_a_rare_one(
    index: Index, fill: Fill, document: Make
) -> None:
    usual = ["shed"] * (2 * MORE_FREQUENT)
    fill(index, document("a", *usual, "sched", "sched", *["shedd"] * 3, "ledger"))
    found = alternatives(index)

    assert found.more_usual(term("sched")) == ["shed"]
    assert found.more_usual(term("shedd")) == [], "not twenty times as frequent"
    assert found.more_usual(term("absent")) == []
    assert found.more_usual(term("ledger")) == []


def test_form_of_the_same_word_and_frequent_words_are_no_slips(
    index: Index, fill: Fill, document: Make
) -> None:
    many = ["radio"] * (MORE_FREQUENT * (RARE + 1))
    fill(index, document("a", *many, "radios", *["radial"] * (RARE + 1)))
    found = alternatives(index)

    assert found.more_usual(term("radios")) == []
    assert found.more_usual(term("radial")) == []


LETTERS = ("La hiperinflación subió.", "La hiperinflación y la nación.", "Un papel.")
PAPERS = ("Hyperinflation rose.", "A nation and a paper.", "The pape was lost; papel is Spanish.")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("hyperinflation", ["hiperinflacion"]),
        ("hiperinflacion", ["hyperinflation"]),
        ("nation", ["nacion"]),
        ("hyperinflacion", ["hiperinflacion"]),
        ("paper", []),
        ("rose", []),
        ("un", []),
    ],
)
def test_word_of_another_language_is_one_that_mostly_stands_there(
    index: Index, fill: Fill, document: Make, word: str, found: list[str]
) -> None:
    more = document("more", "Nothing else.", "Nothing.")
    fill(index, document("es", *LETTERS, language="es"), document("en", *PAPERS), more)

    assert alternatives(index).abroad(term(word)) == found


def test_word_of_no_language_in_particular_is_not_of_another(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(
        index,
        document("en", "A nation.", "nacion", "More.", "More."),
        document("es", "Una nación.", "La nación.", language="es"),
        document("pt", "nacion", "nacion", language="pt"),
    )

    assert alternatives(index).abroad(term("nation")) == []


def test_corpus_in_one_language_has_no_other(index: Index, fill: Fill, document: Make) -> None:
    fill(index, document("es", *LETTERS), document("en", *PAPERS))

    assert alternatives(index).abroad(term("nation")) == []


@pytest.mark.parametrize(
    ("text", "absent", "found"),
    [
        ("juan cruse", {1}, {1: "cruz"}),
        ("cruse juan", {0}, {}),
        ("met juan cruse today", {2}, {2: "cruz"}),
        ("huan cruz", {0}, {0: "juan"}),
        ("huan cruse", {0, 1}, {}),
        ("luisa ortega dias", {2}, {2: "diaz"}),
        ("luisa ortiga dias", {1, 2}, {1: "ortega", 2: "diaz"}),
        ("juan crunch", {1}, {}),
        ("pedro cruse", {1}, {}),
        ("juan", {0}, {}),
        ("", set(), {}),
    ],
)
def test_words_that_nearly_make_a_name_are_the_name(
    index: Index, fill: Fill, text: str, absent: set[int], found: dict[int, str]
) -> None:
    fill(index)
    look = alternatives(index, "Juan Cruz", "Luisa Ortega Díaz", "Juan", "Juan Cruise Line")
    named = look.named(text.split(), absent)

    assert {at: one.word for at, one in named.items()} == found


def test_nearest_name_is_taken_and_of_equals_the_usual(index: Index, fill: Fill) -> None:
    fill(index)
    look = alternatives(index, "Juan Cruz", "Juan Crusa", "Juan Crusy")

    assert look.named(["juan", "cruse"], {1}) == {1: Spelling(1, False, "crusa")}


def test_word_is_written_as_in_a_passage(index: Index, fill: Fill, document: Make) -> None:
    fill(index, document("a", "Águeda PEÑA wrote to the U.S. consul."))
    found = alternatives(index)

    words = ("pena", "agueda", "consul", "wrote", "absent")
    assert [found.written(word) for word in words] == [
        "peña",
        "águeda",
        "consul",
        "wrote",
        "absent",
    ]


def test_word_with_signs_that_cannot_be_seen_is_written_without(
    index: Index, fill: Fill, document: Make
) -> None:
    fill(index, document("a", "a half\u00adway house"))

    assert alternatives(index).written("halfway") == "halfway"
