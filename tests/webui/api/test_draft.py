"""`/api/draft`: what is sent is checked and not kept."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.webui.conftest import Shelf

QUOTING = "“Mayor Otto Brandt signed a secret contract for the bridge”, it says."


@pytest.fixture
def client(library: Shelf) -> FlaskClient:
    """A program: it keeps no cookies of pages."""
    return library.client()


def test_a_draft_is_checked(client: FlaskClient) -> None:
    response = client.post("/api/draft", json={"text": QUOTING})
    assert response.headers["Cache-Control"] == "no-store"
    (sentence,) = response.json["sentences"]
    (finding,) = sentence["findings"]
    assert (finding["outcome"], finding["places"][0]["passage"]) == ("exact", "article/bridge#p2")
    assert response.json["counts"] == {"missing": 0, "different": 0, "found": 1}


@pytest.mark.parametrize("body", [None, [], "text", {}, {"text": 1}, {"text": "a", "more": "b"}])
def test_another_body_is_refused(client: FlaskClient, body: Any) -> None:
    response = client.post("/api/draft", json=body)
    assert (response.status_code, response.json["code"]) == (400, "bad_parameter")


def test_a_body_that_is_no_json_is_refused(client: FlaskClient) -> None:
    for sent in ({"data": QUOTING}, {"data": b"{", "content_type": "application/json"}):
        assert client.post("/api/draft", **sent).status_code == 400


def test_it_is_not_read(client: FlaskClient) -> None:
    response = client.get("/api/draft")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_too_large_a_body_is_refused(client: FlaskClient) -> None:
    response = client.post("/api/draft", json={"text": "a" * 70_000})
    assert (response.status_code, response.json["code"]) == (413, "body_too_large")
