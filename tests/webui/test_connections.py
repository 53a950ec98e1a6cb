"""Connections: slow ones are ended, greedy ones make room, and no answer is cut off."""

from __future__ import annotations

import contextlib
import resource
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest

from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.webui.connections import most_connections
from backstory.webui.security import HEADERS
from backstory.webui.serving import open_server

PATIENCE = 60


@contextlib.contextmanager
def running(index, **settings):
    """A server in a thread of its own."""
    config = Config().override(web__port=0, **settings)
    server = open_server(config, Searcher(index, config.search, config.ranking))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        server.stop()
        thread.join()
        server.close()


def connect(server):
    return socket.create_connection(("127.0.0.1", server.effective_port), PATIENCE)


def ask(server, path="/search?q=lobby"):
    connection = HTTPConnection("127.0.0.1", server.effective_port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status


def is_ended(connection):
    """Wait until the server has hung up."""
    with contextlib.suppress(ConnectionError):
        return connection.recv(1) == b""
    return True


def dribble(connection):
    """Send a byte of a header now and then until the server hangs up."""
    with contextlib.suppress(OSError):
        while True:
            connection.sendall(b"a")
            threading.Event().wait(0.02)


@pytest.mark.parametrize(
    "begun", [b"G", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"POST / HTTP/1.1\r\nContent-Le"]
)
def test_a_request_that_dribbles_in_is_ended_at_the_deadline(library, begun):
    with running(library.index) as server, connect(server) as slow, ThreadPoolExecutor() as pool:
        server.request_seconds = 0.2
        slow.sendall(begun)
        sending = pool.submit(dribble, slow)
        assert is_ended(slow)
        slow.close()
        sending.result(PATIENCE)


def test_a_body_that_dribbles_in_is_ended_at_the_deadline(library):
    with running(library.index) as server, connect(server) as slow, ThreadPoolExecutor() as pool:
        server.request_seconds = 0.2
        slow.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n")
        sending = pool.submit(dribble, slow)
        assert is_ended(slow)
        slow.close()
        sending.result(PATIENCE)


def test_a_connection_that_asks_in_time_again_and_again_stays(library):
    with running(library.index) as server:
        connection = HTTPConnection("127.0.0.1", server.effective_port, timeout=PATIENCE)
        with contextlib.closing(connection):
            for _ in range(3):
                connection.request("GET", "/search?q=lobby")
                assert connection.getresponse().read()
                (channel,) = server.active_channels.values()
                assert not channel.is_late(channel.resting_since + 10**6)


def test_hundreds_of_slow_connections_lock_out_nobody_of_their_address(library):
    with running(library.index, web__max_connections=20) as server, contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(server)) for _ in range(200)]
        for each in slow:
            with contextlib.suppress(OSError):
                each.sendall(b"GET")
        assert ask(server) == 200
        assert len(server.active_channels) <= 21  # one of them is being ended
        assert all(is_ended(each) for each in slow[:150])


def test_an_address_has_its_share_and_a_trusted_proxy_has_no_limit(library):
    limits = {"web__max_connections": 3, "web__trusted_proxies": ["127.0.0.1"]}
    with running(library.index, **limits) as server, contextlib.ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(connect(server)).sendall(b"G")
        assert ask(server) == 200
        assert len(server.active_channels) >= 10


def test_who_has_asked_before_stays_while_others_have_not(library):
    with running(library.index, web__max_connections=5) as server, contextlib.ExitStack() as stack:
        reader = HTTPConnection("127.0.0.1", server.effective_port, timeout=PATIENCE)
        stack.enter_context(contextlib.closing(reader))
        reader.request("GET", "/help")
        reader.getresponse().read()
        kept = reader.sock
        for _ in range(20):
            stack.enter_context(connect(server)).sendall(b"G")
        assert ask(server) == 200
        reader.request("GET", "/help")
        assert reader.getresponse().read()
        assert reader.sock is kept


def test_the_whole_server_makes_room_as_well(library, monkeypatch):
    monkeypatch.setattr("backstory.webui.connections.MOST_CONNECTIONS", 10)
    with running(library.index) as server, contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(server)) for _ in range(30)]
        assert ask(server) == 200
        assert all(is_ended(each) for each in slow[:15])


@pytest.mark.parametrize(
    ("files", "most"), [(256, 192), (64, 8), (100_000, 500), (resource.RLIM_INFINITY, 500)]
)
def test_there_are_no_more_connections_than_files_may_be_open(monkeypatch, files, most):
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (files, files))
    assert most_connections() == most


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET / HTTP/1.1\r\nno header\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: strange\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
        b"GET " + b"x" * (3 * 2**20) + b" HTTP/1.1\r\n\r\n",
    ],
    ids=["header", "length", "encoding", "tls", "size"],
)
def test_what_is_no_http_is_refused_with_the_headers_of_every_answer(library, nonsense):
    with running(library.index) as server, connect(server) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(nonsense)
        head = b""
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65536):
                head += piece
        assert head[9:10] in (b"4", b"5")
        for name, value in HEADERS.items():
            assert f"{name}: {value}\r\n".lower() in head.decode("latin-1").lower()


def test_requests_under_way_are_answered_when_the_server_is_stopped(slow):
    config = Config().override(web__port=0, web__threads=1)
    server = open_server(config, Searcher(slow, config.search, config.ranking))
    thread = threading.Thread(target=server.run)
    thread.start()
    with ThreadPoolExecutor() as pool, connect(server) as resting:
        under_way = [pool.submit(ask, server)]
        assert slow.began.acquire(timeout=PATIENCE)
        under_way += [pool.submit(ask, server) for _ in range(3)]
        while len(server.task_dispatcher.queue) < 3:
            threading.Event().wait(0.01)
        server.stop()
        assert is_ended(resting)
        with pytest.raises(ConnectionRefusedError):
            connect(server)
        slow.go.set()
        assert [each.result(PATIENCE) for each in under_way] == [200] * 4
        thread.join(PATIENCE)
    assert not thread.is_alive()
    server.close()


def test_stopped_twice_it_ends_at_once(slow):
    with running(slow, web__threads=1) as server, ThreadPoolExecutor() as pool:
        cut = pool.submit(ask, server)
        assert slow.began.acquire(timeout=PATIENCE)
        server.stop()
        server.stop()
        slow.go.set()
        with contextlib.suppress(OSError):
            cut.result(PATIENCE)


def test_tables_that_wait_leave_pages_alone(slow):
    with (
        running(slow, web__threads=1, web__max_waiting=8) as server,
        ThreadPoolExecutor(30) as pool,
    ):
        tables = [pool.submit(ask, server, "/concordance?q=lobby")]
        assert slow.began.acquire(timeout=PATIENCE)
        tables += [pool.submit(ask, server, "/concordance?q=lobby") for _ in range(11)]
        # One runs, one waits, which is the share of one client.
        while sum(_status_soon(each) == 503 for each in tables) < 10:
            threading.Event().wait(0.01)
        assert ask(server, "/opensearch.xml") == 200
        slow.go.set()
        assert sorted(each.result(PATIENCE) for each in tables) == [200] * 2 + [503] * 10


def _status_soon(future):
    return future.result() if future.done() else None
