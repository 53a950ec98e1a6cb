"""When each document arrived: the first run that indexed it, as far as anybody can tell.

This is not in the corpus and cannot be derived again, so it is kept beside the index, in a small
SQLite database that `--rebuild` leaves alone. After a commit the database is compared with the
index; a run that was interrupted in between is made up for by the next.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backstory.engine.errors import BackstoryError, IndexNotFound
from backstory.engine.indexes.contract import Index, Snapshot

FILE = "arrivals.sqlite3"
WAIT = 10.0  # seconds for another process that writes
_TABLES = """
CREATE TABLE IF NOT EXISTS arrivals (
    document TEXT PRIMARY KEY, sha256 TEXT NOT NULL, arrived TEXT, is_there INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS commits (newest TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a document came, as an ISO time in UTC; None where it was there before this was kept."""

    sha256: str
    arrived: str | None
    is_there: bool = True


class Arrivals:
    """The arrival times of one index, in the folder `state`."""

    def __init__(self, state: Path) -> None:
        self._path = state / FILE
        self._is_first = False

    def arrived(self, document_id: str) -> datetime | None:
        """Return when a document arrived, in UTC; None where that is not known."""
        if not self._path.exists():
            return None
        with closing(self._connect()) as connection:
            query = "SELECT arrived FROM arrivals WHERE document = ? AND is_there"
            row = connection.execute(query, [_key(document_id)]).fetchone()
        return datetime.fromisoformat(row[0]) if row and row[0] else None

    def begin(self, index: Index) -> None:
        """Note what was indexed before arrival times were kept; raises OSError and sqlite3.Error.

        To be called before the first commit of a run.
        """
        if self._path.exists():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._compare(index.open(), None)
        except IndexNotFound:
            return
        except BackstoryError:  # another version's, to be rebuilt: its documents are not known
            self._is_first = True

    def update(self, index: Index) -> None:
        """Note what has come and gone with the newest commit; raises OSError and sqlite3.Error.

        A document keeps its time when it changes, is moved, or comes back with the same content.
        """
        now = None if self._is_first else datetime.now(UTC).isoformat(timespec="seconds")
        self._compare(index.open(), now)

    def _compare(self, snapshot: Snapshot, now: str | None) -> None:
        commit = f"{snapshot.statistics.generation} of {snapshot.statistics.committed}"
        with closing(self._connect()) as connection, connection:
            connection.executescript(_TABLES)
            if connection.execute("SELECT newest FROM commits").fetchall() == [(commit,)]:
                return
            rows = connection.execute("SELECT * FROM arrivals")
            known = {row[0]: Arrival(row[1], row[2], bool(row[3])) for row in rows}
            present = {_key(id_): sha256 for _, id_, sha256 in snapshot.files()}
            connection.executemany(
                "INSERT OR REPLACE INTO arrivals VALUES (?, ?, ?, ?)",
                [
                    (key, one.sha256, one.arrived, one.is_there)
                    for key, one in _changes(known, present, now).items()
                ],
            )
            connection.execute("DELETE FROM commits")
            connection.execute("INSERT INTO commits VALUES (?)", [commit])

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=WAIT)


def _changes(
    known: Mapping[str, Arrival], present: Mapping[str, str], now: str | None
) -> dict[str, Arrival]:
    """Return the rows that differ; `present` has the content hashes of documents by key."""
    by_content = {one.sha256: one for one in known.values()}
    changed = {
        key: Arrival(one.sha256, one.arrived, is_there=False)
        for key, one in known.items()
        if one.is_there and key not in present
    }
    for key, sha256 in present.items():
        row = known.get(key)
        if row is None or not (row.is_there or row.sha256 == sha256):
            row = by_content.get(sha256, Arrival(sha256, now))
        row = Arrival(sha256, row.arrived)
        if row != known.get(key):
            changed[key] = row
    return changed


def _key(document_id: str) -> str:
    """Return an id as SQLite takes it: a file's name need not be valid UTF-8."""
    return document_id.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
