"""The article that the project was made for, asked what people ask it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.searcher import Searcher


@pytest.fixture(scope="module")
def asked(
    article: Path,
    kind: str,
    new_index: Callable[[str], Index],
    document: Callable[..., IndexedDocument],
    fill: Callable[..., Index],
) -> Searcher:
    """The article, a passage for each line."""
    lines = article.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 51
    return Searcher(fill(new_index(kind), document("article", *lines, title="The article")))


def marked(searcher: Searcher, text: str) -> list[tuple[str, list[str]]]:
    """Return each hit's address with its marked words."""
    return [
        (hit.passage, [part for part, is_marked in hit.parts if is_marked])
        for hit in searcher.search(text, limit=100)
    ]


def test_encrypted_radios_are_found_first_and_marked(asked: Searcher) -> None:
    first, *_ = marked(asked, "encrypted radios")

    assert first == ("article#p15", ["encrypted", "radios"])
    assert asked.search("encrypted radios").all_words == 1


@pytest.mark.parametrize(
    "text", ["Chavez coup 2002", "Chávez coup 2002", "CHA\u0301VEZ 2002 coups"]
)
def test_accents_need_not_be_typed(asked: Searcher, text: str) -> None:
    address, words = marked(asked, text)[0]

    assert address == "article#p48"
    assert "Chávez" in words
    assert "2002" in words


@pytest.mark.parametrize(
    "text", ['"lack of follow-through"', "“lack of follow-through”", '"Lack Of Follow Through"']
)
def test_phrase_is_found_exactly_with_one_mark(asked: Searcher, text: str) -> None:
    assert marked(asked, text) == [("article#p31", ["lack of follow-through"])]


def test_question_is_answered_by_the_passage_with_its_subject(asked: Searcher) -> None:
    result = asked.search("who called Maduro a madman")

    assert result.hits[0].passage == "article#p41"
    assert "who" in result.understanding.ignored


def test_misspelt_name_shows_the_passages_of_the_right_one_and_says_so(asked: Searcher) -> None:
    result = asked.search("Tilerson")

    assert {hit.passage for hit in result} == {"article#p37"}
    assert result.searched == "Tillerson"
    assert "Tillerson" in result.understanding.notes[0]
    assert {word for _, words in marked(asked, "Tilerson") for word in words} == {"Tillerson"}


def test_misspelt_name_is_only_suggested_where_correction_is_off(asked: Searcher) -> None:
    result = asked.search("Tilerson", correct=False)

    assert result.total == 0
    assert [one.text for one in result.suggestions] == ["Tillerson"]


@pytest.mark.parametrize(
    ("text", "word"), [('"garbage radios"', '"garbage radios"'), ("blockchain", "blockchain")]
)
def test_what_is_not_there_is_named(asked: Searcher, text: str, word: str) -> None:
    result = asked.search(text)

    assert (result.total, result.understanding.missing) == (0, (word,))


def test_parts_of_a_phrase_that_is_not_there_are_counted(asked: Searcher) -> None:
    parts = {part.text: part.total for part in asked.search('"garbage radios"').understanding.parts}

    assert parts == {"garbage": 1, "radios": 2}


NOISE = random.Random(7).randbytes(100_000).decode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    "text", ["(((", "AND OR NOT", NOISE, NOISE[:2000]], ids=lambda t: ascii(t[:9])
)
def test_any_string_gets_an_answer(asked: Searcher, text: str) -> None:
    result = asked.search(text, facets=True)

    assert result.text == text
    assert result.understanding.is_partial == (
        len(text) > 2000 or bool(result.understanding.limits)
    )
    assert result.total >= len(result)
    opened = asked.open("article", result.searched)
    assert opened.matches == result.total


@pytest.mark.parametrize(
    "text", ["Maduro", "coup plot", '"the coup"', "Venezuel*", "not (coup OR plot)"]
)
def test_list_and_document_mark_the_same_passages(asked: Searcher, text: str) -> None:
    hits = asked.search(text, limit=100)
    opened = asked.open("article", text)

    assert hits.total == len(hits) == opened.matches > 0
    assert {hit.passage: hit.marks for hit in hits} == {
        read.passage.address: read.marks for read in opened.passages if read.marks is not None
    }
