"""Logging in and out in a browser, with scripts and without, and what the page then says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import PATIENCE, running
from tests.newsroom import PASSWORD, Newsroom, harbour

Page = Callable[..., Any]
PIN = re.compile("^Pin: ")


@pytest.fixture(scope="module")
def newsroom_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with users, under a path."""
    with harbour(tmp_path_factory.mktemp("site")) as archive:
        folder: Path = tmp_path_factory.mktemp("users")
        newsroom = Newsroom(folder, archive, web__port=0, web__base_path="/desk/")
        with running(newsroom.config, archive.searcher, originals=archive.originals) as address:
            yield f"{address}/desk"


@pytest.fixture
def page(chromium: Any, newsroom_site: str) -> Iterator[Page]:
    """Open a page: `page("/search?q=bridge", java_script_enabled=False)`."""
    opened = []

    def open_page(path: str, **options: Any) -> Any:
        context = chromium.new_context(**options)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        shown = context.new_page()
        shown.goto(f"{newsroom_site}{path}")
        return shown

    yield open_page
    for context in opened:
        context.close()


def log_in(shown: Any, name: str = "reader", password: str = PASSWORD) -> None:
    shown.get_by_label("Name").fill(name)
    shown.get_by_label("Password").fill(password)
    with shown.expect_navigation():
        shown.get_by_role("button", name="Log in").click()


def log_out(shown: Any) -> None:
    shown.get_by_role("button", name="Log out").click()
    shown.wait_for_url("**/login")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_whoever_logs_in_comes_to_what_they_asked_for_and_goes_again(
    page: Page, newsroom_site: str, has_scripts: bool
) -> None:
    shown = page("/search?q=bridge", java_script_enabled=has_scripts)
    assert shown.get_by_role("heading", name="Log in").is_visible()
    assert shown.get_by_role("search").count() == 0
    log_in(shown, password="wrong words in a row")
    assert shown.get_by_role("alert").inner_text() == "That name and password do not go together."
    assert shown.get_by_label("Name").input_value() == "reader"
    assert shown.evaluate("document.activeElement.id") == "password"
    log_in(shown)
    assert shown.url == f"{newsroom_site}/search?q=bridge"
    assert shown.get_by_role("navigation", name="Site").get_by_text("reader").is_visible()
    log_out(shown)
    assert shown.url == f"{newsroom_site}/login"
    shown.goto(f"{newsroom_site}/search?q=bridge")
    assert shown.get_by_role("heading", name="Log in").is_visible()


def test_what_is_pinned_by_one_is_not_seen_by_another(page: Page, newsroom_site: str) -> None:
    shown = page("/search?q=bridge")
    log_in(shown)
    shown.get_by_role("button", name=PIN).first.click()
    shown.get_by_role("status").filter(has_text="Pinned to the board.").wait_for()
    pinned = {}
    for name in ("admin", "reader"):
        log_out(shown)
        log_in(shown, name)
        shown.goto(f"{newsroom_site}/board")
        shown.wait_for_load_state("networkidle")
        pinned[name] = shown.get_by_role("main").get_by_role("textbox").count()
    assert pinned == {"admin": 0, "reader": 1}


def test_whose_session_is_over_logs_in_and_comes_back(page: Page, newsroom_site: str) -> None:
    shown = page("/search?q=bridge")
    log_in(shown)
    shown.context.clear_cookies()
    shown.get_by_label("Search every document").fill("ferry")
    shown.get_by_role("heading", name="Log in").wait_for()
    log_in(shown)
    shown.wait_for_url(f"{newsroom_site}/search?q=ferry**")
    assert shown.get_by_label("Search every document").input_value() == "ferry"


@pytest.mark.parametrize("path", ["/login", "/search?q=bridge", "/", "/nowhere"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_and_nothing_is_too_wide(page: Page, path: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    shown = page("/login", bypass_csp=True, viewport={"width": width, "height": 800})
    if path != "/login":
        log_in(shown)
        shown.goto(shown.url.removesuffix("/") + path)
    for theme in ("light", "dark"):
        shown.emulate_media(color_scheme=theme)
        found = Axe().run(shown)
        assert found.violations_count == 0, f"{theme}: {found.generate_report()}"
    assert shown.evaluate("document.scrollingElement.scrollWidth") <= width
