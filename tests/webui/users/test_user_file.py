"""The file of users: for its owner alone, never half written, read again when it was replaced."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from backstory.engine.errors import ConfigError
from backstory.webui.users.records import Token, User, plain_name
from backstory.webui.users.tokens import PREFIX, bearer, digest, new_secret
from backstory.webui.users.user_file import UserFile
from backstory.webui.visitor import Role

TOKEN = Token("nightly", digest("secret"), Role.READ, 99.5)
INES = User("ines", Role.WRITE, "$argon2id$…", frozenset({"harbour"}), {"nightly": TOKEN})
OTTO = User("otto", Role.READ)


def filled(folder: Path, *users: User) -> UserFile:
    file = UserFile(folder / "users.json")
    with file.changing() as table:
        table |= {user.name: user for user in users}
    return file


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = filled(tmp_path, INES, OTTO)
    assert file.path.stat().st_mode & 0o777 == 0o600
    again = UserFile(file.path)
    assert again.users() == {"ines": INES, "otto": OTTO}
    assert again.owner_of_token(TOKEN.digest) == (INES, "nightly")
    assert again.owner_of_token(digest("another")) is None


def test_a_file_that_was_replaced_is_read_again(tmp_path: Path) -> None:
    file = filled(tmp_path, INES)
    assert "ines" in file.users()
    with UserFile(file.path).changing() as users:
        del users["ines"]
    assert file.users() == {}
    assert file.owner_of_token(TOKEN.digest) is None
    file.path.unlink()
    assert file.users() == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_what_an_administrator_writes_stays_with_the_server(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12345)
    file = filled(tmp_path, INES)
    assert {path.stat().st_uid for path in tmp_path.iterdir()} == {12345}
    with file.changing() as users:
        users["otto"] = OTTO
    assert {path.stat().st_uid for path in tmp_path.iterdir()} == {12345}
    assert file.users().keys() == {"ines", "otto"}


def test_a_change_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = filled(tmp_path, INES)
    before = file.path.read_bytes()
    with pytest.raises(ZeroDivisionError), file.changing() as users:
        users["otto"] = User("otto", Role(1 // 0))
    assert file.path.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".users.json.lock", "users.json"]


def test_changes_at_the_same_time_lose_none(tmp_path: Path) -> None:
    names = [f"user{n}" for n in range(12)]

    def add(name: str) -> None:
        filled(tmp_path, User(name, Role.READ))

    threads = [threading.Thread(target=add, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert UserFile(tmp_path / "users.json").users().keys() == set(names)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o606, 0o777])
def test_a_file_that_others_may_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    file = filled(tmp_path, INES)
    assert file.users()
    file.path.chmod(mode)
    with pytest.raises(ConfigError, match=r"users\.file: .* chmod 600 "):
        file.users()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "{",
            "[]",
            "{}",
            '{"users": []}',
            '{"users": {"ines": {}}}',
            '{"users": {"ines": 3}}',
        ),
        '{"users": {"ines": {"role": "king"}}}',
        '{"users": {"In es": {"role": "read"}}}',
        '{"users": {"ines": {"role": "read", "archives": [1]}}}',
        '{"users": {"ines": {"role": "read", "tokens": {"a": {}}}}}',
        '{"users": {"ines": {"role": "none"}}}',
    ],
)
def test_a_file_that_is_spoilt_lets_nobody_in(tmp_path: Path, text: str) -> None:
    file = filled(tmp_path, INES)
    file.path.write_text(text)
    with pytest.raises(ConfigError, match=r"users\.file: .*Put a backup in its place"):
        file.users()


def test_what_ends_sessions_changes_the_fingerprint() -> None:
    prints = {
        user.fingerprint
        for user in (
            INES,
            User("ines", Role.READ, INES.password, INES.archives),
            User("ines", Role.WRITE, "another", INES.archives),
            User("ines", Role.WRITE, INES.password, None),
            User("ines", Role.WRITE, INES.password, frozenset()),
            User("otto", Role.WRITE, INES.password, INES.archives),
        )
    }
    assert len(prints) == 6
    assert User("ines", Role.WRITE, INES.password, INES.archives).fingerprint == INES.fingerprint


@pytest.mark.parametrize("name", ["ines", "Ines ", "i.falk@courier.example", "a+b-c_d", "7"])
def test_names_are_kept_in_small_letters(name: str) -> None:
    assert plain_name(name) == name.strip().lower()


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a\nb", "é", "a/b", "a,b", "-a", "a" * 65, "\u0130", "a\x00", "a:b"]
)
def test_what_could_be_taken_for_something_else_is_no_name(name: str) -> None:
    assert plain_name(name) == ""


def test_a_token_is_256_bits_and_only_a_bearer_has_one() -> None:
    secret = PREFIX + new_secret()
    assert bearer(f"Bearer {secret}") == bearer(f"bearer  {secret} ") == secret
    assert bearer("Basic aW5lczp4") is None
    assert bearer("") is None
    assert {bearer(f"Bearer {odd}") for odd in ("", "x", secret[:-1], f"{secret}a", "é")} == {""}
