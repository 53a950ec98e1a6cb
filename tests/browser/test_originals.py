"""From a question to the page that it stands on, with its words marked, and to the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import backstory
from tests.browser.conftest import Open, downloaded, served, yellow_dots
from tests.originals import HOSTILE, fill


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files of every kind."""
    corpus = tmp_path_factory.mktemp("originals") / "corpus"
    fill(corpus)
    return corpus


@pytest.fixture(scope="module")
def site(corpus: Path) -> Iterator[str]:
    """The address of a server over that folder."""
    with backstory.open(corpus.parent / "index", corpus=corpus, web__port=0) as archive:
        archive.index()
        with served(archive) as address:
            yield address


@pytest.mark.parametrize("scripts", [True, False])
def test_a_question_leads_to_the_page_with_its_words_marked_and_to_the_file(
    visit: Open, corpus: Path, scripts: bool
) -> None:
    opened = visit("/", java_script_enabled=scripts)
    page = opened.page
    page.locator("#q").fill("octopus contract")
    opened.follow(page.get_by_role("button", name="Search").first)
    opened.follow(page.get_by_role("link", name="as a picture").first)
    assert opened.path == "/page/box.zip/inner.zip/deep.pdf/1?q=octopus+contract"
    assert page.locator("mark").all_inner_texts() == ["octopus", "contract"]
    if scripts:
        width, yellow = yellow_dots(page.locator(".facing img"))
        assert (width, 1_000 < yellow < 10_000) == (1_000, True)
        assert opened.violations == []
    name, data = downloaded(opened, page.get_by_role("link", name="Original"))
    assert (name, data[:5]) == ("deep.pdf", b"%PDF-")
    assert opened.console == []


def test_a_document_leads_to_its_pages_and_its_file(visit: Open, corpus: Path) -> None:
    opened = visit("/doc/report?q=lamps")
    name, data = downloaded(opened, opened.page.get_by_role("link", name="Original"))
    assert (name, data) == ("report.pdf", (corpus / "report.pdf").read_bytes())
    opened.follow(opened.page.get_by_role("link", name="Page 3 as a picture"))
    opened.follow(opened.page.get_by_role("link", name="Page 2"))
    opened.follow(opened.page.get_by_role("link", name="The document as text"))
    assert opened.path.startswith("/doc/report")


def test_a_page_with_a_script_is_kept_and_not_run(visit: Open) -> None:
    opened = visit("/doc/trap")
    name, data = downloaded(opened, opened.page.get_by_role("link", name="Original"))
    assert (name, data) == ("trap.html", HOSTILE.encode())
    assert opened.path == "/doc/trap"
    assert opened.dialogs == []


@pytest.mark.parametrize("width", [360, 1_400])
def test_a_picture_fits_and_stands_beside_its_text_where_there_is_room(
    visit: Open, width: int
) -> None:
    opened = visit("/page/report/3?q=lamps", width=width)
    assert not opened.is_wider_than_the_window()
    picture = opened.page.locator(".facing figure").bounding_box()
    text = opened.page.locator(".facing .passages").bounding_box()
    is_beside = text["x"] >= picture["x"] + picture["width"]
    is_below = text["y"] >= picture["y"] + picture["height"]
    assert (is_beside, is_below) == (width > 1_000, width < 1_000)


def test_picture_of_the_page_stands_in_the_margin_and_follows(visit: Open) -> None:
    opened = visit("/doc/report?q=lamps", width=1_440)
    page = opened.page
    page.get_by_role("button", name="Show the page as a picture").click()
    margin = page.get_by_role("region", name="Beside the passage")
    for number in (1, 3):
        page.get_by_role(
            "link", name=f"Page {number} as a picture"
        ).first.scroll_into_view_if_needed()
        passage = page.locator("[data-passage]").nth(0 if number == 1 else -1)
        passage.get_by_role("link", name="Link to passage").focus()
        picture = margin.get_by_role("img", name=f"Page {number} as a picture")
        picture.wait_for()
        assert yellow_dots(picture)[0] == 1_000
    page.get_by_role("button", name="Hide the picture").click()
    assert margin.get_by_role("img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(visit: Open, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened = visit("/page/report/3?q=lamps", color_scheme=scheme)
    assert Axe().run(opened.page).response["violations"] == []
