"""The login page, and logging out."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backstory.engine.errors import ConfigError
from backstory.webui.base_url import base_path
from backstory.webui.csrf import set_cookie
from backstory.webui.proxies import CLIENT
from backstory.webui.roles import GateFault
from backstory.webui.users.gate import COOKIE, Accounts
from backstory.webui.users.passwords import LONGEST, is_right, prepare
from backstory.webui.users.records import User, plain_name
from backstory.webui.visitor import NOBODY, SESSION, visitor

OF_AN_ADDRESS = 3  # times as many failed log-ins as of a name
WRONG = "That name and password do not go together."
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_LONGEST_PATH = 4000


class Login:
    """The views of coming in and going out."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        if accounts.has_passwords:
            prepare()  # the first log-in of an unknown name takes no longer than others

    def login(self) -> ResponseReturnValue:
        """Show the form, or take it: who gets it right goes on to where they wanted to.

        Raises GateFault where users or sessions cannot be read.
        """
        onward = safe_next(request.values.get("next", ""))
        if request.method == "POST":
            with _faults_told():
                return self._take(onward)
        if visitor(request.environ) != NOBODY:
            return redirect(onward, 303)
        return _form(onward)

    def logout(self) -> ResponseReturnValue:
        """End the session; raises GateFault where it cannot be."""
        session = request.environ.get(SESSION, "")
        if session:
            with _faults_told():
                self._accounts.sessions.end(session)
        response = make_response(redirect(url_for("login"), 303))
        set_cookie(response, COOKIE, "")
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    def _take(self, onward: str) -> Response:
        name = plain_name(request.form.get("name", ""))
        wait = self._wait(name)
        if wait:
            minutes = int(wait / 60) + 1
            soon = "a minute" if minutes == 1 else f"{minutes} minutes"
            response = _form(onward, f"Too many wrong passwords. Try again in {soon}.", 429)
            response.headers["Retry-After"] = str(int(wait) + 1)
            return response
        user = self._proven(name, request.form.get("password", ""))
        if user is None:
            return _form(onward, WRONG, 403)
        sessions = self._accounts.sessions
        sessions.forgive(*_whos(name))
        former = request.environ.get(SESSION, "")
        if former:
            sessions.end(former)
        response = make_response(redirect(onward, 303))
        set_cookie(response, COOKIE, sessions.begin(user.name, user.fingerprint))
        return response

    def _wait(self, name: str) -> float:
        most = self._accounts.settings.attempts
        of_name, of_address = _whos(name)
        return self._accounts.sessions.try_once({of_name: most, of_address: most * OF_AN_ADDRESS})

    def _proven(self, name: str, password: str) -> User | None:
        """Return the user whose password it is; it takes as long where there is none."""
        user = self._accounts.user(name) if name else None
        is_proven = is_right(password, user.password if user else "") and len(password) <= LONGEST
        return user if is_proven else None


@contextmanager
def _faults_told() -> Iterator[None]:
    """Have the log say what is wrong with users or sessions, and the page that something is."""
    try:
        yield
    except (sqlite3.Error, OSError, ConfigError) as error:
        current_app.logger.error("nobody can log in or out: %s", error)
        raise GateFault from None


def safe_next(text: str) -> str:
    """Return where to go on: a path of this site, or else its home page."""
    base = base_path(request.environ)
    is_path = len(text) <= _LONGEST_PATH and _PATH.fullmatch(text)
    is_own = is_path and (not base or text == base or text.startswith(f"{base}/"))
    return text if is_own and not _leads_round(text, base) else f"{base}/"


def _leads_round(text: str, base: str) -> bool:
    return text.partition("?")[0].removeprefix(base) in ("/login", "/logout")


def _form(onward: str, problem: str = "", status: int = 200) -> Response:
    name = request.form.get("name", "")[:64]
    page = render_template("login.html", onward=onward, problem=problem, name=name)
    return make_response(page, status)


def _whos(name: str) -> tuple[str, str]:
    """Return what attempts are counted by: the name, known or not, and the address."""
    address = request.environ.get(CLIENT) or request.remote_addr or ""
    return f"name {name}", f"address {address}"
