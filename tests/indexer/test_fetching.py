"""Fetching: what arrives, as it was sent, and what no server can make happen."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backstory.engine.errors import UnreadableDocument
from backstory.engine.version import VERSION
from backstory.indexer.fetching import MAX_REDIRECTS, Page, fetch
from backstory.indexer.settings import FetchSettings
from tests.site import MEMO, Site, pack, serving

SETTINGS = FetchSettings(max_mb=2, seconds=10.0, read_seconds=10.0)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A server for all tests that do not end it."""
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def get(url: str, **settings: Any) -> Page:
    limits = FetchSettings(**{"max_mb": 2, "seconds": 10.0, "read_seconds": 10.0, **settings})
    return fetch(url, limits, allow_private=True)


def refused(url: str, **settings: Any) -> str:
    """Return the reason why a page was not fetched."""
    with pytest.raises(UnreadableDocument) as caught:
        get(url, **settings)
    return caught.value.reason


def test_a_page_is_kept_as_it_was_sent(site: Site) -> None:
    page = get(site.url("/memo.txt"))
    assert page.data == MEMO
    assert (page.url, page.content_type) == (site.url("/memo.txt"), "text/plain")
    assert page.name == f"127.0.0.1-{site.port}/memo.txt"
    assert page.fetched.startswith("20")
    assert page.fetched.endswith("+00:00")


def test_the_request_says_who_asks_and_nothing_else(site: Site) -> None:
    get(site.url("/go?/headers"))
    path, headers = site.asked[-1]
    assert path == "/headers"
    assert headers["User-Agent"] == f"Backstory/{VERSION}"
    assert headers["Host"] == f"127.0.0.1:{site.port}"
    assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


def test_no_proxy_is_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    assert get(site.url("/memo.txt")).data == MEMO


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "index.txt"),
        ("/2018/09/story.html", "2018-09-story.txt"),
        ("/story.php?id=7&page=2", "story.php-id-7-page-2.txt"),
        ("/v1.2/notes", "v1.2-notes.txt"),
        ("/a%2F..%2F..%2Fetc%2Fpasswd", "a-..-..-etc-passwd.txt"),
        ("/.hidden", "hidden.txt"),
        ("/caf%C3%A9/%00%1b", "café.txt"),
        ("/notes.md", "notes.md"),
        ("/talk.srt", "talk.srt"),
        ("/page.exe", "page.exe.txt"),
    ],
)
def test_a_name_comes_from_the_address_and_is_the_same_each_time(
    site: Site, path: str, name: str
) -> None:
    folder = f"127.0.0.1-{site.port}"
    assert get(site.url(path)).name == f"{folder}/{name}"
    assert get(site.url(path)).name == f"{folder}/{name}"


def test_a_long_address_gives_a_name_that_fits_and_is_its_own(site: Site) -> None:
    names = [get(site.url(f"/{'long' * 100}{end}")).name for end in "ab"]
    assert len({*names}) == 2
    assert all(len(name.rpartition("/")[2]) < 130 for name in names)


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        ("text/html; charset=utf-8", ".html"),
        ("application/xhtml+xml", ".html"),
        ("APPLICATION/PDF", ".pdf"),
        ("text/markdown", ".md"),
        ("text/plain", ".txt"),
    ],
)
def test_the_content_type_decides_what_it_is(site: Site, kind: str, suffix: str) -> None:
    site.pages["/kind.png"] = (kind, MEMO)
    page = get(site.url("/kind.png"))
    assert page.name.endswith(suffix)
    assert page.content_type == kind


def test_what_is_no_document_is_refused_with_what_it_is(site: Site) -> None:
    assert refused(site.url("/type/video--mp4")) == "it is video/mp4, which is no document"
    untold = "; neither its content nor its address tells a format that is read"
    for path in ("/type/", "/type//as/memo.exe"):
        assert refused(site.url(path)) == f"it is not said what it is{untold}"
    octets = "application/octet-stream"
    said = f"the server says {octets}, which may be anything{untold}"
    assert refused(site.url(f"/type/{octets.replace('/', '--')}")) == said


@pytest.mark.parametrize("kind", ["", "application/octet-stream", "Binary/Octet-Stream; a=b"])
@pytest.mark.parametrize(
    ("path", "data", "name"),
    [
        ("/get", b"%PDF-1.7 ...", "get.pdf"),
        ("/get.php", b"<!DOCTYPE html><html><p>Lit.", "get.html"),
        ("/story.txt", b"%PDF-1.7 ...", "story.pdf"),
        ("/story.txt", MEMO, "story.txt"),
        ("/Rows.TSV", b"a\tb\n1\t2\n", "Rows.tsv"),
        ("/page.htm", b"<p>Lit.", "page.htm"),
        ("/packed", b"PK\x03\x04...", "packed.zip"),
        ("/packed.docx", b"PK\x03\x04...", "packed.docx"),
        ("/letters.mbox", b"From a@b.example", "letters.mbox"),
    ],
)
def test_what_is_not_described_is_told_by_its_content_or_its_address(
    site: Site, kind: str, path: str, data: bytes, name: str
) -> None:
    site.pages[path] = (kind, data)
    assert get(site.url(path)).name == f"127.0.0.1-{site.port}/{name}"
    del site.pages[path]


def test_what_no_reader_takes_is_refused_with_what_it_is(site: Site) -> None:
    site.pages["/old.ppt"] = ("application/octet-stream", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert refused(site.url("/old.ppt")).startswith("an old Office file (such as .ppt): save it as")


@pytest.mark.parametrize("code", [403, 404, 500, 204, 304])
def test_a_page_that_is_not_there_is_refused_with_the_answer(site: Site, code: int) -> None:
    assert refused(site.url(f"/status/{code}")).startswith(f"the server answered {code}")


def test_redirects_are_followed_a_few_times(site: Site) -> None:
    page = get(site.url(f"/loop/{MAX_REDIRECTS}"))
    assert (page.data, page.url) == (MEMO, site.url("/memo.txt"))
    assert refused(site.url(f"/loop/{MAX_REDIRECTS + 1}")) == "redirected more than 5 times"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("file:///etc/passwd", "only http and https are fetched, not file"),
        ("gopher://127.0.0.1/", "only http and https are fetched, not gopher"),
        ("http://me:secret@127.0.0.1/", "the address holds a user name or password"),
        ("", "redirects, and does not say where to"),
        ("http://x:99999/", "not a web address (Port out of range"),
    ],
)
def test_a_redirect_is_looked_at_like_an_address_that_was_typed(
    site: Site, target: str, reason: str
) -> None:
    assert refused(site.url(f"/go?{target}")).startswith(reason)


def answer_with(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let names lead to these addresses, one look-up after another; return the names asked for."""
    asked: list[str] = []
    left = list(addresses)

    def look_up(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (left.pop(0), port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_public_page_cannot_redirect_into_the_network(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = socket.socket.connect

    def here(line: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] == "93.184.216.34"
        connect(line, ("127.0.0.1", address[1]))

    monkeypatch.setattr(socket.socket, "connect", here)
    answer_with(monkeypatch, "93.184.216.34", "169.254.169.254")
    url = f"http://public.example:{site.port}/go?http://metadata.example/latest/"
    with pytest.raises(UnreadableDocument, match=r"leads to 169\.254\.169\.254, which is not pub"):
        fetch(url, SETTINGS)
    assert site.asked[-1][0].startswith("/go?")


def test_a_name_is_looked_up_once_and_connected_to_what_was_found(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer_with(monkeypatch, "127.0.0.1", "192.0.2.1")
    assert get(f"http://twice.example:{site.port}/memo.txt").data == MEMO
    assert asked == ["twice.example"]
    assert site.asked[-1][1]["Host"] == f"twice.example:{site.port}"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1", "2130706433"]
)
def test_this_machine_is_not_asked_unless_that_is_allowed(site: Site, host: str) -> None:
    before = len(site.asked)
    with pytest.raises(UnreadableDocument, match="--allow-private"):
        fetch(f"http://{host}:{site.port}/memo.txt", SETTINGS)
    assert len(site.asked) == before


def test_a_page_that_is_too_large_is_refused_however_it_comes(site: Site) -> None:
    too_large = "larger than 2 MB (fetch.max_mb)"
    assert refused(site.url("/huge/3")) == too_large
    assert refused(site.url("/endless")) == too_large
    assert refused(site.url("/gzip/200")) == too_large
    assert len(get(site.url("/gzip/2")).data) == 2 * 1024 * 1024


def test_a_page_that_unfolds_to_much_never_does(site: Site) -> None:
    pack("200")
    tracemalloc.start()
    try:
        assert refused(site.url("/gzip/200"), max_mb=1) == "larger than 1 MB (fetch.max_mb)"
        assert tracemalloc.get_traced_memory()[1] < 10 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_page_that_comes_packed_is_unpacked(site: Site) -> None:
    assert get(site.url("/gzip/memo")).data == MEMO
    cannot = "packed in a way that cannot be unpacked"
    assert refused(site.url("/gzip/memo?cut")) == cannot
    assert refused(site.url("/encoded/gzip")) == cannot
    assert refused(site.url("/encoded/br")) == "packed as br, which was not asked for"


def test_a_connection_that_ends_early_gives_no_page(site: Site) -> None:
    assert refused(site.url("/early")) == "the connection ended before the page did"


def test_an_empty_page_is_none(site: Site) -> None:
    site.pages["/empty"] = ("text/plain", b"")
    assert refused(site.url("/empty")) == "the page is empty"


def test_what_is_no_web_server_is_said(site: Site) -> None:
    assert refused(site.url("/nonsense")).startswith("the server's answer makes no sense")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert refused(f"http://127.0.0.1:{port}/") == "Connection refused"


@pytest.mark.parametrize(
    ("variable", "is_said"),
    [("http_proxy", True), ("HTTP_PROXY", True), ("ALL_PROXY", True), ("https_proxy", False)],
)
def test_where_a_proxy_might_have_helped_that_is_said(
    site: Site, monkeypatch: pytest.MonkeyPatch, variable: str, is_said: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        gone = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    assert refused(gone) == "Connection refused"
    monkeypatch.setenv(variable, "http://127.0.0.1:1/")
    assert ("does not use it: save the page with a browser" in refused(gone)) is is_said
    assert refused(site.url("/status/404")) == "the server answered 404 Not Found"
    assert "proxy" not in refused(site.url("/early"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    assert ("proxy" in refused("http://nowhere.example/")) is is_said
    monkeypatch.setenv("no_proxy", "127.0.0.1, nowhere.example")
    assert "proxy" not in refused("http://nowhere.example/")


@pytest.mark.parametrize("path", ["/dribble", "/dribble-head", "/mute"])
def test_a_slow_server_is_left_when_the_time_is_up(site: Site, path: str) -> None:
    began = time.monotonic()
    assert refused(site.url(path), seconds=0.4) == "took longer than 0.4 s (fetch.seconds)"
    assert time.monotonic() - began < 5


def test_a_silent_server_is_left_before_that(site: Site) -> None:
    began = time.monotonic()
    assert refused(site.url("/mute"), read_seconds=0.2) == "silent for 0.2 s (fetch.read_seconds)"
    assert time.monotonic() - began < 5


def test_redirects_share_the_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    assert "took longer than 0.4 s" in refused(site.url("/go?/mute"), seconds=0.4)
    assert time.monotonic() - began < 5


def test_a_name_that_is_never_found_ends_with_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(*_: object, **__: object) -> list[Any]:
        time.sleep(1)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    assert refused("http://slow.example/", seconds=0.2) == "slow.example was not looked up in time"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for the name localhost, with its key in the same file."""
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl to make a certificate with")
    made = tmp_path_factory.mktemp("certificate") / "localhost.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", made, "-out", made.with_suffix(".crt")),
        ],
        check=True,
        capture_output=True,
    )
    with made.open("ab") as both:
        both.write(made.with_suffix(".crt").read_bytes())
    return made


@pytest.fixture(scope="module")
def secure_site(certificate: Path) -> Iterator[Site]:
    """A server that speaks TLS."""
    site = Site()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site.socket = context.wrap_socket(site.socket, server_side=True)
    with serving(site):
        yield site


def test_a_certificate_has_to_be_that_of_the_name(
    secure_site: Site, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = secure_site.port
    assert "not to be trusted" in refused(f"https://localhost:{port}/memo.txt")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert get(f"https://localhost:{port}/memo.txt").data == MEMO
    answer_with(monkeypatch, "127.0.0.1")
    wrong = refused(f"https://other.example:{port}/memo.txt")
    assert wrong.startswith("its certificate is not to be trusted: Hostname mismatch")


def test_a_slow_page_over_tls_is_left_too(
    secure_site: Site, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    began = time.monotonic()
    url = f"https://localhost:{secure_site.port}/dribble"
    assert "took longer than 0.5 s" in refused(url, seconds=0.5)
    assert time.monotonic() - began < 5


def test_a_server_without_tls_is_said(site: Site) -> None:
    url = site.url("/memo.txt").replace("http:", "https:")
    assert refused(url).startswith("no encrypted connection")


def test_a_call_that_nobody_takes_ends_with_the_time() -> None:
    with contextlib.ExitStack() as lines:
        deaf = lines.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port = deaf.getsockname()[1]
        try:  # a queue that is full makes the next caller wait
            for _ in range(3):
                lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=0.2))
        except TimeoutError:
            began = time.monotonic()
            assert "took longer than 0.3 s" in refused(f"http://127.0.0.1:{port}/", seconds=0.3)
            assert time.monotonic() - began < 5
        else:
            pytest.skip("this system lets more callers wait than a server asks for")


def test_a_handshake_that_never_comes_ends_with_the_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}/"
        began = time.monotonic()
        assert "took longer than 0.3 s" in refused(url, seconds=0.3)
        assert time.monotonic() - began < 5
