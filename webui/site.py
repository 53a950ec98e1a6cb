"""The pages over all archives: which there are, and one question to all of them.

They are put together of parts that each archive makes itself, as its own application answers them.
So an archive that is broken says so in its part, and the others answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, json, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.wrappers import Response

from backstory.searcher.syntax import operators
from backstory.webui.api.asking import number, strict
from backstory.webui.api.openapi import site_description
from backstory.webui.app import bare_app
from backstory.webui.mounting import MountedArchive, MountedArchives
from backstory.webui.parameters import query_text
from backstory.webui.results import ALL_WORDS, TOTAL
from backstory.webui.settings import WebConfig
from backstory.webui.style import style

BEST = 4  # documents of each archive, on a page over all
MOST_BEST = 20
_STATUS = ("documents", "passages", "committed", "first_date", "last_date")


@dataclass(frozen=True, slots=True)
class Part:
    """What one archive says on a page over all: its markup, or what is wrong with it.

    `total` counts the passages that a question finds there, `all_words` those with all its words.
    """

    title: str
    url: str
    body: str = ""
    trouble: str = ""
    total: int = 0
    all_words: int = 0


def create_site(config: WebConfig, archives: MountedArchives) -> Flask:
    """Make the application for what is of no single archive."""
    app = bare_app(config, archive=None, storage="all")
    app.jinja_env.globals["frame"] = "site.html"
    pages = SitePages(config, archives)
    app.add_url_rule("/", "home", pages.home)
    app.add_url_rule("/search", "search", pages.search)
    app.add_url_rule("/help", "help", pages.help)
    app.add_url_rule("/style.css", "style", style)
    app.add_url_rule("/healthz", "health", pages.health)
    app.add_url_rule("/api/archives", "api_archives", pages.api_archives)
    app.add_url_rule("/api/search", "api_search", pages.api_search)
    app.add_url_rule("/api/openapi.json", "api_description", pages.api_description)
    return app


class SitePages:
    """The views of the site around the archives."""

    def __init__(self, config: WebConfig, archives: MountedArchives) -> None:
        self._settings = config.search
        self._archives = archives

    def home(self) -> ResponseReturnValue:
        """List the archives that may be read, and offer to ask them all."""
        return render_template("archives.html", parts=list(self._parts("/", "part=summary")))

    def search(self) -> ResponseReturnValue:
        """Show the best of each archive for one question."""
        text = query_text(request.args, self._settings)
        if not text:
            return redirect(url_for("home"))
        query = urlencode({"q": text, "n": BEST, "part": "best"}, errors="replace")
        parts = [_linked(part, text) for part in self._parts("/search", query)]
        found = [part for part in parts if part.total]
        found.sort(key=lambda part: not part.all_words)  # else the order of the settings
        return render_template(
            "archives_search.html",
            text=text,
            found=found,
            empty=[part for part in parts if not part.total and not part.trouble],
            troubled=[part for part in parts if part.trouble],
            total=sum(part.total for part in found),
        )

    def help(self) -> ResponseReturnValue:
        """Show what a query can say."""
        return render_template("archives_help.html", settings=self._settings, operators=operators())

    def health(self) -> ResponseReturnValue:
        """Say whether all archives can be searched; those that may be read are named.

        It is "degraded" where one of them cannot, or has a notice, and 503 where none can.
        """
        answers = dict(self._answers("/healthz"))
        states = {each.name: _state(answer) for each, answer in answers.items()}
        is_whole = all(state == "ok" for state in states.values())
        is_down = bool(answers) and all(not _is_good(each) for each in answers.values())
        status = "down" if is_down else "ok" if is_whole else "degraded"
        return jsonify({"status": status, "archives": states}), 503 if is_down else 200

    def api_archives(self) -> ResponseReturnValue:
        """List the archives that may be read."""
        listed = [
            {**_named(archive), **_facts(answer), "problem": _problem(answer)}
            for archive, answer in self._answers("/api/status")
        ]
        return jsonify({"archives": listed})

    def api_search(self) -> ResponseReturnValue:
        """Give what each archive answers to one question."""
        params = strict(request.args, self._settings)
        most = min(number(request.args, "n", BEST), MOST_BEST)
        given = {
            key: value for key, value in request.args.items() if key in ("exact", "words_only")
        }
        query = urlencode({"q": params.text, "n": most, **given}, errors="replace")
        results = [
            {**_named(archive), "result": _result(answer), "problem": _problem(answer)}
            for archive, answer in self._answers("/api/search", query)
        ]
        total = sum(each["result"]["total"] for each in results if each["result"])
        return jsonify({"text": params.text, "total": total, "archives": results})

    def api_description(self) -> ResponseReturnValue:
        """Give the OpenAPI document of what is of no single archive."""
        return jsonify(site_description(self._settings, f"{request.script_root}/"))

    def _answers(self, path: str, query: str = "") -> Iterator[tuple[MountedArchive, Response]]:
        for archive in self._archives.readable(request.environ):
            yield archive, self._archives.ask(request.environ, archive, path, query)

    def _parts(self, path: str, query: str) -> Iterator[Part]:
        for archive, answer in self._answers(path, query):
            part = Part(archive.title, archive.url(request.environ))
            yield _filled(part, answer)


def _filled(part: Part, answer: Response) -> Part:
    if not _is_good(answer):
        return Part(part.title, part.url, trouble=_trouble(answer))
    total, all_words = (int(answer.headers.get(name, 0)) for name in (TOTAL, ALL_WORDS))
    # It is the markup of a template of ours.
    body = Markup(answer.get_data(as_text=True))
    return Part(part.title, part.url, body, total=total, all_words=all_words)


def _linked(part: Part, text: str) -> Part:
    """Return a part whose address leads to the archive's own list of hits."""
    query = urlencode({"q": text}, errors="replace")
    url = f"{part.url}search?{query}"
    return Part(part.title, url, part.body, part.trouble, part.total, part.all_words)


def _is_good(answer: Response) -> bool:
    return answer.status_code == 200


def _trouble(answer: Response) -> str:
    return str(json.loads(answer.get_data())["detail"])


def _state(answer: Response) -> str:
    """Return "ok", "degraded" or the code of the problem that keeps an archive from answering."""
    told = json.loads(answer.get_data())
    return str(told["status"] if _is_good(answer) else told["code"])


def _result(answer: Response) -> Any:
    return json.loads(answer.get_data()) if _is_good(answer) else None


def _problem(answer: Response) -> Any:
    return None if _is_good(answer) else json.loads(answer.get_data())


def _facts(answer: Response) -> dict[str, Any]:
    told = json.loads(answer.get_data())
    return {name: told[name] if _is_good(answer) else None for name in _STATUS}


def _named(archive: MountedArchive) -> dict[str, str]:
    return {
        "name": archive.name,
        "title": archive.title,
        "link": archive.url(request.environ),
    }
