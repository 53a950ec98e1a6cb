"""Plain quotations: the words, and a line that says where they stand."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from backstory.engine.characters import on_one_line, visible
from backstory.searcher.exports import Quotation
from backstory.searcher.exports.quote import quote, quotes
from tests.searcher.exports.conftest import BARE, TALKS, quotations


def test_a_quotation_says_where_its_words_stand() -> None:
    assert quote(TALKS) == (
        "“They wanted “radios”, 100% sure. Nothing else.”\n"
        "— Ines Falk, The talks & the *radios*, Harbour Gazette, 2018-09,"
        " passage events/talks#p3, page 4, https://gazette.example/talks?page=2&q=a_b"
    )


def test_what_is_not_known_is_absent() -> None:
    assert quote(BARE) == "“A line.”\n— notes, passage notes#p1"


def test_a_document_is_cited_on_a_line() -> None:
    assert quote(replace(BARE, number=None, text="")) == "notes, document notes"


@given(quotations)
def test_a_quotation_is_two_lines_that_can_be_printed(quotation: Quotation) -> None:
    (written,) = quotes([quotation])
    words, where, *rest = written.splitlines()

    assert words == f"“{on_one_line(quotation.text)}”"
    assert where.startswith("— ")
    assert rest == [""]
    assert visible(where) == where
    written.encode("utf-8")
