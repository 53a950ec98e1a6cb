"""A real browser before a real server; without Chromium these tests are skipped, or fail.

They fail where the environment says `BROWSER_TESTS=required`, as `.ci/run` does.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from backstory.api import Archive
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.webui.serving import open_server
from tests.browser.site import shelf

CHROMIUM = Path("/usr/bin/chromium")
NEEDED = ("playwright", "axe_playwright_python")
PATIENCE = 20_000  # milliseconds, on a busy machine
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.violations.push(event.violatedDirective + " " + event.blockedURI));
"""

# Whether a pixel of a picture is of the yellow that words are marked with.
YELLOW = """(image) => {
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4)
    count += data[at] > 240 && data[at + 1] > 230 && data[at + 2] < 160;
  return [canvas.width, count];
}"""


def missing() -> str:
    """Return what is missing for these tests, "" if nothing is."""
    packages = [name for name in NEEDED if not importlib.util.find_spec(name)]
    if packages:
        return f"browser tests need {' and '.join(packages)}: pip install '.[test]'"
    if not CHROMIUM.exists():
        return f"browser tests need {CHROMIUM}: apt-get install chromium"
    return ""


def pytest_runtest_setup() -> None:
    """Skip the tests of this folder where they cannot run, all with the same line."""
    if found := missing():
        (pytest.fail if os.environ.get("BROWSER_TESTS") == "required" else pytest.skip)(found)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Chromium, started for the tests of a module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@contextmanager
def running(config: Config, searcher: Searcher, **options: Any) -> Iterator[str]:
    """Serve on a port of this machine, whose address is given."""
    server = open_server(config, searcher, **options)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(server.close)
    thread.join()
    server.task_dispatcher.shutdown()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a server over the library, on a port of this machine."""
    config = Config().override(web__port=0)
    searcher = Searcher(shelf().index, config.search, config.ranking)
    with running(config, searcher) as address:
        yield address


@contextmanager
def served(archive: Archive) -> Iterator[str]:
    """Serve an archive with its originals on a port of this machine, whose address is given."""
    options = {"originals": archive.originals}
    with running(archive.config, archive.searcher, **options) as address:
        yield address


@dataclass
class Visit:
    """A page that is open, and everything that happened on it."""

    page: Any
    site: str
    status: int = 0
    requests: list[str] = field(default_factory=list)
    bytes: int = 0
    console: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def go(self, path: str) -> Visit:
        """Open a page."""
        response = self.page.goto(f"{self.site}{path}")
        self.status = response.status
        return self

    def follow(self, locator: Any) -> None:
        """Click what leads to another page, and wait until that one is loaded."""
        with self.page.expect_navigation():
            locator.click()

    @property
    def violations(self) -> list[str]:
        """What the page tried to do against its policy."""
        return list(self.page.evaluate("window.violations"))

    @property
    def path(self) -> str:
        """Where the browser is now, without the host."""
        return str(self.page.url).removeprefix(self.site)

    def is_wider_than_the_window(self) -> bool:
        """Tell whether there is anything to scroll to at the side."""
        return bool(
            self.page.evaluate(
                "document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
            )
        )


Open = Callable[..., Visit]


def downloaded(visit: Visit, link: Any) -> tuple[str, bytes]:
    """Follow a link to a file; return the name that the browser keeps it under, and its bytes."""
    with visit.page.expect_download() as waiting:
        link.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def yellow_dots(image: Any) -> tuple[int, int]:
    """Return how wide a picture is, and how many of its dots are marked."""
    image.evaluate("(image) => image.decode()")
    width, count = image.evaluate(YELLOW)
    return width, count


@pytest.fixture
def visit(chromium: Any, site: str) -> Iterator[Open]:
    """Open a page in a browser of its own: `visit("/help", width=360, color_scheme="dark")`."""
    opened = []

    def open_page(path: str = "/", width: int = 1280, height: int = 900, **options: Any) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        opened.append(context)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(WATCH)
        page = context.new_page()
        found = Visit(page, site)
        page.on("request", lambda request: found.requests.append(request.url))
        page.on("requestfinished", lambda request: _weigh(found, request))
        page.on("console", lambda told: found.console.append(_told(told)))
        page.on("pageerror", lambda error: found.console.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (found.dialogs.append(dialog.message), dialog.dismiss()))
        return found.go(path)

    yield open_page
    for context in opened:
        context.close()


def _told(message: Any) -> str:
    return f"{message.type}: {message.text} ({message.location['url']})"


def _weigh(found: Visit, request: Any) -> None:
    sizes = request.sizes()
    found.bytes += sizes["responseBodySize"] + sizes["responseHeadersSize"]
