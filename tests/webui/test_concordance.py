"""The words of a query in their lines, the plot, the words nearby, the counts."""

from __future__ import annotations

import pytest

from backstory.webui.concordance import LINES, MAX_PASSAGES
from tests.webui.conftest import Page


def test_lines_show_each_mark_with_what_stands_around_it(visit):
    page = visit("/concordance", q="bridge")
    assert page.marks == ["bridge"] * 4
    assert "The harbour" in page.words
    assert "4 passages in 2 documents, 4 lines" in " ".join(page.words.split())
    assert all(visit(held["href"]).marks for held in page.all("a") if "/doc/" in held["href"])


def test_lines_are_sorted_by_what_stands_before(visit):
    words = visit("/concordance", q="bridge", sort="left").words
    assert words.index("said of the") < words.index("until the") or "harbour" in words
    ordered = ["The harbour", "contract for the", "said of the", "run until the"]
    assert sorted(ordered, key=words.index) == ordered


def test_plot_has_a_row_for_each_document(visit):
    page = visit("/concordance", q="bridge")
    labels = [held["aria-label"] for held in page.all("svg", class_="strip")]
    assert labels == [
        "1 of 2 passages of this document match",
        "3 of 5 passages of this document match",
    ]


def test_words_nearby_are_links_to_their_own_lines(shelf):
    texts = [f"The {word} harbour was closed." for word in ("old", "old", "old", "new")]
    shelf.put("d", *texts, *(f"Item {n}: drains." for n in range(60)))
    client = shelf.client()
    page = Page(client.get("/concordance?q=harbour&table=collocates").text)
    link = next(link for link in page.links if link == "/concordance?q=closed")
    assert Page(client.get(link).text).marks == ["closed"] * 4


def test_counts_are_by_document_and_by_year(visit):
    page = visit("/concordance", q="bridge OR puente", table="counts")
    assert "By document" in page.words
    assert "Nota del puerto" in page.words
    assert "2017" in page.words


def test_lines_go_on_over_pages_and_what_is_left_out_is_said(shelf):
    shelf.put("d", *[f"radio {n}" for n in range(MAX_PASSAGES + 5)])
    client, seen, url = shelf.client(), 0, "/concordance?q=radio"
    while url:
        page = Page(client.get(url).text)
        assert (
            f"Only the best {MAX_PASSAGES:,} of {MAX_PASSAGES + 5:,} passages were read."
            in page.words
        )
        assert len(page.marks) <= LINES
        seen += len(page.marks)
        url = next((held["href"] for held in page.all("a", rel="next")), "")
    assert seen == MAX_PASSAGES


@pytest.mark.parametrize(
    "parameters", [{"sort": "x"}, {"table": "x"}, {"page": "x"}, {"page": "9"}]
)
def test_what_makes_no_sense_becomes_what_does(visit, parameters):
    assert visit("/concordance", q="bridge", **parameters).marks == ["bridge"] * 4


def test_nothing_found_is_said(visit):
    assert "No passage found" in visit("/concordance", q="zeppelin").words


def test_no_query_is_the_home_page(client):
    assert client.get("/concordance").location == "/"
