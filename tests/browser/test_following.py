"""Following a question in a browser: from a result to its news, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import backstory
from backstory.api import Archive
from tests.browser.conftest import Open, served
from tests.browser.test_visits import AGO


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """One document about a lighthouse."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "old.txt").write_text("The lighthouse is sold.")
    with backstory.open(tmp_path / "index", corpus=tmp_path / "corpus", web__port=0) as opened:
        opened.index()
        yield opened


@pytest.fixture
def site(archive: Archive) -> Iterator[str]:
    """A server over it."""
    with served(archive) as address:
        yield address


def add(archive: Archive, name: str, text: str) -> None:
    (archive.config.corpus_path / name).write_text(text, encoding="utf-8")
    archive.index()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_question_is_followed_from_its_result_until_it_is_removed(
    visit: Open, archive: Archive, has_scripts: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen = visit("/search?q=lighthouse+-ship", java_script_enabled=has_scripts)
    page = seen.page
    seen.follow(page.get_by_role("button", name="Follow this question"))
    if has_scripts:
        assert Axe().run(page).response["violations"] == []
    seen.follow(page.get_by_role("button", name="Follow", exact=True))
    assert page.get_by_text("nothing new so far").count() == 1
    add(archive, "late.txt", "The lighthouse burns.\n\nA ship saw the lighthouse.")
    seen.go("/followed")
    news = page.get_by_role("list", name="New for lighthouse-ship")
    assert news.get_by_role("listitem").count() == 1
    assert news.locator("mark").all_inner_texts() == ["lighthouse"]
    if has_scripts:
        assert Axe().run(page).response["violations"] == []
    seen.go("/search?q=lighthouse+-ship")
    seen.follow(page.get_by_role("link", name="Followed as lighthouse-ship"))
    seen.follow(page.get_by_role("link", name="lighthouse-ship", exact=True))
    if has_scripts:
        assert Axe().run(page).response["violations"] == []
    seen.follow(page.get_by_role("button", name="Remove lighthouse-ship"))
    assert page.get_by_text("No question is followed yet").count() == 1
    assert seen.console == []


def test_what_is_new_since_the_last_visit_is_counted(visit: Open, archive: Archive) -> None:
    archive.follow("lighthouse", "lights")
    add(archive, "late.txt", "The lighthouse burns.\n\nThe lighthouse is lost.")
    seen = visit("/followed")
    assert seen.page.get_by_text("since your last visit").count() == 0, "there was none"
    seen.page.evaluate(AGO, 12)
    seen.go("/followed")
    seen.page.get_by_text("2 since your last visit").wait_for()
    assert seen.console == []
    assert seen.violations == []


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("text", ["walrus" * 30, "שלום مرحبا", "灯台"])
def test_odd_questions_fit_into_the_page(
    visit: Open, archive: Archive, text: str, width: int
) -> None:
    archive.follow(text, "odd")
    add(archive, "late.txt", f"The {text} burns.")
    for path in ("/followed", "/followed/odd"):
        seen = visit(path, width=width)
        assert seen.page.get_by_text("1 new passage").count() == 1
        assert not seen.is_wider_than_the_window()
