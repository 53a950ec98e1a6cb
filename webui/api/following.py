"""Followed questions for programs: list, add, remove, and their news."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from backstory.searcher import Searcher
from backstory.searcher.following import Followed, FollowedQuestions, NewsReader
from backstory.searcher.settings import SearchSettings
from backstory.webui.api.asking import number, since
from backstory.webui.following import follow
from backstory.webui.parameters import ParameterRefused, query_text
from backstory.webui.settings import WebConfig
from backstory.webui.writing import refuse_readers

ON_PAGE, MOST_ON_PAGE = 20, 100
MEMBERS = frozenset({"text", "name"})


class FollowApi:
    """The views under /api/follow and /api/news."""

    def __init__(self, config: WebConfig, searcher: Searcher) -> None:
        self._settings: SearchSettings = config.search
        self._searcher = searcher
        self._questions = FollowedQuestions(config.state_path)
        self._reader = NewsReader(searcher, config.state_path)

    def follow(self) -> ResponseReturnValue:
        """List the followed questions with how many news each has, in all and since a time."""
        after = since(request.args)
        questions = self._questions.load()
        totals = self._reader.counts(questions)
        new = self._reader.counts(questions, after=after)
        records = [_record(each, totals[each.name], new[each.name]) for each in questions]
        return jsonify({"questions": records})

    def follow_add(self) -> ResponseReturnValue:
        """Follow a question; one that is followed already is given as it is."""
        refuse_readers()
        body = _body()
        text = query_text({"q": body["text"]}, self._settings)
        question = follow(self._searcher, self._questions, text, body.get("name", ""))
        total = self._reader.count(question)
        return jsonify(_record(question, total, total)), 201

    def follow_remove(self, name: str) -> ResponseReturnValue:
        """Follow a question no longer."""
        refuse_readers()
        return jsonify(self._questions.remove(name).to_json())

    def news(self) -> ResponseReturnValue:
        """Give the news of a question, newest first."""
        name = request.args.get("name", "")
        if not name:
            raise ParameterRefused(
                "bad_parameter", "There is no name.", "Give that of a question: /api/news?name=…"
            )
        after, page = since(request.args), number(request.args, "page", 1)
        size = min(number(request.args, "n", ON_PAGE), MOST_ON_PAGE)
        question = self._questions.find(name)
        total = self._reader.count(question)
        new = self._reader.count(question, after=after)
        items = self._reader.of(question, after=after, most=page * size)[(page - 1) * size :]
        return jsonify(
            {
                **_record(question, total, new),
                "page": page,
                "items": [item.to_json() for item in items],
            }
        )


def _record(question: Followed, total: int, new: int) -> dict[str, Any]:
    return {**question.to_json(), "news": total, "new": new}


def _body() -> dict[str, str]:
    """Return the question in the body of a request; raises ParameterRefused."""
    body: Any = request.get_json(force=True, silent=True)
    is_one = isinstance(body, dict) and body.keys() <= MEMBERS and "text" in body
    if not is_one or not all(isinstance(value, str) for value in body.values()):
        raise ParameterRefused(
            "bad_parameter",
            "The body is not a question as JSON.",
            'Send one such as {"text": "sanctions -oil", "name": "sanctions"}.',
        )
    found: dict[str, str] = body
    return found
