"""When each document arrived: the first run that indexed it, as far as anybody can tell.

This is not in the corpus and cannot be derived again, so it is kept beside the index, in a small
SQLite database that `--rebuild` leaves alone. After a commit the database is compared with the
index; a run that was interrupted in between is made up for by the next.

SQLite survives a crash, but has no checksums: one over all rows stands beside the commit that was
compared last, so that no time comes from a damaged file.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from backstory.engine.disk import sync
from backstory.engine.errors import BackstoryError, IndexNotFound, IndexUnavailable, StateDamaged
from backstory.engine.indexes.contract import Index, Snapshot

FILE = "arrivals.sqlite3"
WAIT = 10.0  # seconds for another process that writes
FEW = 100  # documents that are read one by one
SETTLED = 2_000_000_000  # nanoseconds after which another change shows in a file's time
_TABLES = """
CREATE TABLE arrivals (
    document TEXT PRIMARY KEY, sha256 TEXT NOT NULL, arrived TEXT, is_there INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE commits (newest TEXT NOT NULL, sha256 TEXT);
"""
_BY_ID = "SELECT arrived FROM arrivals WHERE document = ? AND (is_there OR sha256 = ?)"
_BY_CONTENT = "SELECT sha256, arrived FROM arrivals ORDER BY document"
# What a file that is sound may answer with; all else that SQLite says is damage.
_PASSING = frozenset(
    (
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN),
        *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL),
        *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT),
    )
)


@dataclass(frozen=True, slots=True)
class ArrivalTimes:
    """The arrival times of documents that are about to be indexed, as a run found them.

    `state` is None where no time can be trusted; `now` is that of documents which nobody knows, ""
    where it is not known whether they are new. May be sent to another process.
    """

    state: Path | None
    now: str

    @contextmanager
    def opened(self) -> Iterator[Callable[[str, str], str]]:
        """Yield what returns the time of a document, in UTC; "" where it is not known.

        It takes the id and the hash of the content: a document keeps its time when it changes, is
        moved, or comes back with the same content.
        """
        if self.state is None or not (self.state / FILE).exists():
            yield lambda document_id, sha256: self.now
            return
        address = f"{(self.state / FILE).absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, timeout=WAIT, uri=True)) as connection:
            yield _Known(connection, self.now).time


class _Known:
    """Looks the times of documents up."""

    def __init__(self, connection: sqlite3.Connection, now: str) -> None:
        self._connection, self._now = connection, now

    def time(self, document_id: str, sha256: str) -> str:
        """Return the time of a document, "" where it is not known."""
        try:
            row = self._connection.execute(_BY_ID, [_key(document_id), sha256]).fetchone()
            arrived = row[0] if row else self._by_content.get(sha256, self._now)
        except sqlite3.Error:  # whoever notes the times says that they cannot be read
            return ""
        return arrived or ""

    @cached_property
    def _by_content(self) -> dict[str, str | None]:
        return dict(self._connection.execute(_BY_CONTENT).fetchall())


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a document came, as an ISO time in UTC; None where it was there before this was kept."""

    sha256: str
    arrived: str | None
    is_there: bool = True


class Arrivals:
    """The arrival times of one index, in the folder `state`; may be shared by threads."""

    def __init__(self, state: Path) -> None:
        self._path = state / FILE
        self._is_first = False
        self._checked: tuple[int, ...] = ()  # the file as it was when its rows were checked

    def arrived(self, document_id: str) -> datetime | None:
        """Return when a document arrived, in UTC; None where that is not known.

        Raises StateDamaged, and IndexUnavailable where the file cannot be read just now.
        """
        if not self._path.exists():
            return None
        try:
            with self._transaction("DEFERRED") as connection:
                self._check(connection)
                query = "SELECT arrived FROM arrivals WHERE document = ? AND is_there"
                row = connection.execute(query, [_key(document_id)]).fetchone()
        except sqlite3.Error as error:
            raise IndexUnavailable(self._path, str(error)) from error
        return datetime.fromisoformat(row[0]) if row and row[0] else None

    def check(self) -> int:
        """Return how many documents have times, after comparing them with their checksum.

        Raises StateDamaged, and sqlite3.Error where the file cannot be read just now.
        """
        with self._transaction("DEFERRED") as connection:
            self._check(connection)
            (count,) = connection.execute("SELECT count(*) FROM arrivals").fetchone()
        return int(count)

    def begin(self, index: Index) -> None:
        """Note what was indexed before arrival times were kept; raises OSError and sqlite3.Error.

        To be called before the first commit of a run.
        """
        if self._path.exists():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._compare(index.open())
        except IndexNotFound:  # should this run be killed, its documents are the first ones still
            self._create()
        except BackstoryError:  # to be rebuilt: its documents are not known
            self._is_first = True

    def times(self) -> ArrivalTimes:
        """Return the times of the documents of a run that has begun."""
        now = "" if self._is_first else datetime.now(UTC).isoformat(timespec="seconds")
        if not self._path.exists():
            return ArrivalTimes(None, now)
        try:
            with self._transaction("DEFERRED") as connection:
                self._check(connection)
        except (StateDamaged, sqlite3.Error):
            return ArrivalTimes(None, "")
        return ArrivalTimes(self._path.parent, now)

    def update(self, index: Index) -> None:
        """Note what has come and gone with the newest commit, with the times that it has.

        Raises StateDamaged, OSError and sqlite3.Error; nothing is written then.
        """
        self._compare(index.open())

    def _compare(self, snapshot: Snapshot) -> None:
        commit = f"{snapshot.statistics.generation} of {snapshot.statistics.committed}"
        if not self._path.exists():
            self._create()
        with self._transaction("IMMEDIATE") as connection:
            _migrate(connection)
            if _sealed(connection)[0] != commit:
                self._check(connection)
                _note(connection, snapshot, commit)

    def _create(self) -> None:
        """Make an empty database; half of one never has its name."""
        draft = self._path.with_suffix(".tmp")
        draft.unlink(missing_ok=True)
        with closing(sqlite3.connect(draft)) as connection, connection:
            connection.executescript(_TABLES)
            _seal(connection, "")
        draft.replace(self._path)
        sync(self._path.parent)

    def _check(self, connection: sqlite3.Connection) -> None:
        """Compare all rows with their checksum.

        It is done once for each state of the file, when it cannot change unseen any more: 20,000
        rows take 30 ms.
        """
        commit, *digests = _sealed(connection)
        status = self._path.stat()
        state = status.st_ino, status.st_size, status.st_mtime_ns
        if state == self._checked:
            return
        # None at all: the file is from before there were checksums.
        if digests and digests != [_digest(commit, connection)]:
            raise StateDamaged(self._path, "does not match its checksum")
        if time.time_ns() - status.st_mtime_ns > SETTLED:
            self._checked = state

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        """Open the database for one transaction; raises StateDamaged where it cannot be read."""
        try:
            with closing(self._connect()) as connection, connection:
                connection.execute(f"BEGIN {kind}")
                yield connection
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING:
                raise
            raise StateDamaged(self._path, f"cannot be read ({error})") from error

    def _connect(self) -> sqlite3.Connection:
        # Without transactions of the module's own: they would begin with the first change.
        return sqlite3.connect(self._path, timeout=WAIT, isolation_level=None)


def _rows(connection: sqlite3.Connection) -> Iterable[tuple[Any, ...]]:
    return connection.execute("SELECT * FROM arrivals ORDER BY document")


def _note(connection: sqlite3.Connection, snapshot: Snapshot, commit: str) -> None:
    known = {row[0]: Arrival(row[1], row[2], bool(row[3])) for row in _rows(connection)}
    present = {_key(id_): (id_, sha256) for _, id_, sha256 in snapshot.files()}
    connection.executemany(
        "INSERT OR REPLACE INTO arrivals VALUES (?, ?, ?, ?)",
        [
            (key, one.sha256, one.arrived, one.is_there)
            for key, one in _changes(known, present, snapshot).items()
        ],
    )
    _seal(connection, commit)


def _sealed(connection: sqlite3.Connection) -> tuple[Any, ...]:
    """Return the commit that was compared last and, if there is one, the checksum."""
    row: tuple[Any, ...] | None = connection.execute("SELECT * FROM commits").fetchone()
    return row or ("", None)


def _seal(connection: sqlite3.Connection, commit: str) -> None:
    """Write down the commit that was compared last, and the checksum of all rows."""
    connection.execute("DELETE FROM commits")
    connection.execute("INSERT INTO commits VALUES (?, ?)", [commit, _digest(commit, connection)])


def _migrate(connection: sqlite3.Connection) -> None:
    """Give a file from before there were checksums its first one."""
    if len(connection.execute("PRAGMA table_info(commits)").fetchall()) == 1:
        commit = _sealed(connection)[0]
        connection.execute("ALTER TABLE commits ADD COLUMN sha256 TEXT")
        _seal(connection, commit)


def _digest(commit: str, connection: sqlite3.Connection) -> str:
    digest = hashlib.sha256(repr(commit).encode())
    for row in _rows(connection):
        digest.update(repr(row).encode())
    return digest.hexdigest()


def _changes(
    known: Mapping[str, Arrival], present: Mapping[str, tuple[str, str]], snapshot: Snapshot
) -> dict[str, Arrival]:
    """Return the rows that differ; `present` has ids and content hashes of documents by key."""
    changed = {
        key: Arrival(one.sha256, one.arrived, is_there=False)
        for key, one in known.items()
        if one.is_there and key not in present
    }
    new = {
        key: document_id
        for key, (document_id, sha256) in present.items()
        if (row := known.get(key)) is None or not (row.is_there or row.sha256 == sha256)
    }
    added = _added(snapshot, set(new.values()))
    for key, (document_id, sha256) in present.items():
        row = known.get(key)
        arrived = row.arrived if row and key not in new else added.get(document_id)
        noted = Arrival(sha256, arrived or None)
        if noted != row:
            changed[key] = noted
    return changed


def _added(snapshot: Snapshot, ids: Set[str]) -> dict[str, str]:
    """Return when some documents were added; many are read in one pass."""
    if len(ids) > FEW:
        return {one.id: one.added for one, _, _ in snapshot.documents() if one.id in ids}
    documents = filter(None, map(snapshot.document, ids))
    return {document.id: document.added for document in documents}


def _key(document_id: str) -> str:
    """Return an id as SQLite takes it: a file's name need not be valid UTF-8."""
    return document_id.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
