"""What was found by meaning is called so on the page and in the API, and can be left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from encoders import Thesaurus, embed_all
from flask.testing import FlaskClient

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.webui.app import create_app
from backstory.webui.results import BY_MEANING

LONG = " ".join(
    [
        *(f"The council spoke of drains, item {n}, and adjourned once more." for n in range(20)),
        "Then a transmitter was heard in the walls.",
        *(f"The council spoke of roofs, item {n}, and adjourned once more." for n in range(20)),
    ]
)


@pytest.fixture
def client(document: Callable[..., IndexedDocument], fill: Callable[..., Any]) -> FlaskClient:
    index = ReferenceIndex()
    fill(
        index,
        document("asked", "Nobody asked for the receiver.", title=""),
        document("radio", "The transmitter was hidden in the cellar.", title=""),
        document("minutes", LONG, title=""),
        document("rain", "It rained.", title=""),
    )
    encoder = Thesaurus()
    searcher = Searcher(embed_all(index, encoder), encoder=encoder)
    app = create_app(Config(), searcher)
    app.testing = True
    return app.test_client()


def test_page_says_what_meaning_found_and_can_leave_it_out(client: FlaskClient) -> None:
    page = client.get("/search?q=who+asked+for+talkies").text

    assert page.count(BY_MEANING) == 3
    assert "3 documents more, found by meaning, stand among these" in page
    assert "1 passage</strong>" in page, "as many as words find"
    assert "1 to 4 of 4 documents" not in page, "there is one page"
    assert "Passages with some of the words, or near in meaning" in page
    assert 'href="/search?q=who+asked+for+talkies&amp;words_only=1"' in page
    alone = client.get("/search?q=who+asked+for+talkies&words_only=1").text
    assert BY_MEANING not in alone
    assert "Words only: nothing was found by meaning." in alone
    assert 'href="/search?q=who+asked+for+talkies"' in alone


def test_page_goes_on_with_words_only(client: FlaskClient) -> None:
    page = client.get("/search?q=council+asked+rained&words_only=1&n=1").text

    assert "words_only=1&amp;" in page.replace("&amp;words_only=1", "words_only=1&amp;")
    assert "page=2" in page


def test_nearest_stand_apart_where_words_find_nothing(client: FlaskClient) -> None:
    page = client.get("/search?q=talkies&exact=1").text

    assert "No passage found" in page
    assert page.count(BY_MEANING) == 1, "it is the heading"
    assert "hidden in the cellar" in page
    assert page.index(BY_MEANING) < page.index("What to try")


def test_long_passage_shows_the_sentence_that_is_nearest(client: FlaskClient) -> None:
    page = client.get("/search?q=talkies&exact=1").text
    (hit,) = [
        one
        for one in client.get("/api/search?q=talkies&exact=1").json["nearest"]
        if one["document"] == "minutes"
    ]
    start, end = hit["nearest"]

    assert LONG[start:end] == "Then a transmitter was heard in the walls."
    assert "Then a transmitter was heard in the walls." in page


def test_api_says_it_in_fields_of_its_own(client: FlaskClient) -> None:
    answer = client.get("/api/search?q=who+asked+for+talkies").json

    assert (answer["total"], answer["by_meaning"], answer["nearest"]) == (1, 3, [])
    assert [hit["by_meaning"] for hit in answer["hits"]].count(True) == 3
    assert all(not hit["marks"] for hit in answer["hits"] if hit["by_meaning"])
    two = client.get("/api/search?q=who+asked+for+talkies&n=2").json
    assert two["pages"] == 2
    alone = client.get("/api/search?q=who+asked+for+talkies&words_only=1").json
    assert (alone["total"], alone["by_meaning"], len(alone["hits"])) == (1, 0, 1)
    refused = client.get("/api/search?q=who&words_only=perhaps")
    assert refused.status_code == 400


@pytest.mark.parametrize("address", ["/export?format=jsonl&", "/api/export?format=jsonl&"])
def test_exports_have_what_words_find(client: FlaskClient, address: str) -> None:
    answer = client.get(f"{address}q=who+asked+for+talkies")

    assert answer.status_code == 200
    assert answer.text.count("\n") == 1


def test_lines_and_feed_have_what_words_find(client: FlaskClient) -> None:
    assert "cellar" not in client.get("/concordance?q=who+asked+for+talkies").text
    assert "cellar" not in client.get("/feed?q=who+asked+for+talkies").text


def test_status_says_what_is_embedded(client: FlaskClient) -> None:
    assert client.get("/api/status").json["meaning"] == {
        "model": "thesaurus",
        "languages": ["en"],
        "passages": 4,
        "waiting": 0,
    }
