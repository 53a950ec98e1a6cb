"""The preview: the open passage among its neighbours, as the server renders it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.webui.conftest import ODD_ID, Page


def preview(page: Page) -> str:
    """Return the markup of the preview."""
    return page.text[page.text.index('id="preview"') :].partition("</aside>")[0]


def test_address_holds_which_hit_is_open(visit) -> None:
    page = visit("/search", q="drains", by="passage", open="long/minutes#p7")
    shown = Page(preview(page))
    assert [held["aria-current"] for held in page.all("li", class_="hit") if "aria-current" in held]
    assert "Minutes of the council" in shown.words
    assert [f"Item {n}:" in shown.words for n in (5, 6, 7, 8, 9, 10, 11)] == [
        *(False, True, True, True, True, True, False)
    ]
    assert shown.marks == ["drains"] * 5
    assert shown.text.count("aria-current") == 1


def test_every_hit_has_an_address_with_its_preview(visit) -> None:
    page = visit("/search", q="bridge", sort="oldest", page=1)
    links = page.all("a", class_="to-preview")
    assert len(links) == 2
    for link, hit in zip(links, page.all("li", class_="hit"), strict=True):
        opened = visit(link["href"])
        assert "sort=oldest" in link["href"]
        (held,) = Page(preview(opened)).all("article")
        assert held["data-passage"] == hit["data-passage"]


def test_preview_alone_is_a_page_of_its_own(visit) -> None:
    whole = visit("/search", q="drains", open="long/minutes#p7")
    alone = visit("/search", q="drains", open="long/minutes#p7", part="preview")
    assert preview(alone) == preview(whole)
    assert not alone.all("li", class_="hit")


def test_ends_of_a_document_end_the_preview(visit) -> None:
    first = Page(preview(visit("/search", q="bridge", open="article/bridge#p1")))
    last = Page(preview(visit("/search", q="bridge", open="article/bridge#p5")))
    assert len(first.all("li")) == 4
    assert len(last.all("li")) == 2


@pytest.mark.parametrize(
    "opened", ["nobody#p1", "article/bridge#p99", "article/bridge", "#", "x" * 3000, "\ud800#p1"]
)
def test_passage_that_there_is_not_opens_nothing(visit, opened: str) -> None:
    page = visit(f"/search?q=bridge&open={quote(opened, errors='replace')}")
    assert not Page(preview(page)).all("article")
    assert "4 passages" in page.words


def test_odd_id_can_be_opened(visit) -> None:
    page = visit("/search", q="ferry", open=f"{ODD_ID}#p1")
    assert "Memo on the ferry" in Page(preview(page)).words


def test_links_of_other_questions_open_nothing(visit) -> None:
    page = visit("/search", q="bridge", by="passage", n=1, open="article/bridge#p1")
    others = [url for url in page.links if "open=" in url]
    assert others == [held["href"] for held in page.all("a", class_="to-preview")]
