"""Watches the corpus, and syncs the index after each change.

An event of the file system has the watcher look within half a second; without events it looks
every second or two. From time to time it looks anyway, because events may be lost. A look is a
walk over the corpus: what differs from the last one is indexed, but for files that are still being
written. Nothing ends the watching but `is_over`: whatever goes wrong is told and tried again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from backstory.engine.documents import FileState
from backstory.engine.errors import BackstoryError
from backstory.engine.indexes.contract import Index
from backstory.indexer.corpus import Scan
from backstory.indexer.file_events import FileEvents
from backstory.indexer.meaning.stage import embed
from backstory.indexer.ocr.stage import recognize
from backstory.indexer.settings import IndexerConfig
from backstory.indexer.sync import Progress, Removals, SyncOptions, SyncReport, look, sync

TICK = 0.2  # seconds between looks at whether it is over
QUIET = 0.5  # seconds without a change after which a file counts as written
PATIENCE = 10.0  # seconds after which a file that is written without a pause is read as it is
RETRY_EVERY = 600.0  # seconds until what could not be read is tried again
LONGEST_PAUSE = 1.5  # seconds between looks where no event tells of changes
SHORTEST_SWEEP, LONGEST_SWEEP = 1.0, 60.0  # seconds between looks where events do
PAUSE_PER_WALK = 9  # but no more than a tenth of the time is spent on walks
SCANS_TURN = 10.0  # seconds that a look is put off while scans are read
LONGEST_REST = 30.0  # seconds after one failure after another

# A file as the system describes it: its state, and when it and its metadata were last touched.
Signature = tuple[FileState, tuple[int, int]]
Report = Callable[[SyncReport | BackstoryError], None]

_log = logging.getLogger(__name__)


class Events(Protocol):
    """What tells of changes; see `FileEvents`."""

    @property
    def are_there(self) -> bool:
        """Changes announce themselves."""

    def wait(self, seconds: float) -> bool:
        """Wait a little, and tell whether something has changed."""

    def refresh(self) -> None:
        """Listen anew where the folder is another one by now."""


def watch(
    index: Index,
    config: IndexerConfig,
    report: Report,
    *,
    is_over: Callable[[], bool] = lambda: False,
    progress: Progress | None = None,
) -> None:
    """Sync whenever the corpus has changed, until `is_over` returns True.

    `report` is called with the result of each run, and with a BackstoryError where something goes
    wrong, once for as long as it does; the result of the next run says that it is over. `progress`
    may end the watching by raising a BaseException.
    """
    leave_out = [config.index_path, config.state_path]
    with closing(FileEvents(config.corpus_path, leave_out)) as events:
        watcher = Watcher(index, config, report, events, progress=progress)
        while not is_over():
            watcher.step()


@dataclass(frozen=True, slots=True)
class _Writing:
    """A file that somebody writes: how it looked when, and since when that has gone on."""

    signature: Signature
    looked: float
    since: float


class Watcher:
    """Compares the corpus with what it was at the last run, whenever it is time to.

    `clock` gives seconds that never go back, `wall_clock` the nanoseconds that files are dated by.
    """

    def __init__(
        self,
        index: Index,
        config: IndexerConfig,
        report: Report,
        events: Events,
        *,
        progress: Progress | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._index, self._config, self._report, self._events = index, config, report, events
        self._progress, self._clock, self._wall_clock = progress, clock, wall_clock
        self._seen: dict[str, Signature] | None = None
        self._writing: dict[str, _Writing] = {}
        self._due = self._retry_at = clock()
        self._trouble, self._failures = "", 0
        self._may_have_scans = config.ocr.enabled
        self._may_lack_vectors = config.meaning.enabled

    def step(self) -> None:
        """Wait a moment for changes, then look if it is time to."""
        if self._events.wait(TICK) and not self._failures:
            self._due = min(self._due, self._clock() + QUIET)
        if self._clock() < self._due:
            self._read_scans()
            self._embed()
            return
        try:
            self._events.refresh()
            self._look()
        except BackstoryError as error:
            self._fail(error)
        except Exception as error:  # whatever it is, the next look may do better
            _log.debug("A look at the corpus failed", exc_info=True)
            what = f"Watching failed ({type(error).__name__}: {error})."
            self._fail(BackstoryError(what, "It is tried again."))

    def _look(self) -> None:
        began = self._clock()
        scanned = look(self._config)
        pause = self._pause(self._clock() - began)
        now = {n: (state, scanned.changed_ns.get(n, (0, 0))) for n, state in scanned.files.items()}
        changed = self._changed(now)
        busy = self._busy(changed, now)
        is_retry = began >= self._retry_at
        if is_retry or self._seen is None or changed - busy:
            self._sync(scanned, changed, busy, is_retry)
        self._seen = now if not busy else self._with_old(now, busy)
        if is_retry:
            self._retry_at = began + RETRY_EVERY
        self._trouble, self._failures = "", 0
        self._due = self._clock() + (max(QUIET, pause / PAUSE_PER_WALK) if busy else pause)

    def _changed(self, now: dict[str, Signature]) -> set[str]:
        seen = self._seen or {}
        differing = {name for name, signature in now.items() if seen.get(name) != signature}
        return differing | (seen.keys() - now.keys())

    def _busy(self, changed: Iterable[str], now: dict[str, Signature]) -> frozenset[str]:
        """Return the files among those changed that are still being written."""
        writing = {
            name: one for name in changed if name in now and (one := self._noted(name, now[name]))
        }
        self._writing = writing
        return frozenset(writing)

    def _noted(self, name: str, signature: Signature) -> _Writing | None:
        """Return what is known of a file that is being written, None where it is quiet."""
        age = self._wall_clock() - max(signature[0].mtime_ns, *signature[1])
        if age >= QUIET * 1e9:
            return None
        at, known = self._clock(), self._writing.get(name)
        if known is None:
            return _Writing(signature, at, at)
        if at - known.since >= PATIENCE:
            return None
        if known.signature != signature:
            return _Writing(signature, at, known.since)
        # A file may be dated in the future; that it has stopped changing counts as well.
        return None if at - known.looked >= QUIET else known

    def _sync(self, scanned: Scan, changed: set[str], busy: frozenset[str], is_retry: bool) -> None:
        suspects = frozenset(changed & self._seen.keys()) if self._seen else frozenset[str]()
        options = SyncOptions(
            removals=Removals.RETAINED, suspects=suspects, busy=busy, retries=is_retry
        )
        outcome = sync(self._index, self._config, options, self._progress, scanned)
        self._may_have_scans = self._config.ocr.enabled
        self._may_lack_vectors = self._config.meaning.enabled
        self._tell(outcome)

    def _read_scans(self) -> None:
        """Read pages by OCR until something changes, or it is time to look."""
        if not self._may_have_scans or self._seen is None:
            return
        self._may_have_scans = False
        try:
            report = recognize(self._index, self._config, self._progress, self._is_due)
        except BackstoryError as error:  # such as a language that is not installed
            self._tell(error)
            return
        self._may_have_scans = report.waiting > 0 and not report.is_missing
        if report.committed is not None:
            self._tell(report.committed)

    def _embed(self) -> None:
        """Embed passages until something changes, or it is time to look."""
        if not self._may_lack_vectors or self._seen is None:
            return
        self._may_lack_vectors = False
        try:
            report = embed(self._index, self._config, self._progress, self._is_due)
        except BackstoryError as error:
            self._tell(error)
            return
        self._may_lack_vectors = report.waiting > 0

    def _is_due(self) -> bool:
        if self._events.wait(0):
            self._due = min(self._due, self._clock() + QUIET)
            return True
        return self._clock() >= self._due + SCANS_TURN

    def _with_old(self, now: dict[str, Signature], busy: frozenset[str]) -> dict[str, Signature]:
        """Return what has been seen, with files that are being written as they were before."""
        seen = {name: signature for name, signature in now.items() if name not in busy}
        return seen | {n: s for n, s in (self._seen or {}).items() if n in busy}

    def _pause(self, walk: float) -> float:
        if self._events.are_there:
            return min(max(SHORTEST_SWEEP, PAUSE_PER_WALK * walk), LONGEST_SWEEP)
        return min(max(QUIET, PAUSE_PER_WALK * walk), LONGEST_PAUSE)

    def _fail(self, error: BackstoryError) -> None:
        """Tell what is wrong, once, and look again after a rest, which grows."""
        self._seen = None
        rest = min(2.0**self._failures, LONGEST_REST)
        self._failures += 1
        self._due = self._clock() + rest
        if str(error) != self._trouble:
            self._trouble = str(error)
            self._tell(error)

    def _tell(self, outcome: SyncReport | BackstoryError) -> None:
        try:
            self._report(outcome)
        except Exception:  # such as a terminal that has gone away
            _log.debug("A report failed", exc_info=True)
