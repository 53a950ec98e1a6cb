"""Pages on paper: the text with its numbers, source and address, and none of the controls."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open, Visit
from tests.browser.test_drawer import put


def on_paper(visit: Open, path: str) -> Visit:
    """Open a page as it is printed."""
    seen = visit(path, width=794)
    seen.page.emulate_media(media="print")
    return seen


@pytest.mark.parametrize("scripts", [True, False])
def test_document_prints_its_text_with_numbers_source_and_address(
    visit: Open, scripts: bool
) -> None:
    seen = visit("/doc/long/minutes?q=walrus", width=794, java_script_enabled=scripts)
    seen.page.emulate_media(media="print")
    words = seen.page.locator("body").inner_text()
    for wanted in ("Minutes of the harbour", "City Archive", "1 June 2015", "Item 30:"):
        assert wanted in words
    assert f"Printed from {seen.site}/doc/long/minutes?q=walrus" in words
    assert seen.page.get_by_text("30", exact=True).last.is_visible()
    controls = seen.page.locator("button, input, select, textarea").all()
    assert [each.inner_text() for each in controls if each.is_visible()] == []
    for control in ("Related", "Quote", "Find in this document", "How to search", "next"):
        assert control not in words
    assert not seen.is_wider_than_the_window()


def test_board_prints_notes_and_groups(visit: Open) -> None:
    seen = visit("/board", width=794)
    put(seen, "ask the mayor", "", group="The pier")
    seen.page.emulate_media(media="print")
    words = seen.page.get_by_role("main").inner_text()
    for wanted in ("The pier", "Cutting 1", "press/cutting-02#p1", "ask the mayor"):
        assert wanted in words
    assert words.count("ask the mayor") == 1
    assert seen.page.locator("button:visible, textarea:visible, select:visible").count() == 0
    for control in ("Take off", "Drag", "Export", "Why it matters", "Group"):
        assert control not in words


@pytest.mark.parametrize(
    "path",
    [
        "/compare?a=press/cutting-01&b=press/cutting-02",
        "/cite/long/minutes?p=2",
        "/related/long/minutes?p=2",
    ],
)
def test_every_page_of_a_document_prints_within_the_sheet(visit: Open, path: str) -> None:
    seen = on_paper(visit, path)
    assert f"Printed from {seen.site}{path}" in seen.page.locator("body").inner_text()
    assert not seen.is_wider_than_the_window()
    assert seen.page.locator("button:visible, input:visible").count() == 0


def test_address_on_paper_is_that_of_what_is_shown(visit: Open) -> None:
    seen = visit("/search?q=ledger")
    seen.page.evaluate("history.replaceState(null, '', '/search?q=council#content')")
    seen.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    seen.page.emulate_media(media="print")
    printed = f"Printed from {seen.site}/search?q=council#content"
    assert seen.page.get_by_text(printed, exact=True).is_visible()
