"""The language is told from the small words, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.languages import languages
from backstory.indexer.language import _WORD, _plain_words, guess

ENGLISH = (
    "The ministry refused to say whether the two men had travelled to the capital. A clerk who "
    "kept the register remembered them, because neither of them had signed with his own name."
)
SPANISH = (
    "El ministerio no quiso decir si los dos hombres habían viajado a la capital. Una empleada que "
    "llevaba el registro los recordaba, porque ninguno de los dos firmó con su nombre."
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENGLISH, "en"),
        (ENGLISH.upper(), "en"),
        ("It’s what he didn’t say that they won’t forget.", "en"),
        (SPANISH, "es"),
        (SPANISH.upper(), "es"),
        (SPANISH + " Lo dijo João Gonçalves.", "es"),
        ("¿Quién es el hombre que habló con los militares?", "es"),
        ("Who are the men that he met in the capital?", "en"),
    ],
)
def test_english_and_spanish_are_told_apart(text: str, code: str) -> None:
    assert guess(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Die Regierung sagte nicht, ob die beiden Männer in die Hauptstadt gereist waren.", "de"),
        (
            "O ministério não quis dizer se os dois homens tinham ido para a capital; não há "
            "registos.",
            "pt",
        ),
        (
            "Le ministère n'a pas voulu dire si les deux hommes étaient allés à la capitale.",
            "fr",
        ),
        ("Il ministero non ha voluto dire se i due uomini erano andati nella capitale.", "it"),
        (
            "Il ministero ha taciuto; solo una guardia del porto racconta ancora oggi quella notte "
            "in cui due uomini vennero con una barca senza nome.",
            "it",
        ),
        (
            "Het schip is in de nacht gezien door twee mannen van de haven, of dat was wat zij "
            "zeiden over de kapitein toen hij weer thuis kwam met zijn zoon.",
            "nl",
        ),
        (
            "Fonden betalade för radioapparater som ingen hade beställt, och amiralen säger att "
            "han inte visste något om det.",
            "sv",
        ),
    ],
)
def test_other_languages_are_told_from_their_cousins(text: str, code: str) -> None:
    assert guess(text) == code
    assert guess(text.upper()) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "1987 - 2,350 / 14%",
        "Shr 34 cts vs 19 cts. Net 14 mln vs 8 mln. Revs 95 mln vs 41 mln.",
        "the",
        "Regards, Ana",
        "Fundusz latarni zapłacił za radia, których nikt nie zamówił, i admirał nic nie wiedział.",
        "Deniz feneri fonu kimsenin sipariş etmediği telsizlerin parasını ödedi, dedi amiral.",
        "министерство отказалось говорить об этом",
    ],
)
def test_a_language_without_a_list_and_no_language_leave_it_unsure(text: str) -> None:
    assert guess(text) == ""


def test_half_english_and_half_spanish_is_unsure() -> None:
    assert guess(f"{ENGLISH} {SPANISH}") == ""


def test_only_the_beginning_counts() -> None:
    assert guess(ENGLISH * 30 + SPANISH * 1_000) == "en"


@given(st.text())
def test_any_text_is_in_a_language_that_can_be_stemmed_or_unsure(text: str) -> None:
    assert guess(text) in {"", *(each.code for each in languages())}


@given(st.text(st.sampled_from("aIz'-. 1\n"), max_size=30))
def test_plain_words_are_those_of_any_text(text: str) -> None:
    assert _plain_words(text.lower()) == _WORD.findall(text.lower())
