"""The one place where exceptions become responses: a page or problem details.

Problem details are those of RFC 9457 with two members more, `hint` and `code`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Response, current_app, json, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from backstory.engine.errors import BackstoryError, IndexUnavailable
from backstory.webui.load import Overloaded
from backstory.webui.settings import WebConfig

API = "/api/"
MACHINES = frozenset({"/feed", "/healthz", "/opensearch.xml"})
PARTS = frozenset({"summary", "best"})  # that a page over all archives is put together of
PROBLEM = "application/problem+json"
DESCRIPTION = "/api/openapi.json"
RETRY_AFTER = "5"
UNEXPECTED = (
    "Something went wrong on our side.",
    "Try again; if it happens again, the server's log says what it was.",
)
# What HTTP's own errors are called, and what to do about them.
HTTP = {
    400: ("bad_request", "The request cannot be understood.", "Start from the home page."),
    403: ("forbidden", "You may not do that here.", "Ask whoever looks after the server."),
    404: ("not_found", "There is no such page.", "Search for it, or start from the home page."),
    405: ("method_not_allowed", "This address is not asked in that way.", "Use what Allow names."),
    413: (
        "body_too_large",
        "The request is too large.",
        "Put a query into the address: ?q=… A draft can be checked in parts.",
    ),
}


# What each kind of problem is called; its code stays the same from release to release.
TITLES = {
    "query_missing": "There is no query",
    "query_too_long": "The query is too long",
    "draft_too_long": "The draft is too long",
    "follow_refused": "The question cannot be followed",
    "not_followed": "There is no such followed question",
    "bad_parameter": "A parameter is not what it must be",
    "bad_request": "The request cannot be understood",
    "unknown_host": "The host name is not one of this server’s",
    "odd_header": "The proxy in front has sent what cannot be used",
    "login_needed": "You are not logged in",
    "forbidden": "You may not do this",
    "forged_form": "This was not sent by one of our pages",
    "gate_fault": "Who may come in cannot be found out",
    "upload_limit": "More was sent than is taken",
    "upload_conflict": "Another run has the index",
    "uploads_busy": "Other uploads are being taken",
    "not_found": "There is no such thing here",
    "gone": "It is no longer here",
    "no_picture": "There is no picture of this page",
    "method_not_allowed": "This is not asked in that way",
    "body_too_large": "The request is too large",
    "overloaded": "Too many requests are waiting",
    "worker_lost": "The answer was not finished",
    "index_not_found": "There is no index",
    "index_outdated": "The index is of another version",
    "index_damaged": "The index is damaged",
    "index_unavailable": "The index cannot be read just now",
    "index_untrusted": "The index is not to be trusted",
    "state_damaged": "What is kept beside the index is damaged",
    "index_busy": "The index is busy",
    "storage_full": "The index cannot be written",
    "export_broken": "A format does not work",
    "error": "Something went wrong",
}
# What readers are told about the index; where it lies on the server's disk is not their affair.
PUBLIC = {
    "index_not_found": "There is no index yet.",
    "index_outdated": "The index was made by another version of Backstory.",
    "index_damaged": "The index is damaged.",
    "index_unavailable": "The index cannot be read just now.",
    "index_untrusted": "The index is not to be trusted.",
    "index_busy": "The index is busy.",
    "state_damaged": "What is kept beside the index is damaged.",
    "storage_full": "The index cannot be written.",
    "export_broken": "This format does not work just now.",
}


def is_for_programs(path: str) -> bool:
    """Tell whether programs ask for what is at a path, and want problems as JSON."""
    return path.startswith(API) or path in MACHINES


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is answered; `url` leads on from a page about it, "" where nothing does."""

    status: int
    code: str
    message: str
    hint: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""

    def to_json(self, root: str) -> dict[str, object]:
        """Return the members of RFC 9457 with `hint` and `code`; `root` is the path of the site."""
        return {
            "type": f"{root}{DESCRIPTION}#/x-problems/{self.code}",
            "title": TITLES.get(self.code, self.message.rstrip(".")),
            "status": self.status,
            "detail": self.message,
            "hint": self.hint,
            "code": self.code,
        }


class Errors:
    """Answers any exception; what only the server's owner can mend is logged."""

    def __init__(self, config: WebConfig) -> None:
        self._config = config

    def answer(self, error: Exception) -> ResponseReturnValue:
        """Return the answer for an exception: problem details for programs, a page for people."""
        problem = self._problem(error)
        is_part = request.args.get("part") in PARTS
        is_machine = is_part or is_for_programs(request.path)
        response = _details(problem) if is_machine else self._page(problem)
        response.status_code = problem.status
        response.headers.update(problem.headers)
        return response

    def _problem(self, error: Exception) -> Problem:
        match error:
            case BackstoryError():
                if error.http_status >= 500 and not isinstance(error, Overloaded):
                    current_app.logger.error("%s", error)
                return _problem(error)
            case HTTPException():
                return _http_problem(error)
            case OSError():
                reason = error.strerror or type(error).__name__
                return _problem(IndexUnavailable(self._config.index_path, reason))
            case _:
                current_app.logger.error("%s %s", request.method, request.path, exc_info=error)
                return Problem(500, "error", *UNEXPECTED)

    def _page(self, problem: Problem) -> Response:
        text = request.args.get("q", "")[: self._config.search.max_query_chars]
        return make_response(render_template("error.html", problem=problem, text=text))


def _problem(error: BackstoryError) -> Problem:
    headers = {"Retry-After": RETRY_AFTER} if error.http_status == 503 else {}
    headers |= getattr(error, "headers", {})
    message = PUBLIC.get(error.code, error.message)
    url = getattr(error, "url", "")
    return Problem(error.http_status, error.code, message, error.hint, headers, url)


def _http_problem(error: HTTPException) -> Problem:
    status = error.code or 500
    code, message, hint = HTTP.get(status, (f"http_{status}", error.name, ""))
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return Problem(status, code, message, hint, headers)


def _details(problem: Problem) -> Response:
    return Response(f"{json.dumps(problem.to_json(request.script_root))}\n", content_type=PROBLEM)
