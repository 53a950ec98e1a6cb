"""Windows of a long document: what one page shows of it, and the ways to the rest."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from backstory.engine.documents import Document
from backstory.webui.document_map import PARTS
from backstory.webui.window import SIZE, Window, window
from tests.webui.conftest import Page, Shelf, indexed

TOTAL = 10_000


@pytest.fixture(scope="module")
def client():
    """A browser at a register of 10,000 entries, of which every 1,000th is in red."""
    texts = (f"Entry {n}{' in red' if n % 1000 == 0 else ''}." for n in range(1, TOTAL + 1))
    document = Document("register", "The register")
    return Shelf(indexed(document, texts, heading="Entries")).client()


def shown(page):
    """Return the numbers of the passages on a page."""
    return [int(held["id"][1:]) for held in page.all("div", class_="passage")]


def follow(client, page, rel):
    """Follow the link to the window before or after; return its page, and where it leads to."""
    (link,) = page.all("a", rel=rel)
    return Page(client.get(link["href"]).text), urlsplit(link["href"]).fragment


@pytest.mark.parametrize(
    ("total", "target", "start", "expected"),
    [
        (SIZE, None, None, (0, SIZE)),
        (1_000, None, None, (0, 200)),
        (1_000, 0, None, (0, 200)),
        (1_000, 500, None, (400, 600)),
        (1_000, 999, None, (800, 1_000)),
        (1_000, None, 900, (900, 1_000)),
        (1_000, None, 10**9, (999, 1_000)),
        (0, None, 7, (0, 0)),
    ],
)
def test_window_is_around_its_target_and_within_the_document(total, target, start, expected):
    found = window(total, target=target, start=start)
    assert (found.start, found.end) == expected
    assert window(total, target=target, start=start, is_all=True) == Window(0, total, total)


def test_long_document_is_shown_in_windows(client):
    response = client.get("/doc/register")
    page = Page(response.text)
    assert shown(page) == list(range(1, SIZE + 1))
    assert len(response.text) < 250_000
    assert "Passages 1 to 200 of 10,000 are on this page" in page.words
    assert not page.all("a", rel="prev")


def test_windows_lead_through_all_of_it_and_back(client):
    first = Page(client.get("/doc/register?q=red").text)
    second, anchor = follow(client, first, "next")
    assert shown(second) == list(range(201, 401))
    assert anchor == "p201"
    assert "q=red" in second.all("a", rel="next")[0]["href"]
    again, anchor = follow(client, second, "prev")
    assert shown(again) == shown(first)
    assert anchor == "p200"
    assert not Page(client.get("/doc/register?p=10000").text).all("a", rel="next")


def test_a_heading_is_shown_again_where_a_window_begins_within_its_part(client):
    second = Page(client.get("/doc/register?from=201").text)
    assert [("data-again" in held) for held in second.all("h2", class_="under")] == [True]
    first = Page(client.get("/doc/register").text)
    assert [("data-again" in held) for held in first.all("h2", class_="under")] == [False]


def test_link_leads_to_the_window_with_its_passage_in_the_middle(client):
    page = Page(client.get("/doc/register?p=9000").text)
    assert shown(page) == list(range(8900, 9100))
    assert [held["id"] for held in page.all("div", class_="is-target")] == ["p9000"]


def test_matches_are_those_of_the_whole_document_and_lead_across_windows(client):
    page = Page(client.get("/doc/register?q=red&p=5000").text)
    assert "10 passages match" in page.words
    assert "5 of 10" in page.words
    (passages,) = page.all("div", class_="passages")
    assert passages["data-matches"].split() == [str(n) for n in range(1000, 10_001, 1000)]
    steps = [link for link in page.links if parse_qs(urlsplit(link).query).get("p") == ["6000"]]
    assert len(steps) == 3  # listed, from the match before, and on the map
    assert 6000 in shown(Page(client.get(steps[0]).text))


def test_all_of_it_is_one_page_where_that_is_asked_for(client):
    page = Page(client.get("/doc/register?all=1").text)
    assert len(shown(page)) == TOTAL
    assert "are on this page" not in page.words


def test_map_has_links_to_every_part_of_the_document(client):
    page = Page(client.get("/doc/register?q=red").text)
    parts = [link for link in page.all("a", tabindex="-1") if "href" in link]
    assert len(parts) == PARTS
    numbers = [int(urlsplit(link["href"]).fragment[1:]) for link in parts]
    assert numbers == sorted(set(numbers))
    assert set(range(1000, 10_001, 1000)) < set(numbers), "a part with a match leads to it"


@pytest.mark.parametrize(
    "asked", ["from=0", "from=x", "from=-3", "from=99999999999", "p=0", "all=0"]
)
def test_what_is_no_place_is_put_right(client, asked):
    response = client.get(f"/doc/register?{asked}")
    assert response.status_code == 200
    assert 1 <= len(shown(Page(response.text))) <= SIZE
