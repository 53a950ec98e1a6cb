"""The page of a draft: nothing is kept, what is not found comes first, notes lead to passages."""

from __future__ import annotations

from html import escape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.webui.conftest import Page

DRAFT = """# The bridge

“Mayor Otto Brandt signed a secret treaty”, it says.

“The moon is of cheese.”
"""


def sent(client: FlaskClient, data: dict[str, str]) -> TestResponse:
    """Send the form of the page with its token."""
    (token,) = Page(client.get("/draft").text).all("input", name="csrf_token")
    return client.post("/draft", data={**data, "csrf_token": token["value"]})


def checked(client: FlaskClient, text: str) -> Page:
    """Send a draft and return the page."""
    response = sent(client, {"text": text})
    assert response.status_code == 200
    return Page(response.text)


def test_the_page_has_a_box_and_says_that_nothing_is_kept(client: FlaskClient) -> None:
    page = Page(client.get("/draft").text)
    assert page.all("textarea", name="text")
    assert "Nothing of it is stored" in page.words
    assert "/draft" in Page(client.get("/").text).links


def test_what_is_not_found_comes_first(client: FlaskClient) -> None:
    words = checked(client, DRAFT).words
    parts = ("Not found", "Found differently", "Sentence by sentence", "The bridge")
    places = [words.index(part) for part in parts]
    assert places == sorted(places)
    assert "2 checked: 1 not found, 1 found differently, 0 found." in words


def test_a_note_links_to_its_passage_and_says_what_differs(client: FlaskClient) -> None:
    page = checked(client, DRAFT)
    assert any(link.startswith("/doc/article/bridge?p=2&key=") for link in page.links)
    assert "Only in the documents: contract" in page.words
    assert "Only in the draft: treaty" in page.words
    assert page.all("li", id="s1")
    assert "#s1" in page.links


def test_the_draft_stands_in_the_box_again(client: FlaskClient) -> None:
    response = sent(client, {"text": "\nOne <b>.\r\nTwo & “three four five”."})
    assert escape("\nOne <b>.\nTwo & “three four five”.", quote=False) in response.text
    assert "<b>." not in response.text


def test_no_cache_keeps_it(client: FlaskClient) -> None:
    assert sent(client, {"text": DRAFT}).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("data", [{}, {"text": ""}, {"text": " \n"}, {"other": "x"}])
def test_without_a_text_the_box_is_shown(client: FlaskClient, data: dict[str, str]) -> None:
    page = Page(sent(client, data).text)
    assert "Paste a text" in page.words


def test_a_text_without_sentences_says_so(client: FlaskClient) -> None:
    assert "There is no sentence in it." in checked(client, "# A heading").words


def test_a_text_that_is_too_long_is_refused(client: FlaskClient) -> None:
    response = client.post("/draft", data={"text": "a" * 70_000})
    assert response.status_code == 413
    assert "A draft can be checked in parts." in response.text


def test_another_site_has_no_draft_sent(client: FlaskClient) -> None:
    assert client.post("/draft", data={"text": DRAFT}).status_code == 403
