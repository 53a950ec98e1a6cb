"""A word that stands in titles only leads to the first passage of the document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.searcher import Searcher

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
    assert "1 title and in no passage" in result.understanding.limits[0]
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


@pytest.mark.parametrize("text", ["=Pemba", '"Pemba"', "Pemby", "-Pemba +tree"])
def test_exact_and_misspelt_words_are_not_looked_for_in_titles(
    searcher: Searcher, text: str
) -> None:
    assert searcher.search(text, correct=False).total == 0


def test_word_that_some_passage_has_is_found_there(
    index: Index, document: Make, fill: Fill
) -> None:
    titled = document("titled", "Nothing here.", title="The Pemba letters")
    fill(index, titled, document("text", "A letter from Pemba."))

    assert [hit.passage for hit in Searcher(index).search("Pemba")] == ["text#p1"]
