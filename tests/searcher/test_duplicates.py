"""Copies are found, however many words were changed in them up to a limit, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.analysis import AnalyzedText, Analyzer
from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.searcher.duplicates import ALIKE, copies, likeness, shingles
from backstory.searcher.search import Searcher
from backstory.searcher.whole import pages, whole

ANALYZER = Analyzer()
AGENCY = "the harbour master said on monday that nine ships had waited outside the wall since dawn"


def read(*texts: str) -> list[AnalyzedText]:
    """Return texts as they are compared."""
    return [ANALYZER.read(text, "en") for text in texts]


def test_nearly_the_same_is_a_copy_and_about_the_same_is_not() -> None:
    changed = AGENCY.replace("since dawn", "since sunrise")
    other = "nine ships waited outside the wall of the harbour said the harbour master on monday"
    assert copies(read(AGENCY, other, changed, AGENCY, other)) == [None, None, 0, 0, 1]


@pytest.mark.parametrize("text", ["", "sea", "a short one of six words"])
def test_short_passages_are_nobodys_copies(text: str) -> None:
    assert copies(read(text, text, text)) == [None] * 3


few = st.lists(st.sampled_from("sea ship order radio shed".split()), max_size=24)
many = [f"w{number}" for number in range(40)]
edits = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3), st.sampled_from(many)))


def changed(edits: list[tuple[int, int, str]]) -> list[str]:
    """Return one passage, with each edit a word put in place of none or some."""
    words = list(many)
    for at, gone, word in edits:
        words[at : at + gone] = [word]
    return words


@given(st.lists(few | edits.map(changed), max_size=8))
def test_each_copy_is_like_the_first(passages: list[list[str]]) -> None:
    found = copies(read(*map(" ".join, passages)))
    for at, first in enumerate(found):
        like = [likeness(shingles(passages[at]), shingles(passages[b])) for b in range(at)]
        if first is None:
            assert all(like[b] < ALIKE for b in range(at) if found[b] is None)
        else:
            assert first < at
            assert found[first] is None, "a copy names the first of its kind"
            assert like[first] >= ALIKE


def test_hits_say_which_hit_they_repeat(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    fill(
        index,
        document("agency", AGENCY.capitalize() + "."),
        document("paper", "Ships are large.", AGENCY.upper()),
    )
    result = Searcher(index).search("ships")

    assert result.copies == {"paper#p2": "agency#p1"}
    assert result.total == 3, "copies are counted"


def test_a_whole_result_is_not_compared_with_itself(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    fill(index, document("agency", AGENCY), document("paper", AGENCY))
    (page,) = pages(Searcher(index), "ships")

    assert len(page) == 2
    assert page.copies == whole(Searcher(index), "ships").copies == {}
