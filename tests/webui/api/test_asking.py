"""Parameters of the API: read as they are meant, or refused with what they must be."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.searcher.settings import SearchSettings
from backstory.webui.api.asking import HUGE, choice, either, flag, number, strict
from backstory.webui.parameters import ParameterRefused, SearchParams

SETTINGS = SearchSettings(page_size=10, max_page_size=50, max_query_chars=30)


@pytest.mark.parametrize(
    ("text", "read"), [("7", 7), (" +7 ", 7), ("007", 7), ("9" * 4_000, HUGE), ("1", 1)]
)
def test_number_is_read(text, read):
    assert number({"n": text}, "n", 3) == read


def test_number_that_is_not_given_is_the_default():
    assert number({}, "n", 3) == 3


@pytest.mark.parametrize("text", ["", "0", "-1", "1.0", "1e3", "x", "٣", "1 2", "0x10"])
def test_number_that_is_none_is_refused(text):
    with pytest.raises(ParameterRefused, match="n must be a whole number from 1, not"):
        number({"n": text}, "n", 3)


@given(st.text(max_size=20), st.integers(0, 3))
def test_any_text_is_a_number_from_the_least_or_refused(text, least):
    with suppress(ParameterRefused):
        assert least <= number({"n": text}, "n", 3, least=least) <= HUGE


@pytest.mark.parametrize(
    ("text", "read"), [("1", True), ("true", True), ("0", False), ("false", False)]
)
def test_flag_is_read(text, read):
    assert flag({"exact": text}, "exact") is read
    assert strict({"q": "x", "exact": text}, SETTINGS) == SearchParams("x", is_exact=read)


@pytest.mark.parametrize("text", ["", "yes", "TRUE", "2"])
def test_flag_that_is_none_is_refused(text):
    with pytest.raises(ParameterRefused, match="exact must be one of 0, false, 1, true, not"):
        flag({"exact": text}, "exact")


def test_choice_is_the_first_unless_told():
    assert choice({}, "sort", ("id", "title")) == "id"
    assert choice({"sort": "title"}, "sort", ("id", "title")) == "title"


def test_either_of_two_and_not_both():
    assert either({"a": "x"}, ("a", "b")) == ("a", "x")
    assert either({"a": " ", "b": "y"}, ("a", "b")) == ("b", "y")
    with pytest.raises(ParameterRefused, match="Either a or b must be given, not both"):
        either({"a": "x", "b": "y"}, ("a", "b"))
    with pytest.raises(ParameterRefused, match=r"Either a or b must be given\."):
        either({}, ("a", "b"))
