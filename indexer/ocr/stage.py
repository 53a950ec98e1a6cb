"""The second stage of a run: pages without text are read by OCR, while what has text is searchable.

A page takes seconds, so each is kept as soon as it is read, and a run that is ended or killed goes
on where it was. From time to time the files of which pages have come are read again and committed,
like files that have changed.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from queue import SimpleQueue

from backstory.engine.errors import BackstoryError, IndexNotFound
from backstory.engine.indexes.contract import Index, Snapshot
from backstory.engine.remarks import Code, Remark
from backstory.indexer.corpus import printable
from backstory.indexer.ocr.cache import FILE, OcrCache
from backstory.indexer.ocr.pages import OcrPage
from backstory.indexer.ocr.recognition import Program, Recognizer
from backstory.indexer.readers.scans import pages_in
from backstory.indexer.sandbox import MEGABYTE
from backstory.indexer.settings import IndexerConfig
from backstory.indexer.sync import Progress, Quiet, SyncOptions, SyncReport, look, processes, sync

COMMIT_EVERY = 5.0  # seconds between commits of files that are finished
PART_EVERY = 60.0  # and of those of which some pages have come
LOOK_EVERY = 0.2  # seconds between looks at whether it is over

_LACKING = frozenset({Code.NEEDS_OCR, Code.PAGES_WITHOUT_TEXT})
_READ = frozenset({Code.OCR_FAILED, Code.EMPTY, Code.PAGES_SCANNED, Code.PAGES_ILLEGIBLE})


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A file of the corpus with pages for OCR to read, counted from 1."""

    name: str
    pages: tuple[int, ...]


@dataclass(slots=True)
class OcrReport:
    """What the stage did: pages read and not, and the report of its last commit, if any.

    `waiting` are pages that were not tried, because `is_missing` the program, or it was stopped.
    """

    pages: int = 0
    failed: int = 0
    files: int = 0
    waiting: int = 0
    is_missing: bool = False
    committed: SyncReport | None = None


def scanned_files(snapshot: Snapshot, made_by: str | None = None) -> list[ScannedFile]:
    """Return the files with pages without text that OCR has not read, by name.

    With `made_by`, also those that were read in another way. Members of files are not among them.
    """
    found: dict[str, set[int]] = {}
    for name, remark in _remarks(snapshot):
        data = dict(remark.data)
        by = str(data.get("by", ""))
        is_other = remark.code in _READ and by and made_by is not None and by != made_by
        if remark.code in _LACKING or is_other:
            found.setdefault(name, set()).update(pages_in(str(data.get("where", ""))))
    return [ScannedFile(name, tuple(sorted(found[name]))) for name in sorted(found) if found[name]]


def failures(snapshot: Snapshot) -> dict[str, str]:
    """Return the files with pages that OCR could not read, each with a sentence on them."""
    failed: dict[str, str] = {}
    for name, remark in _remarks(snapshot):
        if remark.code in (Code.OCR_FAILED, Code.PAGES_ILLEGIBLE):
            before = f"{failed[name]}; " if name in failed else ""
            failed[name] = before + remark.sentence
    return failed


def _remarks(snapshot: Snapshot) -> Iterator[tuple[str, Remark]]:
    """Yield the remarks on files themselves, not on their members, with the file's name."""
    for skipped in snapshot.skipped():
        if skipped.state is not None and skipped.path == skipped.state.path:
            yield skipped.path, skipped.remark
    for document, file, _ in snapshot.documents():
        if document.path == printable(file.path):
            yield from ((file.path, note) for note in document.notes)


def recognize(
    index: Index,
    config: IndexerConfig,
    progress: Progress | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> OcrReport:
    """Read the pages without text that were not read before, and commit what they say.

    `is_over` is asked several times a second; then no other page is begun. Raises BackstoryError
    for a language that is not installed, and what `sync` raises.
    """
    cache = OcrCache(config.state_path, limit_mb=config.ocr.cache_mb)
    try:
        return _recognize(index, config, cache, progress or Quiet(), is_over)
    except sqlite3.Error as error:
        place = config.state_path / FILE
        raise BackstoryError(
            f"Pages that OCR reads cannot be kept in {place}: {error}.",
            "What has text is searchable. Run it again, or without OCR: backstory index --no-ocr",
        ) from error


def _recognize(
    index: Index,
    config: IndexerConfig,
    cache: OcrCache,
    progress: Progress,
    is_over: Callable[[], bool],
) -> OcrReport:
    try:
        snapshot = index.open()
    except IndexNotFound:
        return OcrReport()
    state = _state_of(snapshot, config)
    if cache.is_settled(state):
        return OcrReport()
    if not scanned_files(snapshot, ""):  # so the next run need not look at every document again
        cache.settle(state)
        return OcrReport()
    program = Program.of(config.ocr, config.formats)
    if program is None:
        waiting = sum(len(each.pages) for each in scanned_files(snapshot))
        return OcrReport(waiting=waiting, is_missing=waiting > 0)
    files = scanned_files(snapshot, program.made_by)
    report = OcrReport()
    if files:
        program.check_languages()
        stage = _Stage(index, config, cache, program, snapshot)
        report = stage.run(files, progress, is_over)
    if not report.waiting:
        cache.settle(_state_of(index.open(), config))
    return report


def _state_of(snapshot: Snapshot, config: IndexerConfig) -> str:
    statistics, ocr = snapshot.statistics, config.ocr
    commit = f"{statistics.generation} of {statistics.committed}"
    return f"{commit}, {ocr.languages}, {ocr.dpi} dpi"


class _Stopped(BaseException):
    """The stage is over; no handler of a page's errors keeps it."""


Key = tuple[str, int]  # the hash of a file, and the number of a page


@dataclass(slots=True)
class _Work:
    """What is to be read, and which files wait for it."""

    waiting: dict[Key, list[str]] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)  # files all of whose pages have come
    partly: set[str] = field(default_factory=set)

    def add(self, name: str, sha256: str, pages: Iterable[int]) -> list[Key]:
        """Note that a file waits for pages; return those that nobody has waited for yet."""
        keys = [(sha256, page) for page in pages]
        new = [key for key in keys if key not in self.waiting]
        for key in keys:
            self.waiting.setdefault(key, []).append(name)
        self.left[name] = len(keys)
        if not keys:
            self.done.add(name)
        return new

    def arrive(self, key: Key) -> None:
        """Note that a page has come."""
        for name in self.waiting.pop(key):
            self.left[name] -= 1
            (self.partly if self.left[name] else self.done).add(name)
        self.partly -= self.done


class _Stage:
    """One run over the files with scanned pages: reads pages in threads, commits in this one."""

    def __init__(
        self,
        index: Index,
        config: IndexerConfig,
        cache: OcrCache,
        program: Program,
        snapshot: Snapshot,
    ) -> None:
        self._index, self._config, self._cache, self._program = index, config, cache, program
        self._work, self._report = _Work(), OcrReport()
        self._is_stopped = threading.Event()
        self._idle: SimpleQueue[Recognizer] = SimpleQueue()
        self._scanned = look(config)
        self._committed = self._committed_part = time.monotonic()

    def run(
        self, files: list[ScannedFile], progress: Progress, is_over: Callable[[], bool]
    ) -> OcrReport:
        """Read the pages of these files and commit them; what is raised ends the threads."""
        total = sum(len(each.pages) for each in files)
        self._report.waiting = total
        progress.start(total, total)
        try:
            with ExitStack() as opened:
                self._read(files, progress, is_over, opened)
        finally:
            progress.finish()
        self._commit(self._work.done | self._work.partly)
        return self._report

    def _read(
        self,
        files: list[ScannedFile],
        progress: Progress,
        is_over: Callable[[], bool],
        opened: ExitStack,
    ) -> None:
        count = processes(self._config)
        for _ in range(count):
            recognizer = Recognizer(self._program, self._look)
            opened.callback(recognizer.close)
            self._idle.put(recognizer)
        pool = ThreadPoolExecutor(count)
        opened.callback(pool.shutdown, wait=True, cancel_futures=True)
        opened.callback(self._is_stopped.set)
        tasks = self._tasks(files, progress)
        running: set[Future[tuple[Key, OcrPage]]] = set()
        while True:
            # Few at a time: each has the bytes of its file in memory.
            room = 0 if is_over() else count + 1 - len(running)
            for key, data, name in islice(tasks, room):
                progress.reading(name)
                running.add(pool.submit(self._page, key, data))
            if not running:
                return
            finished, running = wait(running, LOOK_EVERY, FIRST_COMPLETED)
            for each in finished:
                self._arrive(*each.result(), progress)
            self._commit_in_time()

    def _tasks(
        self, files: list[ScannedFile], progress: Progress
    ) -> Iterator[tuple[Key, bytes, str]]:
        """Yield the pages to be read, each with the bytes of its file and the name to show."""
        for file in files:
            try:
                data = self._bytes(file.name)
            except OSError:  # it is gone, or locked: the next run sees what it is
                self._advance(len(file.pages), progress)
                continue
            sha256 = hashlib.sha256(data).hexdigest()
            known = self._cache.pages(sha256, self._program.made_by)
            lacking = [page for page in file.pages if page not in known]
            new = self._work.add(file.name, sha256, lacking)
            self._advance(len(file.pages) - len(new), progress)
            self._report.files += bool(new)
            yield from ((key, data, printable(file.name)) for key in new)

    def _bytes(self, name: str) -> bytes:
        """Return the bytes of a file of the corpus, never those that a link leads to."""
        path = self._config.corpus_path / name
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            return stream.read(self._config.corpus.max_file_mb * MEGABYTE)

    def _page(self, key: Key, data: bytes) -> tuple[Key, OcrPage]:
        """Read a page and keep it, in a thread."""
        recognizer = self._idle.get()
        try:
            self._look()
            page = recognizer.read(data, key[1])
            self._cache.put(*key, page)
            return key, page
        finally:
            self._idle.put(recognizer)

    def _look(self) -> None:
        if self._is_stopped.is_set():
            raise _Stopped

    def _arrive(self, key: Key, page: OcrPage, progress: Progress) -> None:
        self._work.arrive(key)
        self._report.pages += not page.failure
        self._report.failed += bool(page.failure)
        self._advance(1, progress)

    def _advance(self, pages: int, progress: Progress) -> None:
        self._report.waiting -= pages
        progress.advance(pages, 0, pages)

    def _commit_in_time(self) -> None:
        now = time.monotonic()
        if now - self._committed_part >= PART_EVERY:
            self._commit(self._work.done | self._work.partly)
            self._committed = self._committed_part = time.monotonic()
        elif now - self._committed >= COMMIT_EVERY:
            self._commit(self._work.done)
            self._committed = time.monotonic()

    def _commit(self, names: Iterable[str]) -> None:
        """Read these files again and commit them, with the pages that have come."""
        names = frozenset(names)
        if not names:
            return
        only = tuple(self._config.corpus_path / name for name in names)
        options = SyncOptions(only=only, suspects=names, retries=False)
        self._report.committed = sync(self._index, self._config, options, scanned=self._scanned)
        self._work.done -= names
        self._work.partly -= names
