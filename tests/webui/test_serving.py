"""The real server on a loopback port: what it lets through, what it refuses."""

from __future__ import annotations

import gc
import json
import socket
import threading
from http.client import HTTPConnection

import pytest

from backstory.engine.errors import ConfigError
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.webui.listening import address
from backstory.webui.serving import open_server, serve


@pytest.fixture(scope="module")
def running(library):
    config = Config().override(web__port=0)
    server = open_server(config, Searcher(library.index, config.search, config.ranking))
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.effective_port
    server.trigger.pull_trigger(server.close)
    thread.join()
    server.task_dispatcher.shutdown()


def ask(number, method, path, body=None):
    connection = HTTPConnection("127.0.0.1", number)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def test_server_answers_without_naming_itself(running):
    status, headers, body = ask(running, "GET", "/search?q=lobby")
    assert status == 200
    assert b"<mark>lobby</mark>" in body
    assert headers["Server"] is None


def test_megabyte_of_query_is_refused_with_a_reason(running):
    status, _, body = ask(running, "GET", "/api/search?q=" + "x" * 2**20)
    assert (status, json.loads(body)["code"]) == (400, "query_too_long")


def test_large_body_is_refused_with_a_reason(running):
    status, _, body = ask(running, "POST", "/api/search", b"[" * 5_000_000)
    assert (status, json.loads(body)["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("path", ["/../config.toml", "/static/../app.py", "/doc/%2e%2e/app.py"])
def test_paths_are_not_files(running, path):
    assert ask(running, "GET", path)[0] == 404


def test_trace_is_refused(running):
    assert ask(running, "TRACE", "/")[0] == 405


def test_taken_port_is_an_error_that_names_the_setting(library):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = Config().override(web__port=taken.getsockname()[1])
        with pytest.raises(ConfigError, match=r"web\.port: cannot listen on 127\.0\.0\.1"):
            open_server(config, Searcher(library.index, config.search, config.ranking))


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:80/"),
        ("0.0.0.0", "http://localhost:80/"),
        ("::", "http://localhost:80/"),
        ("::1", "http://[::1]:80/"),
        ("[::1]", "http://[::1]:80/"),
    ],
)
def test_address_is_one_that_a_browser_can_open(host, shown):
    assert address(Config().override(web__host=host).web, 80) == shown


def test_serve_tells_its_address_and_lets_go_of_the_port(library):
    config = Config().override(web__port=0)
    told = []

    def started(url):
        told.append(url)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve(config, Searcher(library.index, config.search, config.ranking), started=started)
    taken = int(told[0].rstrip("/").rpartition(":")[2])
    with socket.create_server(("127.0.0.1", taken)):
        pass


def test_cycles_are_looked_for_seldom_while_it_serves(library):
    config = Config().override(web__port=0)
    before, seen = gc.get_threshold(), []

    def interrupt(_):
        seen.append(gc.get_threshold()[0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve(config, Searcher(library.index, config.search, config.ranking), started=interrupt)
    assert seen[0] > before[0]
    assert gc.get_threshold() == before
