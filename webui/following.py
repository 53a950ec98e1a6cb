"""Followed questions on the web: pages that list them and their news, forms, and a feed of each."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backstory.engine.documents import split_address
from backstory.engine.errors import StateDamaged
from backstory.searcher import Searcher
from backstory.searcher.following import (
    Followed,
    FollowedQuestions,
    NewsItem,
    NewsReader,
    refuse_unfollowable,
)
from backstory.webui.feeds import ATOM, add_element, xml_response
from backstory.webui.links import absolute, document_url, feed_url, news_url, passage_url, query_url
from backstory.webui.paging import PageLink, page_count, page_links
from backstory.webui.parameters import ParameterRefused, page_number, query_text
from backstory.webui.settings import WebConfig
from backstory.webui.snippets import Snippet, snippet
from backstory.webui.writing import may_write, refuse_readers

FEW = 3  # news of each question on the page of all
ON_PAGE = 20
ENTRIES = 50  # of a feed
SHORT, SIDE = 280, 80  # characters of an extract, and on either side of a mark


@dataclass(frozen=True, slots=True)
class ShownNews:
    """A piece of news; `snippet` is None where its words are gone, and `url` then of its document.

    `arrived` is an ISO time in UTC without fractions of seconds.
    """

    item: NewsItem
    url: str
    arrived: str
    snippet: Snippet | None


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A followed question with its newest news; `total` is how many there are."""

    question: Followed
    total: int
    news: tuple[ShownNews, ...]
    url: str
    search: str
    feed: str


@dataclass(frozen=True, slots=True)
class NewsPage:
    """A page of the news of one question."""

    shown: ShownQuestion
    pages: tuple[PageLink, ...]
    previous: str
    next: str


class FollowedPages:
    """The views of what is followed."""

    def __init__(self, config: WebConfig, searcher: Searcher) -> None:
        self._settings, self._searcher = config.search, searcher
        self._reader = NewsReader(searcher, config.state_path)
        self._questions = FollowedQuestions(config.state_path)

    def followed(self) -> ResponseReturnValue:
        """List the followed questions with their newest news, and offer to follow another."""
        asked = query_text(request.args, self._settings)
        questions = self._questions.load()
        totals = self._reader.counts(questions)
        shown = [self._shown(each, totals[each.name], most=FEW) for each in questions]
        is_new = asked and not self.followed_as(asked)
        return render_template(
            "followed.html",
            questions=shown,
            may_follow=may_write(),
            asked=asked if is_new else "",
        )

    def news(self, name: str) -> ResponseReturnValue:
        """Show the news of a question, page by page."""
        question = self._questions.find(name)
        total = self._reader.count(question)
        count = page_count(total, ON_PAGE)
        page = min(page_number(request.args), count)
        shown = self._shown(question, total, most=page * ON_PAGE, start=(page - 1) * ON_PAGE)
        links = tuple(page_links(count, page, lambda number: news_url(name, number)))
        before, after = (n if 1 <= n <= count else 0 for n in (page - 1, page + 1))
        values = NewsPage(
            shown,
            links,
            news_url(name, before) if before else "",
            news_url(name, after) if after else "",
        )
        return render_template("news.html", page=values, may_follow=may_write())

    def follow(self) -> ResponseReturnValue:
        """Follow the question of a form, and show what is followed."""
        refuse_readers()
        text = query_text(request.form, self._settings)
        if not text:
            raise ParameterRefused(
                "query_missing", "There is no question to follow.", "Search for something first."
            )
        question = follow(self._searcher, self._questions, text, request.form.get("name", ""))
        return redirect(url_for("followed", _anchor=question.name), 303)

    def unfollow(self) -> ResponseReturnValue:
        """Follow the question of a form no longer."""
        refuse_readers()
        self._questions.remove(request.form.get("name", ""))
        return redirect(url_for("followed"), 303)

    def feed(self, name: str) -> ResponseReturnValue:
        """Give the news of a question as an Atom feed, by arrival; an entry never changes."""
        question = self._questions.find(name)
        items = self._reader.of(question, most=ENTRIES)
        root = Element("feed", xmlns=ATOM)
        add_element(root, "title", f"New for {question.text}")
        add_element(root, "id", f"urn:backstory:followed:{question.name}:{question.since}")
        add_element(root, "updated", seconds(items[0].arrived) if items else question.since)
        add_element(SubElement(root, "author"), "name", "Backstory")
        add_element(root, "link", rel="self", href=absolute(feed_url(name)))
        add_element(root, "link", rel="alternate", href=absolute(news_url(name)))
        for item in items:
            root.append(_entry(item, question))
        response = xml_response(root, "application/atom+xml")
        response.add_etag()
        return response.make_conditional(request)

    def followed_as(self, text: str) -> str:
        """Return the name under which a text is followed, "" where it is not, or is not known."""
        asked = " ".join(text.split())
        try:
            return next((each.name for each in self._questions.load() if each.text == asked), "")
        except StateDamaged:  # the page of what is followed says so
            return ""

    def _shown(self, question: Followed, total: int, *, most: int, start: int = 0) -> ShownQuestion:
        items = self._reader.of(question, most=most)[start:] if total else []
        return ShownQuestion(
            question,
            total,
            tuple(_shown(item, question.text) for item in items),
            news_url(question.name),
            query_url(question.text),
            feed_url(question.name),
        )


def follow(searcher: Searcher, questions: FollowedQuestions, text: str, name: str = "") -> Followed:
    """Follow a question, as it is read by a search; raises FollowRefused."""
    refuse_unfollowable(searcher.question(text))
    return questions.add(text, name)


def seconds(arrived: str) -> str:
    """Return an ISO time without fractions of seconds."""
    return f"{arrived[:19]}Z"


def _shown(item: NewsItem, text: str) -> ShownNews:
    hit = item.hit
    if hit is None:
        url = document_url(split_address(item.passage)[0])
        return ShownNews(item, url, seconds(item.arrived), None)
    return ShownNews(
        item,
        passage_url(hit.document, hit.number, hit.key, text),
        seconds(item.arrived),
        snippet(hit.text, hit.marks, SHORT, around=SIDE),
    )


def _entry(item: NewsItem, question: Followed) -> Element:
    """Return the entry of a piece of news: its id is that of its arrival, and is never reused."""
    entry, hit = Element("entry"), item.hit
    add_element(entry, "title", hit.title if hit else item.passage)
    add_element(entry, "id", f"urn:backstory:news:{question.name}:{question.since}:{item.id}")
    add_element(entry, "updated", seconds(item.arrived))
    if hit and hit.author:
        add_element(SubElement(entry, "author"), "name", hit.author)
    add_element(entry, "link", rel="alternate", href=absolute(_shown(item, question.text).url))
    if hit and hit.source:
        add_element(entry, "category", term=hit.source)
    gone = "These words are no longer in the index."
    add_element(entry, "content", hit.text if hit else gone, type="text")
    return entry
