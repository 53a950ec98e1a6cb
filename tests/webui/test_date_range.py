"""Dates from and to: two fields that become one condition, without a script."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from backstory.searcher.settings import SearchSettings
from backstory.webui.date_range import DateRange, asked_range, range_of
from tests.webui.conftest import Page

SETTINGS = SearchSettings()


@pytest.mark.parametrize(
    ("text", "first", "last", "changed"),
    [
        ("bridge", "2017", "2018", "date:2017..2018 bridge"),
        ("bridge", "2017", "", "date:2017.. bridge"),
        ("bridge", "", "2018-03", "date:..2018-03 bridge"),
        ("bridge", "2017", "2017", "date:2017 bridge"),
        ("date:2016 bridge", "2017", "", "date:2017.. bridge"),
        ("bridge date:2016..2018", "", "", "bridge"),
        ("date:2016", "", "", "*"),
        ("bridge OR ferry", "2017", "", "date:2017.. (bridge OR ferry)"),
        ("-date:2016 bridge", "2017", "", "date:2017.. -date:2016 bridge"),
        ("bridge", "March 2018", "12 March 2018", "date:2018-03..2018-03-12 bridge"),
        ("bridge", " 2017 ", "", "date:2017.. bridge"),
    ],
)
def test_range_takes_the_place_of_the_one_before(
    text: str, first: str, last: str, changed: str
) -> None:
    asked = asked_range({"from": first, "to": last}, text, SETTINGS)
    assert asked
    assert (asked.text, asked.trouble) == (changed, "")


def test_nothing_is_asked_where_neither_field_is_sent() -> None:
    assert asked_range({"q": "bridge"}, "bridge", SETTINGS) is None


@pytest.mark.parametrize(
    ("first", "last", "wrong"), [("spring", "2018", "spring"), ("2018", "2018-13-40", "2018-13-40")]
)
def test_what_is_no_date_is_said_and_stays_in_its_field(
    client: FlaskClient, first: str, last: str, wrong: str
) -> None:
    answer = client.get(f"/search?q=bridge&from={first}&to={last}")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert f"“{wrong}” is no date." in page.words
    fields = {held["id"]: held["value"] for held in page.all("input") if "id" in held}
    assert (fields["from"], fields["to"]) == (first, last)
    assert "4 passages" in page.words, "what was asked before is still shown"


def test_query_that_cannot_take_dates_is_told_so() -> None:
    asked = asked_range({"from": "2018", "to": ""}, "a) OR b", SETTINGS)
    assert asked
    assert not asked.text
    assert "Simplify" in asked.trouble


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("bridge date:2016..2018", "2016", "2018"),
        ("date:2016.. bridge", "2016", ""),
        ("date:2016-03", "2016-03", "2016-03"),
        ("-date:2016", "", ""),
        ("date:none", "", ""),
        ("date:2016 OR date:2018", "", ""),
    ],
)
def test_fields_show_the_range_of_the_query(text: str, first: str, last: str) -> None:
    assert range_of(text) == DateRange(first, last)


@pytest.mark.parametrize("path", ["/search", "/concordance"])
def test_form_works_without_a_script_and_keeps_the_list(client: FlaskClient, path: str) -> None:
    page = Page(client.get(f"{path}?q=bridge&sort=oldest").text)
    hidden = {h["name"]: h["value"] for h in page.all("input", type="hidden")}
    answer = client.get(path, query_string={**hidden, "from": "2018", "to": ""})
    assert answer.status_code == 302
    asked = {name: one for name, (one,) in parse_qs(urlsplit(answer.location).query).items()}
    assert asked == {"q": "date:2018.. bridge", "sort": "oldest"}
    assert "3 passages" in Page(client.get(answer.location).text).words


def test_dates_can_be_widened_where_nothing_was_found(client: FlaskClient) -> None:
    page = Page(client.get("/search?q=date:1950..1960+bridge").text)
    assert "No passage found" in page.words
    fields = {held["id"]: held["value"] for held in page.all("input") if "id" in held}
    assert (fields["from"], fields["to"]) == ("1950", "1960")
