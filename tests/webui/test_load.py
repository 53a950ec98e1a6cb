"""More requests than can be served: some wait, the others are refused at once, none is lost."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection

import pytest

from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.webui.serving import open_server

THREADS, WAITING = 2, 3


@pytest.fixture
def busy(slow):
    """A server all of whose threads are at work and for which no other request may wait."""
    config = Config().override(web__port=0, web__threads=THREADS, web__max_waiting=WAITING)
    server = open_server(config, Searcher(slow, config.search, config.ranking))
    thread = threading.Thread(target=server.run)
    thread.start()
    with ThreadPoolExecutor(50) as clients:
        admitted = [clients.submit(ask, server, "/search?q=lobby") for _ in range(THREADS)]
        for _ in range(THREADS):
            assert slow.began.acquire(timeout=60)
        admitted += [clients.submit(ask, server, "/api/search?q=lobby") for _ in range(WAITING)]
        while len(server.task_dispatcher.queue) < WAITING:
            threading.Event().wait(0.01)
        yield server, admitted, clients
        slow.go.set()
    with suppress(OSError):  # a thread that has answered may wake the loop first, and it closes
        server.trigger.pull_trigger(server.close)
    thread.join()
    server.task_dispatcher.shutdown()


def ask(server, path):
    connection = HTTPConnection("127.0.0.1", server.effective_port, timeout=60)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


def test_requests_past_the_limit_are_refused_at_once_and_the_rest_are_served(busy, slow):
    server, admitted, clients = busy
    refused = [clients.submit(ask, server, "/api/search?q=lobby") for _ in range(40)]
    for each in refused:
        status, headers, body = each.result(60)
        assert (status, json.loads(body)["code"]) == (503, "overloaded")
        assert int(headers["Retry-After"]) > 0
    assert not any(each.done() for each in admitted)
    slow.go.set()
    assert [each.result(60)[0] for each in admitted] == [200] * (THREADS + WAITING)
    assert ask(server, "/search?q=lobby")[0] == 200


def test_a_person_gets_a_page_that_keeps_the_query(busy, page):
    status, headers, body = ask(busy[0], "/search?q=lobby")
    assert (status, headers["Retry-After"]) == (503, "5")
    assert headers["Content-Security-Policy"]
    shown = page(body)
    assert "Too many requests are waiting" in shown.words
    assert shown.all("input", name="q")[0]["value"] == "lobby"


def test_refusals_are_no_errors_of_the_log(busy, caplog):
    assert ask(busy[0], "/")[0] == 503
    assert not caplog.records


def test_whoever_hangs_up_while_waiting_harms_nobody(busy, slow):
    server, admitted, _ = busy
    connection = HTTPConnection("127.0.0.1", server.effective_port)
    connection.request("GET", "/search?q=lobby")
    connection.close()
    slow.go.set()
    assert {each.result(60)[0] for each in admitted} == {200}
