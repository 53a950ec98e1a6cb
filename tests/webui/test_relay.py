"""Requests that are handed to workers: the same answers, and no worker is ever lost for good."""

from __future__ import annotations

import contextlib
import threading
from multiprocessing import Pipe
from typing import ClassVar

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from backstory.webui.load import PAGES, _thread
from backstory.webui.relay import (
    BLOCK,
    STALLED,
    TROUBLE,
    Relay,
    WorkerLost,
    WorkerPool,
    answer_requests,
)
from backstory.webui.security import MAX_BODY
from backstory.webui.visitor import KEY, Role, Visitor, visitor

RELEASE = threading.Event()  # of a request that waits


def application(environ, start_response):
    """Answer in the way that the path says."""
    path = environ["PATH_INFO"]
    if path == "/wait":
        RELEASE.wait(60)
    if path == "/die":
        raise SystemExit
    if path == "/fail":
        raise ValueError
    if path == "/echo":
        start_response("200 OK", [("X-Who", repr(visitor(environ)))])
        return [environ["wsgi.input"].read()]
    told = [("X-Trouble", str(environ[TROUBLE])), ("X-Stalled", str(environ[STALLED]))]
    start_response("200 OK", [*told, ("X-By", "worker")])
    return Streamed(environ["QUERY_STRING"]) if path == "/stream" else [path.encode(), b"!"]


class Streamed:
    """Three blocks and a bit, and whether somebody closed it; dies or fails after the first."""

    closed: ClassVar[list[str]] = []

    def __init__(self, how):
        self.how = how

    def __iter__(self):
        yield b"a" * BLOCK
        if self.how == "die":
            raise SystemExit
        if self.how == "fail":
            raise ValueError
        yield b"b" * BLOCK
        yield b"c" * BLOCK + b"d"

    def close(self):
        self.closed.append(self.how)


class ThreadWorker:
    """A worker that is a thread."""

    def __init__(self, lane, is_slow=False):
        self.line, self.theirs = Pipe()
        self.go = threading.Event()
        if not is_slow:
            self.go.set()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        self.go.wait(60)
        try:
            answer_requests(self.theirs, application)
        except (EOFError, OSError, SystemExit):
            self.theirs.close()

    @property
    def is_alive(self):
        return self.thread.is_alive()

    def kill(self):
        self.go.set()
        RELEASE.set()
        self.line.close()
        self.thread.join()


def local(environ, start_response):
    """Stand for the application of the front process."""
    start_response("200 OK" if "backstory.worker_lost" not in environ else "503 Lost", [])
    return [b"local"]


@pytest.fixture
def pool():
    workers = WorkerPool(PAGES, 1, ThreadWorker)
    yield workers
    workers.close()


@pytest.fixture
def relay(pool, monkeypatch):
    monkeypatch.setattr(_thread, "lane", PAGES, raising=False)
    wait_for(pool)
    return Relay(local, [pool], lambda: "is odd", lambda: "stands still")


def wait_for(pool):
    """Wait until a worker is ready, and free it."""
    while (worker := pool.take()) is None:
        threading.Event().wait(0.001)
    pool.give_back(worker)


def ask(relay, path):
    pieces, status, headers = run_wsgi_app(relay, create_environ(path))
    body = b"".join(pieces)
    if hasattr(pieces, "close"):
        pieces.close()
    return status, dict(headers), body


def test_a_page_comes_from_a_worker_with_what_the_front_knows_of_the_index(relay):
    status, headers, body = ask(relay, "/page")
    assert (status, body) == ("200 OK", b"/page!")
    assert headers == {"X-Trouble": "is odd", "X-Stalled": "stands still", "X-By": "worker"}


def test_a_form_and_who_sent_it_come_to_the_worker(relay):
    ines = Visitor("ines", Role.WRITE, frozenset({"harbour"}))
    environ = create_environ("/echo", method="POST", data=b"name=ines") | {KEY: ines}
    pieces, _, headers = run_wsgi_app(relay, environ)
    assert b"".join(pieces) == b"name=ines"
    assert headers["X-Who"] == repr(ines)


def test_a_body_that_is_too_large_is_left_unread(relay):
    environ = create_environ("/echo", method="POST", data=b"x" * (MAX_BODY + 1))
    pieces, _, _ = run_wsgi_app(relay, environ)
    assert b"".join(pieces) == b""
    assert environ["wsgi.input"].tell() == 0


def test_a_long_answer_comes_block_by_block_and_frees_its_worker(relay, pool):
    Streamed.closed.clear()
    for _ in range(2):
        body = ask(relay, "/stream?whole")[2]
        assert body == b"a" * BLOCK + b"b" * BLOCK + b"c" * BLOCK + b"d"
        wait_for(pool)
    assert Streamed.closed == ["whole", "whole"]


def test_a_client_that_goes_away_stops_the_worker(relay, pool):
    Streamed.closed.clear()
    for read in (0, 1):
        pieces = relay(create_environ("/stream?cut"), lambda *_: None)
        for _ in zip(range(read), pieces, strict=False):
            pass
        pieces.close()
        wait_for(pool)
    assert Streamed.closed == ["cut", "cut"]
    assert ask(relay, "/page")[2] == b"/page!"


@pytest.mark.parametrize("path", ["/die", "/fail"])
def test_a_worker_that_is_lost_is_an_error_and_replaced(relay, pool, path):
    assert ask(relay, path)[0] == "503 Lost"
    wait_for(pool)
    assert ask(relay, "/page")[2] == b"/page!"


@pytest.mark.parametrize("how", ["die", "fail"])
def test_an_answer_that_breaks_off_does_not_look_whole(relay, pool, how):
    with pytest.raises(WorkerLost):
        ask(relay, f"/stream?{how}")
    wait_for(pool)
    assert ask(relay, "/page")[2] == b"/page!"


def test_a_worker_that_takes_too_long_is_an_error(relay, pool, monkeypatch):
    monkeypatch.setattr("backstory.webui.relay.ANSWER_SECONDS", 0.0)
    RELEASE.clear()
    assert ask(relay, "/wait")[0] == "503 Lost"
    monkeypatch.undo()
    monkeypatch.setattr(_thread, "lane", PAGES, raising=False)
    wait_for(pool)
    assert ask(relay, "/page")[2] == b"/page!"


def test_a_worker_that_died_at_rest_costs_no_answer(relay, pool):
    worker = pool.take()
    worker.line.send({"PATH_INFO": "/die"})
    worker.thread.join()
    pool.give_back(worker)
    assert ask(relay, "/page") == ("200 OK", {}, b"local")
    wait_for(pool)
    assert ask(relay, "/page")[2] == b"/page!"


def test_the_front_answers_until_a_worker_is_ready(monkeypatch):
    monkeypatch.setattr(_thread, "lane", PAGES, raising=False)
    pool = WorkerPool(PAGES, 1, lambda lane: ThreadWorker(lane, is_slow=True))
    relay = Relay(local, [pool], None)
    assert ask(relay, "/page")[2] == b"local"
    pool._free[0].go.set()
    wait_for(pool)
    assert ask(relay, "/page")[2] == b"/page!"
    pool.close()


def test_the_front_answers_where_no_process_can_be_started(monkeypatch, caplog):
    def start(lane):
        raise OSError("no more processes")

    monkeypatch.setattr(_thread, "lane", PAGES, raising=False)
    relay = Relay(local, [WorkerPool(PAGES, 2, start)], None)
    assert ask(relay, "/page")[2] == b"local"
    assert "no more processes" in caplog.text


def test_workers_that_end_before_they_are_ready_are_not_started_for_ever(monkeypatch, caplog):
    started = []

    def start(lane):
        started.append(ThreadWorker(lane, is_slow=True))
        started[-1].theirs.close()
        started[-1].go.set()
        started[-1].thread.join()
        return started[-1]

    monkeypatch.setattr(_thread, "lane", PAGES, raising=False)
    relay = Relay(local, [WorkerPool(PAGES, 2, start)], None)
    assert {ask(relay, "/page")[2] for _ in range(20)} == {b"local"}
    assert len(started) < 10
    assert "could not start" in caplog.text


def test_what_is_refused_needs_no_worker(pool):
    assert ask(Relay(local, [pool], None), "/page")[2] == b"local"


def test_idle_worker_is_told_so_and_still_answers(monkeypatch):
    monkeypatch.setattr("backstory.webui.relay.IDLE_SECONDS", 0.01)
    ours, theirs = Pipe()
    idle = threading.Event()

    def work():
        with contextlib.suppress(EOFError):
            answer_requests(theirs, application, idle.set)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    assert ours.recv() is True
    assert idle.wait(60)
    ours.send({"PATH_INFO": "/short", "QUERY_STRING": "", TROUBLE: None, STALLED: None})
    assert ours.recv()[0][0].startswith("200")
    ours.close()
    worker.join(60)
    assert not worker.is_alive()
