"""`backstory user` and `backstory token`: who may come in, asked for without a word shown."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from backstory.settings import Config
from backstory.webui.users.passwords import is_right
from backstory.webui.users.tokens import digest
from tests.backstory.conftest import Outcome, Run

PASSWORD = "four words in a row"


@pytest.fixture
def users(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of users that the settings name; it is not there yet."""
    monkeypatch.setenv("BACKSTORY_USERS_FILE", "users.json")
    return dossier / "users.json"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, run: Run):
    """Run a command with a text on standard input."""

    def run_command(text: str, *arguments: str) -> Outcome:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        return run(*arguments)

    return run_command


def kept(users: Path) -> dict[str, dict[str, object]]:
    table: dict[str, dict[str, object]] = json.loads(users.read_text())["users"]
    return table


def test_a_user_is_added_listed_changed_and_removed(users: Path, run: Run, typed) -> None:
    added = typed(f"{PASSWORD}\n", "user", "add", "Ines", "--role", "write", "--stdin")
    assert (added.status, added.out) == (0, "Added ines, who may write.\n")
    assert users.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in users.read_text()
    before = str(kept(users)["ines"]["password"])
    assert is_right(PASSWORD, before)
    assert run("user", "list").out == "ines  write  archives: all  password, 0 tokens\n"
    assert run("user", "role", "ines", "admin").out == "ines may admin.\n"
    assert typed("four other words here\n", "user", "password", "INES", "--stdin").status == 0
    after = kept(users)["ines"]
    assert after["role"] == "admin"
    assert is_right("four other words here", str(after["password"]))
    assert run("user", "remove", "ines").out == "Removed ines.\n"
    assert run("user", "list").out == ""


def test_some_are_let_in_by_others_and_may_read_some_archives(users: Path, run: Run) -> None:
    done = run("user", "add", "otto", "--no-password", "--reads", "harbour", "--reads", "attic")
    assert done.status == 0
    assert kept(users)["otto"]["archives"] == ["attic", "harbour"]
    listed = run("user", "list").out
    assert listed == "otto  read  archives: attic, harbour  no password, 0 tokens\n"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "too short: 12 characters or more"),
        ("elevenchars", "too short"),
        ("aaaaaaaaaaaaaaa", "hardly any different characters"),
        ("x" * 1025, "too long"),
        ("ines.falk123", "little more than the name"),
    ],
)
def test_a_weak_password_is_refused(users: Path, typed, password: str, why: str) -> None:
    done = typed(f"{password}\n", "user", "add", "ines.falk", "--stdin")
    assert done.status == 2
    assert why in done.err
    assert not users.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("user", "add", "in es", "--no-password"), "“in es” is no name for a user."),
        (("user", "add", "ines", "--no-password"), "There is a user ines already."),
        (("user", "remove", "otto"), "There is no user “otto”. There are: ines."),
        (("user", "role", "otto", "read"), "There is no user “otto”."),
        (("user", "role", "ines", "king"), "'king' is not one of"),
        (("token", "add", "otto", "x"), "There is no user “otto”."),
        (("token", "add", "ines", "a b"), "“a b” is no name for a token."),
        (("token", "add", "ines", "x", "--role", "write"), "ines may not write, so no token"),
        (("token", "remove", "ines", "x"), "ines has no token “x”. They have none."),
    ],
)
def test_what_cannot_be_done_is_said(users: Path, run: Run, arguments, said: str) -> None:
    assert run("user", "add", "ines", "--no-password").status == 0
    before = users.read_bytes()
    done = run(*arguments)
    assert done.status == 2
    assert said in done.err
    assert users.read_bytes() == before


def test_without_the_setting_it_is_said_where_to_put_it(dossier: Path, run: Run) -> None:
    done = run("user", "list")
    assert done.status == 2
    assert "users.file: is not set" in done.err
    assert "--config" in done.err


def test_a_token_is_shown_once_and_kept_as_a_hash(users: Path, run: Run) -> None:
    run("user", "add", "ines", "--no-password")
    made = run("token", "add", "ines", "Nightly", "--days", "30")
    secret = made.out.strip()
    assert secret.startswith("backstory_")
    assert len(secret) == 53
    assert secret not in users.read_text()
    assert digest(secret) in users.read_text()
    assert run("token", "list").out.startswith("ines  nightly  read  until 20")
    assert "has a token nightly already" in run("token", "add", "ines", "nightly").err
    assert run("token", "remove", "ines", "nightly").status == 0
    assert run("token", "list").out == ""


def test_a_server_with_users_that_nobody_could_use_does_not_start(users: Path, run: Run) -> None:
    run("index")
    done = run("serve", "--port", "0")
    assert done.status == 2
    assert "has no users yet. Add one: backstory user add NAME --role admin" in done.err


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"PROXY_HEADER": "Remote-User"}, "every program on this machine could send it"),
        ({"PROXY_HEADER": "Remote User", "PROXY_ROLE": "read"}, "is no name of a header"),
        ({"PROXY_HEADER": "Remote-User", "PROXY_ROLE": "king"}, "is one of read, write, admin"),
        ({"PROXY_HEADER": "Remote-User", "PROXY_SECRET_FILE": "none"}, "No such file"),
        ({"PROXY_HEADER": "Remote-User", "PROXY_SECRET_FILE": "short"}, "fewer than 32"),
        ({"PROXY_HEADER": "Remote-User", "PROXY_SECRET_FILE": "open"}, "chmod o="),
        ({"PROXY_HEADER": "Remote-User", "PROXY_SECRET_FILE": "good"}, "nobody could come in"),
    ],
)
def test_a_proxy_that_anybody_could_play_is_refused(
    dossier: Path, run: Run, monkeypatch: pytest.MonkeyPatch, variables, said: str
) -> None:
    secret = "x" * 32
    files = (("short", "x", 0o600), ("open", secret, 0o644), ("good", secret, 0o600))
    for name, text, mode in files:
        (dossier / name).write_text(text)
        (dossier / name).chmod(mode)
    for name, value in variables.items():
        monkeypatch.setenv(f"BACKSTORY_USERS_{name}", value)
    run("index")
    done = run("serve", "--port", "0")
    assert done.status == 2
    assert said in done.err


def test_a_dossier_that_brings_settings_lets_nobody_in() -> None:
    letting_in = {
        *("web.host", "web.unix_socket", "web.open_to_all", "web.trusted_proxies", "web.base_url"),
        *("web.trusted_hosts", "web.base_path", "web.log", "web.log_queries"),
        *Config.users.names,
    }
    assert len(letting_in) == 16
    assert {name for name in letting_in if not Config.rule_of(name).is_trusted_only} == set()


def test_everybody_is_let_in_only_where_somebody_says_so(dossier: Path, run: Run) -> None:
    run("index")
    done = run("serve", "--port", "0", "--host", "0.0.0.0")
    assert done.status == 2
    assert "there are no users" in done.err
    assert "--open-to-all" in done.err


def test_allowed_hosts_are_host_names(dossier: Path, run: Run) -> None:
    done = run("serve", "--allow-host", "https://archive.example")
    assert done.status == 2
    assert "is no host name, such as archive.example" in done.err
