"""Nobody sees the traces of surface forms: words are offered and shown as people write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.tokens import TRACES
from backstory.searcher import Searcher
from backstory.searcher.collocates import collocates
from backstory.searcher.whole import whole

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Any]
TEXT = "The half-finished C++ boat of Herr Müller #ferry cost €700 at the quay."


@pytest.fixture
def searcher(index: Index, document: Make, fill: Fill) -> Searcher:
    """Four documents with words of every kind that leave a trace, beside many others."""
    many = [document(f"z{n}", f"Other words {n} and more of them.") for n in range(9)]
    return Searcher(fill(index, *(document(f"a{n}", TEXT) for n in range(4)), *many))


@pytest.mark.parametrize(
    ("typed", "offered"), [("hal", "half"), ("fer", "ferry"), ("mul", "Müller")]
)
def test_completion_offers_plain_words(searcher: Searcher, typed: str, offered: str) -> None:
    shown = {one.shown: one.count for one in searcher.complete(typed)}

    assert shown[offered] == 4
    assert not set(TRACES) & set("".join(shown))


@pytest.mark.parametrize(
    ("typed", "corrected"), [("halff", "half"), ("ferrry", "ferry"), ("mullr", "müller")]
)
def test_correction_offers_plain_words(searcher: Searcher, typed: str, corrected: str) -> None:
    result = searcher.search(typed)

    assert [(one.text, one.total) for one in result.suggestions] == [(corrected, 4)]


def test_collocates_and_explanations_show_plain_words(searcher: Searcher) -> None:
    table = collocates(whole(searcher, "boat"), searcher.snapshot())
    assert {"half", "finished", "ferry", "Müller"} <= {each.word for each in table}

    words = searcher.search("half mül* ferry", explain=True).understanding.words
    assert [word.forms for word in words] == [(("half", 4),), (("muller", 4),), (("ferry", 4),)]


def test_related_passages_share_plain_words(searcher: Searcher) -> None:
    shared = [one.text for related in searcher.related("a0#p1") for one in related.shared]

    assert "700" in shared
    assert not any(text[-1] in TRACES for text in shared)
