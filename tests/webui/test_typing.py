"""A page asked for while somebody types: the last word is a beginning, nothing is guessed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from backstory.webui.parameters import SearchParams


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("bri", "bri*"), ("bridge mayo", "bridge mayo*"), ("b", "b"), ("bridge ", "bridge "),
        ("bri*", "bri*"), ('"bridge was', '"bridge was*'), ('"bridge was"', '"bridge was"'),
        ("source:cour", "source:cour"), ("=brid", "=brid"), ("2017", "2017"), ("niñ", "niñ*"),
    ],
)  # fmt: skip
def test_word_at_the_end_is_the_beginning_of_one(text: str, asked: str) -> None:
    assert SearchParams(text, is_typing=True).asked == asked
    assert SearchParams(text).asked == text


def test_page_while_typing_finds_beginnings_and_corrects_nothing(client: FlaskClient) -> None:
    assert "No passage found" not in client.get("/search?q=contra&typing=1").text
    page = client.get("/search?q=bridgf&typing=1").text
    assert "No passage found" in page
    assert "these are the hits for" not in page
    assert "these are the hits for" in client.get("/search?q=bridgf").text


def test_links_of_the_page_lead_to_the_words_as_they_were_typed(client: FlaskClient) -> None:
    page = client.get("/search?q=contra&typing=1").text
    assert "typing=1" not in page
    assert 'href="/search?q=contra&amp;sort=newest"' in page
