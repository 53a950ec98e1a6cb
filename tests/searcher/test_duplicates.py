"""Copies are found, however many words were changed in them up to a limit, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.backends.base import Backend
from engine.documents import IndexedDocument
from searcher.duplicates import ALIKE, copies, likeness, shingles
from searcher.search import Searcher

AGENCY = "the harbour master said on monday that nine ships had waited outside the wall since dawn"


def test_nearly_the_same_is_a_copy_and_about_the_same_is_not() -> None:
    changed = AGENCY.replace("since dawn", "since sunrise")
    other = "nine ships waited outside the wall of the harbour said the harbour master on monday"
    passages = [text.split() for text in (AGENCY, other, changed, AGENCY, other)]

    assert copies(passages) == [None, None, 0, 0, 1]


@pytest.mark.parametrize("text", ["", "sea", "a short one of six words"])
def test_short_passages_are_nobodys_copies(text: str) -> None:
    assert copies([text.split()] * 3) == [None] * 3


words = st.lists(st.sampled_from("sea ship order radio shed".split()), max_size=24)


@given(st.lists(words, max_size=8))
def test_each_copy_is_like_the_first(passages: list[list[str]]) -> None:
    found = copies(passages)
    for at, first in enumerate(found):
        like = [likeness(shingles(passages[at]), shingles(passages[b])) for b in range(at)]
        if first is None:
            assert all(like[b] < ALIKE for b in range(at) if found[b] is None)
        else:
            assert first < at
            assert found[first] is None, "a copy names the first of its kind"
            assert like[first] >= ALIKE


def test_hits_say_which_hit_they_repeat(
    backend: Backend, document: Callable[..., IndexedDocument], fill: Callable[..., Backend]
) -> None:
    fill(
        backend,
        document("agency", AGENCY.capitalize() + "."),
        document("paper", "Ships are large.", AGENCY.upper()),
    )
    result = Searcher(backend).search("ships")

    assert result.copies == {"paper#p2": "agency#p1"}
    assert result.total == 3, "copies are counted"
