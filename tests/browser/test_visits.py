"""What has come since the reader was here last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

import backstory
from tests.browser.conftest import Open, served

YESTERDAY = datetime.now(UTC) - timedelta(days=1)
AGO = """(hours) => {
  const key = `backstory.${document.documentElement.dataset.archive}.visits`;
  const seen = new Date(Date.now() - hours * 3600 * 1000).toISOString();
  localStorage.setItem(key, JSON.stringify({ seen }));
}"""


class Clock(datetime):
    """A clock that is a day late."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:
        return YESTERDAY


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over two documents, of which one came yesterday and one today."""
    root = tmp_path_factory.mktemp("visits")
    (root / "corpus").mkdir()
    (root / "corpus" / "old.txt").write_text("The lighthouse is sold.")
    with backstory.open(root / "index", corpus=root / "corpus", web__port=0) as archive:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("backstory.indexer.arrivals.datetime", Clock)
            archive.index()
        (root / "corpus" / "late.txt").write_text("The lighthouse was never sold.")
        archive.index()
        with served(archive) as address:
            yield address


def test_what_has_come_since_the_last_visit_is_offered(visit: Open) -> None:
    seen = visit("/")
    page = seen.page
    assert page.get_by_text("since your last visit").count() == 0, "there was none"
    page.evaluate(AGO, 12)
    seen.go("/search?q=lighthouse&sort=added")
    sections = page.get_by_role("heading", level=2).all_inner_texts()
    assert [text for text in sections if text.startswith("Added")] == [
        f"Added {day.day} {day:%B} {day.year}" for day in (datetime.now(UTC), YESTERDAY)
    ]
    seen.go("/")
    seen.follow(page.get_by_role("link", name="1 document added since your last visit"))
    assert page.get_by_role("table").get_by_role("link").all_inner_texts() == ["Late"]
    seen.follow(page.get_by_role("link", name="remove added after"))
    assert page.get_by_role("table").get_by_role("link").all_inner_texts() == ["Late", "Old"]
    assert seen.console == []


def test_visit_lasts_as_long_as_pages_are_opened(visit: Open) -> None:
    seen = visit("/")
    offer = seen.page.get_by_text("since your last visit")
    seen.page.evaluate(AGO, 0.1)
    seen.go("/")
    assert not any("since=" in address for address in seen.requests), "it is the same visit"
    seen.page.evaluate(AGO, 12)
    for _ in range(2):
        seen.go("/")
        offer.wait_for()
