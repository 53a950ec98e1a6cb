"""Documents lead to each other, and a person has one name in all of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache

import pytest

from backstory.engine.tokens import fold_letters
from tests.corpus.reading import WHO_IS_WHO, Page, entries, page, pages, plain

# Fewer letters than this are one letter away from too many other words.
SHORTEST = 6
# Words and names of other people that are one letter away from a name in who is who.
OTHERS = frozenset(
    """
    Andrés August Bernard Bladimir Boston Carriles Christopher Enrique Fernández Figueroa
    Matrice Nicholas Patricio Robert Ronald Willian
    """.split()
)
# None so far: words that differ from a name in who is who by an accent, and rightly.
OTHER_ACCENTS: frozenset[str] = frozenset()

_WORD = re.compile(r"[^\W\d_]+")


def persons() -> list[str]:
    """Return the full names in who is who."""
    return [name for name, _ in entries(page(WHO_IS_WHO).text) if not name.startswith("The ")]


def wrong_accents(text: str, names: Iterable[str]) -> list[str]:
    """Return the words that are a part of a name but for its accents."""
    right = {part for name in names for part in _WORD.findall(name)}
    folded = {fold_letters(part) for part in right if part[0].isupper()}
    return [
        word
        for word in _capitalised(text)
        if fold_letters(word) in folded and word not in right and word not in OTHER_ACCENTS
    ]


def misspelt(text: str, names: Iterable[str], others: Collection[str] = OTHERS) -> list[str]:
    """Return the words that are one slip away from a part of a name; `others` are names too."""
    parts = frozenset(fold_letters(part) for name in names for part in _WORD.findall(name))
    return [
        word
        for word in _capitalised(text)
        if word not in others and _is_beside(fold_letters(word), parts)
    ]


@cache
def _is_beside(word: str, parts: frozenset[str]) -> bool:
    if len(word) < SHORTEST or word in parts:
        return False
    return any(len(part) >= SHORTEST and _is_one_slip(word, part) for part in parts)


def _capitalised(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word[0].isupper() and not word.isupper()]


def _is_one_slip(one: str, other: str) -> bool:
    """Tell whether the words differ by one letter, or by two that changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = _shared_start(one, other)
    one, other = one[start:][::-1], other[start:][::-1]
    end = _shared_start(one, other)
    one, other = one[end:], other[end:]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])


def _shared_start(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def turned_round(text: str, names: Iterable[str]) -> list[str]:
    """Return the names that stand with the last word first."""
    turned = (f"{last} {first}" for first, *_, last in map(str.split, names))
    return [name for name in turned if re.search(rf"\b{re.escape(name)}\b", text)]


@pytest.mark.parametrize("found", pages(), ids=lambda found: found.id)
def test_every_link_leads_to_another_document(found: Page) -> None:
    known = {each.id for each in pages()}

    assert [target for target in found.links if target not in known] == []
    assert found.id not in found.links


def test_every_document_is_linked_from_another() -> None:
    linked = Counter(target for found in pages() for target in set(found.links))

    assert [found.id for found in pages() if not linked[found.id]] == []


def test_a_link_to_nowhere_is_found() -> None:
    told = Page("See [more](more.md) and [coup](../events/coup-2002.md).", page(WHO_IS_WHO).indexed)

    assert told.links == ["reference/more", "events/coup-2002"]


NAMES = [
    *("Nicolás Maduro", "Vladimir Padrino López", "Óscar Pérez"),
    *("Rex Tillerson", "René Schneider"),
]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("General Padrino Lopez spoke.", ["Lopez"]),
        ("Oscar Perez flew.", ["Oscar", "Perez"]),
        ("Óscar Pérez und Nicolàs.", ["Nicolàs"]),
        ("Óscar Pérez flew; OSCAR is a prize and oscar a word.", []),
    ],
)
def test_a_name_without_its_accents_is_found(text: str, wrong: list[str]) -> None:
    assert wrong_accents(text, NAMES) == wrong


@pytest.mark.parametrize(
    "wrong",
    ["Tilerson", "Tillersen", "Tillersson", "Tilelrson", "Schnieder", "Madure", "Nikolas"],
)
def test_a_name_with_a_wrong_letter_is_found(wrong: str) -> None:
    assert misspelt(f"It was {wrong} who spoke of Tillerson.", NAMES) == [wrong]


def test_a_name_turned_round_is_found() -> None:
    assert turned_round("said Maduro Nicolás, and Pérez", NAMES) == ["Maduro Nicolás"]


@pytest.mark.parametrize("found", pages(), ids=lambda found: found.id)
def test_persons_are_spelt_as_in_who_is_who(found: Page) -> None:
    told = plain(found.text)

    assert wrong_accents(told, persons()) == []
    assert misspelt(told, persons()) == []
    assert turned_round(told, persons()) == []


def test_who_is_who_names_a_person_once_with_first_and_last_name() -> None:
    assert len(set(persons())) == len(persons()) > 80
    assert [name for name in persons() if len(name.split()) < 2] == []


@pytest.mark.parametrize("word", sorted(OTHERS))
def test_each_exception_is_needed(word: str) -> None:
    assert misspelt(word, persons(), others=()) == [word]
    assert any(word in _WORD.findall(found.text) for found in pages())
