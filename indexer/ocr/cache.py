"""The pages that OCR has read, kept so that none is read twice.

A page takes seconds, so what came out is written down at once, in a small SQLite database in the
state folder that a rebuild leaves alone. A page is known by the hash of its file, its number, and
what it was read with: another language, resolution or version of the program reads it again. Pages
that could not be read are kept with the reason. Past its limit the file forgets those pages that
were used longest ago.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple
from pathlib import Path

from backstory.indexer.ocr.pages import OcrPage, OcrWord

FILE = "ocr.sqlite3"
WAIT = 30.0  # seconds for another process that writes
USED_EVERY = 3600  # seconds: use is noted so exactly, so that reading seldom writes
_TABLES = (
    "CREATE TABLE IF NOT EXISTS pages (sha256 TEXT NOT NULL, page INTEGER NOT NULL,"
    " made_by TEXT NOT NULL, words BLOB NOT NULL, failure TEXT NOT NULL, used INTEGER NOT NULL,"
    " size INTEGER NOT NULL, PRIMARY KEY (sha256, page, made_by))",
    "CREATE INDEX IF NOT EXISTS by_use ON pages (used, size)",
    "CREATE TABLE IF NOT EXISTS settled (state TEXT NOT NULL)",
)
_DAMAGE = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
_PLACES = 5  # digits of a share of the page: a tenth of a pixel


class OcrCache:
    """The pages read by OCR, in a state folder; may be shared by threads and processes.

    Raises sqlite3.Error where the file cannot be read or written just now. One that is
    damaged is put aside, because everything in it can be read again.
    """

    def __init__(
        self, state: Path, *, limit_mb: int = 1024, clock: Callable[[], float] = time.time
    ) -> None:
        self._path = state / FILE
        self._limit, self._clock = limit_mb * 1024 * 1024, clock

    def page(self, sha256: str, page: int) -> OcrPage | None:
        """Return the newest reading of a page, counted from 1, of the file with this hash.

        None where it was not read; a page that could not be read has a `failure` and no words.
        """
        return self.pages(sha256).get(page)

    def pages(self, sha256: str, made_by: str = "") -> dict[int, OcrPage]:
        """Return the pages of a file by number, each as it was read last, or with `made_by`."""
        if not self._is_there():
            return {}
        query = "SELECT rowid, page, made_by, words, failure, used FROM pages WHERE sha256 = ?"
        with self._transaction() as connection:
            rows = connection.execute(f"{query} ORDER BY rowid", [sha256]).fetchall()
        now, found, stale = int(self._clock()), dict[int, OcrPage](), list[int]()
        for row, number, maker, words, failure, used in rows:
            if made_by in ("", maker) and (page := _page(words, failure, maker)) is not None:
                found[number] = page
                stale += [row] if now - used >= USED_EVERY else []
        if stale:
            self._touch(stale, now)
        return found

    def put(self, sha256: str, number: int, page: OcrPage) -> None:
        """Keep what was read on a page, at once and for good; forget what there is no room for."""
        words = _packed(page.words)
        row = (sha256, number, page.made_by, words, page.failure, int(self._clock()), len(words))
        with self._transaction(writes=True) as connection:
            connection.execute(
                "DELETE FROM pages WHERE (sha256, page, made_by) = (?, ?, ?)", row[:3]
            )
            connection.execute("INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            _forget(connection, self._limit)

    def is_settled(self, state: str) -> bool:
        """Tell whether no page was left to be read in this state of index and settings."""
        if not self._is_there():
            return False
        with self._transaction() as connection:
            return bool(connection.execute("SELECT state FROM settled").fetchone() == (state,))

    def settle(self, state: str) -> None:
        """Note that no page is left to be read in this state of index and settings, if it can."""
        with suppress(sqlite3.Error), self._transaction(writes=True) as connection:
            connection.execute("DELETE FROM settled")
            connection.execute("INSERT INTO settled VALUES (?)", [state])

    def _touch(self, rows: Iterable[int], now: int) -> None:
        # Whoever cannot write, such as the reader of somebody else's archive, need not.
        with suppress(sqlite3.Error), self._transaction(writes=True) as connection:
            connection.executemany(
                "UPDATE pages SET used = ? WHERE rowid = ?", [(now, row) for row in rows]
            )

    def _is_there(self) -> bool:
        # The file is empty until whoever makes it has committed its tables.
        try:
            return self._path.stat().st_size > 0
        except FileNotFoundError:
            return False

    @contextmanager
    def _transaction(self, *, writes: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            if writes:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(self._connect()) as connection, connection:
                connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
                for table in _TABLES if writes else ():
                    connection.execute(table)
                yield connection
        except OSError as error:
            raise sqlite3.OperationalError(str(error)) from error
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
                self._path.replace(self._path.with_suffix(".damaged"))
            raise

    def _connect(self) -> sqlite3.Connection:
        # Without transactions of the module's own: they would begin with the first change.
        return sqlite3.connect(self._path, timeout=WAIT, isolation_level=None)


def _forget(connection: sqlite3.Connection, limit: int) -> None:
    """Delete pages, those used longest ago first, until the others fit."""
    (size,) = connection.execute("SELECT coalesce(sum(size), 0) FROM pages").fetchone()
    if size <= limit:
        return
    oldest = connection.execute("SELECT rowid, size FROM pages ORDER BY used, rowid").fetchall()
    for row, bytes_ in oldest[:-1]:
        if size <= limit:
            break
        connection.execute("DELETE FROM pages WHERE rowid = ?", [row])
        size -= bytes_


def _packed(words: Iterable[OcrWord]) -> bytes:
    rows = [
        [round(each, _PLACES) if type(each) is float else each for each in astuple(word)]
        for word in words
    ]
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode())


def _page(words: bytes, failure: str, made_by: str) -> OcrPage | None:
    """Return a page as it was kept, None where its checksum says that it is damaged."""
    try:
        rows = json.loads(zlib.decompress(words))
        return OcrPage(tuple(OcrWord(*row) for row in rows), failure, made_by)
    except (zlib.error, ValueError, TypeError):
        return None


def check(state: Path) -> tuple[int, int]:
    """Return how many pages are kept, and how many of them are damaged; nothing is changed.

    Raises sqlite3.Error where the file cannot be read, and sqlite3.DatabaseError where it is
    damaged itself.
    """
    address = f"{(state / FILE).absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, timeout=WAIT, uri=True)) as connection:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(str(verdict))
        rows = connection.execute("SELECT words, failure, made_by FROM pages")
        pages = [_page(*row) is not None for row in rows]
    return len(pages), pages.count(False)


def ocr_state(state: Path) -> int:
    """Return what is another number once OCR has read a page, 0 where it has read none."""
    try:
        return (state / FILE).stat().st_mtime_ns
    except OSError:
        return 0


def recognised(state: Path, data: bytes) -> dict[int, OcrPage]:
    """Return the pages of a file that OCR has read, by number; {} where that cannot be told."""
    if not (state / FILE).exists():
        return {}
    sha256 = hashlib.sha256(data).hexdigest()
    return recognised_of(state, [sha256]).get(sha256, {})


def recognised_of(state: Path, hashes: Iterable[str]) -> dict[str, dict[int, OcrPage]]:
    """Return the pages that OCR has read of files with these SHA-256, of which there are any."""
    cache = OcrCache(state)
    with suppress(OSError, sqlite3.Error):
        return {sha256: pages for sha256 in hashes if (pages := cache.pages(sha256))}
    return {}
