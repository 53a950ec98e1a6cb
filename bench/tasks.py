"""Count what twelve tasks of a reporter's day take in a browser: clicks, keys and scrolls.

    python bench/tasks.py --against CHECKOUT

The shipped corpus is served by this checkout and by another one, whose `.venv` has it installed.
Chromium does the same tasks at both, each in the ways that are written down here, the shortest
first; the first way that reaches the goal counts. A text that is typed counts as one key, Enter as
another, a screen that is scrolled as one; a task that cannot be done counts FAILED.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hand import Hand, Impossible, check
from paint import CHROMIUM, ROOT
from playwright.sync_api import Browser, Error, ViewportSize, sync_playwright
from processes import environment
from report import machine, publish, table
from sides import commit, python_of, served

FAILED = 50
PATIENCE = 5_000  # milliseconds
# They come a day after the others.
NEW = ("people/vladimir-padrino-lopez.md", "law/us-sanctions.md")
SIZE: ViewportSize = {"width": 1440, "height": 900}
# Runs the command on the day before, as far as the times of arrival go.
YESTERDAY = """
import sys, datetime
class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) - datetime.timedelta(days=1)
try:
    import backstory.indexer.arrivals as arrivals
    arrivals.datetime = Clock
except ImportError:
    pass
from backstory.cli import main
main()
"""
# As a browser has it that was closed an hour after most of the corpus had come.
LAST_VISIT = """() => {
  const key = `backstory.${document.documentElement.dataset.archive}.visits`;
  const seen = new Date(Date.now() - 23 * 3600 * 1000).toISOString();
  localStorage.setItem(key, JSON.stringify({ seen }));
}"""
NOTE = re.compile("^(Why it matters|Note)")
Way = Callable[[Hand], None]


@dataclass(frozen=True, slots=True)
class Task:
    """A task, and its ways; what comes `before` it is not counted."""

    name: str
    ways: Sequence[Way]
    before: Way = lambda hand: None


# --- The tasks. What is looked for stands in the corpus.


def quotation(hand: Hand) -> None:
    hand.ask('"open a hidden line"')
    hand.bring(hand.page.locator("mark", has_text="open a hidden line"))


def asked(text: str) -> Way:
    return lambda hand: hand.ask(text)


def context_beside(hand: Hand) -> None:
    preview = hand.page.get_by_role("complementary", name="Preview")
    hand.bring(preview.get_by_text("The report relies on American officials"))


def context_in_document(hand: Hand) -> None:
    hand.click(hand.hit().get_by_role("heading").get_by_role("link"))
    hand.bring(hand.page.locator("#p1 .text"))
    hand.bring(hand.page.locator("#p3 .text"))


def citation(hand: Hand) -> None:
    hand.click(hand.hit().get_by_role("button", name=re.compile("^Copy")))
    hand.page.wait_for_timeout(300)
    copied = hand.clipboard()
    check("hidden line" in copied and "The secret talks" in copied, copied)


def person_in_a_year(hand: Hand) -> None:
    hand.ask("Padrino")
    hand.click(hand.link("2017"))
    hand.page.wait_for_url(re.compile("date"))
    dates = hand.page.locator(".hit time").all_inner_texts()
    check(dates and all("2017" in date for date in dates), f"{dates}")


def compared(hand: Hand) -> None:
    hand.click(hand.hit().locator("summary", has_text="More"))
    hand.click(hand.hit().get_by_role("link", name=re.compile("^Compare")))
    both_stand_there(hand)


def compared_from_the_document(hand: Hand) -> None:
    hand.click(hand.hit().get_by_role("heading").get_by_role("link"))
    hand.click(hand.link(re.compile("^Compare")))
    both_stand_there(hand)


def both_stand_there(hand: Hand) -> None:
    hand.page.wait_for_url(re.compile("/compare"))
    check(hand.page.get_by_role("heading", level=2).count() > 1, "no two documents")


def was_here_yesterday(hand: Hand) -> None:
    hand.page.evaluate(LAST_VISIT)
    hand.page.reload()


def news_on_the_list(hand: Hand) -> None:
    hand.click(hand.link(re.compile("(added|new|come|came) since", re.IGNORECASE)))
    only_what_is_new(hand)


def news_by_a_filter(hand: Hand) -> None:
    hand.ask("added:today")
    only_what_is_new(hand)


def only_what_is_new(hand: Hand) -> None:
    hand.page.wait_for_load_state()
    text = hand.page.locator("main").inner_text()
    check("Padrino" in text and "2 documents" in text, text[:300])


def evidence_with_notes_at_once(hand: Hand) -> None:
    for number in range(10):
        hand.click(hand.hit(number).get_by_role("button", name=re.compile("^Pin")))
        hand.click(hand.button("Write a note"))
        hand.page.wait_for_function("() => document.activeElement.matches('textarea')")
        hand.page.keyboard.type(f"Note {number}")
        hand.keys += 1
    ten_notes_are_kept(hand)


def evidence_with_notes_on_the_board(hand: Hand) -> None:
    for number in range(10):
        hand.click(hand.hit(number).get_by_role("button", name=re.compile("^Pin")))
    hand.click(hand.link(re.compile("^Board")))
    for number in range(10):
        hand.write(hand.page.get_by_label(NOTE).nth(number), f"Note {number}")
    hand.page.keyboard.press("Tab")
    ten_notes_are_kept(hand)


def ten_notes_are_kept(hand: Hand) -> None:
    hand.page.wait_for_timeout(300)
    hand.page.goto("/board")
    notes = hand.page.get_by_label(NOTE)
    notes.nth(9).wait_for()
    kept = sorted(notes.nth(number).input_value() for number in range(notes.count()))
    check(kept == [f"Note {number}" for number in range(10)], f"{kept}")


def correction_undone(hand: Hand) -> None:
    hand.ask("Tilerson")
    hand.click(
        hand.page.locator("main").get_by_role("link", name=re.compile("exactly what was typed"))
    )
    hand.page.wait_for_url(re.compile("exact=1"))


def found_again_by_history(hand: Hand) -> None:
    hand.click(hand.link("History"))
    hand.click(hand.page.locator("main").get_by_role("link", name=re.compile("hidden line")))
    hand.bring(hand.page.locator("mark", has_text="open a hidden line"))


def found_again_at_home(hand: Hand) -> None:
    hand.click(hand.page.locator("main").get_by_role("link", name=re.compile("hidden line")))
    hand.bring(hand.page.locator("mark", has_text="open a hidden line"))


def seen_before(hand: Hand) -> None:
    for text in ('"open a hidden line"', "Padrino", "sanctions"):
        hand.ask(text)
        hand.page.goto("/")


def last_hit(hand: Hand) -> None:
    last = hand.page.locator(".hit").count() - 1
    hand.page.locator("h1").first.click(force=True)  # the reader has looked at the page
    hand.press("j", last + 1)
    check(hand.hit(last).evaluate("(hit) => hit.contains(document.activeElement)"), "not reached")


def related_beside(hand: Hand) -> None:
    preview = hand.page.get_by_role("complementary", name="Preview")
    hand.click(preview.get_by_role("link", name=re.compile("^Related")))
    hand.bring(hand.page.get_by_text(re.compile("^Shares:")))


def related_under_more(hand: Hand) -> None:
    hand.click(hand.hit().locator("summary", has_text="More"))
    related_of_the_hit(hand)


def related_of_the_hit(hand: Hand) -> None:
    hand.click(hand.hit().get_by_role("link", name=re.compile("^Related")))
    hand.bring(hand.page.get_by_text(re.compile("^Shares:")))


def shared_from_the_bar(hand: Hand) -> None:
    hand.press("Control+l")
    hand.press("Control+c")
    leads_to_the_passage(hand, hand.page.url)


def shared_from_the_document(hand: Hand) -> None:
    hand.click(hand.hit().get_by_role("heading").get_by_role("link"))
    hand.page.wait_for_url(re.compile("/doc/"))
    shared_from_the_bar(hand)


def leads_to_the_passage(hand: Hand, address: str) -> None:
    check("secret-talks" in address, address)
    with hand.page.context.browser.new_context(viewport=SIZE) as colleague:  # type: ignore[union-attr]
        page = colleague.new_page()
        page.goto(address)
        page.locator("mark", has_text="open a hidden line").first.wait_for(timeout=PATIENCE)


HIDDEN = asked('"open a hidden line"')
TASKS = (
    Task("find a quotation", [quotation]),
    Task("its context", [context_beside, context_in_document], HIDDEN),
    Task("copy its citation", [citation], HIDDEN),
    Task("a person in 2017", [person_in_a_year]),
    Task("compare two documents", [compared, compared_from_the_document], HIDDEN),
    Task("what is new since yesterday", [news_on_the_list, news_by_a_filter], was_here_yesterday),
    Task(
        "ten pieces of evidence, with notes",
        [evidence_with_notes_at_once, evidence_with_notes_on_the_board],
        asked("sanctions"),
    ),
    Task("undo a wrong correction", [correction_undone]),
    Task(
        "find a passage again next week",
        [found_again_at_home, found_again_by_history, quotation],
        seen_before,
    ),
    Task("from the first hit to the last by keyboard", [last_hit], asked("sanctions")),
    Task("related passages", [related_beside, related_under_more, related_of_the_hit], HIDDEN),
    Task("share a link to a passage", [shared_from_the_bar, shared_from_the_document], HIDDEN),
)


def main() -> int:
    """Count, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--against", type=Path, required=True, help="the other checkout")
    parser.add_argument("--readme", type=Path, help="README.md to put the table into")
    options = parser.parse_args()
    other: Path = options.against.absolute()
    counted = {
        "before": count(python_of(other)),
        "now": count(Path(sys.executable)),
    }
    rows = [
        [task.name, *(_cell(counts[task.name]) for counts in counted.values())] for task in TASKS
    ]
    sums = [str(sum(_sum(counts[task.name]) for task in TASKS)) for counts in counted.values()]
    head = (
        f"`python bench/tasks.py --against CHECKOUT`, a checkout of {commit(other)}\n\n{machine()}"
    )
    text = table(["task", "before", "now"], [*rows, ["**in sum**", *sums]])
    publish(f"{head}\n\n{text}\n", "tasks", options.readme)
    return 0


def _sum(hand: Hand | None) -> int:
    return hand.total if hand else FAILED


def _cell(hand: Hand | None) -> str:
    if hand is None:
        return f"{FAILED} (cannot be done)"
    parts = {"clicks": hand.clicks, "keys": hand.keys, "scrolls": hand.scrolls}
    shown = ", ".join(f"{number} {name}" for name, number in parts.items() if number)
    return f"{hand.total} ({shown})" if shown else "0"


def count(python: Path) -> dict[str, Hand | None]:
    """Return what each task takes at a checkout; None for one that cannot be done."""
    with dossier(python) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        counted = {task.name: done(browser, address, task) for task in TASKS}
        browser.close()
    return counted


def done(browser: Browser, address: str, task: Task) -> Hand | None:
    """Do a task in the first of its ways that leads to the goal."""
    for way in task.ways:
        with browser.new_context(viewport=SIZE, base_url=address) as context:
            context.grant_permissions(["clipboard-read", "clipboard-write"])
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            page.goto("/")
            hand = Hand(page)
            task.before(hand)
            page.wait_for_load_state("networkidle")
            hand.clicks = hand.keys = hand.scrolls = 0
            try:
                way(hand)
            except (Error, Impossible) as error:
                print(f"  {task.name}: not so: {str(error).splitlines()[0]}", file=sys.stderr)
            else:
                return hand
    return None


@contextmanager
def dossier(python: Path) -> Iterator[str]:
    """Serve the corpus by the Backstory of a Python, most of it indexed yesterday."""
    with tempfile.TemporaryDirectory(prefix="tasks-") as work:
        corpus, index = Path(work) / "corpus", Path(work) / "index"
        shutil.copytree(ROOT / "corpus", corpus, ignore=lambda folder, names: _late(corpus, folder))
        place = ["--corpus", str(corpus), "--index", str(index)]
        run: dict[str, Any] = {"cwd": work, "env": environment(), "check": True}
        subprocess.run([python, "-c", YESTERDAY, *place, "index"], **run, capture_output=True)
        for name in NEW:
            shutil.copy(ROOT / "corpus" / name, corpus / name)
        command = [str(python), "-m", "backstory", *place, "index"]
        subprocess.run(command, **run, capture_output=True)
        with served(python, corpus, index) as address:
            yield address


def _late(corpus: Path, folder: Any) -> set[str]:
    within = Path(folder).resolve().relative_to((ROOT / "corpus").resolve())
    return {Path(name).name for name in NEW if Path(name).parent == within}


if __name__ == "__main__":
    raise SystemExit(main())
