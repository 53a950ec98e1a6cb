"""A draft in a real browser: pasted, checked, read on every width, on paper and without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Open, Visit
from tests.browser.site import IMAGE, SCRIPT
from tests.browser.test_pages import assert_quiet

DRAFT = f"""# The walrus

Mayor Brandt paid for 7 fish in 1998.
“The walrus sat on pier 3 and Mayor Brandt paid for the bread”.

> Nothing was decided, and the council adjourned until {SCRIPT}

{IMAGE} «שלום מרחבא אחד שתיים» {"Pneumono" * 30}.
"""


def checked(visit: Open, text: str = DRAFT, **options: Any) -> Visit:
    """Paste a draft and have it checked."""
    seen = visit("/draft", **options)
    seen.page.get_by_label("Your text").fill(text)
    seen.follow(seen.page.get_by_role("button", name="Check", exact=True))
    return seen


@pytest.mark.parametrize("scripts", [True, False])
def test_a_draft_is_checked_with_scripts_and_without(visit: Open, scripts: bool) -> None:
    seen = checked(visit, java_script_enabled=scripts)
    main = seen.page.get_by_role("main")
    assert main.get_by_role("heading", name="Not found").is_visible()
    assert main.get_by_role("list", name="Notes on sentence 2").get_by_text("bread").count()
    assert seen.page.get_by_label("Your text").input_value() == DRAFT
    assert_quiet(seen)


def test_the_list_leads_to_the_sentence_and_the_note_to_the_passage(visit: Open) -> None:
    seen = checked(visit)
    seen.page.get_by_role("link", name="Sentence 2", exact=True).first.click()
    assert seen.page.url.endswith("/draft#s2")
    notes = seen.page.get_by_role("list", name="Notes on sentence 2")
    seen.follow(notes.get_by_role("link").first)
    assert "/doc/press/cutting-03" in seen.page.url


def test_axe_finds_nothing_in_light_and_dark(visit: Open) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen = checked(visit, bypass_csp=True)
    for summary in seen.page.get_by_text("Nearest passages").all():
        summary.click()
    for theme in ("light", "dark"):
        seen.page.emulate_media(color_scheme=theme)
        found = Axe().run(seen.page)
        assert found.violations_count == 0, f"{theme}: {found.generate_report()}"


def test_nothing_scrolls_sideways(visit: Open) -> None:
    seen = checked(visit)
    wide = []
    for width in (320, 360, 640, 820, 1440):
        seen.page.set_viewport_size({"width": width, "height": 700})
        wide += [width] if seen.is_wider_than_the_window() else []
    assert not wide


def test_notes_stand_beside_the_text_on_a_wide_screen_and_below_on_a_narrow(visit: Open) -> None:
    seen = checked(visit)
    paragraphs = seen.page.get_by_role("paragraph")
    text = paragraphs.filter(has_text="Mayor Brandt paid for 7 fish").first
    notes = seen.page.get_by_role("list", name="Notes on sentence 1")
    for width, is_beside in ((1200, True), (600, False)):
        seen.page.set_viewport_size({"width": width, "height": 700})
        one, other = text.bounding_box(), notes.bounding_box()
        assert one is not None
        assert other is not None
        assert (other["x"] >= one["x"] + one["width"]) is is_beside


def test_it_prints_the_text_with_its_notes_and_no_controls(visit: Open) -> None:
    seen = checked(visit, width=794)
    seen.page.emulate_media(media="print")
    words = seen.page.locator("body").inner_text()
    for wanted in ("Not found", "Sentence by sentence", "bread", "press/cutting-03#p1"):
        assert wanted in words
    assert seen.page.locator("button:visible, textarea:visible").count() == 0
    assert not seen.is_wider_than_the_window()
