"""Links out of the site name the host that a browser goes to, or are text."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.webui.outside_links import outside_link

# An address, and what a browser would make of it if it were a link.
AMBIGUOUS = [
    "http://evil.example\\@good.example/",
    "http://evil.example\\.good.example/",
    "http:\\\\evil.example\\good.example",
    "http://good.example@evil.example/",
    "http://good.example:80@evil.example/",
    "http://good.example%40evil.example/",
    "http://good.example%2Fevil.example/",
    "http://ev%69l.example/",
    "http://evil.example\t@good.example/",
    "http://ev\til.example/",
    "http://ev\nil.example/",
    "ht\ntp://evil.example/",
    "http://evil.example\r\n@good.example/",
    "http:evil.example/",
    "http:/evil.example/",
    "http:///evil.example/",
    "http:////evil.example/",
    "//evil.example/",
    "https:\\/evil.example/",
    "http://evil.example /good.example",
    "http://good.example\u2044@evil.example/",
    "http://good.example\uff0f@evil.example/",
    "http://good.example\uff20evil.example/",
    "http://good.example\u2024evil.example\u2048/",
    "http://good.example\u202e/elpmaxe.live",
    "http://good\u200b.example/",
    "http://good\u00ad.example\u2066/",
    "http://good\x00.example/",
    "http://good.example\x7f/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://127.1/",
    "http://0177.0.0.1/",
    "http://127.0.0.256/",
    "http://good.example.1/",
    "http://[::1%25eth0]/",
    "http://[::1/",
    "http://a..b/",
    "http://-good.example/",
    "http://good_.example!/",
    "http://good.example;evil.example/",
    "http://good.example,evil.example/",
    f"http://{'a' * 64}.example/",
    "http://good.example:99999/",
    "http://good.example:8o/",
    "http://good.example:-1/",
    "http://stra\u00dfe.example/",
    "http://xn--\u00e4.example/",
    "http://",
    "http://?",
    "",
]
OTHER_SCHEMES = [
    "javascript:alert(1)",
    "JAVASCRIPT://good.example/%0aalert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://good.example/",
    "view-source:http://good.example/",
    "blob:http://good.example/1",
    "intent://good.example/#Intent;end",
    "ws://good.example/",
    "mailto:ines@good.example?bcc=eve@evil.example",
    "mailto:ines@good.example,eve@evil.example",
    "mailto:ines%40good.example@evil.example",
    "mailto:",
    "mailto:ines",
    "www.good.example",
]


@pytest.mark.parametrize("url", AMBIGUOUS + OTHER_SCHEMES)
def test_what_browsers_may_read_otherwise_is_no_link(url):
    assert outside_link(url) is None


@pytest.mark.parametrize(
    ("url", "link", "host"),
    [
        ("https://good.example/a", "https://good.example/a", "good.example"),
        ("HTTPS://GOOD.example", "https://good.example/", "good.example"),
        (" http://good.example/a?b=c#d ", "http://good.example/a?b=c#d", "good.example"),
        ("http://www.good.example:8080/", "http://www.good.example:8080/", "www.good.example"),
        ("http://good.example/@evil", "http://good.example/@evil", "good.example"),
        ("http://good.example?@evil.example/", "http://good.example/?@evil.example/", None),
        ("http://good.example#@evil.example/", "http://good.example/#@evil.example/", None),
        ("http://good.example/éü", "http://good.example/%C3%A9%C3%BC", None),
        ("http://bücher.example/", "http://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        # A Cyrillic letter among Latin ones, full-width letters, and an ideographic full stop.
        ("http://g\u043eod.example/", "http://xn--god-sed.example/", "xn--god-sed.example"),
        ("http://\uff45vil.example/", "http://evil.example/", "evil.example"),
        ("http://evil\u3002example/", "http://evil.example/", "evil.example"),
        ("http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/", "127.0.0.1"),
        ("http://[2001:0DB8::1]/", "http://[2001:db8::1]/", "[2001:db8::1]"),
        ("MAILTO:ines@good.example", "mailto:ines@good.example", "ines@good.example"),
    ],
)
def test_a_link_is_named_for_the_host_that_it_leads_to(url, link, host):
    assert outside_link(url) == (link, host or "good.example")


PIECES = st.sampled_from(
    [*"/\\@:?#%.[]; \t\n\u202e\uff0f\uff0e\u3002", "http:", "//", "evil.example", "good.example"]
)


@given(st.lists(PIECES | st.characters(), max_size=12).map("".join))
def test_any_link_is_plain_ascii_and_its_host_is_what_is_named(tail):
    for url in (tail, f"http://{tail}", f"http://good.example{tail}"):
        link = outside_link(url)
        if link and link[0].startswith("http"):
            # Nothing is left in it that the two standards read differently.
            assert re.fullmatch(r"https?://[a-z0-9._:\[\]-]+/[!-~]*", link[0])
            assert "\\" not in link[0]
            assert urlsplit(link[0]).hostname == link[1].strip("[]")
            assert outside_link(link[0]) == link


@pytest.mark.parametrize("url", ["http://evil.example\\@good.example/", "javascript:alert(1)"])
def test_an_address_that_is_no_link_is_shown_as_text(shelf, page, url):
    shelf.put("d", "Text.", url=url)
    shown = page(shelf.client().get("/doc/d").text)
    assert f"original at {url}" in " ".join(shown.words.split())
    assert not [held for held in shown.all("a") if "external" in held.get("rel", "")]
