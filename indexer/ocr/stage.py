"""The second stage of a run: pages without text are read by OCR, while what has text is searchable.

A page takes seconds, so each is kept as soon as it is read, and a run that is ended or killed goes
on where it was. From time to time the files of which pages have come are read again and committed,
like files that have changed.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import groupby, islice
from queue import SimpleQueue

from backstory.engine.errors import BackstoryError, IndexNotFound, UnreadableDocument
from backstory.engine.indexes.contract import Index, Snapshot
from backstory.engine.remarks import Code, Remark
from backstory.indexer.corpus import path_of
from backstory.indexer.isolation import ReadingRoom
from backstory.indexer.loading import Loader
from backstory.indexer.ocr.cache import FILE, OcrCache
from backstory.indexer.ocr.members import unpacked
from backstory.indexer.ocr.pages import OcrPage
from backstory.indexer.ocr.recognition import Program, Recognizer
from backstory.indexer.plan import FileJob
from backstory.indexer.readers import Source
from backstory.indexer.readers.scans import members_to_read, pages_to_read
from backstory.indexer.settings import IndexerConfig
from backstory.indexer.sync import Progress, Quiet, SyncOptions, SyncReport, look, processes, sync

COMMIT_EVERY = 5.0  # seconds between commits of files that are finished
PART_EVERY = 60.0  # and of those of which some pages have come
LOOK_EVERY = 0.2  # seconds between looks at whether it is over


@dataclass(frozen=True, slots=True)
class Scanned:
    """A file, or a member of one, with pages for OCR to read, counted from 1.

    `path` is where it is, `file` the name of the file of the corpus that it is or lies in.
    """

    path: str
    file: str
    pages: tuple[int, ...]

    @property
    def is_member(self) -> bool:
        """Whether it lies in another file."""
        return self.path != self.file


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


def scans_to_read(snapshot: Snapshot, made_by: str | None = None) -> list[Scanned]:
    """Return what has pages without text that OCR has not read, by path.

    With `made_by`, also those that were read in another way.
    """
    remarks: dict[tuple[str, str], list[Remark]] = {}
    for path, file, remark in _remarks(snapshot):
        remarks.setdefault((path, file), []).append(remark)
    pages = {key: tuple(pages_to_read(said, made_by)) for key, said in sorted(remarks.items())}
    return [Scanned(*key, numbers) for key, numbers in pages.items() if numbers]


def failures(snapshot: Snapshot) -> dict[str, str]:
    """Return the paths of what has pages that OCR could not read, with a sentence on each."""
    failed: dict[str, str] = {}
    for name, _, remark in _remarks(snapshot):
        if remark.code in (Code.OCR_FAILED, Code.PAGES_ILLEGIBLE):
            before = f"{failed[name]}; " if name in failed else ""
            failed[name] = before + remark.sentence
    return failed


def _remarks(snapshot: Snapshot) -> Iterator[tuple[str, str, Remark]]:
    """Yield the remarks on files and members, each with its path and the name of its file."""
    for skipped in snapshot.skipped():
        if skipped.state is not None:
            yield skipped.path, skipped.state.path, skipped.remark
    for document, file, _ in snapshot.documents():
        path = path_of(document.path, file)
        yield from ((path, file.path, note) for note in document.notes)


def recognize(
    index: Index,
    config: IndexerConfig,
    progress: Progress | None = None,
    is_over: Callable[[], bool] = lambda: False,
    *,
    only: Collection[str] | None = None,
) -> OcrReport:
    """Read the pages without text that were not read before, and commit what they say.

    `only` limits it to those of some files of the corpus, by their names. `is_over` is asked
    several times a second; then no other page is begun. Raises BackstoryError for a language that
    is not installed, and what `sync` raises.
    """
    cache = OcrCache(config.state_path, limit_mb=config.ocr.cache_mb)
    try:
        return _recognize(index, config, cache, progress or Quiet(), is_over, only)
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
    only: Collection[str] | None,
) -> OcrReport:
    try:
        snapshot = index.open()
    except IndexNotFound:
        return OcrReport()
    state = _state_of(snapshot, config)
    if cache.is_settled(state):
        return OcrReport()
    read = scans_to_read(snapshot, "")
    if not read:  # so the next run need not look at every document again
        cache.settle(state)
    if not _of_files(read, only):
        return OcrReport()
    program = Program.of(config.ocr, config.formats)
    if program is None:
        waiting = sum(len(each.pages) for each in _of_files(scans_to_read(snapshot), only))
        return OcrReport(waiting=waiting, is_missing=waiting > 0)
    scans = _of_files(scans_to_read(snapshot, program.made_by), only)
    report = OcrReport()
    if scans:
        program.check_languages()
        stage = _Stage(index, config, cache, program)
        report = stage.run(scans, progress, is_over)
    if only is None and not report.waiting:
        cache.settle(_state_of(index.open(), config))
    return report


def _of_files(scans: list[Scanned], only: Collection[str] | None) -> list[Scanned]:
    return [each for each in scans if only is None or each.file in only]


def _state_of(snapshot: Snapshot, config: IndexerConfig) -> str:
    statistics, ocr = snapshot.statistics, config.ocr
    commit = f"{statistics.generation} of {statistics.committed}"
    return f"{commit}, {ocr.languages}, {ocr.dpi} dpi"


class _Stopped(BaseException):
    """The stage is over; no handler of a page's errors keeps it."""


Key = tuple[str, int]  # the hash of a file or member, and the number of a page
Task = tuple[Key, bytes, str]  # with the bytes that have the page, and the name to show


def _hash(source: Source) -> str:
    return hashlib.sha256(source.data).hexdigest()


@dataclass(slots=True)
class _Work:
    """What is to be read, and which files wait for it."""

    waiting: dict[Key, list[str]] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)  # files all of whose pages have come
    partly: set[str] = field(default_factory=set)

    def add(self, name: str, keys: Sequence[Key]) -> list[Key]:
        """Note that a file waits for pages; return those that nobody has waited for yet."""
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
        self, index: Index, config: IndexerConfig, cache: OcrCache, program: Program
    ) -> None:
        self._index, self._config, self._cache, self._program = index, config, cache, program
        self._work, self._report = _Work(), OcrReport()
        self._is_stopped = threading.Event()
        self._idle: SimpleQueue[Recognizer] = SimpleQueue()
        self._scanned = look(config)
        self._loader = Loader(config, self._look)
        self._room = ReadingRoom(config.formats, self._look)  # that members are unpacked in
        self._committed = self._committed_part = time.monotonic()

    def run(
        self, scans: list[Scanned], progress: Progress, is_over: Callable[[], bool]
    ) -> OcrReport:
        """Read these pages and commit them; what is raised ends the threads."""
        total = sum(len(each.pages) for each in scans)
        self._report.waiting = total
        progress.start(total, total)
        try:
            with ExitStack() as opened:
                opened.callback(self._room.close)
                opened.callback(self._loader.close)
                self._read(scans, progress, is_over, opened)
        finally:
            progress.finish()
        self._commit(self._work.done | self._work.partly)
        return self._report

    def _read(
        self,
        scans: list[Scanned],
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
        tasks = self._tasks(scans, progress)
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

    def _tasks(self, scans: list[Scanned], progress: Progress) -> Iterator[Task]:
        """Yield the pages to be read, each with the bytes that have it and the name to show."""
        for name, group in groupby(sorted(scans, key=lambda each: each.file), lambda s: s.file):
            of_file = list(group)
            asked = sum(len(each.pages) for each in of_file)
            try:
                source, _ = self._loader.source_of(FileJob(name, "", self._scanned.files[name]))
                wanted = self._wanted(of_file, source)
            except (OSError, KeyError, UnreadableDocument):
                self._advance(asked, progress)  # it is gone, or locked: the next run tells
                continue
            new = self._work.add(name, self._unread(wanted))
            self._advance(asked - len(new), progress)
            self._report.files += bool(new)
            yield from self._with_bytes(new, source, progress)

    def _wanted(self, scans: Sequence[Scanned], source: Source) -> dict[str, Sequence[int]]:
        """Return the pages to be read in a file and its members, by the hash of each."""
        wanted: dict[str, Sequence[int]] = {}
        if any(each.is_member for each in scans):
            members = self._loader.read(source).members
            wanted |= members_to_read(members, self._program.made_by)
        own = [page for each in scans if not each.is_member for page in each.pages]
        return wanted | ({_hash(source): own} if own else {})

    def _unread(self, wanted: Mapping[str, Sequence[int]]) -> list[Key]:
        """Return those of the pages that are not kept."""
        made_by = self._program.made_by
        known = {sha256: self._cache.pages(sha256, made_by) for sha256 in wanted}
        keys = [(sha256, page) for sha256, pages in wanted.items() for page in pages]
        return [key for key in keys if key[1] not in known[key[0]]]

    def _with_bytes(
        self, keys: Sequence[Key], source: Source, progress: Progress
    ) -> Iterator[Task]:
        """Yield pages with the bytes of the file or member that each is of."""
        own = _hash(source)
        yield from ((key, source.data, source.name) for key in keys if key[0] == own)
        left = [key for key in keys if key[0] != own]
        with suppress(OSError, UnreadableDocument):
            for sha256, data in unpacked(self._room, source, frozenset(key[0] for key in left)):
                yield from ((key, data, source.name) for key in left if key[0] == sha256)
                left = [key for key in left if key[0] != sha256]
        for key in left:  # it cannot be unpacked any more: the next run tells
            self._work.arrive(key)
            self._advance(1, progress)

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
