"""Sessions: they end when they should, and failed log-ins are counted for all processes."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from backstory.webui.users.sessions import FILE, WINDOW, Session, Sessions


class Clock:
    """A time that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(tmp_path: Path, clock: Clock) -> Sessions:
    return Sessions(tmp_path / "state", most=1000, idle=200, now=clock)


def test_a_session_is_known_by_its_secret_alone(sessions: Sessions, tmp_path: Path) -> None:
    one, other = sessions.begin("ines", "f"), sessions.begin("ines", "f")
    assert one != other
    assert sessions.find(one) == Session("ines", "f")
    assert sessions.find(one[:-1] + ("A" if one[-1] != "A" else "B")) is None
    assert sessions.find("") is None
    for file in (tmp_path / "state").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
        assert one.encode() not in file.read_bytes()


def test_it_ends_when_it_rests_too_long_and_after_its_time(sessions, clock) -> None:
    secret = sessions.begin("ines", "f")
    for _ in range(6):
        clock.now += 150
        assert sessions.find(secret)
    clock.now += 99
    assert sessions.find(secret)
    clock.now += 1
    assert sessions.find(secret) is None
    secret = sessions.begin("ines", "f")
    clock.now += 200
    assert sessions.find(secret) is None


def test_it_ends_by_log_out_in_every_process(sessions, tmp_path, clock) -> None:
    other = Sessions(tmp_path / "state", most=1000, idle=200, now=clock)
    secret = sessions.begin("ines", "f")
    assert other.find(secret)
    other.end(secret)
    assert sessions.find(secret) is None


def test_old_sessions_are_deleted(sessions, tmp_path, clock) -> None:
    sessions.begin("ines", "f")
    clock.now += 201
    sessions.begin("otto", "f")
    with sqlite3.connect(tmp_path / "state" / FILE) as connection:
        rows = connection.execute("SELECT user FROM sessions").fetchall()
    connection.close()
    assert rows == [("otto",)]


def test_attempts_are_counted_for_all_processes(sessions, tmp_path, clock) -> None:
    other = Sessions(tmp_path / "state", most=1000, idle=200, now=clock)
    limits = {"name ines": 4, "address 192.0.2.7": 100}
    assert [each.try_once(limits) for each in (sessions, other, sessions, other)] == [0.0] * 4
    assert sessions.try_once(limits) == WINDOW
    assert other.try_once({"name otto": 4, "address 192.0.2.7": 4}) == WINDOW
    clock.now += WINDOW - 1
    assert other.try_once(limits) == 1.0
    clock.now += 1
    assert other.try_once(limits) == 0.0


def test_attempts_at_the_same_time_are_no_more_than_the_limit(sessions: Sessions) -> None:
    waits: list[float] = []

    def attempt() -> None:
        waits.append(sessions.try_once({"name ines": 5}))

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waits.count(0.0) == 5


def test_who_gets_it_right_forgives_the_name_and_one_attempt_of_the_address(sessions) -> None:
    limits = {"name ines": 3, "address a": 3}
    assert [sessions.try_once(limits) for _ in range(2)] == [0.0, 0.0]
    assert sessions.try_once(limits) == 0.0
    sessions.forgive("name ines", "address a")
    assert sessions.try_once(limits) == 0.0
    assert sessions.try_once(limits) > 0
    assert sessions.try_once({"name ines": 3, "address b": 3}) == 0.0
