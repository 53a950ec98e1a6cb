"""Two documents side by side, as a page that needs no scripts."""

from __future__ import annotations

import pytest

from backstory.engine.documents import Document, IndexedDocument, Passage
from tests.webui.conftest import ODD_ID, Page, indexed

SAME = "The harbour master signed the contract on a Monday in March."
DRAFT = "The lamps were paid for by the city and never delivered to the pier."
FINAL = "The lamps were paid for by the council and never delivered to the pier."


@pytest.fixture
def client(shelf):
    """A browser at a draft and what was printed of it."""
    names = {"names": ("Ines Falk",), "mentions": ("2018-03-09",)}
    texts = {"draft": (SAME, DRAFT), ODD_ID: ("A heading.", f"{FINAL} {SAME}")}
    shelf.commit(
        add=[
            IndexedDocument(
                Document(name, f"About {name}"),
                tuple(Passage(name, n, text, **names) for n, text in enumerate(parts, 1)),
            )
            for name, parts in texts.items()
        ]
    )
    return shelf.client()


def test_sentences_of_both_are_listed_and_linked_in_both_texts(client):
    page = Page(client.get("/compare", query_string={"a": "draft", "b": ODD_ID}).text)
    assert "1 sentence is the same, and 1 sentence nearly." in page.words
    anchors = {held["id"]: held["href"] for held in page.all("a", class_="counterpart")}
    assert len(anchors) == 4
    assert all(anchors[target[1:]] == f"#{anchor}" for anchor, target in anchors.items())


def test_what_differs_is_marked_and_said_in_words(client):
    text = client.get("/compare", query_string={"a": "draft", "b": ODD_ID}).text
    assert '<del><span class="unseen">Only on the left: </span>city</del>' in text
    assert '<ins><span class="unseen">Only on the right: </span>council</ins>' in text
    assert text.count("<del>") == text.count("<ins>") == 1


def test_names_and_dates_in_both_are_listed(client):
    page = Page(client.get("/compare", query_string={"a": "draft", "b": ODD_ID}).text)
    assert "Names and dates in both" in page.words
    assert "Ines Falk" in page.words
    assert "9 March 2018" in page.words


def test_sides_can_be_exchanged_and_any_id_is_found(client):
    page = Page(client.get("/compare", query_string={"a": "draft", "b": ODD_ID}).text)
    (turned,) = [link for link in page.links if link.startswith("/compare?")]
    other = Page(client.get(turned).text)
    assert [held["href"] for held in other.all("a", class_="number")] == [
        *[link["href"] for link in page.all("a", class_="number")][2:],
        *[link["href"] for link in page.all("a", class_="number")][:2],
    ]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"a": "draft", "b": "nobody"}, 404, "There is no document “nobody”."),
        ({"a": "nothing", "b": "draft"}, 404, "There is no document “nothing”."),
        ({"a": "draft"}, 400, "There are no two documents to compare."),
        ({}, 400, "There are no two documents to compare."),
        ({"a": "draft", "b": "draft"}, 400, "“draft” is to be compared with itself."),
        ({"a": "<b>", "b": "draft"}, 404, "There is no document “&lt;b&gt;”."),
    ],
)
def test_what_cannot_be_compared_is_said(client, query, status, said):
    response = client.get("/compare", query_string=query)
    assert response.status_code == status
    assert said in response.text


def test_long_documents_are_compared_as_far_as_is_said(shelf, monkeypatch):
    monkeypatch.setattr("backstory.searcher.comparison.MOST_PASSAGES", 2)
    monkeypatch.setattr("backstory.webui.compare.MOST_PASSAGES", 2)
    shelf.commit(add=[indexed(Document("long", "The long one"), [SAME, DRAFT, FINAL])])
    shelf.commit(add=[indexed(Document("short", "The short one"), [SAME])])
    page = Page(shelf.client().get("/compare?a=long&b=short").text)
    assert "Of The long one the first 2 passages of 3 are compared." in page.words
    assert "Of The short one" not in page.words


def test_documents_lead_to_the_comparison_with_what_is_related(client):
    draft = Page(client.get("/doc/draft").text)
    (link,) = [link for link in draft.links if link.startswith("/compare?")]
    assert "nearly" in Page(client.get(link).text).words
    related = Page(client.get("/related/draft?p=2").text)
    assert link in related.links
