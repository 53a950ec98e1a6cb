"""Pictures of the page in every state, with the sample dossier; README and tutorial show some.

    python bench/pictures.py [NAME ...]

It serves a fresh index on a free port of this machine and visits the page as a reader would, by
roles, names and addresses, so that another look of the page gives other pictures and no error.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Page, sync_playwright

import backstory
from backstory.webui.serving import open_server

Visit = Callable[[Page], None]
ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "bench" / "pictures"
QUESTION = "who asked for encrypted radios"
NOTES = ("The request itself: quote this.", "Who refused it, and when?", "")
DESK, TABLET, TELEPHONE = (1440, 900), (820, 1100), (360, 740)
MOST_BYTES = 300_000
DRAFT = """On 4 August 2018 two drones went off near the Avenida Bolívar while Maduro was speaking;
nine soldiers of the guard were injured. One of the drones “had lost control and struck a school
building nearby”, said Néstor Reverol.

Peter Kornbluh, a historian, spoke of “silent approval of what they intended to do”. For its report
the newspaper interviewed 15 American officials, current and former.

> The Americans gave the Venezuelan officers no material support.

Ingrid Maalouf, a banker in Oslo, put the price of the radios at $6.2m.
"""


def main() -> None:
    """Draw every picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser's path")
    parser.add_argument("names", nargs="*", choices=[[], *PICTURES], help="these alone")
    options = parser.parse_args()
    browser = options.chromium
    if not browser:
        sys.exit("There is no chromium here. Install it, or say where it is: --chromium PATH")
    FOLDER.mkdir(exist_ok=True)
    with served() as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for name in options.names or PICTURES:
            picture = PICTURES[name]
            width, height = picture.size
            # Scrolling to a passage must be over when the picture is taken.
            context = chromium.new_context(
                base_url=address,
                viewport={"width": width, "height": height},
                reduced_motion="reduce",
                color_scheme=picture.scheme,
            )
            page = context.new_page()
            picture.visit(page)
            draw(page, FOLDER / f"{name}.png")
            context.close()
        chromium.close()


@contextmanager
def served() -> Iterator[str]:
    """Index the corpus anew, and serve it as long as it is wanted."""
    with tempfile.TemporaryDirectory() as folder:
        archive = backstory.open(Path(folder) / "index", corpus=ROOT / "corpus", web__port=0)
        archive.index()
        server = open_server(archive.config, archive.searcher)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.effective_port}"
        finally:
            server.trigger.pull_trigger(server.close)
            thread.join()
            server.task_dispatcher.shutdown()


def home(page: Page) -> None:
    """Open the first page."""
    page.goto("/")


def results(page: Page) -> None:
    """Ask the question of the tutorial."""
    page.goto(f"/search?q={QUESTION.replace(' ', '+')}")
    page.get_by_role("link", name=re.compile("A chronology")).first.wait_for()


def document(page: Page) -> None:
    """Open a document at a passage, with what is related to it."""
    page.goto("/doc/secret-talks?q=overthrow")
    page.get_by_role("link", name=re.compile("^Related to passage")).first.click()
    page.get_by_text(re.compile("^Shares")).first.wait_for()


def board(page: Page) -> None:
    """Pin three passages, and write notes to them."""
    page.goto(f"/search?q={QUESTION.replace(' ', '+')}")
    for number in range(1, len(NOTES) + 1):
        page.get_by_role("button", name=f"Pin: hit {number}", exact=True).click()
        page.get_by_role("button", name=f"Pinned: hit {number}", exact=True).wait_for()
    page.goto("/board")
    fields = page.get_by_label(re.compile("why it matters|note", re.IGNORECASE))
    fields.first.wait_for()
    for field, note in zip(fields.all(), NOTES, strict=False):
        field.fill(note)
        field.blur()
    page.evaluate("scrollTo(0, 0)")


def filters_on_a_telephone(page: Page) -> None:
    """Open the sheet of filters."""
    results(page)
    page.get_by_role("link", name="Filters").click()


def drawer(page: Page) -> None:
    """Open the board beside the hits."""
    results(page)
    page.get_by_role("button", name="Pin: hit 1", exact=True).click()
    page.get_by_role("button", name="Pinned: hit 1", exact=True).wait_for()
    page.keyboard.press("b")
    page.get_by_role("complementary", name="Board").wait_for()


def history(page: Page) -> None:
    """Ask some questions, and look them up."""
    for text in ("radios", '"military option"', "Padrino after:2017"):
        page.goto(f"/search?q={text}")
        page.locator("h1").wait_for()
    page.goto("/history")


def draft(page: Page) -> None:
    """Have a draft checked."""
    page.goto("/draft")
    page.get_by_label("Your text").fill(DRAFT)
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_role("heading", name="Sentence by sentence").wait_for()


def draft_sentences(page: Page) -> None:
    """Have a draft checked, and go to its sentences."""
    draft(page)
    page.get_by_role("link", name="Sentence 1", exact=True).first.click()


def at(path: str) -> Visit:
    """Return what opens a page."""

    def visit(page: Page) -> None:
        page.goto(path)
        page.locator("h1").first.wait_for()

    return visit


@dataclass(frozen=True, slots=True)
class Picture:
    """A state of the page, and how it is looked at."""

    visit: Visit
    size: tuple[int, int] = DESK
    scheme: Literal["light", "dark"] = "light"


NOTHING = "/search?q=zeppelin+ferries"
COMPARED = "/compare?a=events/military-option&b=people/donald-trump"
LINES = "/concordance?q=sanctions"
PICTURES = {
    "home": Picture(home),
    "home-dark": Picture(home, DESK, "dark"),
    "home-telephone": Picture(home, TELEPHONE),
    "results": Picture(results),
    "results-dark": Picture(results, DESK, "dark"),
    "results-tablet": Picture(results, TABLET),
    "results-telephone": Picture(results, TELEPHONE),
    "results-telephone-dark": Picture(results, TELEPHONE, "dark"),
    "filters": Picture(filters_on_a_telephone, TELEPHONE),
    "narrowed": Picture(at("/search?q=Maduro+source:Backstory+-date:2017+after:2015")),
    "corrected": Picture(at("/search?q=Tilerson")),
    "nothing": Picture(at(NOTHING)),
    "document": Picture(document),
    "document-dark": Picture(document, DESK, "dark"),
    "document-tablet": Picture(document, TABLET),
    "document-telephone": Picture(document, TELEPHONE),
    "board": Picture(board),
    "board-dark": Picture(board, DESK, "dark"),
    "board-telephone": Picture(board, TELEPHONE),
    "drawer": Picture(drawer),
    "compare": Picture(at(COMPARED)),
    "compare-telephone": Picture(at(COMPARED), TELEPHONE),
    "lines": Picture(at(LINES)),
    "lines-telephone": Picture(at(LINES), TELEPHONE),
    "draft": Picture(draft),
    "draft-dark": Picture(draft_sentences, DESK, "dark"),
    "draft-tablet": Picture(draft_sentences, TABLET),
    "draft-telephone": Picture(draft_sentences, TELEPHONE),
    "documents": Picture(at("/documents")),
    "history": Picture(history),
    "quote": Picture(at("/cite/secret-talks?p=2")),
    "help": Picture(at("/help")),
    "error": Picture(at("/doc/nothing")),
}


def draw(page: Page, picture: Path) -> None:
    """Draw what is seen of a page; a picture that is too large for a README is an error."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=picture)
    with Image.open(picture) as drawn:  # 256 colours are enough for letters, at half the size
        drawn.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(picture, optimize=True)
    size = picture.stat().st_size
    print(f"{picture.relative_to(ROOT)}: {size:,} bytes")
    if size > MOST_BYTES:
        sys.exit(f"{picture.name} is too large: at most {MOST_BYTES:,} bytes.")


if __name__ == "__main__":
    main()
