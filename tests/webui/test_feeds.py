"""Feeds and the description of the search box: well-formed, with ids that last, and escaped."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from backstory.searcher import Searcher
from backstory.webui.feeds import ATOM, ENTRIES, OPENSEARCH, moment, newest

NAMES = {"a": ATOM, "o": OPENSEARCH}
COMMITTED = "2026-11-23T10:09:44+00:00"


@pytest.fixture
def feed(shelf):
    """Read the feed of a query over the shelf."""
    client = shelf.client()

    def read(text):
        response = client.get("/feed", query_string={"q": text})
        assert response.status_code == 200
        assert response.content_type == "application/atom+xml"
        return ElementTree.fromstring(response.data)

    return read


def texts(root, path):
    return [element.text for element in root.findall(path, NAMES)]


def test_feed_has_what_atom_wants(shelf, feed):
    shelf.put("a", "A walrus came.", date="2018-09-08", title="The walrus", author="Ines Falk")
    root = feed("walrus")
    assert all(texts(root, f"a:{name}") for name in ("id", "title", "updated"))
    entry = root.find("a:entry", NAMES)
    assert texts(entry, "a:title") == ["The walrus"]
    assert texts(entry, "a:updated") == ["2018-09-08T00:00:00Z"]
    assert texts(entry, "a:content") == ["A walrus came."]
    assert texts(entry, "a:author/a:name") == ["Ines Falk"]


def test_links_are_whole_addresses_that_lead_to_the_passage(shelf, feed):
    shelf.put("box 7/a #1", "A walrus came.", "Nothing here.", title="The walrus")
    root = feed("walrus")
    address = root.find("a:entry/a:link", NAMES).get("href")
    assert address.startswith("http://localhost/doc/box%207/a%20%231?")
    shown = shelf.client().get(address.removeprefix("http://localhost"))
    assert "<mark>walrus</mark>" in shown.text
    own = root.find("a:link[@rel='self']", NAMES).get("href")
    assert parse_qs(urlsplit(own).query) == {"q": ["walrus"]}


def test_newest_documents_come_first_and_those_without_a_date_last(shelf, feed):
    for name, date in (("b", "2017"), ("d", ""), ("c", "2019-01"), ("a", "2018-05-01")):
        shelf.put(name, "A walrus.", title=name, date=date)
    assert texts(feed("walrus"), "a:entry/a:title") == ["c", "a", "b", "d"]


def test_only_passages_with_all_the_words_are_told(shelf, feed):
    shelf.put("a", "A walrus.", "A walrus and a gull.", "A gull.")
    assert texts(feed("walrus gull"), "a:entry/a:content") == ["A walrus and a gull."]


def test_near_spellings_are_not_told(shelf, feed):
    shelf.put("a", "A walrus came.")
    assert not texts(feed("walrsu"), "a:entry/a:id")


def test_no_more_entries_than_the_limit(shelf, feed):
    shelf.put("a", *(f"Walrus {n}." for n in range(ENTRIES + 5)))
    assert len(texts(feed("walrus"), "a:entry/a:id")) == ENTRIES


def test_id_stays_while_the_words_do(shelf, feed):
    shelf.put("a", "A walrus came.", title="One", date="2018")
    before = texts(feed("walrus"), "a:entry/a:id")
    shelf.put("a", "A  walrus came.", title="Two", date="2019")
    assert texts(feed("came walrus"), "a:entry/a:id") == before
    shelf.put("a", "A walrus left.", title="Two", date="2019")
    after = texts(feed("walrus"), "a:entry/a:id")
    assert after != before
    assert before[0].startswith("urn:backstory:passage:a%23p1:")


def test_newest_of_more_than_is_read_are_found_by_year(shelf, monkeypatch):
    """What is old has the word more often, and would be all that is read."""
    for n in range(8):
        shelf.put(f"old{n}", "Walrus, walrus, walrus.", date=f"200{n}-01-02")
    shelf.put("new", "One walrus among so many other words that it ranks low.", date="2019-03")
    monkeypatch.setattr("backstory.webui.feeds.MAX_PASSAGES", 4)
    monkeypatch.setattr("backstory.webui.feeds.ENTRIES", 3)
    searcher = Searcher(shelf.index)
    found = newest(searcher, "walrus", searcher.settings)
    assert [hit.document for hit in found] == ["new", "old7", "old6"]


@pytest.mark.parametrize(
    "nasty",
    [
        "<script>alert(1)</script>",
        "]]> &amp; <![CDATA[ <!-- ",
        '" onload="x',
        "nul \x00 bell \x07 escape \x1b \x85",
        "lone \udc80, \ufffe and \uffff",
        "\u202eturned",
    ],
)
def test_whatever_is_written_is_well_formed_and_literal(shelf, feed, nasty):
    shelf.put(f"id {nasty}", f"Walrus {nasty}", title=nasty, author=nasty, source=nasty)
    for text in ("walrus", f"walrus {nasty}".encode("utf-8", "replace").decode()):
        root = feed(text)
        assert {element.tag.partition("}")[2] for element in root.iter()} <= {
            *("feed", "title", "id", "updated", "author", "name", "link", "entry"),
            *("category", "content"),
        }
    if nasty.isprintable():
        assert texts(feed("walrus"), "a:entry/a:title") == [nasty]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2018-09-08", "2018-09-08T00:00:00Z"),
        ("2018-09", "2018-09-01T00:00:00Z"),
        ("2018", "2018-01-01T00:00:00Z"),
        ("", COMMITTED),
        ("2018-13", COMMITTED),
        ("spring", COMMITTED),
    ],
)
def test_moment(date, expected):
    assert moment(date, COMMITTED) == expected


def test_feed_that_has_not_changed_is_not_sent_again(shelf):
    shelf.put("a", "A walrus came.")
    client = shelf.client()
    tag = client.get("/feed?q=walrus").headers["ETag"]
    again = client.get("/feed?q=walrus", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    shelf.put("b", "A walrus left.")
    assert client.get("/feed?q=walrus", headers={"If-None-Match": tag}).status_code == 200


def test_feed_without_a_query_is_a_problem(client):
    response = client.get("/feed")
    assert (response.status_code, response.json["code"]) == (400, "query_missing")


def test_search_box_is_described(client, page):
    link = page(client.get("/").text).all("link", rel="search")[0]
    response = client.get(link["href"], headers={"Host": "127.0.0.1:8123"})
    assert response.content_type == link["type"] == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(response.data)
    assert 0 < len(root.find("o:ShortName", NAMES).text) <= 16
    templates = {url.get("type"): url.get("template") for url in root.findall("o:Url", NAMES)}
    assert templates["text/html"] == "http://127.0.0.1:8123/search?q={searchTerms}"
    for template in templates.values():
        place = template.removeprefix("http://127.0.0.1:8123").replace("{searchTerms}", "ferry")
        assert client.get(place).status_code == 200


def test_completion_is_described_where_there_is_one(library):
    app = library.app()
    if "api_complete" not in app.view_functions:
        app.add_url_rule("/api/complete", "api_complete", lambda: "[]")
    described = app.test_client().get("/opensearch.xml").text
    assert "/api/complete?q={searchTerms}" in described
    assert "application/x-suggestions+json" in described
