"""An open document: its marks, the links to its passages, and what happens when it changes."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from backstory.engine.documents import Document, IndexedDocument, Passage
from tests.webui.conftest import Page

ODD_IDS = [
    "plain",
    "a/b/c.txt",
    "with space.txt",
    "50% of #3?.txt",
    "a&b=c;d+e.txt",
    "naïve/日本語/שלום.txt",
    "emoji 🗞.txt",
    "<script>alert(1)</script>",
    "\"quoted\" 'id'",
    "back\\slash",
    "a//b",
    "trailing/",
    "percent%20encoded",
    "{{7*7}}",
    "x#p12",
]


def link_of(page, number):
    return next(
        held["href"]
        for held in page.all("a", class_="number")
        if urlsplit(held["href"]).fragment == f"p{number}"
    )


def test_reader_shows_the_document_and_what_is_known_of_it(visit):
    page = visit("/doc/article/bridge")
    for fact in ("The bridge nobody paid for", "Harbour Courier", "by Ines Falk", "9 March 2018"):
        assert fact in page.words
    assert "Note: read as Windows-1252" in page.words
    assert page.words.count("How it began") == 1
    assert not page.marks
    assert "https://www.courier.example/bridge" in page.links


def test_reader_marks_the_query_and_counts_the_passages(visit):
    page = visit("/doc/article/bridge", q="contract")
    assert page.marks == ["contract", "contract"]
    assert "2 passages match" in page.words
    matched = page.all("div", class_="is-match")
    assert [held["id"] for held in matched] == ["p2", "p4"]
    assert page.all("input", id="find")[0]["value"] == "contract"


def test_passage_in_another_language_says_so(shelf):
    passages = (Passage("a", 1, "A harbour."), Passage("a", 2, "Un puerto.", language="es"))
    shelf.commit(add=[IndexedDocument(Document("a", "A title", language="en"), passages)])
    page = Page(shelf.client().get("/doc/a").text)
    assert page.all("article")[0]["lang"] == "en"
    assert [held.get("lang") for held in page.all("p", class_="text")] == [None, "es"]
    within = Page(shelf.client().get("/within/a?q=*").text)
    assert [held["lang"] for held in within.all("blockquote")] == ["en", "es"]
    listed = Page(shelf.client().get("/search?q=puerto").text)
    assert [held["lang"] for held in listed.all("blockquote")] == ["es"]


def test_matches_lead_to_each_other(visit):
    page = visit("/doc/article/bridge", q="contract")
    assert "1 of 2" in page.words
    assert "2 of 2" in page.words
    # From the list of matches, from the other match, and from the map of the document.
    assert page.links.count("#p4") == page.links.count("#p2") == 3


def test_query_that_is_not_in_the_document_says_so(visit):
    assert "No passage matches" in visit("/doc/article/bridge", q="adjourned").words


@pytest.mark.parametrize("document_id", ODD_IDS)
def test_any_id_can_be_found_opened_and_linked(shelf, page, document_id):
    shelf.put(document_id, "A cormorant dries its wings.")
    client = shelf.client()
    result = page(client.get("/search?q=cormorant").text)
    link = next(link for link in result.links if link.startswith("/doc/"))
    assert link.isascii()
    opened = client.get(link)
    assert opened.status_code == 200
    assert page(opened.text).marks == ["cormorant"]
    find = page(opened.text).all("form", **{"aria-label": "This document"})[0]["action"]
    assert client.get(find, query_string={"q": "wings"}).status_code == 200


def test_passage_numbers_are_links_that_carry_the_key(visit):
    page = visit("/doc/article/bridge")
    target = visit(link_of(page, 3))
    assert [held["id"] for held in target.all("div", class_="is-target")] == ["p3"]
    assert not target.all("p", class_="notice")


def test_link_finds_its_passage_after_the_document_was_edited(shelf, page):
    shelf.put("d", "First of all.", "The heron waits.")
    client = shelf.client()
    link = link_of(page(client.get("/doc/d").text), 2)
    shelf.put("d", "A new beginning.", "First of all.", "The heron waits.")
    moved = client.get(link)
    assert moved.status_code == 302
    assert urlsplit(moved.location).fragment == "p3"
    shown = page(client.get(moved.location).text)
    assert "what was passage 2 is now passage 3" in shown.words
    assert [held["id"] for held in shown.all("div", class_="is-target")] == ["p3"]


def test_link_to_a_passage_that_was_rewritten_says_so(shelf, page):
    shelf.put("d", "The heron waits.")
    client = shelf.client()
    link = link_of(page(client.get("/doc/d").text), 1)
    shelf.put("d", "The stork leaves.")
    response = client.get(link)
    assert response.status_code == 200
    assert "The text has changed since this link was made" in response.text
    assert not page(response.text).all("div", class_="is-target")


def test_key_alone_is_enough(shelf, page):
    shelf.put("d", "First of all.", "The heron waits.")
    client = shelf.client()
    key = parse_qs(urlsplit(link_of(page(client.get("/doc/d").text), 2)).query)["key"][0]
    shown = page(client.get("/doc/d", query_string={"key": key}).text)
    assert [held["id"] for held in shown.all("div", class_="is-target")] == ["p2"]


def test_of_equal_passages_the_link_means_the_nearest(shelf, page):
    shelf.put("d", "Silence.", "Noise.", "Silence.")
    client = shelf.client()
    assert client.get(link_of(page(client.get("/doc/d").text), 3)).status_code == 200


def test_number_that_is_not_there_is_said(visit):
    assert "no passage 99; it has 5" in visit("/doc/article/bridge", p=99).words


def test_deleted_document_is_gone_for_a_link_and_missing_for_a_guess(shelf, page):
    shelf.put("d", "The heron waits.")
    client = shelf.client()
    link = link_of(page(client.get("/doc/d").text), 1)
    shelf.commit(delete=["d"])
    gone, missing = client.get(link), client.get("/doc/d")
    assert (gone.status_code, missing.status_code) == (410, 404)
    for response in (gone, missing):
        assert page(response.text).all("input", name="q")


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://a.example"),
        *("http:///x", "https://[", "JaVaScRiPt:alert(1)", "https://a.example/\u202egnp"),
    ],
)
def test_only_web_addresses_become_links(shelf, page, url):
    shelf.put("d", "Text.", url=url)
    shown = page(shelf.client().get("/doc/d").text)
    assert not [held for held in shown.all("a") if "external" in held.get("rel", "")]
    assert url not in shown.links


def test_outside_link_gives_nothing_away(visit):
    page = visit("/doc/article/bridge")
    rel = page.all("a", href="https://www.courier.example/bridge")[0]["rel"]
    assert {"noopener", "noreferrer"} <= set(rel.split())


def test_heading_is_shown_where_it_changes(shelf):
    headings = ["", "Dawn", "Dawn", "Dusk", "Dawn"]
    passages = (Passage("d", n, f"Line {n}.", h) for n, h in enumerate(headings, 1))
    shelf.commit(add=[IndexedDocument(Document("d", "A day"), tuple(passages))])
    text = shelf.client().get("/doc/d").text
    assert text.count('class="under"') == 3


def test_document_without_text_opens(shelf):
    shelf.put("empty")
    assert "has no text" in shelf.client().get("/doc/empty").text


@pytest.mark.parametrize("path", ["/doc/", "/doc", "/doc/%00", "/doc/a%00b", "/doc/../app.py"])
@pytest.mark.parametrize("prefix", ["", "/doc/..", "/static/.."])
def test_paths_that_are_no_documents_are_missing(client, prefix, path):
    response = client.get(prefix + path)
    assert response.status_code == 404
    assert "create_app" not in response.text


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd"])
@pytest.mark.parametrize("start", ["/doc/", "/static/"])
def test_no_path_leads_to_a_file(client, start, path):
    response = client.get(start + path)
    assert response.status_code == 404
    assert "import" not in response.text
    assert "root:" not in response.text


@pytest.fixture
def talk(shelf):
    """A client at a shelf with a talk of three passages."""
    passages = (
        Passage("talk", 1, "Good evening.", seconds=(4, 10)),
        Passage("talk", 2, "The lamp went out.", seconds=(65, 80)),
    )
    shelf.commit(add=[IndexedDocument(Document("talk", "A talk", language="en"), passages)])
    return shelf.client()


def test_times_are_shown_where_pages_would_be(talk):
    page = Page(talk.get("/doc/talk").text)
    assert "at 0:00:04" in page.words
    assert "at 0:01:05" in page.words
    assert "at 0:01:05" in Page(talk.get("/search?q=lamp").text).words
    assert "at 0:01:05" in Page(talk.get("/cite/talk?p=2").text).words
    answer = talk.get("/api/documents/talk").json
    assert [held["time"] for held in answer["passages"]] == ["0:00:04", "0:01:05"]


def test_an_address_with_a_time_leads_to_the_passage(talk):
    response = talk.get("/doc/talk@1:10?q=lamp")
    assert response.status_code == 302
    parts = urlsplit(response.location)
    assert (parts.path, parts.fragment) == ("/doc/talk", "p2")
    assert parse_qs(parts.query)["q"] == ["lamp"]
    assert talk.get("/api/passages/talk@0:00:05").json["passage"]["number"] == 1


@pytest.mark.parametrize("path", ["/doc/talk@9:00", "/api/passages/talk@9:00"])
def test_a_time_past_the_end_says_when_that_is(talk, path):
    response = talk.get(path)
    assert response.status_code == 404
    assert "the document ends at 0:01:20" in response.text
    assert "talk@9:00" in response.text
    assert talk.get("/doc/nobody@9:00").status_code == 404
