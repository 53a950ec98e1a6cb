"""Protection of what changes something against requests that a strange page has a browser send.

A form carries a token that only a page of ours can have: `csrf_field()` in the form, or for scripts
`<meta name="csrf-token" content="{{ csrf_token() }}">` and the header X-CSRF-Token. It belongs to
the session; without one, to a cookie that is set with the first token. Requests with a bearer token
need none, for no browser adds that by itself, nor do those of programs to the API of a server
without users.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from flask import Response, current_app, g, request
from markupsafe import Markup

from backstory.engine.errors import BackstoryError
from backstory.webui.base_url import base_path, origin
from backstory.webui.errors import is_for_programs
from backstory.webui.visitor import SESSION, Means, means

COOKIE, FIELD, HEADER = "backstory-form", "csrf_token", "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_BYTES = 32
_BY_BROWSERS = ("Origin", "Sec-Fetch-Site", "Referer", "Cookie")


class ForgedForm(BackstoryError):
    """A request that would change something, and may have been sent by another page than ours."""

    code = "forged_form"
    http_status = 403

    def __init__(self, message: str = "The form is too old, or was not sent by our page.") -> None:
        super().__init__(message, "Go back, reload the page, and send it again.")


def token() -> str:
    """Return a token for the page that is being made.

    It is another in every page: where pages are compressed, their length could give it away.
    """
    mask = secrets.token_bytes(_BYTES)
    masked = bytes(a ^ b for a, b in zip(mask, _mac(_secret() or _new_secret()), strict=True))
    return base64.urlsafe_b64encode(mask + masked).decode()


def field() -> Markup:
    """Return the token as a hidden field of a form."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token())


def check() -> None:
    """Stop a request that may be forged; raises ForgedForm."""
    if request.method in SAFE or request.routing_exception is not None:
        return
    if means(request.environ) is Means.TOKEN or _is_of_a_program():
        return
    if not _is_ours():
        raise ForgedForm("This was sent by another site’s page.")
    shown = request.headers.get(HEADER, "") or request.form.get(FIELD, "")
    secret = _secret()
    if not secret or not hmac.compare_digest(_unmasked(shown), _mac(secret)):
        raise ForgedForm


def keep_secret(response: Response) -> Response:
    """Set the cookie that a token of this answer belongs to, where it is a new one."""
    new = g.get("csrf_secret")
    if new:
        set_cookie(response, COOKIE, new)
    return response


def set_cookie(response: Response, name: str, value: str) -> None:
    """Set a cookie of the whole site that scripts cannot read, or delete it with an empty value."""
    response.set_cookie(
        name,
        value,
        max_age=None if value else 0,
        path=base_path(request.environ) or "/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def _secret() -> str:
    """Return what the tokens of this browser are made of, "" where there is nothing yet."""
    session: str = request.environ.get(SESSION, "")
    if session:
        return session
    given = request.cookies.get(COOKIE, "")
    return given if _SECRET.fullmatch(given) else g.get("csrf_secret", "")


def _new_secret() -> str:
    g.csrf_secret = secrets.token_urlsafe(_BYTES)
    return str(g.csrf_secret)


def _mac(secret: str) -> bytes:
    return hmac.new(secret.encode(), b"backstory form", hashlib.sha256).digest()


def _unmasked(shown: str) -> bytes:
    try:
        whole = base64.b64decode(shown, altchars=b"-_", validate=True)
    except ValueError:
        return b""
    mask, masked = whole[:_BYTES], whole[_BYTES:]
    return bytes(a ^ b for a, b in zip(mask, masked, strict=False))


def _is_of_a_program() -> bool:
    """Tell whether a request to the API shows nothing that a browser would send with it.

    A browser names the page that has it send something to another site, and adds cookies.
    """
    is_plain = not any(request.headers.get(name) for name in _BY_BROWSERS)
    return is_plain and is_for_programs(request.path)


def _is_ours() -> bool:
    """Tell whether a browser says that the request comes from our own page, or is none."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    sender = request.headers.get("Origin")
    base = current_app.config["BASE_URL"]
    own = {request.host_url[:-1], *([origin(base)] if base else [])}
    return sender is None or sender in own
