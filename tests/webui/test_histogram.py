"""The histogram: spans that fit the dates, bars that count what their links find."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.documents import Document
from backstory.searcher import Searcher
from backstory.searcher.settings import SearchSettings
from backstory.webui.histogram import MOST_BARS, histogram
from tests.webui.conftest import Page, Shelf, indexed

SETTINGS = SearchSettings()
years = st.integers(1, 2999).map(lambda year: f"{year:04}")
months = st.builds("{}-{:02}".format, years, st.integers(1, 12))
days = st.builds("{}-{:02}".format, months, st.integers(1, 28))
dates = st.one_of(years, months, days, st.sampled_from(["", "2018-03-01", "2018-04", "undated"]))


def shown(*held):
    documents = (
        indexed(Document(f"d{n}", "A title", date=date), ["radio"]) for n, date in enumerate(held)
    )
    shelf = Shelf(*documents)
    searcher = Searcher(shelf.index)
    with shelf.app().test_request_context():
        drawn = histogram(searcher.search("radio", facets=True), SETTINGS)
        return drawn.bars if drawn else (), searcher


@pytest.mark.parametrize(
    ("held", "labels"),
    [
        (["2018-03-01", "2018-05"], ["Mar 2018", "Apr", "May"]),
        (["2018", "2020-05"], ["2018", "2019", "2020"]),
        (["2018-11", "2019-01-02"], ["Nov 2018", "Dec", "Jan 2019"]),
        (["1914", "2018"], [f"{year}" for year in range(1910, 2011, 10)]),
        (["2018-03-01", "2018-03-30"], []),
        (["2018", ""], []),
        (["soon", ""], []),
        ([], []),
    ],
)
def test_spans_fit_the_dates(held, labels):
    assert [bar.short for bar in shown(*held)[0]] == labels


@given(st.lists(dates, max_size=8))
def test_following_a_bar_finds_what_it_counts(held):
    found, searcher = shown(*held)
    assert len(found) <= MOST_BARS
    assert all(bar.count == 0 for bar in found if not bar.url)
    for bar in found:
        assert 0 <= bar.x < bar.x + bar.width <= 1000
        assert 0 <= bar.y <= bar.y + bar.height <= 100.1
        if bar.url:
            text = parse_qs(urlsplit(bar.url).query)["q"][0]
            assert searcher.search(text).total == bar.count


def test_bars_are_links_on_the_page(visit):
    page = visit("/search", q="bridge OR ferry OR puente")
    found = [held for held in page.all("a") if ": " in held.get("aria-label", "")]
    assert [held["aria-label"] for held in found] == ["2017: 1 passage", "2018: 5 passages"]
    assert "1 passage" in visit(found[0]["href"]).words


@pytest.mark.parametrize(
    ("held", "span"),
    [
        (["2018-03-01", "2018-05"], "a month"),
        (["2017-01", "2019-12"], "3 months"),
        (["2018", "2020-05"], "a year"),
        (["1950", "2018"], "5 years"),
    ],
)
def test_histogram_says_how_long_a_bar_is(held, span):
    shelf = Shelf(
        *(indexed(Document(f"d{n}", "A", date=date), ["radio"]) for n, date in enumerate(held)),
        indexed(Document("undated", "A"), ["radio", "radio again"]),
    )
    page = " ".join(Page(shelf.client().get("/search?q=radio").text).words.split())
    assert f"Passages by date, {span} a bar; 2 without a date" in page
