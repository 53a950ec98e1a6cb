"""Help instead of a dead end: what found nothing, and what would."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.backends.base import Backend
from engine.documents import IndexedDocument
from searcher import Searcher
from searcher.suggestions import as_typed, replaced


def suggested(searcher: Searcher, text: str) -> list[tuple[str, str, str, int]]:
    """Return what a query's suggestions say."""
    found = searcher.search(text, correct=False).suggestions
    return [(one.text, one.replaces, one.instead, one.total) for one in found]


@pytest.mark.parametrize(
    ("text", "suggestions"),
    [
        ("raido", [("radio", "raido", "radio", 6)]),
        ("Qintero", [("Quintero", "Qintero", "Quintero", 2)]),
        ("QINTERO", [("QUINTERO", "QINTERO", "QUINTERO", 2)]),
        ("=ledgr", [("=ledger", "=ledgr", "ledger", 1)]),
        ('"ledgr"', [('"ledger"', '"ledgr"', "ledger", 1)]),
        ("clerk ledgr", [("clerk ledger", "ledgr", "ledger", 1)]),
        ("radio lighthuose", [("radio lighthouse", "lighthuose", "lighthouse", 7)]),
        ("the raido", [("the radio", "raido", "radio", 6)]),
        ("fnud", [("fund", "fnud", "fund", 2)]),
        ("Peñaa", [("Pena", "Peñaa", "Pena", 2)]),
        ("blockchain", []),
        ("xyz", []),
        ("1751", []),
        ("r4dio", []),
        ("radio", []),
        ("radio zzzz", []),
        ("-raido ledger", []),
        ('"raido shed"', []),
        ("zzzzraido*", []),
        ("", []),
    ],
)
def test_near_spellings_of_missing_words_are_suggested(
    searcher: Searcher, text: str, suggestions: list[tuple[str, str, str, int]]
) -> None:
    assert suggested(searcher, text) == suggestions


def test_nearest_spelling_comes_first_and_then_the_most_frequent(
    backend: Backend, document: Callable[..., IndexedDocument], fill: Callable[..., Backend]
) -> None:
    fill(backend, document("a", "warden wardens", "warden", "garden garden garden", "gardener"))

    found = [one for one, _, _, _ in suggested(Searcher(backend), "arden")]
    assert found == ["warden", "garden"]
    found = [one for one, _, _, _ in suggested(Searcher(backend), "gardenr")]
    assert found == ["garden", "gardener", "warden"]


def test_suggestion_finds_as_many_as_it_says(searcher: Searcher) -> None:
    for text in ("raido", "clerk ledgr", "the raido", "Qintero AND fund"):
        for suggestion in searcher.search(text, correct=False).suggestions:
            assert searcher.search(suggestion.text, correct=False).total == suggestion.total > 0


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("radio blockchain", ("blockchain",)),
        ("radio ledger", ()),
        ('"radio clerk" radio', ('"radio clerk"',)),
        ("blockchain -zzzz", ("blockchain",)),
        ("zz* radio", ("zz*",)),
        ("zzzz yyyy", ("zzzz", "yyyy")),
        ("radio AND zzzz", ("zzzz",)),
        ("zzzz zzzz", ("zzzz",)),
        ("source:zzzz", ()),
        ("radio OR zzzz", ()),
    ],
)
def test_words_that_no_passage_has_are_named(
    searcher: Searcher, text: str, missing: tuple[str, ...]
) -> None:
    assert searcher.search(text).understanding.missing == missing


def test_words_of_a_phrase_that_found_nothing_are_counted_alone(searcher: Searcher) -> None:
    parts = searcher.search('"clerk radio zzzz"').understanding.parts
    near = searcher.search('"clerk radio zzzz"~1').understanding.parts

    assert [(part.text, part.total) for part in parts] == [("clerk", 1), ("radio", 3), ("zzzz", 0)]
    assert [(part.text, part.total) for part in near] == [("clerk", 1), ("radio", 6), ("zzzz", 0)]
    assert searcher.search('"clerk copied"').understanding.parts == ()


def test_many_missing_words_are_shown_in_part(searcher: Searcher) -> None:
    missing = searcher.search(" ".join(f"zz{n}" for n in range(30))).understanding.missing

    assert missing == tuple(f"zz{n}" for n in range(8))


@pytest.mark.parametrize(
    ("typed", "spelling", "shown"),
    [
        ("tilerson", "tillerson", "tillerson"),
        ("Tilerson", "tillerson", "Tillerson"),
        ("TILERSON", "tillerson", "TILLERSON"),
        ('"Tilerson"', "tillerson", "Tillerson"),
        ("=Tilerson", "tillerson", "Tillerson"),
    ],
)
def test_correction_is_written_as_the_word_was(typed: str, spelling: str, shown: str) -> None:
    assert as_typed(typed, spelling) == shown


@pytest.mark.parametrize(
    ("text", "word", "result"),
    [
        ("raido raidoist raido", "raido", "X raidoist raido"),
        ("raidoist raido", "raido", "raidoist X"),
        ('say "raido"', '"raido"', 'say "X"'),
        ("raido?", "raido?", "X"),
        ("a.b", "b", "a.X"),
        ("nothing", "raido", "nothing"),
    ],
)
def test_only_the_whole_word_is_replaced(text: str, word: str, result: str) -> None:
    assert replaced(text, word, "X") == result


def test_replacement_is_taken_literally() -> None:
    assert replaced("raido", "raido", r"\1\g<0>") == r"\1\g<0>"
