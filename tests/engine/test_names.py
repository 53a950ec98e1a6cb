"""Names are told from capitals, and the document decides what they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.names import names


def names_in(*texts: str, language: str = "en") -> list[tuple[str, ...]]:
    return names(texts, language)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was Ada Marlow who rang.", ["Ada Marlow"]),
        ("We met Óscar Ibáñez-Peña and Siobhán O’Neill.", ["Óscar Ibáñez-Peña", "Siobhán O’Neill"]),
        ("So said Rex W. Lindqvist, not J. R. R. Moll.", ["Rex W. Lindqvist", "J. R. R. Moll"]),
        ("The OAS, SEBIN and the FARC met at the UN.", ["OAS", "SEBIN", "FARC", "UN"]),
        ("They flew to St. Louis with Łukasz Żak.", ["St. Louis", "Łukasz Żak"]),
        ("He bought Quill & Sons and AT&T.", ["Quill & Sons", "AT&T"]),
        ("From there Wen Ka-shing wrote to Li-based firms.", ["Wen Ka-shing", "Li"]),
        ("It was Άννα Μαρή and Иван Орлов.", ["Άννα Μαρή", "Иван Орлов"]),
        (
            "A man in the Bay of Pigs, near the Bank of the South.",
            ["Bay of Pigs", "Bank of the South"],
        ),
        (
            "It is the Office for Lost Buoys on the Cote d'Azur.",
            ["Office for Lost Buoys", "Cote d'Azur"],
        ),
        ("Fue en la Universidad Central de Selwyn.", ["Universidad Central de Selwyn"]),
        ("Con ellos vino Fernando de la Rúa.", ["Fernando de la Rúa"]),
        ("We saw Ludwig van der Meer and Ana da Silva.", ["Ludwig van der Meer", "Ana da Silva"]),
        ("Yes: the Lighthouse Fund's chest, in Selwyn’s vault.", ["Lighthouse Fund", "Selwyn"]),
        ("That was Selwyn, Marlow. Quint; Moll (Vogt) “Hain”", ["Selwyn", "Marlow"]),
        ("He is king of Selwyn and of nothing.", ["Selwyn"]),
        ("the iPod and the McAllister", ["McAllister"]),
    ],
)
def test_capitalised_words_side_by_side_are_a_name(text: str, found: list[str]) -> None:
    assert names_in(text) == [tuple(found)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was President Ada Marlow.", ["Ada Marlow"]),
        ("It was Mr. Moll, Mrs Vogt, Dr. Hain, Sra. Peña.", ["Moll", "Vogt", "Hain", "Peña"]),
        ("So said Deputy Prime Minister Ada Marlow.", ["Ada Marlow"]),
        ("So said Secretary of State Ada Marlow.", ["Ada Marlow"]),
        ("So said Lt. Gen. Ada Marlow, the Attorney General.", ["Ada Marlow"]),
        ("So said Chancellor of the Exchequer Ada Marlow.", ["Ada Marlow"]),
        ("So said Selwyn Finance Minister Ada Marlow.", ["Selwyn", "Ada Marlow"]),
        ("Lo dijo el Presidente Ada Marlow, General de Brigada.", ["Ada Marlow", "Brigada"]),
        ("the President, the Foreign Minister and the Captain", []),
        (
            "They sold General Motors to the General Assembly.",
            ["General Motors", "General Assembly"],
        ),
        ("at the White House and the Supreme Tribunal", ["White House", "Supreme Tribunal"]),
    ],
)
def test_ranks_and_roles_are_dropped(text: str, found: list[str]) -> None:
    assert names_in(text) == [tuple(found)]


@pytest.mark.parametrize(
    "text",
    [
        "on Monday in March and on Christmas",
        "an American, two Venezuelans, a Spanish ship and an Anglo-French one",
        "with Latin American and South Korean captains",
        "part II of volume XIV, and plan B",
        "what I said, and what I'm saying",
        "the Government and the Republic",
    ],
)
def test_days_peoples_and_numerals_are_no_names(text: str) -> None:
    assert names_in(text) == [()]


def test_day_ends_a_name() -> None:
    assert names_in("It said on Monday Marlow left Selwyn March 3.") == [("Marlow", "Selwyn")]


def test_month_after_a_rank_or_a_first_name_is_a_surname() -> None:
    assert names_in("we saw Theresa May leave.", "then Mrs May spoke.") == [
        ("Theresa May",),
        ("Theresa May",),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The White House denied it.", ["White House"]),
        ("Later Marlow said so.", ["Marlow"]),
        ("Ada Marlow said so.", ["Ada Marlow"]),
        ("Lamps were lit. Nobody saw them.", []),
        ("Rebel Marlow fled, and another rebel with him.", ["Marlow"]),
        ("Marlow wept. So did we, for Marlow was kind.", ["Marlow"]),
        ("Marlow wept. So did we.", []),
        ("He went. “Marlow,” he said, “I saw Marlow.”", ["Marlow"]),
        ("OAS ships left. SHOUTING did not help.", ["OAS"]),
        ("In Jamaica Marlow wept.", ["Jamaica", "Marlow"]),
        ("In Selwyn Marlow wept, and Selwyn wept with her.", ["Selwyn", "Marlow"]),
        ("Portraits of Marlow hung there.", ["Marlow"]),
        ("Venezuela wept.", ["Venezuela"]),
        ("He left Selwyn. Nobody came.", ["Selwyn"]),
        ("He left the U.S. Nobody else did.", ["U.S."]),
        ("Don't ask. I'll tell. It's late.", []),
        ("Los Angeles slept.", ["Los Angeles"]),
    ],
)
def test_start_of_a_sentence_counts_only_with_support(text: str, found: list[str]) -> None:
    assert names_in(text) == [tuple(found)]


def test_support_may_stand_in_another_passage() -> None:
    assert names_in("Marlow wept.", "They saw Marlow.") == [("Marlow",), ("Marlow",)]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("it was Ada Marlow.", "then Ms. Marlow left.", ["Ada Marlow"]),
        ("it was Ada Marlow.", "Marlow left.", ["Ada Marlow"]),
        ("then Ms. Marlow left.", "it was Ada Marlow.", ["Ada Marlow"]),
        ("it was Teodoro Quint Salas.", "then Quint left.", ["Teodoro Quint Salas"]),
        ("it was Teodoro Quint Salas.", "then Quint Salas left.", ["Teodoro Quint Salas"]),
        ("it was Rex W. Lindqvist.", "then Rex Lindqvist left.", ["Rex W. Lindqvist"]),
        ("it was Ada Marlow.", "then A. Marlow left.", ["Ada Marlow"]),
        ("it was Ada Rose Marlow.", "then A. R. Marlow left.", ["Ada Rose Marlow"]),
        ("it was Ada Rose Marlow.", "then A.R. Marlow left.", ["Ada Rose Marlow"]),
        ("it was Ada Rose Marlow.", "then A. Marlow left.", ["Ada Rose Marlow"]),
        ("it was Ada R. Marlow.", "then A. B. Marlow left.", ["A. B. Marlow"]),
        ("it was Ada Marlow.", "then B. Marlow left.", ["B. Marlow"]),
        ("it was Ada Marlow.", "then A. Quint left.", ["A. Quint"]),
        ("it was Hernán Chávez.", "then Chavez left.", ["Hernán Chávez"]),
        ("it was Chavez.", "then Chávez left.", ["Chávez"]),
        ("it was Ken Moll Jr. again.", "then Moll left.", ["Ken Moll Jr."]),
        ("the firm Quint Lamps Inc.", "then Quint Lamps left.", ["Quint Lamps Inc"]),
        ("the National Buoy Archive.", "then the Archive left.", ["National Buoy Archive"]),
        ("the Cuban Buoy Guard.", "then the Buoy Guard left.", ["Buoy Guard"]),
        ("the United States Embassy.", "then the United States left.", ["United States"]),
        ("the New York Times.", "then New York left.", ["New York"]),
        ("the Bank of Venezuela.", "then Venezuela left.", ["Venezuela"]),
        ("the Bank of Ash.", "then Ash left.", ["Ash"]),
        ("with Radio Venezuela.", "then Venezuela left.", ["Venezuela"]),
        ("across North Selwyn.", "then Selwyn left.", ["Selwyn"]),
        ("near San Teodoro.", "then Teodoro left.", ["Teodoro"]),
        ("it was Ada Marlow.", "then Ada left.", ["Ada"]),
    ],
)
def test_shorter_form_stands_for_the_longer_one(first: str, second: str, found: list[str]) -> None:
    passages = names_in(first, second)
    assert list(passages[first.startswith("then") is False]) == found


def test_name_that_two_people_share_stays_as_it_is() -> None:
    passages = names_in("we met Delia Quint and Jorge Quint.", "then Quint left.")
    assert passages == [("Delia Quint", "Jorge Quint"), ("Quint",)]


def test_initial_of_two_people_stays_as_it_is() -> None:
    passages = names_in("we met Ada Marlow and Amos Marlow.", "then A. Marlow left.")
    assert passages == [("Ada Marlow", "Amos Marlow"), ("A. Marlow",)]


def test_initial_and_surname_stand_for_one_name() -> None:
    passages = names_in(
        "it was Ada R. Marlow.", "with Ada Marlow.", "then A. Marlow left.", "then Marlow left."
    )
    assert set(passages) == {("Ada R. Marlow",)}


def test_last_name_comes_before_a_middle_one() -> None:
    passages = names_in("we met Teodoro Quint Salas and Ada Quint.", "then Quint left.")
    assert passages[1] == ("Ada Quint",)


def test_chain_of_shorter_forms_ends_at_the_longest() -> None:
    passages = names_in("with Quint Salas.", "it was Teodoro Quint Salas.", "then Salas left.")
    assert set(passages) == {("Teodoro Quint Salas",)}


def test_surname_that_is_a_word_too_needs_more_than_the_start_of_a_sentence() -> None:
    passages = names_in("then came Ada Moth.", "Moth wings fell, for a moth was here.")
    assert passages == [("Ada Moth",), ()]


def test_first_words_are_doubted_in_a_long_document_too() -> None:
    many = "".join(f"Keeper{n} Moll wept. " for n in range(40))
    assert names_in(many, "Rebel Marlow fled, another rebel with him.")[1] == ("Marlow",)


def test_person_is_parted_from_a_place_by_of() -> None:
    found = names_in(
        "we met Ada Marlow of Selwyn.", "with Marlow of the White House.", "the Isle of Ash."
    )
    assert found == [("Ada Marlow", "Selwyn"), ("Ada Marlow", "White House"), ("Isle of Ash",)]


def test_each_passage_has_its_names_once_in_order() -> None:
    text = "so Ada Marlow met Selwyn; Marlow and the OAS; Selwyn and Ada Marlow."
    assert names_in(text) == [("Ada Marlow", "Selwyn", "OAS")]


def test_word_with_a_capital_for_show_is_no_name() -> None:
    assert names_in("the Commission met the Moll.", "a commission of moths.") == [("Moll",), ()]


@pytest.mark.parametrize(
    "headline",
    ["Lighthouse Fund Sends Radios to Marlow", "LIGHTHOUSE FUND SENDS RADIOS TO MARLOW"],
)
def test_headline_has_the_names_that_the_document_has(headline: str) -> None:
    text = "The money of the Lighthouse Fund went to Ada Marlow. It pleased Marlow."
    assert names_in(headline, text)[0] == ("Lighthouse Fund", "Ada Marlow")
    assert names_in(headline) == [()]


def test_paragraph_in_capitals_does_not_turn_words_into_names() -> None:
    shouted = "THE FUND SENT RADIOS TO THE PORT. NOBODY HAD ORDERED THEM, SAID THE ADMIRAL. " * 4
    assert names_in(shouted) == [()]


def test_german_has_names_of_several_words_and_what_stands_for_them() -> None:
    found = names_in(
        "Gestern traf Ada Marlow den Wärter der UNO.", "Dann ging Marlow.", language="de"
    )
    assert found == [("Ada Marlow", "UNO"), ("Ada Marlow",)]


def test_ticker_is_no_name() -> None:
    assert names_in("the firm <Quint Lamps> of <QLX.N> and <QLX>") == [("Quint Lamps",)]


def test_document_without_passages_has_no_names() -> None:
    assert names([], "en") == []


@pytest.mark.parametrize(
    "text",
    [
        "A a " * 25_000,
        "Aa.Aa." * 17_000,
        "Aa Bb " * 17_000,
        "X of the " * 12_000,
        "O'" * 50_000,
        "A-" * 50_000,
        "12,345.67 " * 10_000,
        "".join(f"Aa{n} said. Bb{n} Cc{n} of Dd{n}. " for n in range(3_500)),
        "".join(f"the Aa{n} Marlow and " for n in range(5_000)),
        "“Aa " * 25_000,
        "".join(f"to Aa{n} " for n in range(60_000)),
    ],
    ids=[
        "A a",
        "dots",
        "capitals",
        "of",
        "quotes",
        "hyphens",
        "digits",
        "many",
        "one",
        "starts",
        "singles",
    ],
)
def test_hostile_text_comes_to_an_end(text: str) -> None:
    names_in(text)
    names_in(*text.split(" "))


WORDS = st.sampled_from(
    "Ada Marlow Mr. President of de la The in said U.S. OAS May Quint Salas & Don't Selwyn's "
    "Ka-shing O’Neill . , “ ” Co Jr. American".split()
)
TEXTS = st.text() | st.lists(WORDS).map(" ".join) | st.text("AaÁ.'’-& ofde\n", max_size=60)


@given(st.lists(TEXTS), st.sampled_from(["en", "es", "de", "", "xx"]))
def test_names_stand_in_the_document(texts: list[str], language: str) -> None:
    found = names(texts, language)
    assert len(found) == len(texts)
    for held in found:
        assert len(set(held)) == len(held)
        assert all(any(name in text for text in texts) for name in held)


@given(st.lists(TEXTS))
def test_same_document_has_the_same_names(texts: list[str]) -> None:
    assert names(texts, "en") == names(texts, "en")
