"""Host checking, the limit on request bodies, and security headers for every response."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Response, abort, request

from backstory.webui.settings import WebSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_BODY = 64 * 1024
EVERY_ADDRESS = ("", "0.0.0.0", "::")
_HOST = re.compile(
    r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE
)
_PORTS = range(1, 65536)
_UNQUOTED = re.compile(r"[^!-~]")  # in a query, as WSGI has it: each character is a byte
_FOREIGN = "backstory.foreign_host"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Stands in front of Flask, and hands on only what Flask can answer with a page.

    Requests for other hosts are refused, as a protection against DNS rebinding. Flask finds no
    route for a name that is none, such as `a..b`. Its TRUSTED_HOSTS is not used: Werkzeug 3.1 cuts
    `[::1]` at its first colon, and an empty list trusts everyone. Nor does it decode a query with
    bytes that are not UTF-8, unless they are quoted.
    """

    def __init__(self, settings: WebSettings, application: WSGIApplication) -> None:
        own = () if settings.host.strip("[]") in EVERY_ADDRESS else (settings.host,)
        self._trusted = frozenset(_named(host) for host in (*settings.trusted_hosts, *own))
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand a request on; one for another host under our own name, to be refused."""
        environ["QUERY_STRING"] = _UNQUOTED.sub(_quoted, environ.get("QUERY_STRING", ""))
        if not self._is_trusted(environ.get("HTTP_HOST", "")):
            environ |= {"HTTP_HOST": "localhost", _FOREIGN: True}
        return self._application(environ, start_response)

    def _is_trusted(self, host: str) -> bool:
        matched = _HOST.fullmatch(host)
        if not matched or int(matched["port"] or 80) not in _PORTS:
            return False
        return matched["name"].lower() in self._trusted


def _quoted(byte: re.Match[str]) -> str:
    return f"%{ord(byte[0]):02X}"


def check_request() -> None:
    """Stop a request for another host with 400, one with too large a body with 413."""
    if _FOREIGN in request.environ:
        abort(400, "This server does not answer for that host name.")
    if (request.content_length or 0) > MAX_BODY:
        abort(413)


def _named(host: str) -> str:
    bare = host.strip().strip("[]").rstrip(".").lower()
    return f"[{bare}]" if ":" in bare else bare


def add_headers(response: Response) -> Response:
    """Add the headers that every answer carries, errors and files included."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-cache, private")
    return response
