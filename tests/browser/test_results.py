"""The page of hits: how much of it is seen at once, the open hit, filters, and what is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

import backstory
from tests.browser.conftest import Open, Visit, served

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
QUESTIONS = [
    *("who called Maduro a madman", "encrypted radios", "Chavez coup 2002", "maduro meeting"),
    *("who killed Óscar Pérez", "golpe de abril de 2002", "Tillerson", "zeppelin maduro"),
]
WHOLE = """() => [...document.querySelectorAll("main li[data-name]")].filter((hit) => {
  const box = hit.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight && box.height > 60;
}).length"""
# The names of all controls and links, and for each what it leads to or does.
NAMES = """() => [...document.querySelectorAll("main a, main button, main summary, main input")]
  .filter((one) => one.type !== "hidden" && one.getClientRects().length)
  .map((one) => [one.ariaLabel || one.textContent.trim() || one.labels?.[0]?.textContent,
                 one.getAttribute("href") || one.textContent])"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over the sample dossier."""
    index = tmp_path_factory.mktemp("dossier") / "index"
    with backstory.open(index, corpus=CORPUS, web__port=0) as archive:
        archive.index()
        with served(archive) as address:
            yield address


def hits(seen: Visit) -> Any:
    """Return the hits of the list."""
    return seen.page.locator("main ol li[data-name]")


def titles(seen: Visit) -> list[str]:
    """Return the titles of the hits."""
    return list(seen.page.locator("main li[data-name] h3").all_inner_texts())


def preview(seen: Visit) -> Any:
    """Return the preview."""
    return seen.page.get_by_role("complementary", name="Preview")


def wait_for_preview(seen: Visit, title: str) -> None:
    """Wait until a document of this title is shown beside the hits."""
    preview(seen).get_by_role("heading", name=title, level=2, exact=True).wait_for()


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(("width", "height", "least"), [(1440, 900, 5), (360, 740, 2)])
def test_first_screen_has_whole_hits(
    visit: Open, question: str, width: int, height: int, least: int
) -> None:
    seen = visit(f"/search?q={quote_plus(question)}", width=width, height=height)
    seen.page.get_by_role("button", name="Pin: hit 1", exact=True).wait_for()
    assert seen.page.evaluate(WHOLE) >= min(least, hits(seen).count())
    assert hits(seen).count() >= least


@pytest.mark.parametrize("path", ["/search?q=maduro+meeting", "/concordance?q=maduro"])
@pytest.mark.parametrize("width", [360, 1440])
def test_what_does_something_else_has_another_name(visit: Open, path: str, width: int) -> None:
    seen = visit(path, width=width)
    if path.startswith("/search"):
        seen.page.get_by_role("button", name="Pin: hit 1", exact=True).wait_for()
        hits(seen).first.get_by_text("More about hit 1").click()
    names: dict[str, set[str]] = {}
    for name, what in seen.page.evaluate(NAMES):
        names.setdefault(" ".join(name.split()), set()).add(what)
    doubtful = {name: what for name, what in names.items() if len(what) > 1}
    assert len(names) > 30
    assert doubtful == {}


def test_first_stop_leads_to_the_hits(visit: Open) -> None:
    seen = visit("/search?q=maduro+meeting")
    seen.page.keyboard.press("Tab")
    assert "hits" in seen.page.evaluate("document.activeElement.textContent")
    seen.page.keyboard.press("Enter")
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.closest('li').dataset.name") == "hit 1"


def test_keys_move_the_hit_and_the_preview_and_add_nothing_to_the_history(visit: Open) -> None:
    seen = visit("/search?q=maduro+meeting", width=1440)
    names = titles(seen)
    wait_for_preview(seen, names[0])
    before = seen.page.evaluate("history.length")
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        seen.page.keyboard.press(key)
        wait_for_preview(seen, names[place])
        assert seen.page.evaluate("document.activeElement.textContent") == names[place]
    assert seen.page.evaluate("history.length") == before
    assert preview(seen).locator("mark").count() > 0
    assert "open=" in seen.page.url
    seen.page.reload()
    wait_for_preview(seen, names[1])
    assert hits(seen).nth(1).get_attribute("aria-current") == "true"


def test_enter_opens_the_document_and_back_finds_the_open_hit(visit: Open) -> None:
    seen = visit("/search?q=maduro+meeting&sort=newest", width=1440)
    names = titles(seen)
    wait_for_preview(seen, names[0])
    for place in (0, 1, 2):
        seen.page.keyboard.press("j")
        wait_for_preview(seen, names[place])
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(re.compile("/doc/"))
    assert seen.page.get_by_role("heading", level=1).inner_text() == names[2]
    seen.page.go_back()
    wait_for_preview(seen, names[2])
    seen.page.keyboard.press("j")
    wait_for_preview(seen, names[3])


def test_preview_needs_no_script(visit: Open) -> None:
    seen = visit("/search?q=maduro+meeting", width=1440, java_script_enabled=False)
    second = hits(seen).nth(1)
    title = second.get_by_role("heading").inner_text()
    second.locator("summary", has_text="More").click()
    second.get_by_role("link", name="Preview hit 2", exact=True).click()
    wait_for_preview(seen, title)
    assert hits(seen).nth(1).get_attribute("aria-current") == "true"


def test_narrow_windows_have_no_preview_and_ask_for_none(visit: Open) -> None:
    seen = visit("/search?q=maduro+meeting", width=1100)
    seen.page.keyboard.press("j")
    seen.page.wait_for_load_state("networkidle")
    assert not preview(seen).is_visible()
    assert [url for url in seen.requests if "open=" in url] == []


def test_cut_text_unfolds_and_all_actions_are_reached_by_keys(visit: Open) -> None:
    seen = visit("/search?q=maduro+meeting", width=820)
    first = hits(seen).first
    short = first.locator("blockquote").first.inner_text()
    first.locator("summary", has_text="Whole").focus()
    seen.page.keyboard.press("Enter")
    shown = [text for text in first.locator("blockquote").all() if text.is_visible()]
    assert len(shown) == 1, "the extract gives way to the whole passage"
    assert len(shown[0].inner_text()) > len(short.strip("… "))
    first.locator("summary", has_text="More").focus()
    seen.page.keyboard.press("Enter")
    for name in ("Open in context of hit 1", "Related passages of hit 1", "Quote hit 1"):
        assert first.get_by_role("link", name=name, exact=True).is_visible()
    assert first.get_by_role("button", name="Reviewed: hit 1", exact=True).is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_filters_are_a_sheet_on_a_telephone(visit: Open, scripts: bool) -> None:
    seen = visit("/search?q=maduro", width=360, height=740, java_script_enabled=scripts)
    seen.page.get_by_role("link", name="Filters").click()
    sheet = seen.page.get_by_role("dialog", name="Filters")
    assert sheet.count() == (1 if scripts else 0)
    place = sheet if scripts else seen.page.get_by_role("complementary", name="Narrow down")
    if scripts:
        sheet.get_by_role("button", name="Close").click()
        assert seen.page.evaluate("document.activeElement.textContent") == "Filters"
        seen.page.get_by_role("link", name="Filters").click()
    place.get_by_role("link", name="event only", exact=True).click()
    seen.page.wait_for_url(re.compile("kind"))
    assert seen.page.get_by_text("Kind: event").first.is_visible()


def test_a_chip_is_turned_and_removed(visit: Open) -> None:
    seen = visit("/search?q=maduro+kind:event&sort=newest")
    total = seen.page.get_by_role("status").first.inner_text()
    seen.page.get_by_role("link", name="not Kind: event", exact=True).click()
    seen.page.get_by_text("Not: event").first.wait_for()
    assert seen.page.get_by_role("status").first.inner_text() != total
    seen.page.get_by_role("link", name="only Not: event", exact=True).click()
    seen.page.get_by_text("Kind: event").first.wait_for()
    seen.page.get_by_role("link", name="remove Kind: event", exact=True).click()
    seen.page.wait_for_function(
        "() => !document.querySelector('main').innerText.includes('Kind: event')"
    )
    assert "sort=newest" in seen.page.url


@pytest.mark.parametrize("scripts", [True, False])
def test_years_are_a_range_with_two_fields(visit: Open, scripts: bool) -> None:
    seen = visit("/search?q=maduro", java_script_enabled=scripts)
    seen.page.get_by_label("From").fill("2015")
    seen.page.get_by_label("to", exact=True).fill("2017-06")
    seen.page.get_by_role("button", name="Set the dates").click()
    seen.page.get_by_text("Date: 2015..2017-06").first.wait_for()
    assert seen.page.get_by_label("From").input_value() == "2015"
    seen.page.get_by_label("From").fill("soon")
    seen.page.get_by_role("button", name="Set the dates").click()
    seen.page.get_by_role("alert").filter(has_text="“soon” is no date").wait_for()


def ask(seen: Visit, text: str) -> None:
    """Ask a question from wherever the browser is."""
    seen.page.locator("#q").fill(text)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_function("text => document.title.startsWith(text + ':')", arg=text)
    seen.page.wait_for_load_state("load")


def asked(seen: Visit) -> list[str]:
    """Return the questions of the history."""
    return list(seen.page.locator("#history li a").all_inner_texts())


def test_history_has_the_last_questions_searchable_and_clearable(visit: Open) -> None:
    seen = visit("/history")
    assert seen.page.get_by_text("Nothing was asked yet.").is_visible()
    for text in ("maduro", "madman", "oil strike", "maduro"):
        seen.go("/")
        ask(seen, text)
    seen.go("/search?q=madman&sort=newest&page=2&open=x")
    seen.go("/history")
    assert asked(seen) == ["madman", "maduro", "oil strike", "madman"]
    assert "sort: newest" in seen.page.locator("#history li").first.inner_text()
    seen.page.get_by_label("Find").fill("OIL")
    assert asked(seen) == ["oil strike"]
    seen.page.locator("#history li a").click()
    seen.page.wait_for_url(re.compile(r"/search\?q=oil"))
    seen.go("/")
    recent = seen.page.get_by_role("region", name="Your last questions")
    assert recent.get_by_role("link", name="oil strike").is_visible()
    seen.go("/history")
    seen.page.get_by_role("button", name="Clear the history").click()
    assert asked(seen) == []
    seen.page.get_by_role("button", name="Undo").click()
    assert len(asked(seen)) == 4
    assert {url.partition("?")[0] for url in seen.requests if "/search" in url} == {
        f"{seen.site}/search"
    }


def test_typing_leaves_one_question_and_no_more_than_fifty_are_kept(visit: Open) -> None:
    seen = visit("/search?q=maduro")
    box = seen.page.locator("#q")
    for part in ("coup", "coups"):
        box.fill(part)
        seen.page.wait_for_url(re.compile(rf"q={part}(&|$)"))
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_function("() => document.title.startsWith('coups:')")
    seen.go("/history")
    assert asked(seen) == ["coups", "maduro"]
    seen.page.evaluate(
        """() => {
            const name = `backstory.${document.documentElement.dataset.archive}.questions`;
            const one = (n) => ({ text: `q${n}`, url: `/search?q=q${n}`, told: "", at: "" });
            localStorage.setItem(name, JSON.stringify([...Array(50).keys()].map(one)));
        }"""
    )
    seen.go("/search?q=latest").go("/history")
    assert (len(asked(seen)), asked(seen)[0], asked(seen)[-1]) == (50, "latest", "q48")


@pytest.mark.parametrize("kept", ["{", '[1, null, {"text": "a", "url": "javascript:alert(1)"}]'])
def test_spoilt_history_ends_nothing(visit: Open, kept: str) -> None:
    seen = visit("/history")
    seen.page.evaluate(
        "kept => localStorage.setItem("
        "`backstory.${document.documentElement.dataset.archive}.questions`, kept)",
        kept,
    )
    seen.go("/search?q=maduro").go("/history")
    assert asked(seen) == ["maduro"]
    assert [told for told in seen.console if told.startswith("error")] == []


def test_archives_on_one_host_share_nothing_and_what_was_kept_before_is_taken_over(
    visit: Open,
) -> None:
    seen = visit("/help")
    seen.page.evaluate(
        """() => {
            localStorage.clear();
            localStorage.setItem("backstory.board", '[{"id": "a#p1", "url": "/", "title": "Old"}]');
        }"""
    )
    seen.go("/board")
    assert seen.page.get_by_role("link", name="Old").is_visible()
    kept = seen.page.evaluate("Object.keys(localStorage)")
    names = [re.sub(r"^backstory\.[0-9a-f]{16}\.", "", key) for key in kept]
    assert sorted(names) == ["board", "visits"]
    other = re.compile('data-archive="[0-9a-f]+"')
    seen.page.route(
        "**/board",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=other.sub('data-archive="another"', answer.text()),
        ),
    )
    seen.go("/board")
    assert seen.page.get_by_text("Nothing is pinned yet.").is_visible()


def test_lines_stand_side_by_side(visit: Open) -> None:
    seen = visit("/concordance?q=maduro", width=1440)
    gaps = seen.page.evaluate(
        """() => [...document.querySelectorAll("table tbody tr")].map((row) => {
            const box = (one) => {
                const range = document.createRange();
                range.selectNodeContents(one);
                return range.getBoundingClientRect();
            };
            const [left, word, right] = row.children;
            const mark = box(word.querySelector("mark"));
            return [mark.left - box(left.querySelector("bdi")).right,
                    box(right.querySelector("bdi")).left - mark.right, mark.left];
        })"""
    )
    assert len(gaps) > 50
    assert max(before for before, _, _ in gaps) < 20
    assert len({round(left) for _, _, left in gaps}) == 1, "the words stand below each other"
    assert min(after for _, after, _ in gaps) < 30


@pytest.mark.parametrize(
    ("path", "size"),
    [("/concordance?q=maduro", (842, 595)), ("/search?q=maduro", (612, 792))],
)
def test_lines_print_on_paper_that_lies_and_hits_on_paper_that_stands(
    visit: Open, path: str, size: tuple[int, int]
) -> None:
    seen = visit(path)
    data = seen.page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert len(boxes) >= 1
    for box in boxes:
        assert tuple(round(float(side)) for side in box) == pytest.approx(size, abs=1)
