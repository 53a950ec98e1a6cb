"""Host checking, the limit on request bodies, and security headers for every response."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Response, abort, current_app, request

from backstory.engine.errors import BackstoryError
from backstory.webui.base_url import host_name
from backstory.webui.proxies import ODD_HEADER
from backstory.webui.settings import WebSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_BODY = 64 * 1024
UPLOADS = frozenset({"upload", "api_upload"})  # endpoints that take files, up to UPLOAD_BYTES
EVERY_ADDRESS = ("", "0.0.0.0", "::")
_HOST = re.compile(
    r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE
)
_PORTS = range(1, 65536)
_LONGEST_HOST = 253
_UNQUOTED = re.compile(r"[^!-~]")  # in a query, as WSGI has it: each character is a byte
_FOREIGN = "backstory.foreign_host"
NO_NAME = "This server does not answer for the host name that was asked for."

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Other sites learn nothing. With no-referrer, forms would not say where they come from.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class UnknownHost(BackstoryError):
    """A request by a host name that this server does not have; `name` is "" for what is none."""

    code = "unknown_host"
    http_status = 400

    def __init__(self, name: str = "") -> None:
        asked = f"The host name “{name}” is not one of this server’s." if name else NO_NAME
        example = name or "archive.example"
        super().__init__(
            asked,
            f"If it is your server, start it with --allow-host {example}, or add "
            f"“{example}” to web.trusted_hosts in a settings file that you name with --config.",
        )


class OddHeader(BackstoryError):
    """A header of a trusted proxy that cannot be what it says."""

    code = "odd_header"
    http_status = 400

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The proxy in front has sent a header {name} that cannot be used.",
            "Whoever looks after the proxy finds what it should be in “Share it with a newsroom”.",
        )


class Guard:
    """Stands in front of Flask, and hands on only what Flask can answer with a page.

    Requests for other hosts are refused, as a protection against DNS rebinding. Flask finds no
    route for a name that is none, such as `a..b`. Its TRUSTED_HOSTS is not used: Werkzeug 3.1 cuts
    `[::1]` at its first colon, and an empty list trusts everyone. Nor does it decode a query with
    bytes that are not UTF-8, unless they are quoted.
    """

    def __init__(self, settings: WebSettings, application: WSGIApplication) -> None:
        own = () if settings.host.strip("[]") in EVERY_ADDRESS else (settings.host,)
        named = (*settings.trusted_hosts, *own, host_name(settings.base_url))
        self._trusted = frozenset(_named(host) for host in named if host)
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand a request on; one for another host under our own name, to be refused."""
        environ["QUERY_STRING"] = _UNQUOTED.sub(_quoted, environ.get("QUERY_STRING", ""))
        name = asked_host(environ.get("HTTP_HOST", ""))
        if name not in self._trusted:
            environ |= {"HTTP_HOST": "localhost", _FOREIGN: name}
        return self._application(environ, start_response)


def asked_host(host: str) -> str:
    """Return the name in a header Host, "" where it is not well formed."""
    matched = _HOST.fullmatch(host) if len(host) <= _LONGEST_HOST else None
    if not matched or int(matched["port"] or 80) not in _PORTS:
        return ""
    return matched["name"].lower()


def _quoted(byte: re.Match[str]) -> str:
    return f"%{ord(byte[0]):02X}"


def check_request() -> None:
    """Stop a request for another host with 400, one with too large a body with 413.

    Raises UnknownHost and OddHeader.
    """
    if _FOREIGN in request.environ:
        raise UnknownHost(request.environ[_FOREIGN])
    if ODD_HEADER in request.environ:
        raise OddHeader(request.environ[ODD_HEADER])
    is_upload = request.method == "POST" and request.endpoint in UPLOADS
    most = current_app.config["UPLOAD_BYTES"] if is_upload else MAX_BODY
    if (request.content_length or 0) > most:
        abort(413)


def _named(host: str) -> str:
    bare = host.strip().strip("[]").rstrip(".").lower()
    return f"[{bare}]" if ":" in bare else bare


def add_headers(response: Response) -> Response:
    """Add the headers that every answer carries, errors and files included."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-cache, private")
    return response
