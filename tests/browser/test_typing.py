"""Results while somebody types, and the way back to the question before."""

from __future__ import annotations

import re

from tests.browser.conftest import Open, Visit

PALENESS = "() => getComputedStyle(document.querySelector('main ol')).opacity"


def type_on(seen: Visit, text: str) -> None:
    """Type a text into the box in place of what is there, and wait for its results."""
    box = seen.page.get_by_role("combobox", name="Search every document")
    box.fill("")
    box.press_sequentially(text)
    seen.page.wait_for_url(re.compile(rf"[?&]q={text}(&|$)"))


def heading(seen: Visit) -> str:
    """Return what is said to be shown."""
    return seen.page.locator("h1").inner_text()


def test_last_word_is_a_beginning_and_nothing_is_corrected(visit: Open) -> None:
    seen = visit("/search?q=ledger")
    type_on(seen, "counc")
    seen.page.locator("mark", has_text="council").first.wait_for()
    assert "these are the hits for" not in seen.page.locator("main").inner_text()
    type_on(seen, "walrux")
    seen.page.locator("strong", has_text="No passage found").wait_for()
    seen.page.keyboard.press("Enter")
    seen.page.get_by_text("these are the hits for").wait_for()


def test_back_leads_to_the_question_before(visit: Open) -> None:
    seen = visit("/search?q=ledger")
    for question in ("walrus", "council"):
        type_on(seen, question)
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_function("name => document.title.startsWith(name)", arg=question)
    for question in ("walrus", "ledger"):
        seen.page.go_back()
        seen.page.wait_for_function("name => document.title.startsWith(name)", arg=question)
        assert seen.page.locator("#q").input_value() == question
        assert heading(seen) == f"Results for {question}"


def test_letters_add_one_entry_to_the_history(visit: Open) -> None:
    seen = visit("/search?q=ledger")
    before = seen.page.evaluate("history.length")
    for part in ("wal", "walr", "walrus"):
        type_on(seen, part)

    assert seen.page.evaluate("history.length") == before + 1


def test_results_look_old_where_the_server_does_not_answer(visit: Open) -> None:
    seen = visit("/search?q=ledger")
    seen.page.route("**/search**", lambda route: route.abort())
    type_on(seen, "walrus")
    seen.page.get_by_role("status").filter(has_text="belongs to an earlier question").wait_for()
    seen.page.wait_for_function(f"{PALENESS} < 1")
    seen.page.unroute("**/search**")
    type_on(seen, "walru")
    seen.page.wait_for_function(f"{PALENESS} == 1")


def test_moving_through_matches_adds_nothing_to_the_history(visit: Open) -> None:
    seen = visit("/doc/long/minutes?q=walrus")
    before = seen.page.evaluate("history.length")
    for key in "nnnpn":
        seen.page.keyboard.press(key)

    assert seen.page.evaluate("history.length") == before
    assert "#" in seen.page.url


def test_next_match_goes_on_from_where_the_reader_is(visit: Open) -> None:
    seen = visit("/doc/long/minutes?q=walrus", height=500)
    seen.page.keyboard.press("n")
    first = seen.page.url
    seen.page.get_by_text("Item 30:").scroll_into_view_if_needed()
    above = seen.page.evaluate(
        "Array.from(document.querySelectorAll('main mark'))"
        ".filter(mark => mark.getBoundingClientRect().top < 0).length"
    )
    assert above > 3
    seen.page.keyboard.press("p")
    seen.page.wait_for_function(
        "(above) => Number(/Match (\\d+)/.exec(document.body.innerText)?.[1]) >= above", arg=above
    )

    assert seen.page.url != first
