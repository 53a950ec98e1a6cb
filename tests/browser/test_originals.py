"""From a question to the page that it stands on, with its words marked, and to the file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import backstory
from backstory.webui.serving import open_server
from tests.browser.conftest import Open, Visit
from tests.originals import HOSTILE, fill

# Whether a pixel of the picture is of the yellow that words are marked with.
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


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files of every kind."""
    corpus = tmp_path_factory.mktemp("originals") / "corpus"
    fill(corpus)
    return corpus


@pytest.fixture(scope="module")
def site(corpus: Path) -> Iterator[str]:
    """The address of a server over that folder."""
    with backstory.open(corpus.parent / "index", corpus=corpus, web__port=0) as archive:
        archive.index()
        server = open_server(archive.config, archive.searcher, originals=archive.originals)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield f"http://127.0.0.1:{server.effective_port}"
        server.trigger.pull_trigger(server.close)
        thread.join()
        server.task_dispatcher.shutdown()


def downloaded(visit: Visit, link: Any) -> tuple[str, bytes]:
    with visit.page.expect_download() as waiting:
        link.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_question_leads_to_the_page_with_its_words_marked_and_to_the_file(
    visit: Open, corpus: Path, scripts: bool
) -> None:
    opened = visit("/", java_script_enabled=scripts)
    page = opened.page
    page.locator("#q").fill("octopus contract")
    page.get_by_role("button", name="Search").first.click()
    page.get_by_role("link", name="as a picture").first.click()
    assert opened.path == "/page/box.zip/inner.zip/deep.pdf/1?q=octopus+contract"
    assert page.locator("mark").all_inner_texts() == ["octopus", "contract"]
    if scripts:
        image = page.locator(".facing img")
        image.evaluate("(image) => image.decode()")
        width, yellow = image.evaluate(YELLOW)
        assert (width, 1_000 < yellow < 10_000) == (1_000, True)
        assert opened.violations == []
    name, data = downloaded(opened, page.get_by_role("link", name="Original"))
    assert (name, data[:5]) == ("deep.pdf", b"%PDF-")
    assert opened.console == []


def test_a_document_leads_to_its_pages_and_its_file(visit: Open, corpus: Path) -> None:
    opened = visit("/doc/report?q=lamps")
    name, data = downloaded(opened, opened.page.get_by_role("link", name="Original"))
    assert (name, data) == ("report.pdf", (corpus / "report.pdf").read_bytes())
    opened.page.get_by_role("link", name="Page 3 as a picture").click()
    opened.page.get_by_role("link", name="Page 2").click()
    opened.page.get_by_role("link", name="The document as text").click()
    assert opened.path.startswith("/doc/report")


def test_a_page_with_a_script_is_kept_and_not_run(visit: Open) -> None:
    opened = visit("/doc/trap")
    name, data = downloaded(opened, opened.page.get_by_role("link", name="Original"))
    assert (name, data) == ("trap.html", HOSTILE.encode())
    assert opened.path == "/doc/trap"
    assert opened.dialogs == []


@pytest.mark.parametrize("width", [360, 1_400])
def test_a_picture_fits_and_stands_beside_its_text_where_there_is_room(
    visit: Open, width: int
) -> None:
    opened = visit("/page/report/3?q=lamps", width=width)
    assert not opened.is_wider_than_the_window()
    picture = opened.page.locator(".facing figure").bounding_box()
    text = opened.page.locator(".facing .passages").bounding_box()
    is_beside = text["x"] >= picture["x"] + picture["width"]
    is_below = text["y"] >= picture["y"] + picture["height"]
    assert (is_beside, is_below) == (width > 1_000, width < 1_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(visit: Open, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened = visit("/page/report/3?q=lamps", color_scheme=scheme)
    assert Axe().run(opened.page).response["violations"] == []
