"""Loading and preparing documents, in this process or in several.

A worker reads its files and builds segments; it never commits, holds no lock, and ends with the
process that started it, however that one ends. Workers are spawned, not forked, so that they
inherit neither locks nor open files.
"""

from __future__ import annotations

import atexit
import heapq
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from typing import Any

from backstory.engine.backends.base import Backend
from backstory.engine.documents import Document, FileState, IndexedDocument, SkippedFile
from backstory.engine.errors import BackstoryError
from backstory.engine.remarks import unreadable
from backstory.indexer.board import Board
from backstory.indexer.collecting import collect_seldom, collecting_seldom
from backstory.indexer.corpus import path_of, printable
from backstory.indexer.loading import Failure, FileJob, Loader
from backstory.indexer.settings import IndexerConfig
from backstory.indexer.spawning import deaf, end_with_parent

# Below this a second process costs more to start than it saves.
WORTH_A_PROCESS = 4_000_000
LOOK_EVERY = 0.2  # seconds between looks at which file is being read
TOGETHER = 1_000_000  # bytes of files that are read before their documents are prepared
SMALLEST_BATCH, LARGEST_BATCH = 500_000, 8_000_000


@dataclass(slots=True)
class Loaded:
    """A batch of files, loaded: what the writer adopts, and what became of each file.

    `documents` come with their file's state and their number of passages; `kept` are the files
    whose documents stay as they were indexed before.
    """

    batch: Any = None
    documents: list[tuple[Document, FileState, int]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    size: int = 0

    @property
    def ids(self) -> set[str]:
        """The ids of the documents."""
        return {document.id for document, _, _ in self.documents}

    @property
    def passages(self) -> int:
        """How many passages the documents have."""
        return sum(passages for _, _, passages in self.documents)


def load_all(
    backend: Backend,
    config: IndexerConfig,
    jobs: Sequence[FileJob],
    processes: int,
    reading: Callable[[str], None],
) -> Generator[Loaded, None, None]:
    """Yield batches as they are done, in any order where there are several processes.

    `reading` is told which file is being read. Who stops early closes this, which ends them.
    """
    size = sum(job.state.size for job in jobs)
    count = processes if size > WORTH_A_PROCESS else 1
    batches = cut(jobs, min(max(size // (2 * count) + 1, SMALLEST_BATCH), LARGEST_BATCH))
    count = min(count, len(batches))
    if count <= 1:
        loader = Loader(config)
        try:
            yield from (load(backend, loader, batch, reading) for batch in batches)
        finally:
            loader.close()
    else:
        yield from _in_processes(backend, config, batches, count, reading)


def cut(jobs: Sequence[FileJob], most: int) -> list[list[FileJob]]:
    """Cut the jobs into batches of about `most` bytes, each with files from all of the corpus.

    A folder may be slower to read than another of its size; processes should end together.
    """
    count = max(1, -(-sum(job.state.size for job in jobs) // most))
    batches: list[list[FileJob]] = [[] for _ in range(count)]
    smallest = [(0, at) for at in range(count)]
    for job in jobs:
        size, at = smallest[0]
        batches[at].append(job)
        heapq.heapreplace(smallest, (size + job.state.size, at))
    return [batch for batch in batches if batch]


def load(
    backend: Backend, loader: Loader, batch: Sequence[FileJob], reading: Callable[[str], None]
) -> Loaded:
    """Load a batch of files and prepare it for the writer."""
    with collecting_seldom():
        return _load(backend, loader, batch, reading)


def _load(
    backend: Backend, loader: Loader, batch: Sequence[FileJob], reading: Callable[[str], None]
) -> Loaded:
    size = sum(job.state.size for job in batch)
    loaded = Loaded(files=[job.name for job in batch], size=size)
    read: list[tuple[Document, FileState, int]] = []
    # A few hundred documents are in memory at a time, and never the batch as a whole.
    prepared = backend.prepare(_documents(loader, batch, reading, loaded, read))
    loaded.batch = prepared
    for document, state, passages in read:
        reason = prepared.rejected.get(document.id)
        if reason is None:
            loaded.documents.append((document, state, passages))
        else:
            loaded.failures.append(
                Failure(SkippedFile(path_of(document.path, state), unreadable(reason), state))
            )
    return loaded


def _documents(
    loader: Loader,
    batch: Sequence[FileJob],
    reading: Callable[[str], None],
    loaded: Loaded,
    read: list[tuple[Document, FileState, int]],
) -> Iterator[IndexedDocument]:
    """Yield the documents of a batch; note in `read` and `loaded` what became of each file.

    Many are read before the first is yielded, because reading and preparing by turns, one document
    at a time, has both wait for memory: it takes a fifth longer.
    """
    for jobs in _runs(batch):
        found: list[IndexedDocument] = []
        for job in jobs:
            reading(printable(job.name))
            result = loader.load(job)
            loaded.failures += result.failures
            if result.keeps_what_is_indexed:
                loaded.kept.add(job.name)
            found += result.documents
        read += [(each.document, each.file, len(each.passages)) for each in found]
        yield from found


def _runs(batch: Sequence[FileJob]) -> Iterator[list[FileJob]]:
    """Cut a batch, in its order, into runs of about TOGETHER bytes."""
    before = accumulate((job.state.size for job in batch), initial=0)
    runs = groupby(zip(before, batch, strict=False), key=lambda pair: pair[0] // TOGETHER)
    return ([job for _, job in run] for _, run in runs)


def _in_processes(
    backend: Backend,
    config: IndexerConfig,
    batches: Sequence[Sequence[FileJob]],
    processes: int,
    reading: Callable[[str], None],
) -> Iterator[Loaded]:
    board = Board()
    pool = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
        initargs=(backend, config, board),
    )
    try:
        with deaf():
            left: set[Future[Loaded]] = {pool.submit(_work, batch) for batch in batches}
        while left:
            done, left = wait(left, LOOK_EVERY, FIRST_COMPLETED)
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


_worker: tuple[Backend, Loader, Board] | None = None


def _start_worker(backend: Backend, config: IndexerConfig, board: Board) -> None:
    global _worker  # a worker process has exactly one, for all its batches
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_seldom()
    threading.Thread(target=end_with_parent, daemon=True).start()
    _worker = (backend, Loader(config, board.look), board)
    # What a worker holds need not be taken apart, object by object, when all of it is done.
    atexit.register(os._exit, 0)


def _work(batch: Sequence[FileJob]) -> Loaded:
    assert _worker is not None, "started by _start_worker"
    backend, loader, board = _worker
    return load(backend, loader, batch, board.show)
