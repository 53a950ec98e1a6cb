"""A long document: its windows are joined as one reads, and places are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from backstory.engine.documents import Document
from backstory.searcher import Searcher
from backstory.settings import Config
from tests.browser.conftest import Open, Visit, running
from tests.webui.conftest import Shelf, indexed

TOTAL = 1_000


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a server with one long document."""
    texts = [f"Entry {n} was written{' in red' if n % 150 == 0 else ''}." for n in range(1, 1001)]
    shelf = Shelf(indexed(Document("register", "The register"), texts, heading="Entries"))
    with running(Config().override(web__port=0), Searcher(shelf.index)) as address:
        yield address


def count(seen: Visit) -> int:
    """Return how many passages are on the page."""
    return int(seen.page.locator("[data-passage]").count())


def wait_for_count(seen: Visit, number: int) -> None:
    """Wait until so many passages are on the page."""
    seen.page.wait_for_function(
        "(number) => document.querySelectorAll('[data-passage]').length === number", arg=number
    )


def is_in_view(seen: Visit, number: int) -> None:
    """Wait until a passage is in view."""
    seen.page.wait_for_function(
        """(id) => {
          const box = document.getElementById(id)?.getBoundingClientRect();
          return box && box.bottom > 0 && box.top < innerHeight;
        }""",
        arg=f"p{number}",
    )


def test_scrolling_down_brings_what_follows(visit: Open) -> None:
    seen = visit("/doc/register")
    assert count(seen) == 200
    seen.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    wait_for_count(seen, 400)
    numbers = seen.page.locator("[data-passage]").evaluate_all(
        "(all) => all.map((each) => Number(each.id.slice(1)))"
    )
    assert numbers == list(range(1, 401))
    seen.page.get_by_text("Passages 1 to 400 of 1,000 are").wait_for()
    assert seen.page.get_by_role("heading", name="Entries").count() == 1
    assert seen.page.get_by_role("button", name=re.compile("^Pin")).count() == 400


def test_what_comes_before_leaves_the_place_alone(visit: Open) -> None:
    seen = visit("/doc/register?p=500#p500")
    is_in_view(seen, 500)
    seen.page.locator("#p405").evaluate("(each) => each.scrollIntoView()")
    wait_for_count(seen, 400)
    seen.page.get_by_text("Passages 200 to 599 of 1,000 are").wait_for()
    is_in_view(seen, 405)
    assert seen.page.get_by_role("heading", name="Entries").count() == 1


def test_by_hand_the_focus_goes_on_to_what_is_new(visit: Open) -> None:
    seen = visit("/doc/register?from=401")
    for name, number in (("Earlier passages", 400), ("Earlier passages", 200)):
        seen.page.get_by_role("link", name=name).focus()
        seen.page.keyboard.press("Enter")
        seen.page.locator(f"#p{number}").wait_for()
        seen.page.wait_for_function("(id) => document.activeElement.closest(id)", arg=f"#p{number}")
    assert seen.page.get_by_role("link", name="Earlier passages").count() == 0
    assert "from=401" in seen.path


def test_number_behind_the_hash_alone_leads_there(visit: Open) -> None:
    seen = visit("/doc/register?q=red#p900")
    seen.page.wait_for_url(re.compile("p=900"))
    is_in_view(seen, 900)
    seen.page.evaluate("location.hash = 'p150'")
    seen.page.wait_for_url(re.compile("p=150&?.*#p150"))
    is_in_view(seen, 150)


def test_keys_lead_from_match_to_match_across_windows(visit: Open) -> None:
    seen = visit("/doc/register?q=red")
    before = seen.page.evaluate("history.length")
    for number in (150, 300, 450, 600, 750):
        seen.page.keyboard.press("n")
        seen.page.wait_for_url(re.compile(f"#p{number}$"))
        is_in_view(seen, number)
        seen.page.get_by_text(f"Match {number // 150} of 6", exact=True).last.wait_for()
    seen.page.keyboard.press("p")
    seen.page.wait_for_url(re.compile("#p600$"))
    is_in_view(seen, 600)
    assert seen.page.evaluate("history.length") == before


def test_map_is_a_way_to_any_part(visit: Open) -> None:
    seen = visit("/doc/register?q=red")
    strip = seen.page.get_by_role("img", name="6 of 1,000 passages of this document match")
    box = strip.bounding_box()
    assert box
    seen.page.mouse.click(box["x"] + box["width"] * 0.755, box["y"] + box["height"] / 2)
    seen.page.wait_for_url(re.compile("#p750$"))  # the match in that part of the document
    is_in_view(seen, 750)


def test_without_scripts_every_window_is_a_link_away(visit: Open) -> None:
    seen = visit("/doc/register", java_script_enabled=False)
    for first in (201, 401, 601, 801):
        seen.page.get_by_role("link", name="Later passages").click()
        seen.page.wait_for_url(re.compile(f"from={first}"))
    assert seen.page.get_by_role("link", name="Later passages").count() == 0
    seen.page.get_by_label("Go to passage").fill("500")
    seen.page.get_by_role("button", name="Go").click()
    seen.page.wait_for_url(re.compile("p=500"))
    assert seen.page.get_by_text("Entry 500 was").count() == 1
