"""A newsroom with two archives: one question over both, into one, a file added, and found."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backstory.api import Archive
from backstory.serving import archive_app, config_of, mounted_archive, uploads_of
from backstory.settings import Config, load
from backstory.webui.mounting import MountedArchive, MountedArchives
from backstory.webui.serving import open_site
from tests.browser.conftest import Visit

SETTINGS = """
[web]
port = 0
uploads = true
[uploads]
file_mb = 1
[archives.harbour]
corpus = "harbour"
index = "ix/harbour"
title = "The harbour"
[archives.faro]
corpus = "faro"
index = "ix/faro"
title = "منارة <El Faro>"
[archives.lost]
corpus = "lost"
index = "ix/lost"
title = "The lost papers"
"""
TEXTS = {
    "harbour/minutes.md": "---\ntitle: Minutes of the board\ndate: 2018-03-04\n---\n\n"
    "The board heard that encrypted radios were ordered.\n\nNobody had signed for the radios.\n",
    "faro/nota.md": "---\ntitle: Nota\nlanguage: es\n---\n\nLas radios llegaron al puerto.\n",
}
Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of two archives, and of one that has no index."""
    root = tmp_path_factory.mktemp("newsroom")
    for name, text in TEXTS.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "site.toml").write_text(SETTINGS, encoding="utf-8")
    config = load(root / "site.toml", {})
    archives = {name: Archive(config_of(config, name)) for name in config.archives}
    for name in ("harbour", "faro"):
        archives[name].index()
    mounted = MountedArchives(_mounted(config, *each) for each in archives.items())
    uploads = {name: taker for name, each in archives.items() if (taker := uploads_of(each))}
    server = open_site(config, mounted, uploads=uploads)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(server.close)
    thread.join()
    server.task_dispatcher.shutdown()


def _mounted(config: Config, name: str, archive: Archive) -> MountedArchive:
    def make() -> Any:
        return archive_app(config, name, archive, lambda: None, lambda: None)

    return mounted_archive(config, name, make)


@pytest.fixture
def site(newsroom: str) -> str:
    return newsroom


PAGES = [
    *("/", "/search?q=radios", "/search?q=nothing", "/help", "/a/none/"),
    *("/a/harbour/", "/a/harbour/search?q=radios", "/a/harbour/upload", "/a/faro/doc/nota"),
]


def test_from_one_question_into_one_archive_and_back(visit: Open) -> None:
    seen = visit("/")
    page = seen.page
    assert page.get_by_role("heading", level=2).all_text_contents() == [
        *("The harbour", "منارة <El Faro>", "The lost papers"),
    ]
    assert page.get_by_text("There is no index yet.").is_visible()
    page.get_by_role("searchbox", name="Search every archive").fill("radios")
    seen.follow(page.get_by_role("button", name="Search"))
    assert page.get_by_role("status").text_content() == "3 passages in 2 archives"
    assert page.get_by_text("The lost papers: There is no index yet.").is_visible()
    seen.follow(page.get_by_role("link", name="All 2 passages in The harbour"))
    assert seen.path == "/a/harbour/search?q=radios"
    assert page.get_by_role("navigation", name="Archive").get_by_text("The harbour").is_visible()
    seen.follow(page.get_by_role("link", name="Ask all archives"))
    assert seen.path == "/search?q=radios"
    seen.follow(page.get_by_role("link", name="Nota"))
    assert page.locator("mark").first.text_content() == "radios"
    assert seen.console == []


def test_a_file_is_added_with_its_progress_and_found(visit: Open, tmp_path: Path) -> None:
    (tmp_path / "log.md").write_text("# The pilot's log\n\nThe lantern failed at noon.\n")
    (tmp_path / "junk.bin").write_bytes(bytes(range(256)))
    (tmp_path / "big.txt").write_bytes(b"x" * 1_100_000)
    seen = visit("/a/harbour/")
    page = seen.page
    seen.follow(page.get_by_role("link", name="Add files"))
    files = [tmp_path / name for name in ("log.md", "junk.bin", "big.txt")]
    page.get_by_label("Choose files, or drop them here").set_input_files(files)
    page.get_by_role("button", name="Add them").click()
    page.get_by_role("heading", name="1 file added, 2 not added").wait_for()
    entries = page.get_by_role("list", name="Files").get_by_role("listitem").all_text_contents()
    assert "The pilot's log" in entries[0]
    assert "No reader for .bin." in entries[1]
    assert "It is larger than 1 MB." in entries[2]
    assert page.get_by_role("progressbar").count() == 0
    seen.follow(page.get_by_role("link", name="The pilot's log"))
    assert page.get_by_text("The lantern failed at noon.").is_visible()
    seen.go("/search?q=lantern")
    assert page.get_by_role("status").text_content() == "1 passage in 1 archive"
    assert seen.console == []


def test_files_that_are_dropped_are_added(visit: Open) -> None:
    seen = visit("/a/faro/upload")
    page = seen.page
    transfer = page.evaluate_handle(
        "() => { const data = new DataTransfer();"
        " data.items.add(new File(['A dropped note about herons.'], 'note.txt')); return data; }"
    )
    page.locator("form[enctype]").dispatch_event("drop", {"dataTransfer": transfer})
    page.get_by_role("heading", name="1 file added").wait_for()
    assert page.get_by_role("link", name="Note").is_visible()


def test_a_form_works_without_scripts(visit: Open, tmp_path: Path) -> None:
    (tmp_path / "storm.txt").write_text("A storm without a script.")
    seen = visit("/a/faro/upload", java_script_enabled=False)
    seen.page.get_by_label("Choose files").set_input_files(tmp_path / "storm.txt")
    seen.follow(seen.page.get_by_role("button", name="Add them"))
    assert seen.page.get_by_role("heading", name="1 file added").is_visible()
    assert seen.page.get_by_role("link", name="Storm").is_visible()


def test_each_archive_has_a_board_of_its_own(visit: Open) -> None:
    seen = visit("/a/harbour/search?q=radios")
    names = {seen.page.evaluate("document.documentElement.dataset.archive")}
    for path in ("/a/faro/", "/"):
        names.add(seen.go(path).page.evaluate("document.documentElement.dataset.archive"))
    assert len(names) == 3


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_no_barriers(visit: Open, path: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen = visit(path, color_scheme=scheme)
    assert not [each["id"] for each in Axe().run(seen.page).response["violations"]]
    assert seen.violations == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 360, 820, 1440])
def test_no_page_is_wider_than_the_window(visit: Open, path: str, width: int) -> None:
    assert not visit(path, width=width).is_wider_than_the_window()
