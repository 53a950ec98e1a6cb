"""What stands beside an open document: related passages with the reason, names, other documents."""

from __future__ import annotations

import pytest

from backstory.engine.documents import Document, IndexedDocument, Passage
from backstory.webui import neighbours
from tests.webui.conftest import Page


def document(document_id, *texts, names=()):
    passages = (Passage(document_id, n, text, names=names) for n, text in enumerate(texts, 1))
    return IndexedDocument(Document(document_id, f"About {document_id}"), tuple(passages))


@pytest.fixture
def affair(shelf):
    fund = "Admiral Rosa Peña moved the lighthouse fund into a bank in Trieste."
    again = "The bank in Trieste kept the lighthouse fund of Admiral Rosa Peña for a year."
    shelf.commit(
        add=[
            document("letter", fund, "It rained.", names=("Rosa Peña",)),
            document("ledger", again, "Coal was dear.", names=("Rosa Peña",)),
            document("menu", "Soup, fish, cheese."),
        ]
    )
    return shelf.client()


def test_related_passages_stand_beside_their_paragraph_with_the_reason(affair):
    page = Page(affair.get("/related/letter?p=1").text)
    assert [held["id"] for held in page.all("section", class_="related")] == ["related-1"]
    assert "About ledger" in page.words
    assert "Shares: Rosa Peña" in page.words


def test_they_are_looked_for_only_when_asked(affair):
    page = Page(affair.get("/doc/letter").text)
    assert not page.all("aside", class_="related")
    links = [held["href"] for held in page.all("a", class_="to-related")]
    assert links == ["/related/letter?p=1", "/related/letter?p=2"]
    old = affair.get("/doc/letter?related=2&q=coal")
    assert (old.status_code, old.location) == (302, "/related/letter?p=2&q=coal")


def test_passage_that_nothing_is_like_says_so(affair):
    assert "No other document has anything like it." in affair.get("/related/letter?p=2").text


@pytest.mark.parametrize("number", ["99", "0", "x", "<b>"])
def test_passage_that_is_not_there_is_missing(affair, number):
    response = affair.get("/related/letter", query_string={"p": number})
    assert response.status_code == 404
    assert "There is no passage" in response.text
    assert "/doc/letter" in Page(response.text).links


def test_names_lead_to_the_passages_that_have_them(affair):
    page = Page(affair.get("/doc/letter").text)
    assert "Names, found automatically" in page.words
    link = next(link for link in page.links if "q=name:" in link)
    assert "4 passages" in Page(affair.get(link).text).words


def test_most_related_documents_are_named(affair):
    page = Page(affair.get("/doc/letter").text)
    assert "Most related documents" in page.words
    assert "/doc/ledger" in page.links
    assert "/doc/menu" not in page.links


def test_long_document_is_compared_by_some_of_its_passages(affair, monkeypatch):
    monkeypatch.setattr("backstory.searcher.search.MOST_COMPARED", 1)
    assert "/doc/ledger" in Page(affair.get("/doc/letter").text).links
    assert "/doc/letter" not in Page(affair.get("/doc/menu").text).links


def test_long_passages_are_cut_at_a_space(affair, shelf):
    long = "The bank in Trieste kept the lighthouse fund of Rosa Peña. " + "and so on " * 100
    shelf.commit(add=[document("long", long)])
    page = Page(affair.get("/related/letter?p=1").text)
    assert "and so on …" in page.words or "and so …" in page.words or "and …" in page.words
    assert len(long) > neighbours.SHOWN
