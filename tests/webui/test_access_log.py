"""The access log: a line for each answer, never a query unasked, never an answer less."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from backstory.engine.errors import ConfigError
from backstory.settings import Config
from backstory.webui.access_log import AccessLog, open_log
from backstory.webui.clients import Clients
from backstory.webui.proxies import behind_proxies
from backstory.webui.visitor import KEY, Role, Visitor
from tests.webui.conftest import Shelf

LINE = re.compile(
    r"(\S+) - (\S+) \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "
    r'"([^"\n]*)" (\d{3}) (\d+|-)\n'
)


def logged(
    library: Shelf, tmp_path: Path, log: str = "log", *, has_queries: bool = False
) -> FlaskClient:
    app = library.app()
    opened = open_log(Config(root=tmp_path).override(web__log=log))
    inner = AccessLog(app.wsgi_app, opened, has_queries=has_queries)
    app.wsgi_app = behind_proxies(inner, Clients(["127.0.0.1"]))  # type: ignore[method-assign]
    return app.test_client()


def ask(client: FlaskClient, path: str, **options: Any) -> bytes:
    """Return an answer when all of it was taken."""
    return client.get(path, buffered=True, **options).data


def lines(path: Path) -> list[tuple[str, ...]]:
    text = path.read_text(encoding="ascii")
    found = LINE.findall(text)
    assert len(found) == text.count("\n")
    return found


def test_an_answer_is_a_line_without_the_query(library, tmp_path) -> None:
    client = logged(library, tmp_path)
    body = ask(client, "/search?q=secret+lobby", headers={"X-Forwarded-For": "203.0.113.9"})
    ask(client, "/doc/none", headers={"Referer": "http://localhost/search?q=secret"})
    assert lines(tmp_path / "log") == [
        ("203.0.113.9", "-", "GET /search HTTP/1.1", "200", str(len(body))),
        ("127.0.0.1", "-", "GET /doc/none HTTP/1.1", "404", lines(tmp_path / "log")[1][4]),
    ]
    assert "secret" not in (tmp_path / "log").read_text()
    assert (tmp_path / "log").stat().st_mode & 0o007 == 0


def test_queries_are_logged_where_that_is_wanted(library, tmp_path) -> None:
    ask(logged(library, tmp_path, has_queries=True), "/search?q=secret+lobby")
    assert lines(tmp_path / "log")[0][2] == "GET /search?q=secret+lobby HTTP/1.1"


def test_the_user_stands_in_its_place(library, tmp_path) -> None:
    client = logged(library, tmp_path)
    ask(client, "/help", environ_base={KEY: Visitor('in es "x"\n', Role.READ)})
    assert lines(tmp_path / "log")[0][1] == "in\\x20es\\x20\\x22x\\x22\\x0a"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/doc/a%0A127.0.0.1%20-", "GET /doc/a\\x0a127.0.0.1 - HTTP/1.1"),
        ("/doc/%1B%5B31m%22%5C", "GET /doc/\\x1b[31m\\x22\\x5c HTTP/1.1"),
        ("/doc/%C3%A9", "GET /doc/\\xc3\\xa9 HTTP/1.1"),
    ],
)
def test_what_could_forge_a_line_is_escaped(library, tmp_path, path, shown) -> None:
    ask(logged(library, tmp_path), path)
    assert [each[2] for each in lines(tmp_path / "log")] == [shown]


def test_a_log_that_was_renamed_is_begun_anew(library, tmp_path) -> None:
    client = logged(library, tmp_path)
    ask(client, "/help")
    (tmp_path / "log").rename(tmp_path / "log.1")
    ask(client, "/board")
    assert [each[2] for each in lines(tmp_path / "log.1")] == ["GET /help HTTP/1.1"]
    assert [each[2] for each in lines(tmp_path / "log")] == ["GET /board HTTP/1.1"]


def test_a_log_that_cannot_be_written_stops_no_answer(library, tmp_path, capsys) -> None:
    client = logged(library, tmp_path, "/dev/full")
    assert all(b"How to search" in ask(client, "/help") for _ in range(3))
    assert capsys.readouterr().err.count("/dev/full cannot be written") == 1


def test_a_log_that_cannot_be_opened_is_said_at_the_start(tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"web\.log: .*none/log cannot be written: No such file"):
        open_log(Config(root=tmp_path).override(web__log="none/log"))


def test_standard_error_is_a_log_too(library, tmp_path, capsys) -> None:
    ask(logged(library, tmp_path, "-"), "/help")
    assert LINE.fullmatch(capsys.readouterr().err)
    assert os.listdir(tmp_path) == []
