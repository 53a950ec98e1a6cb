"""What each endpoint takes: nothing, or a role. What does not stand here takes the highest."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from backstory.engine.errors import BackstoryError
from backstory.webui.errors import is_for_programs
from backstory.webui.visitor import ARCHIVE, FAULT, NOBODY, Role, visitor

READ, WRITE, ADMIN = Role.READ, Role.WRITE, Role.ADMIN
ROLES: Mapping[str, Role | None] = {
    # What everybody gets: the way in, how it looks, that the server is there.
    "login": None,
    "style": None,
    "static": None,
    "health": None,  # without notices
    "opensearch": None,  # browsers ask for it without cookies, and it has addresses only
    # Pages
    "logout": READ,
    "home": READ,
    "search": READ,
    "document": READ,
    "within": READ,
    "related": READ,
    "cite": READ,
    "compare": READ,
    "documents": READ,
    "unread": READ,  # readers have to know what they cannot find
    "draft": READ,
    "concordance": READ,
    "export": READ,
    "pinboard": READ,
    "history": READ,
    "help": READ,
    "original": READ,
    "leaf": READ,
    "picture": READ,
    # Programs
    "feed": READ,
    "news_feed": READ,
    "api_follow": READ,
    "api_news": READ,
    "api_search": READ,
    "api_complete": READ,
    "api_documents": READ,
    "api_document": READ,
    "api_passage": READ,
    "api_related": READ,
    "api_draft": READ,
    "api_concordance": READ,
    "api_frequencies": READ,
    "api_collocates": READ,
    "api_export": READ,
    "api_description": READ,
    "api_archives": READ,
    "followed": READ,
    "news": READ,
    # Whoever adds documents, and follows questions
    "follow": WRITE,
    "unfollow": WRITE,
    "api_follow_add": WRITE,
    "api_follow_remove": WRITE,
    "upload": WRITE,
    "api_upload": WRITE,
    # Whoever runs the server
    "api_status": ADMIN,  # memory, caches and models are for whoever runs the server
}
OF_NO_ARCHIVE = frozenset({"logout"})  # what also those may who may not read this one


class LoginNeeded(BackstoryError):
    """Nobody knows who asks."""

    code = "login_needed"
    http_status = 401

    def __init__(self) -> None:
        super().__init__(
            "You are not logged in.",
            "Log in; a program shows a token: Authorization: Bearer backstory_…",
        )
        self.headers = {"WWW-Authenticate": 'Bearer realm="Backstory"'}


class Forbidden(BackstoryError):
    """Whoever asks may not do that."""

    code = "forbidden"
    http_status = 403

    def __init__(self) -> None:
        super().__init__("You may not open this.", "Whoever looks after this server can let you.")


class GateFault(BackstoryError):
    """It cannot be found out who asks."""

    code = "gate_fault"
    http_status = 503

    def __init__(self) -> None:
        super().__init__(
            "Who may come in cannot be found out just now.", "The server’s log says what is wrong."
        )


def role_of(endpoint: str | None) -> Role | None:
    """Return what an endpoint takes; an address that leads nowhere takes what pages take."""
    return READ if endpoint is None else ROLES.get(endpoint, ADMIN)


def authorize() -> ResponseReturnValue | None:
    """Let a request pass, or lead to the login page; raises LoginNeeded and Forbidden."""
    role = role_of(request.endpoint)
    if role is None:
        return None
    if FAULT in request.environ:
        raise GateFault
    who = visitor(request.environ)
    if who == NOBODY:
        if _is_page():
            return redirect(url_for("login", next=_here()), 303)
        raise LoginNeeded
    archive = current_app.config[ARCHIVE]
    is_open = archive is None or request.endpoint in OF_NO_ARCHIVE
    if not who.may(role) or not (is_open or who.may_read(archive)):
        raise Forbidden
    return None


def keep_private(response: Response) -> Response:
    """Have no cache give what one visitor got to another."""
    if role_of(request.endpoint) is not None:
        response.headers["Cache-Control"] = "no-cache, private"
        response.vary.update(["Cookie", "Authorization"])
    return response


def _is_page() -> bool:
    """Tell whether a person has opened an address, not a program or a script."""
    is_opened = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    has_login = "login" in current_app.view_functions
    return has_login and is_opened and not is_for_programs(request.path)


def _here() -> str | None:
    """Return where to go on after logging in, None after what was not just read."""
    is_read = request.method in ("GET", "HEAD")
    return request.script_root + request.full_path.rstrip("?") if is_read else None
