"""Requests handed on to worker processes: a WSGI server in two parts, with a pipe between.

The front process has the connections, the limits and the queues; a worker has the application and
one request at a time. A worker that dies costs the answer that it was making, and is replaced.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Protocol

from flask import request

from backstory.engine.errors import BackstoryError
from backstory.webui.load import current_lane
from backstory.webui.security import MAX_BODY
from backstory.webui.visitor import Visitor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BLOCK = 64 * 1024  # bytes of an answer that are sent at once
ANSWER_SECONDS = 60.0  # for a page, or for the next block of an export
IDLE_SECONDS = 5.0
MOST_FAILURES = 5  # workers in a row that end before they are ready, then no more are started
TROUBLE = "backstory.trouble"  # in the environment of a request: what is wrong with the index
STALLED = "backstory.stalled"  # and what keeps the index from following the corpus
_LOST = "backstory.worker_lost"
_BODY = "backstory.body"

# What a worker is told with each request: what is wrong, or that by the names of archives.
Troubles = Callable[[], str | None] | Callable[[], dict[str, str | None]]
# What a worker answers first: status and headers; then, with each block, whether there are more.
Head = tuple[str, list[tuple[str, str]]]
Answers = Generator[tuple[Any, ...], None, None]

_logger = logging.getLogger(__name__)


class WorkerLost(BackstoryError):
    """The process that was to make the answer has ended, or made none in time."""

    code = "worker_lost"
    http_status = 503

    def __init__(self) -> None:
        super().__init__(
            "The answer was not finished.", "Try again; ask for less if it happens again."
        )


class Worker(Protocol):
    """A process at the other end of a pipe; it runs `answer_requests`."""

    line: Connection

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""

    def kill(self) -> None:
        """End it at once."""


Start = Callable[[str], Worker]


class WorkerPool:
    """The workers of a lane; one that is lost is replaced, unless none can start."""

    def __init__(self, lane: str, count: int, start: Start) -> None:
        self.lane = lane
        self._start = start
        self._lock = threading.Lock()
        self._free: list[Worker] = []
        self._ready: set[Worker] = set()
        self._failures = 0
        self._is_closed = False
        for _ in range(count):
            self._add()

    def take(self) -> Worker | None:
        """Take a free worker, or None while none of them is ready.

        The one that was used last comes first: it has read the most.
        """
        with self._lock:
            for worker in self._free[::-1]:
                if self._is_ready(worker):
                    self._free.remove(worker)
                    return worker
        return None

    def give_back(self, worker: Worker) -> None:
        """Free a worker."""
        with self._lock:
            if self._is_closed:
                worker.kill()
            else:
                self._free.append(worker)

    def replace(self, worker: Worker) -> None:
        """End a worker that is lost, and start another."""
        worker.kill()
        with self._lock:
            self._ready.discard(worker)
            self._add()

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._is_closed = True
            for worker in self._free:
                worker.kill()
            self._free.clear()

    def _is_ready(self, worker: Worker) -> bool:
        """Tell whether a worker has said that it is; replace one that has ended since."""
        with contextlib.suppress(EOFError, OSError):
            if worker not in self._ready and worker.line.poll():
                worker.line.recv()
                self._ready.add(worker)
                self._failures = 0
        if worker.is_alive:
            return worker in self._ready
        self._free.remove(worker)
        worker.kill()
        self._failures += worker not in self._ready
        self._ready.discard(worker)
        if self._failures < MOST_FAILURES:
            self._add()
        else:
            _logger.error("a worker process could not start; this one answers for it")
        return False

    def _add(self) -> None:
        if not self._is_closed:
            try:
                self._free.insert(0, self._start(self.lane))
            except OSError as error:
                _logger.error("no worker process: %s; this one answers for it", error)


class Relay:
    """Has requests answered by the workers of the lane that they came in.

    `local` answers what is only refused, that whose worker was lost, and all while no worker is
    ready.
    """

    def __init__(
        self,
        local: WSGIApplication,
        pools: Sequence[WorkerPool],
        health: Troubles | None,
        watching: Troubles | None = None,
    ) -> None:
        self._local = local
        self._pools = {pool.lane: pool for pool in pools}
        self._health, self._watching = health or _no_trouble, watching or _no_trouble

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        pool = self._pools.get(current_lane())
        worker = pool.take() if pool else None
        if pool is None or worker is None:
            return self._local(environ, start_response)
        plain = {name: value for name, value in environ.items() if _is_plain(value)}
        plain |= {TROUBLE: self._health(), STALLED: self._watching(), _BODY: _body(environ)}
        try:
            answer = _Answer(pool, worker, plain)
        except WorkerLost:
            lost = {"wsgi.input": io.BytesIO(plain[_BODY]), _LOST: True}
            return self._local({**environ, **lost}, start_response)
        start_response(*answer.head)
        return answer


def _no_trouble() -> None:
    return None


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | bool | tuple | Visitor)


def _body(environ: WSGIEnvironment) -> bytes:
    """Return the body of a request as far as it may be taken; a larger one is refused unread."""
    length = environ.get("CONTENT_LENGTH") or "0"
    is_small = length.isdecimal() and 0 < int(length) <= MAX_BODY
    body: bytes = environ["wsgi.input"].read(int(length)) if is_small else b""
    return body


class _Answer:
    """The blocks of an answer as they come from a worker, which is free again after the last."""

    def __init__(self, pool: WorkerPool, worker: Worker, environ: dict[str, Any]) -> None:
        self._pool = pool
        self._worker: Worker | None = worker
        self.head: Head
        self.head, self._block, self._has_more = self._exchange(environ)
        self._free_after_last()

    def __iter__(self) -> Iterator[bytes]:
        yield self._block
        while self._has_more:
            self._block, self._has_more = self._exchange(True)
            self._free_after_last()
            yield self._block

    def close(self) -> None:
        """Stop a worker that has more, where the client has gone or wants no more."""
        if self._worker is not None:
            with contextlib.suppress(WorkerLost):
                self._exchange(False)
                self._has_more = False
                self._free_after_last()

    def _free_after_last(self) -> None:
        if not self._has_more and self._worker is not None:
            self._pool.give_back(self._worker)
            self._worker = None

    def _exchange(self, message: object) -> Any:
        """Send a message and return what comes back; raises WorkerLost."""
        worker = self._worker
        if worker is None:
            raise WorkerLost
        try:
            worker.line.send(message)
            if worker.line.poll(ANSWER_SECONDS):
                answer = worker.line.recv()
                if answer is not None:
                    return answer
        except (EOFError, OSError):
            pass
        self._worker = None
        self._pool.replace(worker)
        raise WorkerLost


def refuse_lost() -> None:
    """Raise WorkerLost where a request comes back from workers that were lost."""
    if _LOST in request.environ:
        raise WorkerLost


# --- In the worker


def answer_requests(
    line: Connection, application: WSGIApplication, idle: Callable[[], None] | None = None
) -> None:
    """Say that it is ready, and answer requests over a pipe until it ends with EOFError.

    `idle` is called every `IDLE_SECONDS` while there is no request.
    """
    line.send(True)
    while True:
        while idle and not line.poll(IDLE_SECONDS):
            idle()
        answers = _answers(line.recv(), application)
        answer = _next(answers)
        line.send(answer)
        while answer and answer[-1]:
            answer = _next(answers) if line.recv() else _stopped(answers)
            line.send(answer)


def _next(answers: Answers) -> tuple[Any, ...] | None:
    """Return what to send next, None where the application has failed amid an answer."""
    try:
        answer = next(answers)
        if not answer[-1]:
            answers.close()
        return answer
    except Exception as error:
        _logger.error("an answer broke off: %s: %s", type(error).__name__, error)
        return None


def _stopped(answers: Answers) -> tuple[Any, ...]:
    answers.close()
    return b"", False


def _answers(
    environ: dict[str, Any], application: WSGIApplication
) -> Generator[tuple[Any, ...], None, None]:
    """Yield head, block and whether there is more, then block and whether there is more."""
    head: list[Head] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        head[:] = [(status, headers)]
        return _no_write

    body = io.BytesIO(environ.pop(_BODY, b""))
    whole = {**environ, "wsgi.input": body, "wsgi.errors": sys.stderr}
    pieces = application(whole, start_response)
    try:
        for block, has_more in _blocks(pieces):
            yield (*head, block, has_more)
            head.clear()
    finally:
        if hasattr(pieces, "close"):
            pieces.close()


def _no_write(data: bytes) -> object:
    raise NotImplementedError("answers are returned, not written")


def _blocks(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Join pieces to blocks, and tell of each whether another follows; there is at least one."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= BLOCK:
            yield bytes(block), True
            block.clear()
    yield bytes(block), False
