"""Followed questions on the web: pages, forms, feeds and their JSON twins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backstory.searcher import Searcher
from backstory.searcher.following import FollowedQuestions, catch_up
from backstory.settings import Config
from backstory.webui.visitor import KEY, Role, Visitor
from tests.webui.conftest import BRIDGE, Page, Shelf

ATOM = "{http://www.w3.org/2005/Atom}"
READER = {KEY: Visitor("ann", Role.READ)}


class Desk:
    """A shelf that is followed, and a browser at it."""

    def __init__(self, root: Path) -> None:
        self.shelf, self.config = Shelf(BRIDGE), Config(root=root)
        self.client: FlaskClient = self.shelf.client(self.config)
        self.program: FlaskClient = self.shelf.client(self.config)  # without cookies
        self.questions = FollowedQuestions(self.config.state_path)

    def put(self, document_id: str, *texts: str, **facts: Any) -> None:
        """Commit a document, as a run does."""
        self.look()
        self.shelf.put(document_id, *texts, sha256=str(hash(texts)), **facts)
        self.look()

    def look(self) -> None:
        """Match what was committed."""
        catch_up(Searcher(self.shelf.index), self.config.state_path)

    def post(self, url: str, **data: str) -> TestResponse:
        """Send a form of the page of what is followed."""
        (token, *_) = self.page("/followed?q=zeppelins").all("input", name="csrf_token")
        return self.client.post(url, data={**data, "csrf_token": token["value"]})

    def page(self, url: str) -> Page:
        """Open a page that must be there."""
        response = self.client.get(url)
        assert response.status_code == 200, response.text
        return Page(response.text)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Nothing is followed yet."""
    return Desk(tmp_path)


def test_every_result_can_be_followed(desk: Desk) -> None:
    page = desk.page("/search?q=ferry+-captain")
    (form,) = page.all("form", class_="follow")
    assert form["action"] == "/followed"
    (offered,) = desk.page("/followed?q=ferry+-captain").all("form", class_="following")
    assert (offered["action"], offered["method"]) == ("/follow", "post")
    response = desk.post("/follow", q="ferry -captain")
    assert (response.status_code, response.location) == (303, "/followed#ferry-captain")
    page = desk.page("/search?q=ferry+-captain")
    assert not page.all("form", class_="follow")
    assert "/followed#ferry-captain" in page.links


def test_a_result_of_nothing_can_be_followed(desk: Desk) -> None:
    assert desk.page("/search?q=zeppelins").all("form", class_="follow")


def test_what_was_searched_instead_of_a_slip_is_followed(desk: Desk) -> None:
    text = desk.client.get("/search?q=contarct").text
    form = text.partition('action="/followed"')[2].partition("</form>")[0]
    assert 'name="q" value="contract"' in form


def test_the_page_of_what_is_followed_has_its_news(desk: Desk) -> None:
    desk.post("/follow", q="ferry", name="ferries")
    assert "nothing new so far" in desk.page("/followed").words
    desk.put("memo", "A ferry sank.", "Its captain was on another ferry.", title="Sunk")
    page = desk.page("/followed")
    assert "2 new passages" in page.words
    assert page.marks == ["ferry", "ferry"]
    assert "Sunk" in page.words
    assert [link for link in page.links if link.startswith("/doc/memo?q=ferry&p=")]


def test_the_news_of_a_question_come_page_by_page(desk: Desk) -> None:
    desk.post("/follow", q="ferry")
    desk.put("memo", *(f"Ferry number {n}." for n in range(1, 26)))
    assert "All 25 new passages" in desk.page("/followed").words
    page = desk.page("/followed/ferry")
    assert "Ferry number 25." in page.words
    assert "/followed/ferry?page=2" in page.links
    assert "Ferry number 1." in desk.page("/followed/ferry?page=2").words
    assert "Ferry number 1." in desk.page("/followed/ferry?page=99").words


def test_news_that_are_gone_say_so(desk: Desk) -> None:
    desk.post("/follow", q="ferry")
    desk.put("memo", "A ferry sank.")
    desk.put("memo", "Nothing sank.")
    assert "These words are no longer in the index." in desk.page("/followed").words


def test_a_question_is_removed(desk: Desk) -> None:
    desk.post("/follow", q="ferry")
    (form,) = desk.page("/followed").all("form", action="/unfollow")
    assert form["method"] == "post"
    response = desk.post("/unfollow", name="ferry")
    assert (response.status_code, response.location) == (303, "/followed")
    assert "No question is followed yet" in desk.page("/followed").words


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        ({}, 400, "There is no question to follow"),
        ({"q": "source:faro"}, 400, "without any word"),
        ({"q": "ferry", "name": "../x"}, 400, "cannot be the name"),
        ({"q": "x" * 9000}, 400, "at most 5,000"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_the_reason(
    desk: Desk, data: dict[str, str], status: int, said: str
) -> None:
    response = desk.post("/follow", **data)
    assert response.status_code == status
    assert said in response.text
    assert desk.questions.load() == []


@pytest.mark.parametrize("url", ["/followed/none", "/followed/none/feed", "/api/news?name=none"])
def test_a_name_that_is_not_followed_is_not_found(desk: Desk, url: str) -> None:
    response = desk.client.get(url)
    assert response.status_code == 404
    assert "No question is followed under the name none" in response.text


def test_who_may_only_read_changes_nothing(desk: Desk) -> None:
    desk.questions.add("ferry")
    page = Page(desk.client.get("/search?q=bridge", environ_overrides=READER).text)
    assert not page.all("form", class_="follow")
    page = Page(desk.client.get("/followed", environ_overrides=READER).text)
    assert "followed since" in page.words
    assert not page.all("form", action="/unfollow")
    (token, *_) = desk.page("/followed?q=bridge").all("input", name="csrf_token")
    proof = {"csrf_token": token["value"]}
    for answer in (
        desk.client.post("/follow", data={"q": "bridge", **proof}, environ_overrides=READER),
        desk.client.post("/unfollow", data={"name": "ferry", **proof}, environ_overrides=READER),
        desk.program.post("/api/follow", json={"text": "bridge"}, environ_overrides=READER),
        desk.program.delete("/api/follow/ferry", environ_overrides=READER),
    ):
        assert answer.status_code == 403
        assert "You may read here" in answer.text
    assert [each.name for each in desk.questions.load()] == ["ferry"]


@pytest.mark.parametrize("url", ["/follow", "/unfollow"])
def test_a_link_changes_nothing(desk: Desk, url: str) -> None:
    assert desk.client.get(url, query_string={"q": "ferry"}).status_code == 405


def test_a_feed_has_news_by_arrival_and_its_entries_stay(desk: Desk) -> None:
    desk.post("/follow", q="ferry")
    desk.put("memo", "A ferry sank.", title="Sunk", date="1999", source="Gazette")
    first = ElementTree.fromstring(desk.client.get("/followed/ferry/feed").text)
    desk.put("older", "A ferry was built.", title="Built", date="1950")
    feed = ElementTree.fromstring(desk.client.get("/followed/ferry/feed").text)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Built", "Sunk"]
    assert [ElementTree.tostring(entry) for entry in first.findall(f"{ATOM}entry")] == [
        ElementTree.tostring(entries[1])
    ]
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert link.get("href", "").startswith("http://localhost/doc/older?q=ferry&p=1&key=")


def test_a_feed_that_has_not_changed_is_not_sent_again(desk: Desk) -> None:
    desk.post("/follow", q="ferry")
    tag = desk.client.get("/followed/ferry/feed").headers["ETag"]
    answer = desk.client.get("/followed/ferry/feed", headers={"If-None-Match": tag})
    assert answer.status_code == 304


def test_questions_are_followed_by_programs(desk: Desk) -> None:
    added = desk.client.post("/api/follow", json={"text": "ferry", "name": "ferries"})
    assert added.status_code == 201
    assert added.json["name"] == "ferries"
    desk.put("memo", "A ferry sank.")
    (question,) = desk.client.get("/api/follow").json["questions"]
    assert (question["text"], question["news"], question["new"]) == ("ferry", 1, 1)
    later = desk.client.get("/api/follow?since=2999-01-01T00:00:00Z").json["questions"]
    assert (later[0]["news"], later[0]["new"]) == (1, 0)
    news = desk.client.get("/api/news?name=ferries").json
    assert [item["passage"] for item in news["items"]] == ["memo#p1"]
    assert news["items"][0]["hit"]["marks"] == [[2, 7]]
    assert desk.client.get("/api/news?name=ferries&page=2").json["items"] == []
    assert desk.client.delete("/api/follow/ferries").json["text"] == "ferry"
    assert desk.client.get("/api/follow").json == {"questions": []}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"text": 1}',
        b'{"text": "a", "other": "b"}',
        b'{"text": "\\ud800"}',
    ],
)
def test_a_body_that_is_no_question_is_a_clear_error(desk: Desk, body: bytes) -> None:
    answer = desk.client.post("/api/follow", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["code"] in ("bad_parameter", "follow_refused")


def test_hostile_words_stay_words(desk: Desk) -> None:
    desk.questions.add('"<b>bold</b>" <script>', "odd")
    desk.put("memo", "It is b bold b script <script>alert(1)</script>", title="<img src=x>")
    for url in ("/followed", "/followed/odd"):
        text = desk.client.get(url).text
        assert "<script>alert" not in text
        assert "<img src=x>" not in text
    assert ElementTree.fromstring(desk.client.get("/followed/odd/feed").text) is not None


def test_what_is_damaged_is_told_and_searching_goes_on(desk: Desk) -> None:
    desk.questions.add("ferry")
    (desk.config.state_path / "followed.json").write_text("{")
    assert desk.client.get("/search?q=ferry").status_code == 200
    answer = desk.client.get("/followed")
    assert answer.status_code == 503
    assert str(desk.config.state_path) not in answer.text


def test_the_menu_leads_to_what_is_followed(visit: Callable[..., Page]) -> None:
    assert "/followed" in visit("/search", q="bridge").links
