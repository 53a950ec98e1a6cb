"""The way from a question to the board in Firefox, where there is one: the other engine."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FIREFOX = Path("/usr/bin/firefox-esr")
PATIENCE = 20  # seconds, on a busy machine
BOX = "//input[@role='combobox']"

if not FIREFOX.exists() or not importlib.util.find_spec("marionette_driver"):
    pytest.skip(
        f"Firefox's tests need {FIREFOX} and pip install '.[test]'", allow_module_level=True
    )


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Firefox, started for the tests of this module."""
    home = tmp_path_factory.mktemp("firefox")
    with pytest.MonkeyPatch.context() as patched, warnings.catch_warnings():
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):  # it needs folders of its own
            patched.setenv(name, str(home))
        warnings.simplefilter("ignore")  # the client's own libraries warn of each other
        from marionette_driver.marionette import Marionette

        browser = Marionette(bin=str(FIREFOX), headless=True, gecko_log=str(home / "log.txt"))
        browser.start_session()
    browser.timeout.implicit = PATIENCE
    yield browser
    browser.quit(in_app=False)
    browser.cleanup()


def at(browser: Any, path: str) -> Any:
    """Return the first element at an XPath, as soon as there is one."""
    return browser.find_element("xpath", path)


def text(browser: Any, selector: str) -> str:
    """Return the text of the first element that fits, in small letters, "" where there is none.

    It is read in one go: the page may be drawn anew between finding an element and asking it.
    """
    script = "return document.querySelector(arguments[0])?.textContent.toLowerCase() ?? ''"
    return str(browser.execute_script(script, [selector]))


def wait(browser: Any, condition: Callable[[Any], object]) -> None:
    """Wait until something holds."""
    from marionette_driver.wait import Wait

    Wait(browser, timeout=PATIENCE).until(condition)


def test_question_is_asked_typed_on_and_kept(firefox: Any, site: str) -> None:
    from marionette_driver.keys import Keys

    firefox.navigate(f"{site}/")
    at(firefox, BOX).send_keys("ledger" + Keys.ENTER)
    wait(firefox, lambda seen: text(seen, "h1") == "results for ledger")
    wait(firefox, lambda seen: text(seen, "main mark") == "ledger")
    assert "q=ledger" in firefox.get_url()

    firefox.execute_script("document.body.id = 'same'")
    at(firefox, BOX).clear()
    at(firefox, BOX).send_keys("walru")
    wait(firefox, lambda seen: "q=walru" in seen.get_url())
    wait(firefox, lambda seen: "walrus" in text(seen, "main mark"))
    assert firefox.execute_script("return document.body.id") == "same", "no page was loaded for it"

    at(firefox, "//button[starts-with(@aria-label, 'Pin: hit')]").send_keys(Keys.ENTER)
    at(firefox, "//button[starts-with(@aria-label, 'Pinned: hit')]")
    firefox.navigate(f"{site}/board")
    wait(firefox, lambda seen: "walrus" in text(seen, "main blockquote"))


def test_document_opens_at_its_hit_and_leads_to_the_next(firefox: Any, site: str) -> None:
    firefox.navigate(f"{site}/doc/long/minutes?q=walrus&p=2#p2")
    wait(firefox, lambda seen: text(seen, "#p2 mark") == "walrus")
    at(firefox, "//button[normalize-space()='Next']").click()
    wait(firefox, lambda seen: seen.get_url().endswith("#p4"))
