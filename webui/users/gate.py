"""The gate before every request of a server with users: it finds out who asks, and lets all pass.

What a visitor may do is decided where the endpoint is known (`webui/roles.py`). The first gate that
a request comes to decides, so worker processes get what the front process has found out.
"""

from __future__ import annotations

import hmac
import logging
import re
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.http import parse_cookie

from backstory.engine.errors import ConfigError
from backstory.webui.clients import UNIX
from backstory.webui.settings import UsersSettings, WebConfig
from backstory.webui.users.passwords import prepare
from backstory.webui.users.records import ROLES, User, plain_name
from backstory.webui.users.sessions import Sessions
from backstory.webui.users.tokens import bearer, digest
from backstory.webui.users.user_file import UserFile
from backstory.webui.visitor import BY, FAULT, KEY, NOBODY, SESSION, Means, Role, Visitor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

COOKIE = "backstory"
SECRET_HEADER = "HTTP_X_BACKSTORY_SECRET"
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_FEWEST = 32  # characters of a secret that a proxy shares

_logger = logging.getLogger(__name__)


class Accounts:
    """The users of a server with their sessions; raises ConfigError for settings that cannot be."""

    def __init__(self, config: WebConfig, now: Callable[[], float] = time.time) -> None:
        settings = config.users
        self.settings, self._now = settings, now
        self.file = UserFile(config.root / settings.file) if settings.file else None
        self.sessions = Sessions(
            config.state_path,
            most=settings.session_hours * 3600,
            idle=settings.idle_hours * 3600,
            now=now,
        )
        self.proxy_key = _header_key(settings)
        self.proxy_secret = _secret(config)
        self.proxy_role = _role(settings)

    def check(self, *, has_socket: bool) -> None:
        """Raise ConfigError where nobody could come in, or anybody as anyone."""
        if self.proxy_key and not (has_socket or self.proxy_secret):
            raise ConfigError(
                "users.proxy_header",
                "every program on this machine could send it. Listen on a socket that only the "
                "proxy can reach (--unix-socket), or set users.proxy_secret_file",
            )
        if self.proxy_key and not (self.file or self.proxy_role):
            raise ConfigError(
                "users.proxy_role", "nobody could come in: set it to read, or set users.file"
            )
        users = self.file.users() if self.file else {}
        if not users and not (self.proxy_key and self.proxy_role):
            where = self.file.path if self.file else ""
            raise ConfigError(
                "users.file",
                f"{where} has no users yet. Add one: backstory user add NAME --role admin",
            )
        if self.has_passwords:
            prepare()

    def gate(self, application: WSGIApplication) -> Gate:
        """Return an application before which it is found out who asks."""
        return Gate(application, self)

    @property
    def has_passwords(self) -> bool:
        """Whether somebody can log in here, and not only at a proxy."""
        return self.file is not None and any(u.password for u in self.file.users().values())

    def user(self, name: str) -> User | None:
        """Return the user of a name, None where there is none."""
        return self.file.users().get(name) if self.file else None

    def recognize(self, environ: WSGIEnvironment) -> tuple[Visitor, Means]:
        """Return who asks, and how that was found out.

        A token that is shown decides, also where a cookie would say otherwise; then a proxy.
        """
        token = bearer(environ.get("HTTP_AUTHORIZATION", ""))
        if token is not None:
            shown = self._of_token(token)
            return shown, Means.NONE if shown == NOBODY else Means.TOKEN
        named = self._named_by_proxy(environ)
        if named is not None:
            return named, Means.PROXY
        return self._of_session(environ)

    def _of_token(self, token: str) -> Visitor:
        known = self.file.owner_of_token(digest(token)) if self.file and token else None
        if not known:
            return NOBODY
        user, name = known
        shown = user.tokens[name]
        return NOBODY if shown.is_over(self._now()) else user.visitor(shown.role)

    def _named_by_proxy(self, environ: WSGIEnvironment) -> Visitor | None:
        """Return whom a proxy names, None where none of ours does."""
        secret = environ.pop(SECRET_HEADER, "")
        given = environ.pop(self.proxy_key, "") if self.proxy_key else ""
        if not given or not self._is_vouched(environ, secret):
            return None
        name = plain_name(given)
        user = self.user(name) if name else None
        if user:
            return user.visitor()
        return Visitor(name, self.proxy_role) if name and self.proxy_role else NOBODY

    def _is_vouched(self, environ: WSGIEnvironment, secret: str) -> bool:
        if self.proxy_secret:
            return hmac.compare_digest(secret.encode("latin-1"), self.proxy_secret.encode())
        return bool(environ.get("REMOTE_ADDR") == UNIX)

    def _of_session(self, environ: WSGIEnvironment) -> tuple[Visitor, Means]:
        secret = parse_cookie(environ.get("HTTP_COOKIE", "")).get(COOKIE, "")
        session = self.sessions.find(secret) if secret else None
        user = self.user(session.user) if session else None
        if session is None or user is None or user.fingerprint != session.fingerprint:
            return NOBODY, Means.NONE
        environ[SESSION] = secret
        return user.visitor(), Means.SESSION


class Gate:
    """An application before which it is found out who asks."""

    def __init__(self, application: WSGIApplication, accounts: Accounts) -> None:
        self._application, self._accounts = application, accounts

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, in whose environment stands who asks."""
        if not isinstance(environ.get(KEY), Visitor):
            self._find_out(environ)
        return self._application(environ, start_response)

    def _find_out(self, environ: WSGIEnvironment) -> None:
        try:
            environ[KEY], environ[BY] = self._accounts.recognize(environ)
        except (sqlite3.Error, OSError, ConfigError) as error:
            _logger.error("who asks cannot be found out: %s", error)
            environ |= {KEY: NOBODY, BY: Means.NONE, FAULT: True}


def _header_key(settings: UsersSettings) -> str:
    """Return the name that WSGI has for the header of the proxy, "" for none."""
    if not settings.proxy_header:
        return ""
    if not _HEADER.fullmatch(settings.proxy_header):
        raise ConfigError("users.proxy_header", "is no name of a header, such as Remote-User")
    return f"HTTP_{settings.proxy_header.upper().replace('-', '_')}"


def _role(settings: UsersSettings) -> Role | None:
    if not settings.proxy_role:
        return None
    if settings.proxy_role not in ROLES:
        raise ConfigError("users.proxy_role", f"is one of {', '.join(ROLES)}")
    return ROLES[settings.proxy_role]


def _secret(config: WebConfig) -> str:
    """Return the secret that the proxy shares, "" for none."""
    if not config.users.proxy_secret_file:
        return ""
    path: Path = config.root / config.users.proxy_secret_file
    try:
        found, text = path.stat(), path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no ASCII"
        raise ConfigError("users.proxy_secret_file", f"{path}: {reason}") from None
    if found.st_mode & 0o007:
        raise ConfigError("users.proxy_secret_file", f"everybody may read it: chmod o= {path}")
    if len(text) < _FEWEST:
        raise ConfigError("users.proxy_secret_file", f"{path} has fewer than {_FEWEST} characters")
    return text
