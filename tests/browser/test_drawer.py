"""The board as a drawer on every page: notes while pinning, groups, order by keys and hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Open, Visit
from tests.browser.site import PAGES
from tests.browser.test_board import PIN, board, pin_first

HERE = ["results", "document", "home", "help", "document without a query"]


def drawer(seen: Visit) -> Any:
    """The drawer."""
    return seen.page.get_by_role("complementary", name="Board")


def put(seen: Visit, *notes: str, group: str = "") -> None:
    """Have passages on the board, one for each note, all in one group."""
    pins = [
        {
            "id": f"press/cutting-{n:02}#p1",
            "url": f"/doc/press/cutting-{n:02}?p=1#p1",
            "title": f"Cutting {n}",
            "source": "Harbour Courier",
            "text": f"Cutting {n}.",
            "note": note,
            "group": group,
            "markdown": f"> Cutting {n}.",
        }
        for n, note in enumerate(notes, 1)
    ]
    seen.page.evaluate("(pins) => localStorage.setItem('backstory.board', pins)", json.dumps(pins))
    seen.page.reload()


def notes(seen: Visit) -> list[str]:
    """Return the notes of the board in their order."""
    return [held["note"] for held in board(seen)]


@pytest.mark.parametrize("name", HERE)
def test_drawer_opens_on_every_page_and_gives_the_focus_back(visit: Open, name: str) -> None:
    seen = visit(PAGES[name])
    opener = seen.page.get_by_role("button", name=re.compile("^Board"))
    opener.focus()
    seen.page.keyboard.press("Enter")
    drawer(seen).wait_for()
    assert opener.get_attribute("aria-expanded") == "true"
    assert drawer(seen).evaluate("(it) => it.contains(document.activeElement)")
    seen.page.keyboard.press("Escape")
    drawer(seen).wait_for(state="hidden")
    assert opener.evaluate("(it) => it === document.activeElement")


def test_key_opens_it_and_the_page_stays_usable(visit: Open) -> None:
    seen = visit("/doc/long/minutes?q=walrus")
    seen.page.get_by_role("link", name="Link to passage 2", exact=True).focus()
    seen.page.keyboard.press("b")
    drawer(seen).wait_for()
    seen.page.get_by_role("button", name=PIN).first.click()
    drawer(seen).get_by_role("heading", name="Minutes of the harbour").wait_for()
    seen.page.get_by_role("button", name="Board (1)").wait_for()
    seen.page.keyboard.press("b")
    drawer(seen).wait_for(state="hidden")


def test_note_is_written_at_the_moment_of_pinning(visit: Open) -> None:
    seen = visit("/search?q=walrus")
    pin_first(seen)
    seen.page.get_by_role("button", name="Write a note").click()
    drawer(seen).wait_for()
    seen.page.wait_for_function("() => document.activeElement.matches('textarea')")
    seen.page.keyboard.type("ask the mayor")
    assert notes(seen) == ["ask the mayor"]
    seen.page.keyboard.press("Escape")
    drawer(seen).wait_for(state="hidden")
    assert notes(seen) == ["ask the mayor"]


def test_keys_change_the_order_and_the_focus_stays(visit: Open) -> None:
    seen = visit("/board")
    put(seen, "a", "b", "c")
    seen.page.get_by_role("button", name="Down press/cutting-01#p1").focus()
    seen.page.keyboard.press("Enter")
    assert notes(seen) == ["b", "a", "c"]
    assert seen.page.evaluate("document.activeElement.textContent") == "Down press/cutting-01#p1"
    seen.page.keyboard.press("Enter")
    assert notes(seen) == ["b", "c", "a"]
    seen.page.keyboard.press("Alt+ArrowUp")
    assert notes(seen) == ["b", "a", "c"]
    assert seen.page.evaluate("document.activeElement.closest('li') !== null")


def test_pin_is_dragged_before_another(visit: Open) -> None:
    seen = visit("/board", height=1400)
    put(seen, "a", "b", "c")
    grips = seen.page.get_by_text("Drag", exact=True)
    grips.nth(2).drag_to(seen.page.get_by_role("link", name="Cutting 1", exact=True))
    seen.page.wait_for_function(
        "() => document.querySelector('main ol a').textContent === 'Cutting 3'"
    )
    assert notes(seen) == ["c", "a", "b"]


def test_groups_are_named_filled_and_exported(visit: Open, tmp_path: Path) -> None:
    seen = visit("/board")
    put(seen, "a", "b", "c")
    seen.page.get_by_label("Group of press/cutting-02#p1").select_option("New group …")
    name = seen.page.get_by_role("textbox", name="Name of the new group")
    assert name.count() == 1, "it is asked for where it is needed"
    assert name.evaluate("(it) => it === document.activeElement")
    name.fill("The mayor")
    seen.page.keyboard.press("Enter")
    seen.page.get_by_role("region", name="The mayor").wait_for()
    assert seen.page.evaluate("document.activeElement.id") == "group-press/cutting-02#p1"
    seen.page.get_by_label("Group of press/cutting-01#p1").select_option("The mayor")
    inside = seen.page.get_by_role("region", name="The mayor").get_by_role("listitem")
    assert inside.count() == 2
    # Past the edge of its group a passage goes over into the next one.
    seen.page.get_by_role("button", name="Down press/cutting-03#p1").click()
    assert inside.count() == 3

    for name, suffix in (("Export as Markdown", "md"), ("Export as JSON", "json")):
        with seen.page.expect_download() as offered:
            seen.page.get_by_role("button", name=name).click()
        path = tmp_path / f"memo.{suffix}"
        offered.value.save_as(path)
        other = visit("/board")
        other.page.locator("input[type=file]").set_input_files(path)
        other.page.get_by_role("status").filter(has_text="3 passages added.").wait_for()
        assert board(other) == board(seen)
    assert "## The mayor\n\n> Cutting 3.\n\nc" in (tmp_path / "memo.md").read_text("utf-8")


def test_boards_of_earlier_versions_keep_their_labels_as_groups(
    visit: Open, tmp_path: Path
) -> None:
    path = tmp_path / "old.json"
    path.write_text(json.dumps([{"id": "a#p1", "label": "Ships", "note": "old"}]))
    seen = visit("/board")
    seen.page.locator("input[type=file]").set_input_files(path)
    seen.page.get_by_role("region", name="Ships").wait_for()
    assert [(held["group"], held["note"]) for held in board(seen)] == [("Ships", "old")]


def test_taking_off_leaves_the_focus_on_the_next(visit: Open) -> None:
    seen = visit("/board")
    put(seen, "a", "b")
    seen.page.get_by_role("button", name="Take off press/cutting-01#p1").focus()
    seen.page.keyboard.press("Enter")
    assert notes(seen) == ["b"]
    assert seen.page.evaluate("document.activeElement.closest('li') !== null")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(visit: Open, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen = visit("/doc/long/minutes?q=walrus", color_scheme=scheme, bypass_csp=True, width=1440)
    put(seen, "a", "b")
    seen.page.keyboard.press("b")
    drawer(seen).wait_for()
    seen.page.get_by_role("region", name="Beside the passage").get_by_text(
        "Shares:"
    ).first.wait_for()
    found = Axe().run(seen.page)
    assert found.violations_count == 0, found.generate_report()
    seen.page.set_viewport_size({"width": 320, "height": 700})
    assert not seen.is_wider_than_the_window()


def test_without_scripts_the_board_is_a_page_that_says_why_it_is_empty(visit: Open) -> None:
    seen = visit("/help", java_script_enabled=False)
    seen.follow(seen.page.get_by_role("link", name="Board", exact=True))
    assert "which only a script can reach" in seen.page.get_by_role("main").inner_text()
