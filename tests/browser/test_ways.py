"""The way from the first page to the words and back: with keys alone, and without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.conftest import Open, Visit
from tests.browser.site import PAGES

MOST_STOPS = 400
# Whether what has the focus looks otherwise than without it, and whether it can be seen at all.
FOCUSED = """() => {
  const held = document.activeElement;
  if (!held || held === document.body) return null;
  const names = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "backgroundColor",
    "borderTopColor", "borderTopWidth", "textDecorationLine", "color", "clipPath", "top"];
  const look = () => names.map((name) => getComputedStyle(held)[name]).join();
  const focused = look();
  const box = held.getBoundingClientRect();
  const isInView =
    box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  held.blur();
  const isSeen = focused !== look();
  held.focus({ preventScroll: true });
  return { isSeen, isInView, what: held.outerHTML.slice(0, 120), href: held.getAttribute("href") };
}"""


def stops(seen: Visit) -> list[dict]:
    """Press Tab until the page ends; return where the focus was."""
    found = []
    for _ in range(MOST_STOPS):
        seen.page.keyboard.press("Tab")
        stop = seen.page.evaluate(FOCUSED)
        if stop is None:
            return found
        found.append(stop)
    raise AssertionError(f"no end after {MOST_STOPS} stops; the last is {found[-1]}")


def tab_to(seen: Visit, href: str) -> None:
    """Press Tab until a link to an address that starts so has the focus."""
    for _ in range(MOST_STOPS):
        seen.page.keyboard.press("Tab")
        stop = seen.page.evaluate(FOCUSED)
        if stop and (stop["href"] or "").startswith(href):
            return
    raise AssertionError(f"no link to {href} can be reached")


def test_keys_alone_lead_from_the_box_to_the_words(visit: Open) -> None:
    seen = visit("/")
    seen.page.wait_for_function("document.activeElement.name === 'q'")  # by itself
    seen.page.keyboard.type("walrus ledger")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(re.compile(r"/search\?q=walrus(\+|%20)ledger"))
    tab_to(seen, "/doc/")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(re.compile("/doc/"))
    marks = seen.page.get_by_role("main").locator("mark")
    assert marks.first.inner_text().lower() in ("walrus", "ledger")
    target = seen.page.locator(f"[id='{seen.page.url.partition('#')[2]}']")
    box = target.bounding_box()
    assert box
    assert 0 <= box["y"] < 900


@pytest.mark.parametrize("name", ["home", "results", "document", "help", "missing"])
def test_every_stop_is_seen_and_none_is_a_trap(visit: Open, name: str) -> None:
    found = stops(visit(PAGES[name]))
    assert len(found) > 3
    assert [stop["what"] for stop in found if not stop["isSeen"]] == []
    assert [stop["what"] for stop in found if not stop["isInView"]] == []


@pytest.mark.parametrize("name", ["results", "document", "help"])
def test_first_stop_leads_past_the_head_of_the_page(visit: Open, name: str) -> None:
    seen = visit(PAGES[name])
    seen.page.keyboard.press("Tab")
    target = seen.page.evaluate("document.activeElement.getAttribute('href')")
    assert target.startswith("#")
    seen.page.keyboard.press("Enter")
    inside = f"document.querySelector('main').contains(document.querySelector('{target}'))"
    assert seen.page.evaluate(inside)
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_box_is_reached_from_anywhere_with_a_slash(visit: Open) -> None:
    seen = visit(PAGES["help"])
    seen.page.keyboard.press("/")
    assert seen.page.evaluate("document.activeElement.name") == "q"
    seen.page.keyboard.type("pier/7")
    assert seen.page.locator("input[name=q]").first.input_value() == "pier/7"


@pytest.mark.parametrize("scripts", [True, False])
def test_way_from_the_question_to_the_sentence_and_back(visit: Open, scripts: bool) -> None:
    seen = visit("/", java_script_enabled=scripts)
    box = seen.page.locator("input[name=q]").first
    box.fill("discussed walrus")
    box.press("Enter")
    seen.page.wait_for_url(re.compile(r"/search\?q=discussed"))
    seen.page.locator("main a[href^='/doc/long/minutes']").first.click()
    seen.page.wait_for_url(re.compile("/doc/long/minutes"))
    assert seen.page.get_by_role("main").locator("mark").first.is_visible()
    assert seen.page.get_by_role("heading", level=1).inner_text() == "Minutes of the harbour"
    seen.page.go_back()
    seen.page.wait_for_url(re.compile(r"/search\?q=discussed"))
    assert seen.page.locator("main mark").count()


@pytest.mark.parametrize("scripts", [True, False])
def test_pages_of_hits_are_turned_by_links(visit: Open, scripts: bool) -> None:
    seen = visit(PAGES["results"], java_script_enabled=scripts)
    first = seen.page.locator("main a[href^='/doc/']").first.get_attribute("href")
    seen.page.locator("a[rel=next]").first.click()
    seen.page.wait_for_url(re.compile("page=2"))
    assert seen.page.locator("main a[href^='/doc/']").first.get_attribute("href") != first
    seen.page.locator("a[rel=prev]").first.click()
    seen.page.wait_for_url(lambda url: "page=2" not in url)
    assert seen.page.locator("main a[href^='/doc/']").first.get_attribute("href") == first


@pytest.mark.parametrize("scripts", [True, False])
def test_address_shows_the_same_to_somebody_else(visit: Open, scripts: bool) -> None:
    one = visit(PAGES["two tiers"], java_script_enabled=scripts)
    one.page.locator("main a[href^='/doc/']").first.click()
    one.page.wait_for_url(re.compile("/doc/"))
    other = visit(one.path, java_script_enabled=scripts)
    for held in ("h1", "mark"):
        mine, theirs = (seen.page.locator(held).all_inner_texts() for seen in (one, other))
        assert mine == theirs


def named_as(control: Any) -> str:
    """Return what a control is called by those who do not see it."""
    said: str = control.evaluate("(it) => it.ariaLabel || it.textContent")
    return " ".join(said.split())


@pytest.mark.parametrize(
    "name", ["document", "nasty document", "two documents", "related passages"]
)
def test_controls_have_names_of_their_own(visit: Open, name: str) -> None:
    seen = visit(PAGES[name])
    seen.page.wait_for_load_state("networkidle")
    for role in ("button", "link"):
        controls = seen.page.get_by_role("main").get_by_role(role).all()
        names = [(named_as(each), each.get_attribute("href")) for each in controls]
        named: dict[str, set[str | None]] = {}
        for said, href in names:
            named.setdefault(said, set()).add(href)
        # The same name twice leads to the same place, or it is a name for two things.
        assert {said: places for said, places in named.items() if len(places) > 1} == {}
        if role == "button":
            assert len(named) == len(names)


def test_what_unfolds_in_place_leaves_the_focus_where_it_was(visit: Open) -> None:
    seen = visit("/doc/long/minutes?q=walrus", width=820)
    link = seen.page.get_by_role("link", name="Related to passage 2", exact=True)
    link.focus()
    for is_open in (True, False):
        seen.page.keyboard.press("Enter")
        shown = seen.page.get_by_role("region", name="Related to passage 2")
        shown.wait_for(state="visible" if is_open else "detached")
        assert link.evaluate("(it) => it === document.activeElement")
        assert link.get_attribute("aria-expanded") == str(is_open).lower()
