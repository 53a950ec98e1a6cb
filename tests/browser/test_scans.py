"""From a question to a page of paper that OCR has read, with its words marked, and to the scan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dossier
import pytest

import backstory
from tests.browser.conftest import Open, downloaded, served, yellow_dots
from tests.scans import needs_tesseract, pdf_of, scan, worn

WALRUS = "The keeper of the northern light hid a walrus under the herrings of Thursday."


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a typed memo, and a dossier of a typed page and two that were scanned."""
    needs_tesseract("eng")
    corpus = tmp_path_factory.mktemp("scans") / "corpus"
    corpus.mkdir()
    (corpus / "memo.txt").write_text("The memo is about lamps.\n", encoding="utf-8")
    first = scan(*dossier.story(3, 1).paragraphs[:4])
    second = worn(scan(*dossier.story(5, 2).paragraphs[:3], WALRUS), degrees=1, stains=3)
    (corpus / "dossier.pdf").write_bytes(pdf_of(["A page that was typed.", first, second]))
    return corpus


@pytest.fixture(scope="module")
def site(corpus: Path) -> Iterator[str]:
    """The address of a server over that folder, whose scans have been read."""
    with backstory.open(corpus.parent / "index", corpus=corpus, web__port=0) as archive:
        archive.index()
        report = archive.read_scans()
        assert (report.pages, report.failed) == (2, 0)
        with served(archive) as address:
            yield address


@pytest.mark.parametrize("scripts", [True, False])
def test_a_question_leads_to_a_scanned_page_with_its_words_marked_and_to_the_scan(
    visit: Open, corpus: Path, scripts: bool
) -> None:
    opened = visit("/", java_script_enabled=scripts)
    page = opened.page
    page.locator("#q").fill("walrus under herrings")
    opened.follow(page.get_by_role("button", name="Search").first)
    assert page.get_by_text("read from a scan, confidence").count() == 1
    opened.follow(page.get_by_role("link", name="as a picture").first)
    assert opened.path.startswith("/page/dossier/3?q=walrus")
    assert page.get_by_text("text read from a scan").count() == 1
    assert page.locator("mark").all_inner_texts() == ["walrus", "herrings"]
    if scripts:
        width, yellow = yellow_dots(page.locator(".facing img"))
        assert (width, 1_000 < yellow < 10_000) == (1_000, True)
        assert opened.violations == []
    name, data = downloaded(opened, page.get_by_role("link", name="Original"))
    assert (name, data == (corpus / "dossier.pdf").read_bytes()) == ("dossier.pdf", True)
    assert opened.console == []


def test_what_is_not_on_a_scanned_page_is_not_marked_there(visit: Open) -> None:
    opened = visit("/page/dossier/2?q=walrus")
    assert yellow_dots(opened.page.locator(".facing img")) == (1_000, 0)


@pytest.mark.parametrize("path", ["/search?q=walrus+herrings", "/doc/dossier?q=walrus"])
def test_everybody_can_read_that_it_is_from_a_scan(visit: Open, path: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened = visit(path)
    assert opened.page.get_by_text("read from a scan, confidence").count() >= 1
    assert Axe().run(opened.page).response["violations"] == []
