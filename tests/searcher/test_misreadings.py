"""A word that OCR got slightly wrong is offered, where it stands in a scan, and never searched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.searcher import Searcher
from backstory.searcher.misreadings import MOST_TRIED, misreadings


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("harbour", "liarbour"),
        ("modern", "rnodem"),
        ("lamp", "1amp"),
        ("pena", "pefia"),
        ("10th", "l0th"),
        ("council", "councii"),
        ("dad", "clad"),
        ("window", "vvindow"),
        ("oil", "0il"),
    ],
)
def test_letters_that_look_alike_are_taken_for_each_other(word: str, read: str) -> None:
    assert read in misreadings(word)
    assert word in misreadings(read)
    assert word not in misreadings(word)


def test_no_word_has_too_many_misreadings() -> None:
    assert len(misreadings("lil" * 200)) == MOST_TRIED
    assert misreadings("il") == []


def scanned(document: IndexedDocument) -> IndexedDocument:
    return replace(document, passages=tuple(replace(p, confidence=80) for p in document.passages))


def test_a_misread_word_is_offered_where_it_stands_in_a_scan(
    index: Index, fill: Callable[..., Index], document: Callable[..., IndexedDocument]
) -> None:
    fill(
        index,
        document("memo", "The lantern of the harbour was lit."),
        scanned(document("scan", "The 1antern of the shed was sold.")),
        document("code", "A crate was marked lantem by hand."),
    )
    result = Searcher(index).search("lantern")
    assert [hit.document for hit in result.hits] == ["memo"]
    assert [(each.instead, each.total) for each in result.suggestions if each.instead] == [
        ("1antern", 1)
    ]
    assert Searcher(index).search("lantern shed", correct=False).searched == "lantern shed"
