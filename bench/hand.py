"""What a reader does on a page, counted: clicks, keys, and screens that are scrolled."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

IN_VIEW = """(element) => {
  const {top, bottom} = element.getBoundingClientRect();
  return [Math.min(top, bottom), Math.max(top, bottom), innerHeight];
}"""


class Impossible(Exception):
    """A way does not lead to the goal."""


@dataclass
class Hand:
    """What a reader does on a page, counted."""

    page: Page
    clicks: int = 0
    keys: int = 0
    scrolls: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.clicks + self.keys + self.scrolls

    def ask(self, text: str) -> None:
        """Type a question and press Enter."""
        box = self.page.get_by_role("combobox", name="Search every document")
        box.fill(text)
        self.keys += 2
        box.press("Enter")
        self.page.locator(".tallied").first.wait_for()

    def bring(self, target: Locator) -> Locator:
        """Scroll until something is in view."""
        target = target.first
        target.wait_for()
        top, bottom, height = target.evaluate(IN_VIEW)
        if top < 0 or bottom > height:
            away = -top if top < 0 else bottom - height
            self.scrolls += math.ceil(away / height)
            target.scroll_into_view_if_needed()
        return target

    def click(self, target: Locator) -> None:
        """Scroll to something, and click it."""
        self.bring(target).click()
        self.clicks += 1

    def press(self, key: str, times: int = 1) -> None:
        """Press a key."""
        for _ in range(times):
            self.page.keyboard.press(key)
        self.keys += times

    def write(self, target: Locator, text: str) -> None:
        """Click a field and type into it."""
        self.click(target)
        target.first.fill(text)
        self.keys += 1

    def link(self, name: str | re.Pattern[str]) -> Locator:
        """Return links of a name."""
        return self.page.get_by_role("link", name=name)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """Return buttons of a name."""
        return self.page.get_by_role("button", name=name)

    def hit(self, number: int = 0) -> Locator:
        """Return a hit."""
        return self.page.locator(".hit").nth(number)

    def clipboard(self) -> str:
        """Return what was copied."""
        copied = self.page.evaluate("navigator.clipboard.readText()")
        return str(copied)


def check(is_true: object, what: str) -> None:
    """Raise Impossible unless something is so."""
    if not is_true:
        raise Impossible(what)
