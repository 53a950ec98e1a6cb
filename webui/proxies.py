"""What a proxy in front tells of a request: who asks, and by which scheme, host and path.

A proxy that is trusted is believed; what anybody else says is thrown away, before the application
can see it. Each proxy adds to what it was told, so the last value is the one that our own wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from backstory.engine.characters import on_one_line
from backstory.engine.errors import ConfigError
from backstory.webui.base_url import BASE
from backstory.webui.clients import Clients

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CLIENT = "backstory.client"  # in the environment of a request: the address that limits count by
ODD_HEADER = "backstory.odd_header"  # the name of a header that a trusted proxy has sent in vain

_SCHEMES = ("http", "https")
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+){0,8}/?")
_FORWARDED = {
    "Host": "HTTP_X_FORWARDED_HOST",
    "Prefix": "HTTP_X_FORWARDED_PREFIX",
    "Proto": "HTTP_X_FORWARDED_PROTO",
}
# Headers of other programs that mean the same. Nobody is believed who sends them.
_UNUSED = (
    "HTTP_FORWARDED HTTP_X_FORWARDED_PORT HTTP_X_FORWARDED_SERVER HTTP_X_FORWARDED_SCHEME"
    " HTTP_X_FORWARDED_SSL HTTP_X_REAL_IP HTTP_X_SCRIPT_NAME HTTP_X_ORIGINAL_URL HTTP_X_REWRITE_URL"
).split()


def checked_base_path(path: str) -> str:
    """Return the setting `web.base_path` without a slash at its end, "" for the root.

    Raises ConfigError for what is no plain path.
    """
    if not path:
        return ""
    if not path.startswith("/") or not _PATH.fullmatch(path):
        problem = f"“{on_one_line(path)}” is no path such as /backstory/"
        raise ConfigError("web.base_path", problem)
    return path.rstrip("/")


def without_base(path: str, base: str) -> str:
    """Return a path without the one that the site is served under, where it begins with that.

    Some proxies take it off before they hand a request on, and some do not.
    """
    is_under = bool(base) and (path == base or path.startswith(f"{base}/"))
    return (path[len(base) :] or "/") if is_under else path


def behind_proxies(
    application: WSGIApplication, clients: Clients, base_path: str = ""
) -> WSGIApplication:
    """Put a site under a path, and believe trusted proxies, and nobody else.

    `X-Forwarded-Prefix` is what a proxy has taken off the path. A value that cannot be one marks
    the request as odd (`ODD_HEADER`), to be refused.
    """
    base = checked_base_path(base_path)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        peer = environ.get("REMOTE_ADDR", "")
        given = {name: _last(environ.pop(key, "")) for name, key in _FORWARDED.items()}
        for key in _UNUSED:
            environ.pop(key, None)
        environ[CLIENT] = clients.client(peer, environ.pop("HTTP_X_FORWARDED_FOR", ""))
        environ[BASE] = environ["SCRIPT_NAME"] = base
        environ["PATH_INFO"] = without_base(environ.get("PATH_INFO", ""), base)
        if clients.is_proxy(peer):
            _believe(environ, given)
        return application(environ, start_response)

    return answer


def _believe(environ: WSGIEnvironment, given: dict[str, str]) -> None:
    if given["Proto"] and given["Proto"].lower() not in _SCHEMES:
        environ[ODD_HEADER] = "X-Forwarded-Proto"
    elif given["Proto"]:
        environ["wsgi.url_scheme"] = given["Proto"].lower()
    if given["Host"]:
        environ["HTTP_HOST"] = given["Host"]
    if not _PATH.fullmatch(given["Prefix"]):
        environ[ODD_HEADER] = "X-Forwarded-Prefix"
    elif given["Prefix"]:
        environ[BASE] = environ["SCRIPT_NAME"] = given["Prefix"].rstrip("/")


def _last(value: str) -> str:
    return value.rpartition(",")[2].strip()
