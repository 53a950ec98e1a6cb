"""Web addresses: taken apart in one way, and led only to the public internet."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.urls import Location, is_url, locate, look_up, redirected


def reason(text: str) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        locate(text)
    return caught.value.reason


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("HTTP://EXAMPLE.org", "http://example.org/"),
        ("https://example.org:443/a?b=c#d", "https://example.org/a?b=c"),
        ("http://example.org:8080", "http://example.org:8080/"),
        ("http://example.org./a", "http://example.org/a"),
        ("https://bücher.example/ä?q=é", "https://xn--bcher-kva.example/%C3%A4?q=%C3%A9"),
        ("http://[2001:0DB8::0001]:81/", "http://[2001:db8::1]:81/"),
        ("http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/"),
        ("http://example.org/50%25/a%20b?x=[1]", "http://example.org/50%25/a%20b?x=%5B1%5D"),
    ],
)
def test_an_address_is_written_in_one_way(text: str, url: str) -> None:
    assert locate(text).url == url
    assert locate(url) == locate(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ftp://example.org/", "only http and https are fetched, not ftp"),
        ("http://me@example.org/", "the address holds a user name or password"),
        ("http://me:secret@example.org/", "the address holds a user name or password"),
        ("http://example.org\\@127.0.0.1/", "the address holds a blank, a backslash or worse"),
        ("http://example.org/a b", "the address holds a blank, a backslash or worse"),
        ("http://example.org/\r\nHost: x", "the address holds a blank, a backslash or worse"),
        ("http://example.org:99999/", "not a web address (Port out of range 0-65535)"),
        ("http://example.org:0/", "there can be no such server"),
        ("http://[fe80::1%25eth0]/", "there can be no such server"),
        ("http:///path", "there can be no such server"),
        ("http://a..b/", "there can be no such server"),
        ("http://straße.example/", "there can be no such server"),
        (f"http://{'a.' * 200}example/", "there can be no such server"),
        (f"http://example.org/{'a' * 2_000}", "the address is longer than 1,000 characters"),
    ],
)
def test_an_address_that_is_not_fetched_has_its_reason(text: str, said: str) -> None:
    assert reason(text) == said


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for written in (text, f"http://{text}", f"https://example.org/{text}"):
        try:
            place = locate(written)
        except UnreadableDocument:
            continue
        assert place.url.isascii()
        assert place.url.isprintable()
        assert locate(place.url) == place


@given(st.text(alphabet=st.characters(max_codepoint=255), max_size=60))
def test_any_header_redirects_to_an_address_or_nowhere(target: str) -> None:
    try:
        place = redirected(locate("http://example.org/a/b"), target)
    except UnreadableDocument:
        return
    assert place.url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("c", "http://example.org/a/c"),
        ("/c?d", "http://example.org/c?d"),
        ("//other.example/", "http://other.example/"),
        ("https://other.example/c", "https://other.example/c"),
        ("/café".encode().decode("latin-1"), "http://example.org/caf%C3%A9"),
    ],
)
def test_a_redirect_starts_from_where_it_is(target: str, url: str) -> None:
    assert redirected(locate("http://example.org/a/b"), target).url == url


@pytest.mark.parametrize("port", [22, 25, 79, 81, 1023])
def test_a_port_of_another_service_is_not_asked(port: int) -> None:
    with pytest.raises(UnreadableDocument, match=f"port {port} is not one for web pages"):
        look_up(Location("http", "127.0.0.1", port, "/"), 5)


def test_one_address_that_is_not_public_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(host: str, port: int, **_: object) -> list[object]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", port)),
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fd00::1", port, 0, 0)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    place = locate("http://example.org/")
    with pytest.raises(UnreadableDocument, match=r"leads to fd00::1, which is not public"):
        look_up(place, 5)
    assert len(look_up(place, 5, allow_private=True)) == 2


def test_a_name_that_leads_nowhere_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    said = r"there is no server nowhere\.example \(Name or service not known\)"
    with pytest.raises(UnreadableDocument, match=said):
        look_up(locate("http://nowhere.example/"), 5)


def test_an_address_is_told_from_the_name_of_a_file() -> None:
    assert is_url("http://example.org")
    assert is_url("FILE:///etc/passwd")
    assert not any(
        map(is_url, ["notes.txt", "a/b", "c:d", "http:", "://", "/http://x", "www.x.org"])
    )
