"""Measure what a page costs in a real browser: until something is seen, and in bytes.

    python bench/paint.py

The shipped corpus is indexed and served on the loopback; each page is opened in a browser that has
seen nothing before, several times, and the median counts. Needs Playwright and /usr/bin/chromium.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from load import serving
from playwright.sync_api import sync_playwright
from report import Aim, machine, publish, shown, table

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
TIMES = 7
PAGES = {
    "home": "/",
    "results": "/search?q=military+option",
    "many results": "/search?q=Maduro&n=100",
    "document": "/doc/secret-talks?q=radios",
    "help": "/help",
}
PAINT = Aim(300.0)
WEIGHT = Aim(60.0)
SEEN = """() => new Promise((seen) => {
  const told = () => performance.getEntriesByName("first-contentful-paint")[0];
  if (told()) return seen(told().startTime);
  new PerformanceObserver(() => told() && seen(told().startTime))
    .observe({ type: "paint", buffered: true });
})"""


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--readme", type=Path, help="README.md to put the table into")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="paint-") as work:
        index = Path(work) / "index"
        place = ["--corpus", str(ROOT / "corpus"), "--index", str(index)]
        subprocess.run([sys.executable, "-m", "backstory", *place, "index"], check=True, cwd=ROOT)
        with serving(index) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            rows = [line(browser, server.port, name, path) for name, path in PAGES.items()]
            browser.close()
    heads = ["page", "first contentful paint", "aim", "weight, files included", "aim"]
    head = f"`python bench/paint.py`\n\n{machine()}"
    publish(f"{head}\n\n{table(heads, rows)}\n", "paint", options.readme)
    return 0


def line(browser: Any, port: int, name: str, path: str) -> list[str]:
    """Open a page several times and return its line."""
    opened = list(opening(browser, f"http://127.0.0.1:{port}{path}"))
    paint, weight = (median(values) for values in zip(*opened, strict=True))
    return [
        name,
        shown(paint, "ms"),
        PAINT.verdict(paint, "ms"),
        shown(weight / 1024, "KB"),
        WEIGHT.verdict(weight / 1024, "KB"),
    ]


def opening(browser: Any, url: str) -> Iterator[tuple[float, float]]:
    """Yield milliseconds to the first paint of content, and bytes in all, for each time."""
    for _ in range(TIMES):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        finished: list[Any] = []
        page.on("requestfinished", lambda request, finished=finished: finished.append(request))
        page.goto(url, wait_until="networkidle")
        sizes = [request.sizes() for request in finished]
        weight = sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes)
        yield page.evaluate(SEEN), weight
        context.close()


if __name__ == "__main__":
    sys.exit(main())
