"""Sessions and failed log-ins in one small database, which all processes of the server share.

A browser has a secret in a cookie; here is its SHA-256, so that a stolen database opens nothing.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backstory.webui.users.tokens import digest, is_secret, new_secret

FILE = "server.sqlite"
WINDOW = 900.0  # seconds in which failed log-ins are counted
FORGETFUL = 60.0  # seconds by which the last use of a session may be noted late
_BUSY = 5.0  # seconds to wait for another process that writes
_TABLES = """
CREATE TABLE IF NOT EXISTS sessions (
    digest TEXT PRIMARY KEY, user TEXT, fingerprint TEXT, began REAL, seen REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attempts (who TEXT, time REAL);
CREATE INDEX IF NOT EXISTS attempts_of ON attempts (who, time);
"""


@dataclass(frozen=True, slots=True)
class Session:
    """Whose session it is, and what the user was like when it began."""

    user: str
    fingerprint: str


class Sessions:
    """The database; times are in seconds, `now` tells the present one. Raises sqlite3.Error."""

    def __init__(
        self, folder: Path, *, most: float, idle: float, now: Callable[[], float] = time.time
    ) -> None:
        self._folder, self._most, self._idle, self._now = folder, most, idle, now
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def begin(self, user: str, fingerprint: str) -> str:
        """Begin a session and return its secret."""
        secret, now = new_secret(), self._now()
        with self._writing() as connection:
            oldest, idlest = now - self._most, now - self._idle
            connection.execute("DELETE FROM sessions WHERE began < ? OR seen < ?", (oldest, idlest))
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
                (digest(secret), user, fingerprint, now, now),
            )
        return secret

    def find(self, secret: str) -> Session | None:
        """Return a session that goes on, None for any other; note that it was used."""
        if not is_secret(secret):
            return None
        key, now = digest(secret), self._now()
        with self._lock:
            row = self._open().execute(
                "SELECT user, fingerprint, began, seen FROM sessions WHERE digest = ?", (key,)
            )
            user, fingerprint, began, seen = row.fetchone() or ("", "", 0.0, 0.0)
        if not user or now - began >= self._most or now - seen >= self._idle:
            return None
        if now - seen > FORGETFUL:
            with self._writing() as connection:
                connection.execute("UPDATE sessions SET seen = ? WHERE digest = ?", (now, key))
        return Session(user, fingerprint)

    def end(self, secret: str) -> None:
        """End a session, where it is one."""
        with self._writing() as connection:
            connection.execute("DELETE FROM sessions WHERE digest = ?", (digest(secret),))

    # Log-ins

    def try_once(self, limits: dict[str, int]) -> float:
        """Count an attempt of each who, before it is made; return the seconds to wait, 0 for none.

        `limits` is how many failed attempts each may make within `WINDOW`. What is refused does not
        count: otherwise a stranger who goes on would keep somebody out for ever.
        """
        now = self._now()
        with self._writing() as connection:
            connection.execute("DELETE FROM attempts WHERE time <= ?", (now - WINDOW,))
            for who, most in limits.items():
                times = connection.execute(
                    "SELECT time FROM attempts WHERE who = ? ORDER BY time DESC LIMIT ?",
                    (who, most),
                ).fetchall()
                if len(times) >= most:
                    return max(float(times[-1][0]) + WINDOW - now, 1.0)
            connection.executemany(
                "INSERT INTO attempts VALUES (?, ?)", [(who, now) for who in limits]
            )
        return 0.0

    def forgive(self, name: str, address: str) -> None:
        """Forget the failed attempts of a name that got it right, and of the address this one.

        The others of the address were perhaps at other names.
        """
        with self._writing() as connection:
            connection.execute("DELETE FROM attempts WHERE who = ?", (name,))
            connection.execute(
                "DELETE FROM attempts WHERE rowid = "
                "(SELECT rowid FROM attempts WHERE who = ? ORDER BY time DESC LIMIT 1)",
                (address,),
            )

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / FILE
            # SQLite gives the files that it makes beside it the same mode.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            connection = sqlite3.connect(
                path, timeout=_BUSY, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_TABLES)
            self._connection = connection
        return self._connection
