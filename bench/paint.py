"""Measure what a page costs in a real browser: until something is seen, in bytes, and while typing.

    python bench/paint.py [--against CHECKOUT] [--news INDEX]

The shipped corpus is indexed and served on the loopback; each page is opened in a browser that has
seen nothing before, several times, and the median counts; two checkouts take turns. With an index
of the news, results while somebody types are timed from the last key until they stand there. Needs
Playwright and /usr/bin/chromium.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from report import Aim, machine, percentile, publish, shown, table
from sides import both, by_turns, commit, served

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
TYPED = Aim(150.0)
WORDS = (
    "minister",
    "parliament",
    "hostages",
    "reactor",
    "ferry",
    "inflation",
    "hurricane",
    "verdict",
)
SEEN = """() => new Promise((seen) => {
  const told = () => performance.getEntriesByName("first-contentful-paint")[0];
  if (told()) return seen(told().startTime);
  new PerformanceObserver(() => told() && seen(told().startTime))
    .observe({ type: "paint", buffered: true });
})"""
# Promises the milliseconds from the next key until other results stand on the page.
WATCHED = """() => {
  window.typed = new Promise((seen) => {
    let began = 0;
    addEventListener("keydown", () => { began = performance.now(); }, { once: true });
    const content = document.getElementById("content");
    new MutationObserver((changes, observer) => {
      if (!began || !content.querySelector(".tallied")) return;
      observer.disconnect();
      requestAnimationFrame(() => seen(performance.now() - began));
    }).observe(content, { childList: true });
  });
}"""


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--against", type=Path, help="another checkout, with a .venv")
    parser.add_argument("--news", type=Path, help="an index of the news")
    parser.add_argument("--readme", type=Path, help="README.md to put the table into")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="paint-") as work, ExitStack() as opened:
        sides = both(options.against, Path(work))
        addresses: dict[str, str] = {}
        for name, side in sides.items():
            side.command("paint", ROOT / "corpus", "index")
            server = served(side.python, ROOT / "corpus", side.index("paint"))
            addresses[name] = opened.enter_context(server)
        browser = opened.enter_context(sync_playwright()).chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        text = [painted(browser, addresses, options.against)]
        if options.news:
            here = sides["here"].python
            text.append(typed(browser, opened.enter_context(served(here, ROOT, options.news))))
        browser.close()
    head = f"`python bench/paint.py --against CHECKOUT --news INDEX`\n\n{machine()}"
    publish("\n\n".join([head, *text]) + "\n", "paint", options.readme)
    return 0


def painted(browser: Browser, addresses: Mapping[str, str], against: Path | None) -> str:
    """Open every page at every side by turns, and return the table."""
    tasks = {
        (name, side): lambda _, url=f"{address}{path}": opening(browser, url)
        for name, path in PAGES.items()
        for side, address in addresses.items()
    }
    opened = by_turns(TIMES, tasks)
    rows = []
    for name in PAGES:
        paint, weight = _medians(opened[name, "here"])
        other = [shown(_medians(opened[name, "other"])[0], "ms")] if against else []
        rows.append(
            [
                *(name, shown(paint, "ms"), PAINT.verdict(paint, "ms"), *other),
                *(shown(weight / 1024, "KB"), WEIGHT.verdict(weight / 1024, "KB")),
            ]
        )
    others = [f"of {commit(against)}, by turns"] if against else []
    heads = ["page", "first contentful paint", "aim", *others, "weight, files included", "aim"]
    return table(heads, rows)


def _medians(opened: Sequence[tuple[float, float]]) -> tuple[float, float]:
    paint, weight = (median(values) for values in zip(*opened, strict=True))
    return paint, weight


def opening(browser: Browser, url: str) -> tuple[float, float]:
    """Return the milliseconds to the first paint of content, and bytes in all."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        finished: list[Any] = []
        page.on("requestfinished", lambda request: finished.append(request))
        page.goto(url, wait_until="networkidle")
        sizes = [request.sizes() for request in finished]
        weight = sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes)
        return page.evaluate(SEEN), weight


def typed(browser: Browser, address: str) -> str:
    """Type words letter by letter, and return what the last letter of each took."""
    times = []
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{address}/search?q=news")
        box = page.get_by_role("combobox", name="Search every document")
        for word in WORDS:
            box.fill("")
            box.press_sequentially(word[:-1], delay=60)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(700)  # what is shown belongs to what stands there
            page.evaluate(WATCHED)
            box.press(word[-1])
            times.append(page.evaluate("window.typed"))
    measured = {share: percentile(times, share) for share in (50, 95)}
    rows = [
        [f"p{share}", shown(value, "ms"), TYPED.verdict(value, "ms")]
        for share, value in measured.items()
    ]
    return table(["from the last key to its results, on the news", "measured", "aim"], rows)


if __name__ == "__main__":
    sys.exit(main())
