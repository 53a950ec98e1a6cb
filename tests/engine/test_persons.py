"""Names of one person: with a middle name or initial, and without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import Document, Passage
from backstory.engine.filters import FactFilter
from backstory.engine.persons import is_person
from backstory.engine.query import Field

DOCUMENT = Document("a", "", language="en")


def finds(asked: str, name: str, *, is_quoted: bool = True) -> bool:
    passage = Passage("a", 1, "…", names=(name,))
    return FactFilter(Field("name", asked, is_quoted), Analyzer()).matches(DOCUMENT, passage)


@pytest.mark.parametrize(
    ("asked", "name", "is_found"),
    [
        ("Donald Trump", "Donald Trump", True),
        ("donald trump", "Donald J. Trump", True),
        ("Donald Trump", "Donald John Trump", True),
        ("Donald J. Trump", "Donald Trump", True),
        ("Donald J. Trump", "Donald John Trump", True),
        ("Donald John Trump", "Donald J. Trump", True),
        ("Donald J. Trump", "Donald F. Trump", False),
        ("Donald John Trump", "Donald Fred Trump", False),
        ("Donald Trump", "Ivana Trump", False),
        ("Donald Trump", "Donald Tusk", False),
        ("Donald Trump", "Trump", False),
        ("Donald Trump", "D. Trump", False),
        ("D. Trump", "Donald Trump", True),
        ("D. Trump", "Donald J. Trump", True),
        ("D. Trump", "Ivana Trump", False),
        ("J. Trump", "Donald J. Trump", True),
        ("George Bush", "George H.W. Bush", True),
        ("George H. Bush", "George H. W. Bush", True),
        ("George W. Bush", "George H. W. Bush", False),
        ("George W. Bush", "George H.W. Bush", False),
        ("George H.W. Bush", "George H. W. Bush", True),
        ("Juan Cruz", "Juan de la Cruz", True),
        ("Trump", "Donald J. Trump", True),
        ("Donald Trump", "Donald Trump Jr.", True),
        ("Central Bank", "Central American Bank", False),
        ("Bank America", "Bank of America", False),
        ("Lords Men", "Lords and Men", False),
        ("Donald T*", "Donald J. Trump", False),
    ],
)
def test_quoted_name_is_found_in_these_names(asked: str, name: str, is_found: bool) -> None:
    assert finds(asked, name) is is_found


def test_words_of_a_name_without_quotes_stand_side_by_side() -> None:
    assert not finds("Donald Trump", "Donald J. Trump", is_quoted=False)
    assert finds("Trump", "Donald J. Trump", is_quoted=False)


names = st.lists(st.sampled_from(["ada", "rose", "quint", "r", "q", "de"]), min_size=2, max_size=5)


@given(names, names, names)
def test_middle_names_may_be_left_out_of_any_name(
    ends: list[str], middle: list[str], other: list[str]
) -> None:
    short, full = [ends[0], ends[-1]], [ends[0], *middle, ends[-1]]
    assert is_person(short, full)
    assert is_person(full, short)
    assert is_person(full, full)
    assert is_person(ends, other) <= (ends[-1] == other[-1])
