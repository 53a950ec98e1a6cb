"""The pictures of the README: the results and the reader, with the documents of `corpus/`.

    python bench/pictures.py

It serves a fresh index on a free port of this machine and has Chromium draw two pages of it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import backstory
from backstory.webui.serving import open_server

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "bench" / "pictures"
PAGES = {
    "results": "/search?q=who+asked+for+encrypted+radios",
    "reader": "/doc/secret-talks?q=overthrow&related=1",
}
SIZE = "1280,1000"
MOST_BYTES = 300_000
SECONDS = 60


def main() -> None:
    """Draw every picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser's path")
    browser = parser.parse_args().chromium
    if not browser:
        sys.exit("There is no chromium here. Install it, or say where it is: --chromium PATH")
    FOLDER.mkdir(exist_ok=True)
    with served() as address:
        for name, path in PAGES.items():
            draw(browser, f"{address}{path}", FOLDER / f"{name}.png")


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


def draw(browser: str, address: str, picture: Path) -> None:
    """Draw a page; a picture that is too large for a README is an error."""
    with tempfile.TemporaryDirectory() as profile:
        options = [f"--user-data-dir={profile}", f"--window-size={SIZE}", "--hide-scrollbars"]
        # Scrolling to the passage must be over when the picture is taken.
        options += ["--headless", "--no-sandbox", "--disable-gpu", "--force-prefers-reduced-motion"]
        command = [browser, *options, f"--screenshot={picture}", address]
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    size = picture.stat().st_size
    print(f"{picture.relative_to(ROOT)}: {size:,} bytes")
    if size > MOST_BYTES:
        sys.exit(f"{picture.name} is too large: at most {MOST_BYTES:,} bytes.")


if __name__ == "__main__":
    main()
