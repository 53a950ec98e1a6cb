"""XML of any kind is read block by block, records with the names of their values."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backstory.indexer.readers import Reading

ReadBytes = Callable[..., Reading]
WhyNot = Callable[..., str]


def texts(reading: Reading) -> list[str]:
    return [each.text for each in reading.paragraphs]


@pytest.mark.parametrize(
    ("xml", "found"),
    [
        ("<d><p>The lamp.</p><p>The <b>spare</b> lens.</p></d>", ["The lamp.", "The spare lens."]),
        (
            "<d><man><name>Quintero</name><rank>admiral</rank></man></d>",
            ["name: Quintero · rank: admiral"],
        ),
        (
            "<sms count='2'><m from='Ines' body='Who paid?'/><m from='Bo' body='Not I.'/></sms>",
            ["count: 2", "from: Ines · body: Who paid?", "from: Bo · body: Not I."],
        ),
        (
            "<a><body>Long ago the keeper counted.</body><place>Amaro</place></a>",
            ["body: Long ago the keeper counted. · place: Amaro"],
        ),
    ],
)
def test_text_and_records_are_passages(read_bytes: ReadBytes, xml: str, found: list[str]) -> None:
    assert texts(read_bytes("a.xml", xml.encode())) == found


def test_the_pages_in_a_feed_are_paragraphs_under_their_titles(read_bytes: ReadBytes) -> None:
    feed = """<?xml version="1.0"?><rss><channel><title>Harbour Gazette</title>
    <item><title>Lamps</title><description>&lt;p&gt;One lamp.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;
    </description><pubDate>9 March 2018</pubDate></item></channel></rss>"""
    reading = read_bytes("a.rss", feed.encode())

    assert reading.title == "Harbour Gazette"
    assert [(each.heading, each.text) for each in reading.paragraphs] == [
        ("Lamps", "One lamp."),
        ("Lamps", "Two."),
        ("Lamps", "pubDate: 9 March 2018"),
    ]


def test_comments_are_left_out_and_told(read_bytes: ReadBytes) -> None:
    reading = read_bytes("a.xml", b"<d><!-- who asked --><p>The lamp.</p></d>")
    assert texts(reading) == ["The lamp."]
    assert [(each.kind, each.text) for each in reading.left_out] == [("comment", "who asked")]


def test_elements_within_elements_end_somewhere(read_bytes: ReadBytes) -> None:
    deep = b"<a>" * 250 + b"<p>The lamp.</p><p>The lens.</p>" + b"</a>" * 250
    assert "The lamp." in texts(read_bytes("a.xml", deep))[0]


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (b"<a><b></a>", "broken XML"),
        (b"<a/>", "XML without text"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "declares XML entities"),
    ],
)
def test_what_cannot_be_read_says_so(why_not: WhyNot, xml: bytes, reason: str) -> None:
    assert why_not("a.xml", xml).startswith(reason)
