"""Logging in and out: forms without scripts, sessions that end, passwords that are guessed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from backstory import Archive
from backstory.webui.users.passwords import hash_password, is_right, problem_with
from backstory.webui.visitor import Role
from tests.newsroom import PASSWORD, Newsroom, harbour
from tests.webui.conftest import Page


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with harbour(tmp_path_factory.mktemp("login")) as opened:
        yield opened


@pytest.fixture
def newsroom(archive: Archive, tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path, archive)


def form_token(text: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found
    return found[1]


def log_in(client: FlaskClient, name: str, password: str = PASSWORD, **fields: str) -> Any:
    token = form_token(client.get("/login").text)
    values = {"csrf_token": token, "name": name, "password": password, **fields}
    return client.post("/login", data=values)


def test_whoever_logs_in_goes_where_they_wanted_to(newsroom: Newsroom) -> None:
    client = newsroom.browser()
    led = client.get("/search?q=bridge&sort=newest").headers["Location"]
    shown = Page(client.get(led).text)
    (onward,) = shown.all("input", name="next")
    assert onward["value"] == "/search?q=bridge&sort=newest"
    assert shown.all("form", action="/login", method="post")
    assert "paid" not in shown.words
    answer = log_in(client, " Reader", next=onward["value"])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/search?q=bridge&sort=newest")
    assert client.get("/search?q=bridge").status_code == 200


def test_the_cookie_is_for_our_pages_alone(archive: Archive, tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path, archive, web__base_path="/desk/")
    told = {"X-Forwarded-Proto": "https"}
    client = newsroom.browser()
    token = form_token(client.get("/desk/login", headers=told, base_url="https://localhost").text)
    answer = client.post(
        "/desk/login",
        data={"csrf_token": token, "name": "reader", "password": PASSWORD},
        headers=told,
        base_url="https://localhost",
    )
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert re.fullmatch(r"backstory=[\w-]{43}; Secure; HttpOnly; Path=/desk; SameSite=Lax", cookie)
    assert answer.headers["Location"] == "/desk/"


def test_the_page_says_who_is_logged_in_and_lets_them_out(newsroom: Newsroom) -> None:
    client = newsroom.browser("reader")
    text = client.get("/documents").text
    assert "reader" in Page(text).words
    assert Page(text).all("form", action="/logout", method="post")
    secret = client.get_cookie("backstory")
    assert secret
    answer = client.post("/logout", data={"csrf_token": form_token(text)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert client.get_cookie("backstory") is None
    client.set_cookie("backstory", secret.value)
    assert client.get("/documents").status_code == 303


def test_who_may_not_read_this_archive_may_still_log_out(newsroom: Newsroom) -> None:
    client = newsroom.browser("stranger")
    answer = client.get("/documents")
    assert answer.status_code == 403
    token = form_token(answer.text)
    assert client.post("/logout", data={"csrf_token": token}).headers["Location"] == "/login"


def test_every_log_in_is_a_new_session_and_ends_the_former(newsroom: Newsroom) -> None:
    client = newsroom.browser("reader")
    before = client.get_cookie("backstory")
    token = form_token(client.get("/help").text)
    answer = client.post(
        "/login", data={"csrf_token": token, "name": "admin", "password": PASSWORD}
    )
    assert answer.status_code == 303
    after = client.get_cookie("backstory")
    assert before
    assert after
    assert before.value != after.value
    assert newsroom.sessions.find(before.value) is None


@pytest.mark.parametrize("name", ["reader", "nobody", "", "re ader", "x" * 300, "é", "reader\n"])
def test_a_wrong_password_and_an_unknown_name_look_alike(newsroom: Newsroom, name: str) -> None:
    client = newsroom.browser()
    password = "wrong " + PASSWORD if name.strip() == "reader" else PASSWORD
    answer = log_in(client, name, password)
    page = Page(answer.text)
    assert answer.status_code == 403
    assert "That name and password do not go together." in page.words
    assert PASSWORD not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert client.get("/documents").status_code == 303


def test_guessing_ends_for_the_name_from_every_address(newsroom: Newsroom) -> None:
    client = newsroom.browser()
    most = newsroom.config.users.attempts
    token = form_token(client.get("/login").text)

    def guess(number: int, name: str = "reader", password: str = "x") -> Any:
        return client.post(
            "/login",
            data={"csrf_token": token, "name": name, "password": password},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )

    assert {guess(n).status_code for n in range(most)} == {403}
    refused = guess(200, password=PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 901
    assert "Too many wrong passwords" in Page(refused.text).words
    assert guess(200, "writer", PASSWORD).status_code == 303


def test_guessing_ends_for_the_address_at_every_name(archive: Archive, tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path, archive, users__attempts=1)
    client = newsroom.browser()
    assert [log_in(client, f"name{n}", "x").status_code for n in range(3)] == [403] * 3
    assert log_in(client, "reader").status_code == 429


def test_logging_in_often_is_no_guessing(archive: Archive, tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path, archive, users__attempts=1)
    assert {log_in(newsroom.browser(), "reader").status_code for _ in range(5)} == {303}


@pytest.mark.parametrize("change", ["password", "role", "archives", "removed"])
def test_a_session_ends_when_its_user_is_changed(newsroom: Newsroom, change: str) -> None:
    client = newsroom.browser("writer")
    assert client.get("/documents").status_code == 200
    with newsroom.file.changing() as users:
        user = users.pop("writer")
        if change == "password":
            users["writer"] = replace(user, password=hash_password("another password"))
        elif change == "role":
            users["writer"] = replace(user, role=Role.READ)
        elif change == "archives":
            users["writer"] = replace(user, archives=None)
    assert client.get("/documents").status_code == 303


def test_a_token_is_worth_nothing_when_it_or_its_user_is_removed(newsroom: Newsroom) -> None:
    client, headers = newsroom.browser(), newsroom.program("reader")
    assert client.get("/api/documents", headers=headers).status_code == 200
    with newsroom.file.changing() as users:
        users["reader"] = replace(users["reader"], tokens={})
    assert client.get("/api/documents", headers=headers).status_code == 401


def test_a_token_may_no_more_than_its_user(newsroom: Newsroom) -> None:
    client, headers = newsroom.browser(), newsroom.program("admin")
    assert client.get("/api/status", headers=headers).status_code == 200
    with newsroom.file.changing() as users:
        users["admin"] = replace(users["admin"], role=Role.READ)
    assert client.get("/api/status", headers=headers).status_code == 403


def test_a_token_that_has_expired_is_none(newsroom: Newsroom) -> None:
    with newsroom.file.changing() as users:
        user = users["reader"]
        old = {name: replace(token, expires=1.0) for name, token in user.tokens.items()}
        users["reader"] = replace(user, tokens=old)
    answer = newsroom.browser().get("/api/documents", headers=newsroom.program("reader"))
    assert answer.status_code == 401


def test_a_wrong_token_counts_for_nothing_beside_a_good_cookie(newsroom: Newsroom) -> None:
    client = newsroom.browser("reader")
    assert client.get("/api/documents", headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get("/api/documents", headers={"Authorization": "Basic x"}).status_code == 200


def test_users_that_cannot_be_read_let_nobody_in(newsroom: Newsroom, caplog: Any) -> None:
    client = newsroom.browser("reader")
    newsroom.file.path.chmod(0o644)
    answer = client.get("/documents")
    assert answer.status_code == 503
    assert "Who may come in cannot be found out just now." in Page(answer.text).words
    assert str(newsroom.folder) not in answer.text
    assert "chmod 600" in caplog.text
    assert client.get("/healthz").status_code == 200
    refused = log_in(newsroom.browser(), "reader")
    assert refused.status_code == 503
    assert str(newsroom.folder) not in refused.text
    newsroom.file.path.chmod(0o600)
    assert client.get("/documents").status_code == 200


def test_sessions_that_cannot_be_kept_are_an_error_without_a_place(newsroom, caplog) -> None:
    shutil.rmtree(newsroom.folder / "state")
    (newsroom.folder / "state").write_text("in the way")
    client = newsroom.browser()
    assert client.get("/help").status_code == 303
    refused = log_in(client, "reader")
    assert refused.status_code == 503
    assert str(newsroom.folder) not in refused.text
    assert "nobody can log in or out" in caplog.text
    client.set_cookie("backstory", "A" * 43)
    assert client.get("/help").status_code == 503


def test_without_users_nothing_of_it_is_imported() -> None:
    program = """
import sys
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.testing import ReferenceIndex
import backstory.webui.serving
from backstory.webui.app import create_app
create_app(Config(), Searcher(ReferenceIndex()))
parts = ("webui.users", "webui.login", "webui.roles", "webui.access_log", "argon2")
print([name for name in sys.modules if any(part in name for part in parts)])
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_browser_keeps_the_board_of_each_user_apart(newsroom: Newsroom) -> None:
    keys = {
        Page(newsroom.browser(name).get("/help").text).all("html")[0]["data-archive"]
        for name in ("reader", "writer", "admin")
    }
    assert len(keys) == 3


@pytest.mark.parametrize(
    "password",
    ["", "short", "elevenchars", "a" * 40, "abababababab", "x" * 1025, "twelve chars \udce9"],
)
def test_weak_passwords_are_refused(password: str) -> None:
    assert problem_with(password)


def test_passwords_are_kept_as_argon2id() -> None:
    hashed = hash_password("any text é \u0000 😀")
    assert hashed.startswith("$argon2id$")
    assert is_right("any text é \u0000 😀", hashed)
    assert not is_right("any text", hashed)
    assert not is_right("", "")
    assert not is_right("x", "no hash")
