"""What stands in a title alone leads to the first passage of the document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.searcher import Searcher
from backstory.testing.corpora import WORDS

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Any]


@pytest.fixture
def searcher(index: Index, document: Make, fill: Fill) -> Searcher:
    """A memo whose title has a word that no text has, and another document."""
    memo = document("memo", "The oil was sold.", "The gas was kept.", title="The Pemba letters")
    return Searcher(fill(index, memo, document("other", "Oil and gas in the shed.", title="Notes")))


@pytest.mark.parametrize("text", ["Pemba", "pemba", "+Pemba", "Pemba source:x OR Pemba"])
def test_document_is_found_by_a_word_of_its_title(searcher: Searcher, text: str) -> None:
    result = searcher.search(text, explain=True)

    assert [(hit.passage, hit.all_words, hit.marks) for hit in result] == [("memo#p1", True, ())]
    assert result.hits[0].in_title
    notes = " ".join(result.understanding.notes)
    assert "stands in one title or heading and not in the text" in notes
    assert not result.understanding.is_partial
    assert result.searched == text


def test_word_of_a_title_counts_beside_words_of_the_text(searcher: Searcher) -> None:
    hits = searcher.search("Pemba oil").hits

    assert [(hit.passage, hit.all_words) for hit in hits] == [
        ("memo#p1", True),
        ("other#p1", False),
    ]
    assert hits[0].marks == ((4, 7),)


def test_counts_and_orders_hold_for_it(searcher: Searcher) -> None:
    for sort in ("relevance", "newest", "oldest"):
        for grouped in (False, True):
            result = searcher.search("Pemba", sort=sort, grouped=grouped, facets=True)
            assert (result.total, result.documents, len(result)) == (1, 1, 1)


@pytest.mark.parametrize("text", ["Pemby", "Pemb*", "Pemba~", "-Pemba +tree", '"Pemba oil"'])
def test_patterns_and_misspelt_words_are_not_looked_for_in_titles(
    searcher: Searcher, text: str
) -> None:
    assert searcher.search(text, correct=False).total == 0


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("=Pemba", True),
        ('"Pemba"', True),
        ('"Pemba letters"', True),
        ('"the Pemba letters"', True),
        ('"Pemba letters" date:2018', False),
        ('"Pemba letter"', False),
        ('"letters Pemba"', False),
        ("=letter", False),
    ],
)
def test_what_is_quoted_is_found_in_titles_as_it_stands_there(
    searcher: Searcher, text: str, is_found: bool
) -> None:
    result = searcher.search(text, correct=False)
    found = [(hit.passage, hit.in_title, hit.all_words) for hit in result]
    assert found == [("memo#p1", True, True)] * is_found
    assert not is_found or "stands in one title or heading" in result.understanding.notes[0]


def test_quoted_heading_is_found_though_a_text_has_its_words(
    index: Index, document: Make, fill: Fill
) -> None:
    heads = ["The ice house is sound", "The ice house is sound", "Ice"]
    texts = ["A house of ice; the ice is sound.", "More.", "So is the ice house."]
    fill(index, document("one", *texts, title="Report", headings=heads))
    search = Searcher(index).search

    assert [hit.passage for hit in search('"the ice house is sound"')] == ["one#p1"]
    hits = search('"ice house"').hits
    assert [(hit.passage, hit.in_title) for hit in hits] == [("one#p3", False), ("one#p1", True)]


@pytest.fixture
def letters(index: Index, document: Make, fill: Fill) -> Searcher:
    """Documents with words in titles, in texts, in both, and in each a part of them."""
    documents = [
        document("title", "Nothing here.", "Nor here.", title="The Pemba letters"),
        document("text", "A letter came from Pemba, and a letter went there."),
        document("both", "One thing.", "The letters of Pemba.", title="Pemba letters"),
        document("parts", "A letter.", "Pemba.", title="Letters about Pemba"),
    ]
    return Searcher(fill(index, *documents))


def test_title_that_has_all_the_words_is_found_after_the_texts(letters: Searcher) -> None:
    hits = letters.search("pemba letter").hits

    assert [(hit.passage, hit.in_title, hit.all_words) for hit in hits] == [
        ("both#p2", False, True),
        ("text#p1", False, True),
        ("parts#p1", False, True),
        ("title#p1", True, True),
        ("parts#p2", False, False),
    ]


def test_words_that_stand_in_the_same_titles_are_told_of_together(searcher: Searcher) -> None:
    result = searcher.search("pemba letters")
    (note,) = result.understanding.notes

    assert [(hit.passage, hit.in_title, hit.all_words) for hit in result] == [
        ("memo#p1", True, True)
    ]
    assert note.startswith("“pemba letters” stands in one title or heading")


def test_words_joined_by_a_hyphen_are_found_in_titles(
    index: Index, document: Make, fill: Fill
) -> None:
    fill(index, document("memo", "The oil was sold.", title="Non-users of Pemba"))

    for text in ("non-users", "pemba non-users"):
        assert [hit.in_title for hit in Searcher(index).search(text)] == [True]


def test_title_of_one_word_is_found_though_other_texts_have_it(letters: Searcher) -> None:
    hits = letters.search("Pemba").hits

    assert [(hit.passage, hit.in_title) for hit in hits[-1:]] == [("title#p1", True)]
    assert sorted(hit.document for hit in hits) == ["both", "parts", "text", "title"]


@pytest.mark.parametrize(
    "text", ["pemba -nothing", "pemba AND letters AND oil", '"Pemba letters" -nothing']
)
def test_conditions_hold_for_titles(letters: Searcher, text: str) -> None:
    assert "title" not in {hit.document for hit in letters.search(text)}


def test_heading_is_found_where_nothing_under_it_has_the_words(
    index: Index, document: Make, fill: Fill
) -> None:
    heads = ["", "Lamps of the harbour", "Lamps of the harbour", "", "Lamps"]
    one = document("one", "A.", "B.", "C.", "D.", "The lamps.", title="Report", headings=heads)
    fill(index, one, document("two", "Harbour lamps.", title="Harbour lamps"))
    hits = Searcher(index).search("lamp harbour").hits

    assert [(hit.passage, hit.heading, hit.in_title) for hit in hits] == [
        ("two#p1", "", False),
        ("one#p2", "Lamps of the harbour", True),
        ("one#p5", "Lamps", False),
    ]


_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)


@given(title=_words, text=_words, other=_words)
def test_any_word_of_a_title_finds_its_document(
    document: Make, fill: Fill, title: list[str], text: list[str], other: list[str]
) -> None:
    one = document("one", "First.", " ".join(text), title=" ".join(title))
    searcher = Searcher(fill(ReferenceIndex(), one, document("two", " ".join(other), title="T")))

    for word in title:
        in_title = [hit.in_title for hit in searcher.search(word) if hit.document == "one"]
        assert in_title
        assert (in_title == [True]) == (word not in text)
