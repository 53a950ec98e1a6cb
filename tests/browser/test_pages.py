"""What holds for any page, in a real browser."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Open, Visit
from tests.browser.site import EVERY_PAGE, IMAGE, NASTY, PAGES, SCRIPT, TEMPLATE

KILOBYTES_60 = 60 * 1024
every_page = pytest.mark.parametrize("name", EVERY_PAGE)


def assert_quiet(seen: Visit) -> None:
    """Nothing was asked of another host, refused by the policy, complained about or run."""
    assert [url for url in seen.requests if not url.startswith(f"{seen.site}/")] == []
    assert seen.violations == []
    assert seen.dialogs == []
    # A browser tells the console of a page that is not found; that it may.
    own = f"({seen.page.url})"
    told = [each for each in seen.console if not (seen.status >= 400 and each.endswith(own))]
    assert told == []


@every_page
def test_page_is_quiet(visit: Open, name: str) -> None:
    seen = visit(EVERY_PAGE[name])
    seen.page.wait_for_load_state("networkidle")
    assert_quiet(seen)


def test_a_page_that_is_not_quiet_would_be_noticed(visit: Open) -> None:
    seen = visit("/help")
    seen.page.evaluate("fetch('http://127.0.0.9:9/x').catch(() => 0)")
    seen.page.wait_for_function("window.violations.length > 0")
    with pytest.raises(AssertionError):
        assert_quiet(seen)


@every_page
def test_axe_finds_nothing_in_light_and_dark(visit: Open, name: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen = visit(EVERY_PAGE[name], bypass_csp=True)
    for theme in ("light", "dark"):
        seen.page.emulate_media(color_scheme=theme)
        found = Axe().run(seen.page)
        assert found.violations_count == 0, f"{theme}: {found.generate_report()}"


def test_what_axe_looks_for_would_be_noticed(visit: Open) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen = visit("/help", bypass_csp=True)
    seen.page.evaluate("document.querySelector('h1').style.color = '#ddd'")
    seen.page.evaluate("document.querySelector('input').labels[0].remove()")
    found = {violation["id"] for violation in Axe().run(seen.page).response["violations"]}
    assert {"color-contrast", "label"} <= found


@every_page
def test_nothing_scrolls_sideways(visit: Open, name: str) -> None:
    """At the widths of small and large telephones, of a zoom of 200 per cent, and of a tablet."""
    seen = visit(EVERY_PAGE[name], width=820)
    wide = []
    for width in (320, 360, 640, 820):
        seen.page.set_viewport_size({"width": width, "height": 700})
        wide += [width] if seen.is_wider_than_the_window() else []
    assert not wide


def test_years_under_the_histogram_are_whole_on_a_telephone(visit: Open) -> None:
    seen = visit("/search?q=walrus+before:2015", width=320)
    shown, cut = seen.page.evaluate(
        """() => {
            const room = document.querySelector('.years').getBoundingClientRect();
            const shown = [...document.querySelectorAll('.years span')].filter(
                (year) => getComputedStyle(year).visibility === 'visible');
            const cut = shown.filter((year) => {
                const range = document.createRange();
                range.selectNodeContents(year);
                const held = range.getBoundingClientRect();
                return held.left < room.left - 0.5 || held.right > room.right + 0.5;
            });
            return [shown.length, cut.map((year) => year.textContent)];
        }"""
    )
    assert shown > 2
    assert cut == []


def test_a_page_that_is_too_wide_would_be_noticed(visit: Open) -> None:
    seen = visit("/help", width=320)
    seen.page.evaluate("document.querySelector('main').style.width = '400px'")
    assert seen.is_wider_than_the_window()


@every_page
def test_page_can_be_read_at_200_percent(visit: Open, name: str) -> None:
    """A browser that zooms halves the window; one that enlarges only the letters does not."""
    seen = visit(EVERY_PAGE[name])
    seen.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not seen.is_wider_than_the_window()
    seen.page.evaluate("document.documentElement.style.fontSize = ''")
    seen.page.set_viewport_size({"width": 640, "height": 450})
    assert seen.page.locator("input[name=q]").first.is_visible()
    assert seen.page.get_by_role("heading", level=1).count() == 1


@every_page
def test_page_says_the_same_without_scripts(visit: Open, name: str) -> None:
    seen = visit(EVERY_PAGE[name], java_script_enabled=False)
    assert seen.page.get_by_role("heading", level=1).count() == 1
    assert seen.page.get_by_role("main").inner_text().strip()
    assert seen.dialogs == []


def assert_text(seen: Visit, *nasty: str) -> None:
    """What is hostile stands there in letters, and nothing that it asks for has come about."""
    words = seen.page.get_by_role("main").inner_text()
    assert [each for each in nasty if each not in words] == []
    assert not re.search(r"\b49\b(?! ms)", words)
    assert seen.page.locator("main script, main img, main [onmouseover]").count() == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_hostile_documents_show_as_text(visit: Open, scripts: bool) -> None:
    for word, nasty in NASTY.items():
        seen = visit(f"/search?q={word}+walrus", java_script_enabled=scripts)
        assert_text(seen, nasty, f"The walrus {SCRIPT}", IMAGE)
    seen.page.locator("main a[href^='/doc/box']").first.click()
    seen.page.wait_for_url(re.compile("/doc/box"))
    assert_text(seen, *NASTY.values())


def test_hostile_query_shows_as_text(visit: Open) -> None:
    seen = visit(PAGES["nasty query"])
    box = seen.page.locator("input[name=q]").first
    assert box.input_value() == f"{SCRIPT} {IMAGE} {TEMPLATE}"
    assert_text(seen)


@pytest.mark.parametrize("name", ["home", "results", "two tiers", "document", "help"])
def test_page_weighs_no_more_than_60_kilobytes(visit: Open, name: str) -> None:
    seen = visit(PAGES[name])
    seen.page.wait_for_load_state("networkidle")
    assert 1_000 < seen.bytes <= KILOBYTES_60
