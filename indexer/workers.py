"""Loading and preparing documents, in this process or in several.

A worker reads its files and builds segments; it never commits, holds no lock, and ends with the
process that started it, however that one ends. Workers are spawned, not forked, so that they
inherit neither locks nor open files.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from engine.backends.base import Backend
from engine.documents import Document, SkippedFile
from engine.errors import BackstoryError
from engine.settings import CorpusSettings
from indexer.board import Board
from indexer.corpus import printable
from indexer.loading import Failure, FileJob, Loader

# Below this a second process costs more to start than it saves.
WORTH_A_PROCESS = 4_000_000
LOOK_EVERY = 0.2  # seconds between looks at which file is being read
SMALLEST_BATCH, LARGEST_BATCH = 500_000, 8_000_000


@dataclass(slots=True)
class Loaded:
    """A batch of files, loaded: what the writer adopts, and what became of each file."""

    batch: Any = None
    documents: list[tuple[Document, int]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    files: int = 0
    size: int = 0


def load_all(
    backend: Backend,
    root: Path,
    settings: CorpusSettings,
    jobs: Sequence[FileJob],
    processes: int,
    reading: Callable[[str], None],
) -> Generator[Loaded, None, None]:
    """Yield batches as they are done, in any order where there are several processes.

    `reading` is told which file is being read. Who stops early closes this, which ends them.
    """
    size = sum(job.state.size for job in jobs)
    count = processes if size > WORTH_A_PROCESS else 1
    batches = list(cut(jobs, min(max(size // (2 * count) + 1, SMALLEST_BATCH), LARGEST_BATCH)))
    count = min(count, len(batches))
    if count <= 1:
        loader = Loader(root, settings)
        yield from (load(backend, loader, batch, reading) for batch in batches)
    else:
        yield from _in_processes(backend, root, settings, batches, count, reading)


def cut(jobs: Sequence[FileJob], most: int) -> Iterator[list[FileJob]]:
    """Cut the jobs into batches of about `most` bytes."""
    batch: list[FileJob] = []
    size = 0
    for job in jobs:
        batch.append(job)
        size += job.state.size
        if size >= most:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def load(
    backend: Backend, loader: Loader, batch: Sequence[FileJob], reading: Callable[[str], None]
) -> Loaded:
    """Load a batch of files and prepare it for the writer."""
    loaded = Loaded(files=len(batch), size=sum(job.state.size for job in batch))
    results = []
    for job in batch:
        reading(printable(job.name))
        results.append(loader.load(job))
    loaded.failures = [result for result in results if isinstance(result, Failure)]
    documents = [result for result in results if not isinstance(result, Failure)]
    prepared = backend.prepare(documents)
    loaded.batch = prepared
    for indexed in documents:
        reason = prepared.rejected.get(indexed.document.id)
        if reason is None:
            loaded.documents.append((indexed.document, len(indexed.passages)))
        else:
            skipped = SkippedFile(indexed.file.path, reason, indexed.file)
            loaded.failures.append(Failure(skipped))
    return loaded


def _in_processes(
    backend: Backend,
    root: Path,
    settings: CorpusSettings,
    batches: Sequence[Sequence[FileJob]],
    processes: int,
    reading: Callable[[str], None],
) -> Iterator[Loaded]:
    board = Board()
    pool = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
        initargs=(backend, root, settings, board),
    )
    try:
        with _deaf():
            left: set[Future[Loaded]] = {pool.submit(_work, batch) for batch in batches}
        while left:
            done, left = wait_for(left, LOOK_EVERY, FIRST_COMPLETED)
            reading(board.name)
            yield from (each.result() for each in done)
    except BrokenProcessPool as error:
        raise BackstoryError(
            "A process that reads documents died, perhaps for want of memory; "
            "what was committed before is kept.",
            "Run it again with fewer: backstory index --jobs 1",
        ) from error
    finally:
        board.stop()
        pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Hold Ctrl-C back while processes are started: they get it too, and would die with a shout.

    A process inherits what its parent holds back, and lets go of it never.
    """
    resource_tracker.ensure_running()  # it takes away what is held back, once
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_worker: tuple[Backend, Loader, Board] | None = None


def _start_worker(backend: Backend, root: Path, settings: CorpusSettings, board: Board) -> None:
    global _worker  # a worker process has exactly one, for all its batches
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = (backend, Loader(root, settings), board)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(batch: Sequence[FileJob]) -> Loaded:
    assert _worker is not None, "started by _start_worker"
    backend, loader, board = _worker
    return load(backend, loader, batch, board.show)
