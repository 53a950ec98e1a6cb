"""What changes something is done for our own pages alone, with users and without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from backstory import Archive
from backstory.settings import Config
from backstory.webui.visitor import Role
from tests.newsroom import Newsroom, harbour
from tests.webui.conftest import Shelf

FORM = "<form method=post>{{ csrf_field() }}</form><meta content='{{ csrf_token() }}'>"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with harbour(tmp_path_factory.mktemp("csrf")) as opened:
        yield opened


def writable(app: Flask) -> Flask:
    """Give an application a page that changes something."""
    app.add_url_rule("/form", "home2", lambda: render_template_string(FORM))
    app.add_url_rule("/write", "write", lambda: "done", methods=["POST", "PUT", "DELETE", "PATCH"])
    return app


@pytest.fixture(params=["users", "nobody"])
def client(request: Any, archive: Archive, tmp_path: Path, library: Shelf) -> FlaskClient:
    """A browser at a server with users, where an administrator is logged in, and without."""
    if request.param == "nobody":
        return writable(library.app(Config())).test_client()
    newsroom = Newsroom(tmp_path, archive)
    writable(newsroom.app)
    return newsroom.browser("admin")


def tokens(client: FlaskClient) -> list[str]:
    return re.findall(r"(?:value|content)=[\"']([^\"']+)", client.get("/form").text)


def test_our_own_form_is_taken(client: FlaskClient) -> None:
    field, meta = tokens(client)
    assert field != meta
    assert client.post("/write", data={"csrf_token": field}).text == "done"
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        headers = {"X-CSRF-Token": meta, "Sec-Fetch-Site": "same-origin"}
        assert client.open("/write", method=method, json={}, headers=headers).text == "done"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("token", ["", "x", "é", "A" * 88, "A" * 87, "=" * 88])
def test_without_a_token_of_this_browser_nothing_is_done(client, method, token) -> None:
    tokens(client)
    for options in ({"data": {"csrf_token": token}}, {"json": {"csrf_token": token}}):
        answer = client.open("/write", method=method, **options)
        assert answer.status_code == 403
        assert "The form is too old, or was not sent by our page." in answer.text


def test_the_token_of_another_browser_is_none(client: FlaskClient) -> None:
    other = client.application.test_client()
    strange = re.findall(r'value="([^"]+)"', other.get("/login").text) or tokens(other)
    tokens(client)
    assert client.post("/write", data={"csrf_token": strange[0]}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Origin": "http://localhost:8000"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "same-origin, cross-site"}, 403),
    ],
)
def test_another_sites_page_is_refused_with_a_token_too(client, headers, status) -> None:
    data = {"csrf_token": tokens(client)[0]}
    assert client.post("/write", data=data, headers=headers).status_code == status


def test_base_url_is_our_own_origin(library: Shelf) -> None:
    config = Config().override(web__base_url="https://Archive.example/desk")
    client = writable(library.app(config)).test_client()
    data = {"csrf_token": tokens(client)[0]}
    headers = {"Origin": "https://archive.example"}
    assert client.post("/write", data=data, headers=headers).text == "done"


def test_a_program_with_a_token_needs_no_form(archive: Archive, tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path, archive)
    writable(newsroom.app)
    client = newsroom.browser("reader")
    assert client.post("/write", headers=newsroom.program("admin")).text == "done"
    assert client.post("/write", headers={"Authorization": "Bearer x"}).status_code == 303
    assert client.post("/login", headers={"Authorization": "Bearer x"}).status_code == 403
    assert client.post("/write", headers=newsroom.program("reader")).status_code == 403
    assert Role.ADMIN > Role.READ


def test_no_cookie_is_set_where_there_is_no_form(library: Shelf) -> None:
    client = writable(library.app()).test_client()
    assert "Set-Cookie" not in client.get("/search?q=bridge").headers
    (cookie,) = client.get("/form").headers.getlist("Set-Cookie")
    assert re.fullmatch(r"backstory-form=[\w-]{43}; HttpOnly; Path=/; SameSite=Lax", cookie)
    assert "Set-Cookie" not in client.get("/form").headers
