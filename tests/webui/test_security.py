"""Nothing unescaped, nobody else's host, the same headers on every answer."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse, create_environ, run_wsgi_app
from werkzeug.wrappers import Request

from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.remarks import unreadable
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.testing import AFFAIR, fill_index
from backstory.webui.app import create_app
from backstory.webui.security import HEADERS

NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" autofocus onfocus="alert(1)',
    "' onmouseover='alert(1)",
    "{{7*7}} {% raw %} ${7*7}",
    "</title></textarea></script><b>",
    "&lt;b&gt; &amp;amp;",
    "bell \x07 nul \x00 escape \x1b[31m",
    "\u202egnp.exe \u2066isolate \u200f mark",
    "lone \udc80 surrogate",
    "javascript:alert(1)",
]
PAGES = [
    *("/", "/search?q=bridge", "/doc/article/bridge?q=bridge", "/help", "/api/search?q=bridge"),
    *("/documents", "/concordance?q=bridge", "/within/article/bridge?q=bridge", "/board"),
    *(
        "/cite/article/bridge?p=1",
        "/cite/article/bridge?p=1&format=bibtex",
        "/export?q=a&format=csv",
    ),
]
ERRORS = ["/nowhere", "/doc/none", "/api/none", "/api/search", "/doc/none?key=1"]
FILES = ["/static/style/base.css", "/static/script/main.js", "/static/icon.svg", "/static/none"]
KNOWN = set(
    "html head meta title link script body a header div search form label input button main p "
    "strong span mark ol ul li section h1 h2 h3 nav aside details summary article footer dl dt dd "
    "time bdi blockquote b i code kbd table thead tbody tr th td caption pre noscript "
    "figure figcaption svg path rect".split()
)


def ask_as(client, host, url):
    """Ask under any host; the client of the tests fails for some that are no names."""
    environ = create_environ(url) | {"HTTP_HOST": host}
    return TestResponse(*run_wsgi_app(client.application, environ), Request(environ))


def assert_harmless(page):
    """Only the site's own elements, no attribute that runs anything, no script or style inside."""
    assert {tag for tag, _ in page.tags} <= KNOWN
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action"):
            assert re.match(r"[/#]|https?://|$", attributes.get(name, ""))
        if tag == "script":
            assert attributes["src"].startswith("/static/")
    assert not re.search(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff]", page.text
    )


@pytest.mark.parametrize("url", PAGES + ERRORS + FILES)
def test_every_answer_carries_the_headers(client, url):
    with client.get(url) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    for rule in ("default-src 'none'", "style-src 'self'", "script-src 'self'", "base-uri 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Permissions-Policy"]
    assert "no-cache" in headers["Cache-Control"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("nasty", NASTY)
def test_documents_are_shown_literally(shelf, page, nasty):
    shelf.put(
        f"id {nasty}",
        f"Walrus {nasty}",
        title=nasty,
        source=nasty,
        author=nasty,
        kind=nasty,
        date="2018-01-01",
        language="en",
        url=nasty,
        notes=(unreadable(nasty),),
    )
    client = shelf.client()
    urls = ["/", "/search?q=walrus", "/search?q=*", "/search?q=zzz", "/documents"]
    urls += ["/search?q=walrus&by=passage", "/concordance?q=walrus"]
    urls += ["/concordance?q=walrus&table=collocates", "/concordance?q=walrus&table=counts"]
    result = page(client.get("/search?q=walrus").text)
    urls += [link for link in result.links if link.startswith(("/doc/", "/search", "/cite/"))]
    assert len(urls) > 5
    for url in urls:
        response = client.get(url)
        assert response.status_code == 200 or not nasty.isprintable()
        assert_harmless(page(response.text))
    assert result.marks == ["Walrus"]


def test_markup_inside_a_mark_is_shown_literally(shelf, page):
    shelf.put("d", "The walrus <b>pelican</b> <script>x</script> treaty.")
    client = shelf.client()
    for url in ("/search", "/doc/d"):
        text = '"walrus b pelican b script x script treaty"'
        shown = page(client.get(url, query_string={"q": text}).text)
        assert_harmless(shown)
        assert shown.marks == ["walrus <b>pelican</b> <script>x</script> treaty"]
        assert not [held for held in shown.all("b") if not held]


@pytest.mark.parametrize("nasty", [n for n in NASTY if n.isprintable()])
def test_what_was_written_can_be_read(shelf, page, nasty):
    shelf.put("d", f"Walrus {nasty}", title=nasty)
    words = page(shelf.client().get("/search?q=walrus").text).words
    assert words.count(nasty) >= 2


@pytest.mark.parametrize("nasty", [n.replace("\udc80", "") for n in NASTY])
@pytest.mark.parametrize(
    "path",
    [
        *("/search", "/doc/article/bridge", "/doc/none", "/nowhere", "/concordance"),
        *("/within/article/bridge", "/export"),
    ],
)
def test_queries_are_shown_literally(client, page, path, nasty):
    response = client.get(path, query_string={"q": nasty})
    shown = page(response.text)
    assert_harmless(shown)
    if nasty.isprintable():
        assert shown.all("input", name="q")[0]["value"] == nasty.strip()


@given(text=st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_query_fails_or_gets_out_of_its_place(client, page, text):
    for path in ("/search", "/doc/article/bridge", "/concordance", "/within/article/bridge"):
        response = client.get(path, query_string={"q": text.encode("utf-8", "surrogatepass")})
        assert response.status_code in (200, 302)
        assert_harmless(page(response.text.replace("<!doctype html>", "")))
    answer = client.get("/api/search", query_string={"q": text.encode("utf-8", "surrogatepass")})
    assert answer.status_code in (200, 400)


@given(
    query=st.binary(max_size=60).map(lambda raw: raw.hex("%")),
    path=st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass").hex("%")),
)
@settings(max_examples=60, deadline=None)
def test_no_bytes_in_an_address_fail(client, query, path):
    for url in (f"/search?q=%{query or '20'}", f"/doc/%{path or '20'}?q=%{query or '20'}&key=%ff"):
        assert client.get(url).status_code in (200, 302, 404, 410)


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8000", "LOCALHOST", "localhost.", "127.0.0.1:99", "[::1]", "[::1]:80"],
)
def test_own_hosts_are_answered(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.2", "[::2]", ""),
        *("a b", "localhost@evil.example", "localhost:80:80", "evil.example#localhost", "[::1"),
        *("a..b", ".", "..", "localhost..", "xn--", "xn--a.b", "xn--\xe4", "-", "_", "*", "\xe9"),
        *("a" * 64, "a" * 300, ".".join("a" * 300), "localhost:0", "localhost:65536", "localhost:"),
        *("[::1]:", "[::1%25eth0]", "[]", "127.0.0.1:8000:", "localhost\x00", "localhost,a"),
    ],
)
@pytest.mark.parametrize(
    "url", ["/", "/search?q=bridge", "/api/search?q=bridge", "/static/icon.svg"]
)
def test_other_hosts_are_refused(client, host, url):
    response = ask_as(client, host, url)
    assert response.status_code == 400
    assert "Harbour" not in response.text
    for name, value in HEADERS.items():
        assert response.headers[name] == value


@given(host=st.text(st.characters(max_codepoint=255), max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_host_is_our_own_or_refused(client, host):
    response = ask_as(client, host, "/help")
    assert response.status_code in (200, 400)
    assert response.headers["X-Frame-Options"] == "DENY"


@given(
    name=st.sampled_from(
        "PATH_INFO QUERY_STRING SCRIPT_NAME CONTENT_LENGTH CONTENT_TYPE REQUEST_METHOD HTTP_RANGE"
        " HTTP_ACCEPT_ENCODING HTTP_IF_NONE_MATCH HTTP_IF_MODIFIED_SINCE HTTP_IF_RANGE HTTP_COOKIE"
        " HTTP_X_FORWARDED_HOST HTTP_X_FORWARDED_FOR HTTP_X_FORWARDED_PROTO".split()
    ),
    value=st.text(st.characters(max_codepoint=255), max_size=40),
    path=st.sampled_from(["/", "/search?q=bridge", "/static/icon.svg", "/api/search?q=bridge"]),
)
@settings(max_examples=200, deadline=None)
def test_no_part_of_a_request_fails(client, name, value, path):
    # As a server asks: a test client parses the address itself, and fails at some.
    environ = create_environ(path) | {name: value}
    blocks, status, headers = run_wsgi_app(client.application, environ, buffered=True)
    list(blocks)
    assert int(status.split()[0]) < 500
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("listening", "host", "status"),
    [
        ("192.0.2.7", "192.0.2.7:8000", 200),
        ("archive.example", "archive.example", 200),
        ("2001:db8::5", "[2001:db8::5]:8000", 200),
        ("0.0.0.0", "0.0.0.0", 400),
        ("0.0.0.0", "192.0.2.7", 400),
        ("::", "[::]", 400),
    ],
)
def test_the_address_that_is_listened_on_is_trusted(library, listening, host, status):
    client = library.client(Config().override(web__host=listening))
    assert client.get("/", headers={"Host": host}).status_code == status


def test_trusted_hosts_are_those_of_the_settings(library):
    config = Config().override(web__trusted_hosts=["archive.example"])
    client = library.client(config)
    assert client.get("/", headers={"Host": "archive.example"}).status_code == 200
    assert client.get("/", headers={"Host": "localhost"}).status_code == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
@pytest.mark.parametrize("url", ["/", "/search?q=bridge", "/doc/article/bridge", "/help"])
def test_pages_can_only_be_read(client, method, url):
    response = client.open(url, method=method, headers={"Origin": "https://evil.example"})
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("url", ["/", "/search", "/nowhere"])
def test_large_bodies_are_refused(client, url):
    assert client.post(url, data=b"x" * (64 * 1024 + 1)).status_code == 413


def test_an_index_that_others_may_write_to_is_refused_while_it_is_served(tmp_path):
    index = EmbeddedIndex(tmp_path / "index")
    fill_index(index, *AFFAIR)
    client = create_app(Config(), Searcher(index)).test_client()
    for url in ("/search?q=radios", "/api/search?q=radios", "/healthz", "/"):
        assert client.get(url).status_code == 200
        index.folder.chmod(0o777)
        refused = client.get(url)
        assert refused.status_code == 503
        assert "chmod go-w" in refused.text
        assert str(tmp_path) not in refused.text
        index.folder.chmod(0o700)
        assert client.get(url).status_code == 200
