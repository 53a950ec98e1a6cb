"""The list of documents: what is chosen, how it is sorted, where each link leads."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.webui.conftest import Page


def titles(page):
    found = ("The bridge nobody paid for", "Memo on the ferry", "Nota del puerto", "Minutes of")
    held = [title for title in found if title in page.words]
    return sorted(held, key=page.words.index)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, ["Nota", "The", "Memo", "Minutes"]),
        ({"order": "oldest"}, ["Minutes", "Memo", "The", "Nota"]),
        ({"order": "title"}, ["Memo", "Minutes", "Nota", "The"]),
        ({"order": "<b>", "page": "-4"}, ["Nota", "The", "Memo", "Minutes"]),
        ({"source": "City Archive"}, ["Memo", "Minutes"]),
        ({"source": "City Archive", "kind": "memo"}, ["Memo"]),
        ({"language": "es"}, ["Nota"]),
        ({"year": "2018", "page": "9"}, ["Nota", "The"]),
        ({"year": "2018", "language": "fr"}, []),
    ],
)
def test_documents_are_listed_as_chosen(visit, parameters, expected):
    assert [title.split()[0] for title in titles(visit("/documents", **parameters))] == expected


def test_facets_count_the_documents_that_their_links_list(visit):
    page = visit("/documents", source="City Archive")
    links = [link for link in page.links if "source=City" in link and "year=" in link]
    assert links
    for link in links:
        assert re.search(r"\b1 document\b", visit(link).words)


def test_another_value_of_the_same_facet_can_be_chosen_instead(visit):
    page = visit("/documents", source="City Archive")
    link = next(link for link in page.links if "source=Harbour" in link)
    assert titles(visit(link)) == ["The bridge nobody paid for"]


def test_choice_can_be_let_go(visit):
    page = visit("/documents", source="City Archive", kind="memo", order="title")
    left = [parse_qs(urlsplit(link).query) for link in page.links if link.startswith("/documents?")]
    assert {"source": ["City Archive"], "order": ["title"]} in left
    assert {"kind": ["memo"], "order": ["title"]} in left


def test_paging_reaches_every_document(shelf):
    for number in range(120):
        shelf.put(f"d{number:03}", "Words.", date="2018")
    client, seen, url = shelf.client(), [], "/documents"
    while url:
        page = Page(client.get(url).text)
        seen += [link for link in page.links if link.startswith("/doc/")]
        url = next((held["href"] for held in page.all("a", rel="next")), "")
    assert len(seen) == len(set(seen)) == 120


def test_new_documents_are_listed_at_once(shelf):
    client = shelf.client()
    assert "0 documents" in client.get("/documents").text
    shelf.put("d", "Words.")
    assert "undated" in client.get("/documents").text


def test_what_came_later_is_listed_alone_and_the_choice_can_be_let_go(shelf):
    for day in (1, 2, 3):
        shelf.put(f"memo-{day}", "The ferry.", added=f"2019-05-0{day}T09:00:00+00:00")
    client = shelf.client()
    text = client.get("/documents?since=2019-05-02T08:00:00Z&order=added").get_data(as_text=True)
    assert re.findall(r"memo-\d", text) == ["memo-3", "memo-2"]
    assert "added after 2 May 2019, 08:00 UTC" in text
    assert "added 3 May 2019, 09:00 UTC" in text
    everything = client.get("/documents?since=yesterday").get_data(as_text=True)
    assert "memo-1" in everything, "what is no time asks for nothing"
    answer = client.get("/api/documents?since=2019-05-03T10:00:00%2B02:00&sort=added").get_json()
    assert [document["id"] for document in answer["documents"]] == ["memo-3"]
    assert client.get("/api/documents?since=yesterday").status_code == 400
