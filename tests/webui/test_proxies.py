"""Behind a proxy: the whole site works under a path, and nobody but the proxy is believed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import ConfigError
from backstory.settings import Config
from backstory.webui.clients import UNIX, Clients
from backstory.webui.proxies import behind_proxies, checked_base_path, without_base
from tests.webui.conftest import Page, Shelf

PROXY, STRANGER = "127.0.0.1", "198.51.100.7"
PATHS = (
    *("/", "/search?q=bridge", "/doc/article/bridge?q=bridge", "/documents", "/unread", "/help"),
    *("/concordance?q=bridge", "/within/article/bridge?q=bridge", "/cite/article/bridge?p=1"),
    *("/related/article/bridge?p=1", "/compare?a=article/bridge&b=es/nota", "/board", "/history"),
    "/nowhere",
)


def proxied(library: Shelf, base_path: str = "", **web: Any) -> FlaskClient:
    """Make a browser at an application that believes one proxy."""
    config = Config().override(**{f"web__{name}": value for name, value in web.items()})
    app = library.app(config)
    app.wsgi_app = behind_proxies(app.wsgi_app, Clients([PROXY]), base_path)  # type: ignore[method-assign]
    return app.test_client()


def ask(client: FlaskClient, path: str, peer: str = PROXY, **forwarded: str) -> Any:
    """Ask as a proxy, or as `peer` does, with headers such as `prefix="/x"`."""
    headers = {f"X-Forwarded-{name}": value for name, value in forwarded.items()}
    return client.get(path, headers=headers, environ_base={"REMOTE_ADDR": peer})


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("how", ["set", "set, and left on the path", "told"])
def test_every_address_on_every_page_begins_with_the_path(library, path, how) -> None:
    client = proxied(library, "" if how == "told" else "/backstory/")
    asked = f"/backstory{path}" if "left" in how else path
    answer = ask(client, asked, **({"prefix": "/backstory"} if how == "told" else {}))
    page = Page(answer.text)
    addresses = [
        value
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in ("href", "src", "action") or (value.startswith("/") and name != "placeholder")
    ]
    inside = [each for each in addresses if not each.startswith(("#", "https://www.courier"))]
    assert len(inside) > 8
    assert [each for each in inside if not each.startswith("/backstory/")] == []


def test_redirects_feeds_and_pages_of_the_api_stay_under_the_path(library) -> None:
    client = proxied(library, "/backstory/")
    told = {"proto": "https", "host": "localhost"}
    assert ask(client, "/search", **told).headers["Location"] == "/backstory/"
    turned = ask(client, "/api/search?q=the&n=1", **told).json["next"]
    assert turned.startswith("/backstory/api/search?")
    for path in ("/feed?q=bridge", "/opensearch.xml"):
        found = re.findall(r'"(https?://[^"]+)"', ask(client, path, **told).text)
        ours = [each for each in found if "w3.org" not in each and "a9.com" not in each]
        assert len(ours) > 2
        assert all(each.startswith("https://localhost/backstory/") for each in ours)


def test_the_api_describes_itself_under_the_path(library) -> None:
    client = proxied(library, "/backstory/")
    assert ask(client, "/api/openapi.json").json["servers"] == [{"url": "/backstory/"}]
    problem = ask(client, "/api/search").json
    assert problem["type"] == "/backstory/api/openapi.json#/x-problems/query_missing"


def test_base_url_stands_for_host_and_path(library) -> None:
    client = proxied(library, "/inside/", base_url="https://archive.example/out")
    for path in ("/feed?q=bridge", "/opensearch.xml", "/cite/article/bridge?p=2&format=quote"):
        text = ask(client, path).text
        assert "https://archive.example/out/" in text
        assert "localhost" not in text
        assert "/inside/" not in text
    assert "https://archive.example/out/help" in ask(client, "/inside/help").text


def test_the_name_in_base_url_is_our_own(library) -> None:
    client = proxied(library, base_url="https://archive.example/out")
    assert ask(client, "/help", host="archive.example").status_code == 200


@pytest.mark.parametrize(
    "forwarded",
    [
        {"proto": "https"},
        {"host": "127.0.0.1"},
        {"prefix": "/evil"},
        {"prefix": "//evil.example"},
        {"host": "evil.example"},
        {"proto": "javascript"},
    ],
)
def test_strangers_are_not_believed(library, forwarded) -> None:
    client = proxied(library)
    plain = ask(client, "/search?q=bridge", STRANGER).text
    forged = ask(client, "/search?q=bridge", STRANGER, **forwarded)
    assert forged.status_code == 200
    without_times = [
        re.sub(r"[\d.]+ (m?s|milliseconds)\b", "", each) for each in (plain, forged.text)
    ]
    assert without_times[0] == without_times[1]


def test_the_last_value_is_the_one_that_counts(library) -> None:
    client = proxied(library)
    answer = ask(
        client, "/opensearch.xml", proto="http, https", prefix="/evil, /own", host="a, localhost"
    )
    assert "https://localhost/own/search" in answer.text
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    ("forwarded", "code"),
    [
        ({"proto": "javascript"}, "odd_header"),
        ({"prefix": "//evil.example"}, "odd_header"),
        ({"prefix": "/a/../b"}, "odd_header"),
        ({"prefix": "evil"}, "odd_header"),
        ({"prefix": "/<script>"}, "odd_header"),
        ({"prefix": "/a b"}, "odd_header"),
        ({"prefix": "/a\\b"}, "odd_header"),
        ({"host": "evil.example"}, "unknown_host"),
        ({"host": "evil.example/<script>"}, "unknown_host"),
        ({"host": "localhost, evil.example"}, "unknown_host"),
    ],
)
def test_odd_values_are_refused_and_never_sent_back(library, forwarded, code) -> None:
    client = proxied(library)
    answer = ask(client, "/api/search?q=bridge", **forwarded)
    assert (answer.status_code, answer.json["code"]) == (400, code)
    page = ask(client, "/search?q=bridge", **forwarded)
    assert page.status_code == 400
    sent = next(iter(forwarded.values()))
    assert sent == "evil.example" or sent not in page.text + str(page.headers)


@given(value=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40))
def test_no_forwarded_value_gets_into_an_address_unless_it_is_a_path(library, value) -> None:
    answer = ask(proxied(library), "/help", prefix=value)
    assert answer.status_code in (200, 400)
    for link in Page(answer.text).links:
        assert not link.startswith("//")


def test_a_unix_socket_is_ones_own_proxy() -> None:
    assert Clients().client(UNIX, "203.0.113.1") == "203.0.113.1"
    assert Clients().client(UNIX) == UNIX
    assert Clients().client("203.0.113.1", UNIX) == "203.0.113.1"


@pytest.mark.parametrize(
    ("path", "is_base"), [("", ""), ("/", ""), ("/a/b/", "/a/b"), ("/a", "/a")]
)
def test_base_path_has_no_slash_at_its_end(path, is_base) -> None:
    assert checked_base_path(path) == is_base


@pytest.mark.parametrize(
    "path", ["a", "//a", "/a//b", "/a?b", "/a#", "/../a", "/é", "http://a/", "/a\n"]
)
def test_a_base_path_that_is_none_is_a_wrong_setting(path) -> None:
    with pytest.raises(ConfigError, match=r"web\.base_path: “.*” is no path such as /backstory/"):
        checked_base_path(path)


@pytest.mark.parametrize(
    ("path", "left"),
    [("/a", "/"), ("/a/", "/"), ("/a/doc/x", "/doc/x"), ("/ab", "/ab"), ("/doc/a/x", "/doc/a/x")],
)
def test_the_path_is_taken_off_where_it_is_whole(path, left) -> None:
    assert without_base(path, "/a") == left
    assert without_base(path, "") == path


# Host names


def test_an_unknown_host_is_told_what_to_set(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "Archive.Example:8000"})
    assert answer.status_code == 400
    words = Page(answer.text).words
    assert "The host name “archive.example” is not one of this server’s." in words
    assert "--allow-host archive.example" in words
    assert "web.trusted_hosts" in words
    problem = client.get("/api/search?q=x", headers={"Host": "archive.example"}).json
    assert problem["code"] == "unknown_host"
    assert "--allow-host archive.example" in problem["hint"]


@pytest.mark.parametrize(
    "host", ["<script>", "a b", "a\x00", "evil.example/x", "a" * 300, "é.example"]
)
def test_a_host_that_is_no_name_is_not_shown(library, host) -> None:
    answer = ask(proxied(library), "/", host=host)
    assert answer.status_code == 400
    assert host not in answer.text
    assert "for the host name that was asked for" in answer.text
