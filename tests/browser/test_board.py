"""The board: nothing that was pinned or written is lost without a word."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Open, Visit

PIN = re.compile("^Pin: ")
NO_ROOM = """() => {
  Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""


def pin_first(seen: Visit, *, times: int = 1) -> None:
    """Pin the first hit of a page."""
    seen.page.get_by_role("button", name=PIN).first.click(click_count=times)


def board(seen: Visit) -> list[dict[str, Any]]:
    """Return what the browser keeps of the board."""
    kept: list[dict[str, Any]] = seen.page.evaluate(
        """() => {
            const name = document.documentElement.dataset.archive;
            return JSON.parse(localStorage.getItem(`backstory.${name}.board`) || '[]');
        }"""
    )
    return kept


def pinned(visit: Open, note: str = "") -> Visit:
    """Open the board with one passage on it."""
    seen = visit("/search?q=walrus")
    pin_first(seen)
    seen.page.get_by_role("status").filter(has_text="Pinned to the board.").wait_for()
    seen.go("/board")
    if note:
        seen.page.get_by_label("Why it matters").press_sequentially(note)
    return seen


def test_notes_are_kept_with_every_key(visit: Open) -> None:
    seen = pinned(visit, "see the led")

    assert board(seen)[0]["note"] == "see the led", "nobody has left the field"
    seen.page.reload()
    assert seen.page.get_by_label("Why it matters").input_value() == "see the led"


def test_second_tab_leaves_a_field_alone_that_is_typed_in(visit: Open) -> None:
    seen = pinned(visit, "half a tho")
    other = seen.page.context.new_page()
    other.goto(seen.page.url.replace("/board", "/search?q=walrus&by=passage"))
    other.get_by_role("button", name=PIN).first.click()
    other.get_by_role("status").filter(has_text="Pinned").wait_for()
    note = seen.page.get_by_label("Why it matters")
    assert note.count() == 1
    assert note.input_value() == "half a tho"
    note.press_sequentially("ught")
    seen.page.get_by_role("heading", name="Board").click()
    seen.page.get_by_label("Why it matters").nth(1).wait_for()

    assert [held["note"] for held in board(seen)] == ["half a thought", ""]
    assert len(board(seen)) == 2, "what the other tab pinned is there"


def test_pinned_is_said_only_where_it_is_kept(visit: Open) -> None:
    seen = visit("/search?q=walrus")
    seen.page.evaluate(NO_ROOM)
    pin_first(seen)
    said = seen.page.get_by_role("status").filter(has_text="no room for the board")
    said.wait_for()

    assert seen.page.get_by_role("button", name="Pinned").count() == 0
    with seen.page.expect_download() as offered:
        seen.page.get_by_role("button", name="Save it as a file").click()
    (held,) = json.loads(Path(offered.value.path()).read_text(encoding="utf-8"))
    assert "walrus" in held["text"]


def test_pinning_twice_at_once_pins_once(visit: Open) -> None:
    seen = visit("/search?q=walrus")
    pin_first(seen, times=2)
    seen.page.get_by_role("status").filter(has_text="Pinned to the board.").wait_for()
    seen.page.wait_for_timeout(300)

    assert len(board(seen)) == 1


def test_taking_off_can_be_undone_with_the_note_and_in_its_place(visit: Open) -> None:
    seen = pinned(visit, "important")
    before = board(seen)
    seen.page.get_by_role("button", name="Take off").click()
    assert board(seen) == []
    seen.page.get_by_role("button", name="Undo").click()

    assert board(seen) == before
    assert seen.page.get_by_label("Why it matters").input_value() == "important"
    seen.page.get_by_role("button", name="Clear the board").click()
    assert board(seen) == []
    seen.page.get_by_role("button", name="Undo").click()
    assert board(seen) == before
    assert seen.dialogs == []


@pytest.mark.parametrize("kept", ['{"a": [1]}', '[1, null, {}, {"id": 3}]', "{", '"x"', "null"])
def test_spoilt_storage_never_kills_the_scripts(visit: Open, kept: str) -> None:
    seen = visit("/search?q=walrus")
    for name in ("board", "reviewed"):
        seen.page.evaluate(
            "([name, kept]) => localStorage.setItem("
            "`backstory.${document.documentElement.dataset.archive}.${name}`, kept)",
            [name, kept],
        )
    seen.page.reload()
    pin_first(seen)
    seen.page.get_by_role("status").filter(has_text="Pinned to the board.").wait_for()

    assert len(board(seen)) == 1
    assert [told for told in seen.console if told.startswith("error")] == []


def test_memo_carries_the_board_to_somebody_else(visit: Open, tmp_path: Path) -> None:
    seen = pinned(visit, "for you --> and <b>them</b>")
    sent = board(seen)
    for name, suffix in (("Export as Markdown", "md"), ("Export as JSON", "json")):
        with seen.page.expect_download() as offered:
            seen.page.get_by_role("button", name=name).click()
        path = tmp_path / f"memo.{suffix}"
        offered.value.save_as(path)
        other = visit("/board")
        other.page.locator("input[type=file]").set_input_files(path)
        other.page.get_by_role("status").filter(has_text="1 passage added.").wait_for()
        assert board(other) == sent
        other.page.locator("input[type=file]").set_input_files(path)
        other.page.get_by_role("status").filter(has_text="there already").wait_for()
        assert board(other) == sent


def test_file_that_is_no_board_is_refused_with_a_reason(visit: Open, tmp_path: Path) -> None:
    seen = pinned(visit)
    path = tmp_path / "notes.md"
    path.write_text("# Notes\n")
    seen.page.locator("input[type=file]").set_input_files(path)
    seen.page.get_by_role("status").filter(has_text="notes.md is no board").wait_for()

    assert len(board(seen)) == 1
