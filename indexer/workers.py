"""Loads and prepares documents, in this process or in several worker processes.

A worker reads its files and builds segments; it never commits, holds no lock, and ends with the
process that started it, however that one ends. Workers are new interpreters, not forks, so that
they inherit neither locks nor open files.
"""

from __future__ import annotations

import heapq
import os
import pickle
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from itertools import accumulate, groupby
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, NamedTuple

from backstory.engine.documents import Document, FileState, IndexedDocument, SkippedFile
from backstory.engine.errors import BackstoryError
from backstory.engine.indexes.contract import Index
from backstory.engine.remarks import unreadable
from backstory.indexer.arrivals import ArrivalTimes
from backstory.indexer.collecting import collect_seldom, collecting_seldom
from backstory.indexer.corpus import path_of, printable
from backstory.indexer.loading import Loader
from backstory.indexer.plan import FileJob
from backstory.indexer.settings import IndexerConfig
from backstory.indexer.shared_progress import SharedProgress, Stopped
from backstory.indexer.spawning import Child, interpreter, sigint_blocked

# Below this a second process costs more to start than it saves.
WORTH_A_PROCESS = 4_000_000
LOOK_EVERY = 0.2  # seconds between looks at which file is being read
TOGETHER = 1_000_000  # bytes of files that are read before their documents are prepared
SMALLEST_BATCH, LARGEST_BATCH = 500_000, 8_000_000


class LoadOptions(NamedTuple):
    """How files are loaded: settings, and the arrival times of documents where there are any."""

    config: IndexerConfig
    times: ArrivalTimes | None = None


@dataclass(slots=True)
class Loaded:
    """A batch of files, loaded: what the writer adopts, and what became of each file.

    `documents` come with their file's state and their number of passages.
    """

    batch: Any = None
    documents: list[tuple[Document, FileState, int]] = field(default_factory=list)
    failures: list[SkippedFile] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
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
    index: Index,
    options: LoadOptions,
    jobs: Sequence[FileJob],
    processes: int,
    reading: Callable[[str], None],
) -> Generator[Loaded, None, None]:
    """Yield batches as they are done, in any order where there are several processes.

    `reading` is called with the name of the current file. Close the generator to stop early: that
    ends the workers.
    """
    size = sum(job.state.size for job in jobs)
    count = processes if size > WORTH_A_PROCESS and interpreter() else 1
    batches = cut(jobs, min(max(size // (2 * count) + 1, SMALLEST_BATCH), LARGEST_BATCH))
    count = min(count, len(batches))
    if count <= 1:
        with closing(Loading(index, options)) as loading:
            yield from (loading.load(batch, reading) for batch in batches)
    else:
        yield from _in_processes(index, options, batches, count, reading)


def cut(jobs: Sequence[FileJob], most: int) -> list[list[FileJob]]:
    """Cut the jobs into batches of about `most` bytes, each with files from all of the corpus.

    A folder may be slower to read than another of its size; processes should end together.
    """
    count = max(1, -(-sum(job.state.size for job in jobs) // most))
    batches: list[list[FileJob]] = [[] for _ in range(count)]
    smallest = [(0, i) for i in range(count)]
    for job in jobs:
        size, i = smallest[0]
        batches[i].append(job)
        heapq.heapreplace(smallest, (size + job.state.size, i))
    return [batch for batch in batches if batch]


class Loading:
    """Loads batches of files and prepares them for the writer, in one process."""

    def __init__(
        self, index: Index, options: LoadOptions, look: Callable[[], None] = lambda: None
    ) -> None:
        self._index, self._loader = index, Loader(options.config, look)
        self._opened = ExitStack()
        self._opened.callback(self._loader.close)
        self._added: Callable[[str, str], str] = lambda document_id, sha256: ""
        if options.times:
            self._added = self._opened.enter_context(options.times.opened())

    def close(self) -> None:
        """End the process that risky files are read in, if there is one."""
        self._opened.close()

    def load(self, batch: Sequence[FileJob], reading: Callable[[str], None]) -> Loaded:
        """Load a batch; `reading` is called with the name of each file."""
        with collecting_seldom():
            return self._load(batch, reading)

    def _load(self, batch: Sequence[FileJob], reading: Callable[[str], None]) -> Loaded:
        size = sum(job.state.size for job in batch)
        loaded = Loaded(files=[job.name for job in batch], size=size)
        read: list[tuple[Document, FileState, int]] = []
        # A few hundred documents are in memory at a time, and never the batch as a whole.
        prepared = self._index.prepare(self._documents(batch, reading, loaded, read))
        loaded.batch = prepared
        for document, state, passages in read:
            reason = prepared.rejected.get(document.id)
            if reason is None:
                loaded.documents.append((document, state, passages))
            else:
                path = path_of(document.path, state)
                loaded.failures.append(SkippedFile(path, unreadable(reason), state))
        return loaded

    def _documents(
        self,
        batch: Sequence[FileJob],
        reading: Callable[[str], None],
        loaded: Loaded,
        read: list[tuple[Document, FileState, int]],
    ) -> Iterator[IndexedDocument]:
        """Yield the documents of a batch; note in `read` and `loaded` what became of each file.

        Many are read before the first is yielded, because reading and preparing by turns, one
        document at a time, has both wait for memory: it takes a fifth longer.
        """
        for jobs in _runs(batch):
            found: list[IndexedDocument] = []
            for job in jobs:
                reading(printable(job.name))
                result = self._loader.load(job)
                loaded.failures += result.failures
                found += map(self._with_time, result.documents)
            read += [(each.document, each.file, len(each.passages)) for each in found]
            yield from found

    def _with_time(self, indexed: IndexedDocument) -> IndexedDocument:
        document = indexed.document
        added = self._added(document.id, document.sha256)
        return replace(indexed, document=replace(document, added=added))


def _runs(batch: Sequence[FileJob]) -> Iterator[list[FileJob]]:
    """Cut a batch, in its order, into runs of about TOGETHER bytes."""
    before = accumulate((job.state.size for job in batch), initial=0)
    runs = groupby(zip(before, batch, strict=False), key=lambda pair: pair[0] // TOGETHER)
    return ([job for _, job in run] for _, run in runs)


def _in_processes(
    index: Index,
    options: LoadOptions,
    batches: Sequence[Sequence[FileJob]],
    processes: int,
    reading: Callable[[str], None],
) -> Iterator[Loaded]:
    with ExitStack() as opened:
        progress = SharedProgress()
        opened.callback(progress.close)
        idle = _start_workers(index, options, progress, processes, opened)
        # Threads hand the batches out while this one writes; twice as many as there are workers,
        # so that a worker gets its next batch before its last answer has been unpickled.
        pool = ThreadPoolExecutor(2 * processes)
        opened.callback(pool.shutdown, wait=True, cancel_futures=True)
        opened.callback(progress.stop)
        with sigint_blocked():
            left: set[Future[Loaded]] = {pool.submit(_ask, idle, batch) for batch in batches}
        while left:
            done, left = wait(left, LOOK_EVERY, FIRST_COMPLETED)
            reading(progress.name)
            yield from (each.result() for each in done)


def _start_workers(
    index: Index, options: LoadOptions, progress: SharedProgress, processes: int, opened: ExitStack
) -> SimpleQueue[Child]:
    """Start the workers; `opened` closes them."""
    idle: SimpleQueue[Child] = SimpleQueue()
    for _ in range(processes):
        with sigint_blocked():
            child = Child(_work, index, options, progress, shared=[progress.descriptor])
            opened.callback(child.close)
        idle.put(child)
    return idle


def _ask(idle: SimpleQueue[Child], batch: Sequence[FileJob]) -> Loaded:
    """Have an idle worker load a batch; raise what it raised, BackstoryError where it died."""
    task = pickle.dumps(batch)
    worker = idle.get()
    try:
        worker.line.send_bytes(task)
        answer = worker.line.recv_bytes()
    except (EOFError, ConnectionError) as error:
        raise BackstoryError(
            "A process that reads documents died, perhaps for want of memory; "
            "what was committed before is kept.",
            "Run it again with fewer: backstory index --jobs 1",
        ) from error
    finally:
        idle.put(worker)
    loaded: Loaded | Exception = pickle.loads(answer)
    if isinstance(loaded, Exception):
        raise loaded
    return loaded


# --- In a worker


def _work(line: Connection, index: Index, options: LoadOptions, progress: SharedProgress) -> None:
    """Answer each batch with what became of it, until the parent hangs up or the run is over."""
    collect_seldom()
    loading = Loading(index, options, progress.look)
    with suppress(Stopped, EOFError, ConnectionError):
        while True:
            line.send(_loaded(loading, line.recv(), progress))
    loading.close()
    # What a worker holds need not be taken apart, object by object, when all of it is done.
    os._exit(0)


def _loaded(
    loading: Loading, batch: Sequence[FileJob], progress: SharedProgress
) -> Loaded | Exception:
    try:
        return loading.load(batch, progress.show)
    except Exception as error:
        error.add_note(f"In a worker process:\n{traceback.format_exc()}")
        return error
