"""Host checking, the limit on request bodies, and security headers for every response."""

from __future__ import annotations

import re

from flask import Response, abort, request

from backstory.webui.settings import WebSettings

MAX_BODY = 64 * 1024
EVERY_ADDRESS = ("", "0.0.0.0", "::")
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(?::[0-9]{1,5})?", re.IGNORECASE)

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
    """Refuses requests for other hosts, as a protection against DNS rebinding.

    Flask's TRUSTED_HOSTS is not used: Werkzeug 3.1 cuts `[::1]` at its first colon, and an empty
    list trusts everyone.
    """

    def __init__(self, settings: WebSettings) -> None:
        own = () if settings.host.strip("[]") in EVERY_ADDRESS else (settings.host,)
        self._trusted = frozenset(_named(host) for host in (*settings.trusted_hosts, *own))

    def check(self) -> None:
        """Stop a request for another host with 400, one with too large a body with 413."""
        matched = _HOST.fullmatch(request.environ.get("HTTP_HOST", ""))
        if not matched or matched["name"].lower() not in self._trusted:
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
