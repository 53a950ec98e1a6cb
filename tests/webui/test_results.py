"""The list of hits: one for each document, and every way to see it otherwise."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from backstory.engine.documents import Document
from backstory.engine.remarks import Code, Remark
from tests.webui.conftest import Page, Shelf, indexed

COUNCIL = "the council discussed drains and adjourned before the lamps were lit"


def query(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def hits(page):
    return [held["data-passage"] for held in page.all("li", class_="hit")]


@pytest.fixture
def copied():
    """Two documents with nearly the same paragraph, and one with another."""
    return Shelf(
        indexed(Document("wire", "From the wire", date="2018-01"), [COUNCIL, "More follows."]),
        indexed(Document("paper", "In the paper", date="2019-02"), [f"Yesterday {COUNCIL}"]),
        indexed(Document("other", "Another matter", date="2017-03"), ["A council of gulls."]),
    ).client()


def test_list_has_the_best_passage_of_each_document(visit):
    page = visit("/search", q="bridge")
    assert len(hits(page)) == len({address.partition("#")[0] for address in hits(page)}) == 2
    assert "4 passages in 2 documents" in " ".join(page.words.split())
    assert "+2 more passages in the document" in page.words


def test_more_passages_of_a_document_are_a_page_of_their_own(visit):
    page = visit("/search", q="bridge")
    more = page.all("a", class_="more")[0]["href"]
    inside = visit(more)
    assert [held["data-passage"] for held in inside.all("li") if "data-passage" in held] == [
        "article/bridge#p1",
        "article/bridge#p2",
        "article/bridge#p5",
    ]
    assert inside.marks == ["bridge"] * 3
    assert all(visit(link) for link in inside.links if link.startswith("/doc/"))


def test_query_without_words_lists_every_passage_of_a_document(visit):
    page = visit("/within/article/bridge", q="date:2018")
    assert len([held for held in page.all("li") if "data-passage" in held]) == 5


def test_query_that_is_not_in_a_document_is_said_there(visit):
    assert "No passage of this document matches." in visit("/within/es/nota", q="drains").words


def test_every_passage_can_be_listed(visit):
    page = visit("/search", q="bridge")
    flat = visit(next(link for link in page.links if "by=passage" in link))
    assert len(hits(flat)) == 4
    assert not flat.all("a", class_="more")


def test_paging_of_documents_reaches_each_once(visit):
    seen, url = [], "/search?q=the&n=1&exact=1"
    while url:
        page = visit(url)
        seen += hits(page)
        url = next((held["href"] for held in page.all("a", rel="next")), "")
    assert len(seen) == len({address.partition("#")[0] for address in seen}) == 3


@pytest.mark.parametrize(
    ("sort", "first"), [("newest", "es/nota#p1"), ("oldest", "box 7/memo #3 100%? café & <b>.txt")]
)
def test_list_is_sorted_by_date(visit, sort, first):
    page = visit("/search", q="contract contratos puente bridge", sort=sort)
    assert hits(page)[0].startswith(first)
    assert 'aria-current="true">' + sort in page.text
    assert not page.all("h2", class_="border")


def test_every_choice_of_a_list_keeps_the_others(visit):
    page = visit("/search", q="bridge", sort="newest", by="passage", n=3, exact=1)
    for link in (link for link in page.links if "sort=oldest" in link or "page=2" in link):
        assert {"by": "passage", "n": "3", "exact": "1"}.items() <= query(link).items()


def test_strip_has_a_tick_for_each_passage_that_matches(visit):
    page = visit("/search", q="bridge")
    own, ticks = (page.all("path", class_=name)[1]["d"] for name in ("own", "ticks"))
    assert own.count("M") == 1
    assert ticks.count("M") == 2
    labels = [held["aria-label"] for held in page.all("svg", class_="strip")]
    assert labels == [
        "1 of 2 passages of this document match",
        "3 of 5 passages of this document match",
    ]


def test_same_text_in_other_documents_is_folded_away(copied):
    page = Page(copied.get("/search?q=council").text)
    assert sorted(hits(page)) in (["other#p1", "paper#p1"], ["other#p1", "wire#p1"])
    assert "The same text in 1 other document" in page.words
    assert "From the wire" in page.words
    assert "In the paper" in page.words


def test_words_are_said_with_their_forms_and_each_guess_can_be_undone(copied):
    page = Page(copied.get("/search?q=councils+the").text)
    narrower = [query(link)["q"] for link in page.links if "q=%3Dcouncils" in link]
    assert narrower == []  # there is one form only, so nothing was guessed
    kept = [query(link)["q"] for link in page.links if "%22the%22" in link]
    assert kept == ['councils "the"']


def test_form_that_was_typed_can_be_asked_for_alone(shelf):
    shelf.put("d", "One receipt.", "Two receipts.", "Two more receipts.")
    page = Page(shelf.client().get("/search?q=receipts").text)
    assert "receipts (receipts, receipt; only “receipts”)" in " ".join(page.words.split())
    only = next(link for link in page.links if "q=%3Dreceipts" in link)
    assert "2 passages" in Page(shelf.client().get(only).text).words


def test_place_of_a_hit_is_explained(visit):
    page = visit("/search", q="secret bridge", by="passage")
    assert "Why it stands here" in page.words
    assert "score" in page.words


def test_zero_hits_tell_what_each_word_finds(visit):
    page = visit("/search", q="zeppelin +ferry +drains")
    words = " ".join(page.words.split())
    assert "ferry (2 passages)" in words
    assert "drains (30 passages)" in words
    assert "zeppelin (none)" in words


def test_each_hit_can_be_quoted_and_leads_to_what_is_related(visit):
    page = visit("/search", q="lobby")
    cite, related = (page.all("a", class_=name)[0]["href"] for name in ("to-cite", "to-related"))
    assert "signed a secret contract" in visit(cite).words
    assert visit(related).all("section", id="related-2")


@pytest.fixture
def dated():
    """Documents with a date, with one that is only guessed, and with none."""
    guess = Remark.of(Code.DATE_GUESSED, date="2019-02-03", where="the file's metadata")
    return Shelf(
        indexed(Document("told", "Told", date="2018-01-02"), ["Gulls over the pier."]),
        indexed(Document("scan", "Scan", date="2019-02-03", notes=(guess,)), ["Gulls and nets."]),
        indexed(Document("memo", "Memo"), ["Gulls again."]),
    ).client()


def test_passages_without_a_date_stand_apart_where_the_date_decides(dated):
    page = Page(dated.get("/search?q=gulls&sort=newest").text)
    assert hits(page) == ["scan#p1", "told#p1", "memo#p1"]
    words = " ".join(page.words.split())
    assert words.index("Passages of documents with a date") < words.index("Gulls and nets")
    assert words.index("over the pier") < words.index("Passages of documents without a date")
    unsorted = Page(dated.get("/search?q=gulls").text).words
    assert "Passages of documents without a date" not in unsorted


@pytest.mark.parametrize("place", ["/search?q=gulls", "/documents", "/doc/scan"])
def test_a_guessed_date_is_marked_wherever_it_stands(dated, place):
    words = " ".join(Page(dated.get(place).text).words.split())
    assert "3 February 2019 (guessed)" in words
    assert "2 January 2018 (guessed)" not in words


def test_the_api_tells_which_dates_are_guessed(dated):
    hit, *_ = dated.get("/api/search?q=gulls&sort=newest").json["hits"]
    assert (hit["document"], hit["date_guessed"]) == ("scan", True)
    found = {d["id"]: d["date_guessed"] for d in dated.get("/api/documents").json["documents"]}
    assert found == {"told": False, "scan": True, "memo": False}
