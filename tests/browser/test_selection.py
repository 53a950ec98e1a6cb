"""Selected words of a document are its words alone, and can be quoted with their source."""

from __future__ import annotations

import re

from tests.browser.conftest import Open, Visit
from tests.browser.test_board import board

DOCUMENT = "/doc/long/minutes?q=walrus"
CLIPBOARD = ["clipboard-read", "clipboard-write"]
# Drags the mouse, as people select: from the middle of one word to the end of another.
PLACE = """([id, word, isEnd]) => {
  const text = document.querySelector(`#${id} > [dir]`);
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(word);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + word.length);
    const box = range.getBoundingClientRect();
    return [isEnd ? box.right - 1 : box.left + 1, box.top + box.height / 2];
  }
}"""


def select(seen: Visit, start: tuple[str, str], end: tuple[str, str]) -> None:
    """Select from the beginning of a word of a passage to the end of a word of another."""
    for (number, word), is_end in ((start, False), (end, True)):
        x, y = seen.page.evaluate(PLACE, [number, word, is_end])
        seen.page.mouse.move(x, y, steps=4)
        seen.page.mouse.up() if is_end else seen.page.mouse.down()


def test_selection_over_three_paragraphs_is_their_text_alone(visit: Open) -> None:
    seen = visit(DOCUMENT, height=1200)
    select(seen, ("p1", "Item"), ("p3", "Thursday."))
    said = " ".join(seen.page.evaluate("getSelection().toString()").split())
    assert said == (
        "Item 1: the walrus of Mayor Brandt was discussed with the Harbour Ledger of 1998. "
        "Item 2: the walrus of Mayor Brandt was discussed with the Harbour Ledger of 1998. "
        "Item 3: nothing was decided, and the council adjourned until Thursday."
    )


def test_selected_words_are_copied_with_their_source_and_a_link_that_opens(visit: Open) -> None:
    seen = visit(DOCUMENT, permissions=CLIPBOARD)
    select(seen, ("p2", "Mayor"), ("p2", "discussed"))
    seen.page.get_by_role("toolbar", name="Selected words").wait_for()
    seen.page.get_by_role("button", name="Copy with source").click()
    seen.page.get_by_role("status").filter(has_text="Copied.").wait_for()
    copied = seen.page.evaluate("navigator.clipboard.readText()")
    words, _, where = copied.partition("\n— ")
    assert words == "“Mayor Brandt was discussed”"
    assert "Minutes of the harbour, City Archive, 2015-06-01, passage long/minutes#p2" in where
    (link,) = re.findall(rf"{re.escape(seen.site)}\S+", where)
    opened = visit(link.removeprefix(seen.site))
    assert opened.page.locator("#p2").get_by_text("Item 2:").is_visible()


def test_selected_words_are_pinned_beside_other_words_of_the_passage(visit: Open) -> None:
    seen = visit(DOCUMENT)
    for word in ("discussed", "Ledger"):
        select(seen, ("p2", word), ("p2", word))
        seen.page.get_by_role("button", name="Pin the words").click()
        seen.page.wait_for_function(
            "(text) => localStorage.getItem(Object.keys(localStorage).find("
            "(name) => name.endsWith('board')))?.includes(text)",
            arg=f"“{word}”",
        )
    assert [held["text"] for held in board(seen)] == ["discussed", "Ledger"]
    assert [held["id"].partition(":")[0] for held in board(seen)] == ["long/minutes#p2"] * 2
    pressed = seen.page.get_by_role("button", name="Pin: passage 2", exact=True)
    assert pressed.get_attribute("aria-pressed") == "false"


def test_keys_reach_the_tools_and_escape_leaves_them(visit: Open) -> None:
    seen = visit(DOCUMENT)
    select(seen, ("p1", "Mayor"), ("p2", "Brandt"))
    seen.page.get_by_role("toolbar", name="Selected words").wait_for()
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.textContent") == "Copy with source"
    assert seen.page.evaluate("getSelection().toString()") != ""
    seen.page.keyboard.press("Escape")
    seen.page.get_by_role("toolbar", name="Selected words").wait_for(state="detached")
    assert seen.page.evaluate("document.activeElement.closest('#p2') !== null")


def test_selected_words_are_quoted_in_every_form(visit: Open) -> None:
    seen = visit(DOCUMENT)
    select(seen, ("p1", "Ledger"), ("p2", "walrus"))
    seen.page.get_by_role("button", name="Quote in every form").click()
    seen.page.wait_for_url(re.compile("/cite/long/minutes"))
    assert seen.page.get_by_role("heading", level=1).inner_text() == "Quote these words"
    assert "“Ledger of 1998. Item 2: the walrus”" in seen.page.get_by_role("main").inner_text()


def test_a_line_has_about_65_characters(visit: Open) -> None:
    for width in (1440, 1280, 1024):
        seen = visit("/doc/long/minutes", width=width)
        widest = seen.page.locator("#p1 > [dir]").evaluate(
            """(text) => {
              const range = document.createRange();
              const lines = new Map();
              const node = text.firstChild;
              for (let at = 0; at < node.length; at++) {
                range.setStart(node, at);
                range.setEnd(node, at + 1);
                const top = Math.round(range.getBoundingClientRect().top);
                lines.set(top, (lines.get(top) || 0) + 1);
              }
              return Math.max(...lines.values());
            }"""
        )
        assert 50 <= widest <= 75, width


def test_margin_follows_the_passage_with_what_is_related_and_why(visit: Open) -> None:
    seen = visit("/doc/long/minutes?p=2#p2", width=1440)
    margin = seen.page.get_by_role("region", name="Beside the passage")
    margin.get_by_role("heading", name="Beside passage 2").wait_for()
    margin.get_by_text("Shares:").first.wait_for()
    seen.page.evaluate("location.hash = 'p20'")
    margin.get_by_role("heading", name="Beside passage 20").wait_for()
    margin.get_by_role("link", name=re.compile("Cutting|Nota")).first.wait_for()
    seen.page.get_by_role("button", name="Pin: passage 20", exact=True).click()
    margin.get_by_text("On the board").wait_for()
    seen.page.get_by_role("link", name="Related to passage 17", exact=True).click()
    margin.get_by_role("heading", name="Beside passage 17").wait_for()
    assert margin.evaluate("(it) => it === document.activeElement")
    assert seen.page.get_by_role("region", name="Related to passage 17").count() == 0


def test_margin_stays_away_where_there_is_no_room(visit: Open) -> None:
    seen = visit("/doc/long/minutes?p=2#p2", width=820)
    seen.page.get_by_role("link", name="Related to passage 2", exact=True).click()
    seen.page.get_by_role("region", name="Related to passage 2").wait_for()
    assert seen.page.get_by_role("region", name="Beside the passage").count() == 0
