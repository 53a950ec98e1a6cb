"""What was new for followed questions, and what of the index has been looked at, in SQLite.

`news.sqlite3` stands in the state folder. A commit is matched in one transaction, which notes the
news together with the commit: a run that is killed leaves all of it or nothing, and the next one
does it again. Texts are not kept here: news are addresses, with the key that finds a passage again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from backstory.engine.errors import IndexUnavailable, StateDamaged, storage_error

FILE = "news.sqlite3"
WAIT = 10.0  # seconds for another process that writes
MOST_NEWS = 2_000  # for a question; the oldest go
KEY_BYTES = 6
_TABLES = """
CREATE TABLE documents (
    id BLOB PRIMARY KEY, sha256 TEXT NOT NULL, passages INTEGER NOT NULL, keys BLOB NOT NULL,
    is_there INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE commits (newest TEXT NOT NULL);
CREATE TABLE news (
    id INTEGER PRIMARY KEY AUTOINCREMENT, question TEXT NOT NULL, since TEXT NOT NULL,
    arrived TEXT NOT NULL, document BLOB NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL,
    UNIQUE (question, since, document, key)
);
CREATE TABLE deliveries (
    receiver TEXT PRIMARY KEY, last INTEGER NOT NULL, tries INTEGER NOT NULL, due REAL NOT NULL
);
"""
# What a file that is sound may answer with; all else that SQLite says is damage.
_PASSING = frozenset(
    (
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN),
        *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL),
        *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT),
    )
)


class Noted(NamedTuple):
    """A document as it was when it was looked at; `keys` are those of its passages, joined."""

    sha256: str
    passages: int
    keys: bytes
    is_there: bool


@dataclass(frozen=True, slots=True)
class NewsRow:
    """A passage that was new for a question; `id` counts up, `arrived` is an ISO time in UTC."""

    id: int
    question: str
    since: str
    arrived: str
    document: str
    number: int
    key: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far a receiver has got: the last news it was given, failures since, when to try again."""

    last: int = 0
    tries: int = 0
    due: float = 0.0


class NewsStore:
    """The news of one index; shared by threads and processes."""

    def __init__(self, state: Path) -> None:
        self.path = state / FILE

    @property
    def is_there(self) -> bool:
        """Whether anything was ever matched."""
        return self.path.exists()

    @contextmanager
    def reading(self) -> Iterator[Ledger | None]:
        """Give what is noted, None where nothing is; raises StateDamaged, IndexUnavailable."""
        if not self.is_there:
            yield None
            return
        with self._opened(f"{self.path.absolute().as_uri()}?mode=ro") as connection:
            ledger = Ledger(connection)
            yield ledger if ledger.has_tables else None

    @contextmanager
    def writing(self) -> Iterator[Ledger]:
        """Give what is noted, to be changed in one transaction.

        Raises StateDamaged, StorageFull, and IndexUnavailable where another process writes for
        too long.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise storage_error(self.path, error, "no news were noted") or error from error
        with self._opened(self.path.absolute().as_uri()) as connection:
            # Else a large change locks readers out long before it is committed.
            connection.execute("PRAGMA cache_spill = OFF")
            connection.execute("BEGIN IMMEDIATE")
            ledger = Ledger(connection)
            if not ledger.has_tables:
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
            try:
                yield ledger
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def _opened(self, address: str) -> Iterator[sqlite3.Connection]:
        try:
            with closing(
                sqlite3.connect(address, timeout=WAIT, isolation_level=None, uri=True)
            ) as connection:
                yield connection
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING:
                raise IndexUnavailable(self.path, str(error)) from error
            raise StateDamaged(self.path, f"cannot be read ({error})") from error


class Ledger:
    """The rows of an open store; what SQLite raises, the store turns into errors of ours."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @property
    def has_tables(self) -> bool:
        """Whether the store was made before."""
        return bool(self._all("SELECT 1 FROM sqlite_master WHERE name = 'news'"))

    @property
    def newest(self) -> str:
        """The commit that was matched last, "" for none."""
        rows = self._all("SELECT newest FROM commits")
        return str(rows[0][0]) if rows else ""

    def match(self, commit: str) -> None:
        """Note that a commit has been matched."""
        self._connection.execute("DELETE FROM commits")
        self._connection.execute("INSERT INTO commits VALUES (?)", [commit])

    def states(self) -> dict[str, tuple[str, int, bool]]:
        """Return hash, number of passages and whether it is there, of each document by id."""
        rows = self._all("SELECT id, sha256, passages, is_there FROM documents")
        return {_id(row[0]): (row[1], row[2], bool(row[3])) for row in rows}

    def keys(self, document_id: str) -> frozenset[bytes]:
        """Return the keys of a document's passages."""
        return _split(self._all("SELECT keys FROM documents WHERE id = ?", [_blob(document_id)]))

    def keys_of_gone(self) -> frozenset[bytes]:
        """Return the keys of all passages of documents that are not there any more."""
        return _split(self._all("SELECT keys FROM documents WHERE NOT is_there"))

    def note(self, document_id: str, noted: Noted) -> None:
        """Note a document as it is now."""
        self._connection.execute(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)",
            [_blob(document_id), noted.sha256, noted.passages, noted.keys, noted.is_there],
        )

    def leave(self, document_id: str) -> None:
        """Note that a document is gone; its keys stay, so that it is no news when it comes back."""
        self._connection.execute(
            "UPDATE documents SET is_there = 0 WHERE id = ?", [_blob(document_id)]
        )

    def add(self, rows: Iterable[NewsRow]) -> int:
        """Add news, whose ids are given here; return how many of them are new."""
        before = self._connection.total_changes
        self._connection.executemany(
            "INSERT OR IGNORE INTO news (question, since, arrived, document, number, key)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            ((r.question, r.since, r.arrived, _blob(r.document), r.number, r.key) for r in rows),
        )
        return self._connection.total_changes - before

    def prune(self, followed: Iterable[tuple[str, str]]) -> None:
        """Forget the news of questions that are not followed, and the oldest of each."""
        known = set(followed)
        for question, since in self._all("SELECT DISTINCT question, since FROM news"):
            most = MOST_NEWS if (question, since) in known else 0
            self._connection.execute(
                "DELETE FROM news WHERE question = ? AND since = ? AND id NOT IN (SELECT id"
                " FROM news WHERE question = ? AND since = ? ORDER BY id DESC LIMIT ?)",
                [question, since, question, since, most],
            )

    def news(self, question: str, since: str, *, after: str = "", most: int = -1) -> list[NewsRow]:
        """Return the news of a question that arrived after an ISO time, newest first."""
        return self._rows(
            "WHERE question = ? AND since = ? AND arrived > ? ORDER BY id DESC LIMIT ?",
            [question, since, after, most],
        )

    def counts(self, *, after: str = "") -> dict[tuple[str, str], int]:
        """Return how many news arrived after an ISO time, by question and since when it is one."""
        rows = self._all(
            "SELECT question, since, count(*) FROM news WHERE arrived > ? GROUP BY 1, 2", [after]
        )
        return {(question, since): count for question, since, count in rows}

    def following(self, last: int) -> list[NewsRow]:
        """Return all news after one, in the order in which they arrived."""
        return self._rows("WHERE id > ? ORDER BY id", [last])

    @property
    def last(self) -> int:
        """The id of the newest news, 0 for none."""
        return int(self._all("SELECT coalesce(max(id), 0) FROM news")[0][0])

    def delivery(self, receiver: str) -> Delivery | None:
        """Return how far a receiver has got, None where nothing was ever tried."""
        rows = self._all("SELECT last, tries, due FROM deliveries WHERE receiver = ?", [receiver])
        return Delivery(*rows[0]) if rows else None

    def deliver(self, receiver: str, delivery: Delivery) -> None:
        """Note how far a receiver has got."""
        self._connection.execute(
            "INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?)",
            [receiver, delivery.last, delivery.tries, delivery.due],
        )

    def _rows(self, where: str, values: list[object]) -> list[NewsRow]:
        columns = "id, question, since, arrived, document, number, key"
        rows = self._all(f"SELECT {columns} FROM news {where}", values)
        return [replace(NewsRow(*row), document=_id(row[4])) for row in rows]

    def _all(self, statement: str, values: Iterable[object] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, list(values)).fetchall()


def _blob(document_id: str) -> bytes:
    """Return an id as it is kept: a file's name need not be valid UTF-8."""
    return document_id.encode("utf-8", "surrogateescape")


def _id(blob: bytes) -> str:
    return blob.decode("utf-8", "surrogateescape")


def _split(rows: Iterable[tuple[Any, ...]]) -> frozenset[bytes]:
    joined: list[bytes] = [row[0] for row in rows]
    return frozenset(
        keys[start : start + KEY_BYTES]
        for keys in joined
        for start in range(0, len(keys), KEY_BYTES)
    )
