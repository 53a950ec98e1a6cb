"""What a citation is made of: made alike of hits and passages, and safe to link to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from backstory.engine.documents import Document
from backstory.searcher import Searcher
from backstory.searcher.exports import Quotation
from tests.searcher.exports.conftest import TALKS, hostile


def test_a_hit_is_quoted_as_its_passage_is(searcher: Searcher) -> None:
    for hit in searcher.search("radio"):
        assert Quotation.of(hit) == Quotation.of_passage(*searcher.passage(hit.passage))


def test_a_document_is_cited_without_a_passage() -> None:
    document = Document("talks", "The talks", url="https://a.example", kind="letter")
    cited = Quotation.of_document(document)
    assert (cited.address, cited.note, cited.text) == ("talks", "Document talks", "")
    assert (cited.url, cited.kind) == ("https://a.example", "letter")


def test_the_place_names_the_page_where_there_is_one() -> None:
    assert TALKS.place == "passage events/talks#p3, page 4"
    spoken = replace(TALKS, page=None, time="0:01:05")
    assert spoken.place == "passage events/talks#p3, at 0:01:05"
    assert replace(TALKS, page=None).note == "Passage events/talks#p3"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x?y=%20#z", "https://a.example/x?y=%20#z"),
        ("HTTP://a.example/ñ", "HTTP://a.example/ñ"),
        ("https://a.example/a b", "https://a.example/a%20b"),
        ('https://a.example/<b>"{}\\', "https://a.example/%3Cb%3E%22%7B%7D%5C"),
        ("javascript:alert(1)", ""),
        (" javascript:https://a", ""),
        ("file:///etc/passwd", ""),
        ("https:///nowhere", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_are_links(url: str, link: str) -> None:
    assert replace(TALKS, url=url).link == link


@given(hostile)
def test_a_link_has_no_sign_that_could_end_it(text: str) -> None:
    link = replace(TALKS, url=f"https://a.example/{text}").link
    assert not set(link) & set(' <>"{}\\^`|\n\t\x1b\u202e')
    assert link.isprintable()
    link.encode("utf-8")


@pytest.mark.parametrize(
    ("date", "parts"),
    [
        ("2018", (2018,)),
        ("2018-09", (2018, 9)),
        ("2018-09-08", (2018, 9, 8)),
        ("2018-13", ()),
        ("2018-02-30", ()),
        ("0000", ()),
        ("autumn 2018", ()),
        ("", ()),
    ],
)
def test_a_date_is_as_exact_as_it_is_known(date: str, parts: tuple[int, ...]) -> None:
    assert replace(TALKS, date=date).date_parts == parts
