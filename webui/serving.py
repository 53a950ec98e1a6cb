"""The application behind waitress, with limits that one slow or greedy client cannot exceed.

One process talks to all clients and keeps every limit, so that nothing has to be shared; pages are
made in worker processes, each of which answers one request at a time.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from flask import Flask, request
from waitress.adjustments import Adjustments

from backstory.engine.errors import ConfigError
from backstory.engine.originals import Originals
from backstory.searcher import Searcher
from backstory.webui.app import create_app
from backstory.webui.clients import Clients, behind_proxies
from backstory.webui.connections import Server
from backstory.webui.load import PAGES, TABLES, Dispatcher
from backstory.webui.notices import Health
from backstory.webui.relay import STALLED, TROUBLE, Relay, Start, WorkerPool, refuse_lost
from backstory.webui.settings import WebConfig, WebSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# Objects made between two looks for cycles. A page makes thousands and next to no cycles, and at
# Python's own threshold of 700 a tenth of its time goes to looking.
SELDOM = 20_000

# A refusal by waitress itself is bare text. What a person can plausibly send therefore comes
# through to the application, which refuses it with a reason: 1 MB of query, 5 MB of body.
LIMITS = {
    "ident": None,
    "max_request_header_size": 2 * 1024 * 1024,
    "max_request_body_size": 8 * 1024 * 1024,
    "connection_limit": 1_000_000,  # the server's own limit makes room, this one would lock out
    "asyncore_use_poll": True,  # select ends at file 1,023
    "channel_timeout": 30,
    "cleanup_interval": 1,
    # An answer goes to a temporary file for a client that is slow to take it, never to a thread
    # that waits for it.
    "outbuf_high_watermark": 1024 * 1024 * 1024,
    "clear_untrusted_proxy_headers": False,  # they are read, but only where a proxy is trusted
}


def serve(
    config: WebConfig,
    searcher: Searcher,
    *,
    health: Health | None = None,
    watching: Health | None = None,
    originals: Originals | None = None,
    started: Callable[[str], None] | None = None,
    start: Start | None = None,
) -> None:
    """Serve until interrupted; `started` is told the address once connections are accepted.

    SIGINT and SIGTERM end it: requests under way are answered, a second signal ends it at once.
    `health`, `watching`, `originals` and `start` are as in `open_server`. Raises ConfigError where
    `web.host` and `web.port` cannot be listened on.
    """
    server = open_server(
        config, searcher, health=health, watching=watching, originals=originals, start=start
    )
    try:
        with looking_for_cycles_seldom(), _ended_by_signals(server):
            if started:
                started(address(config.web.host, server.effective_port))
            server.run()
    finally:
        server.close()


def open_server(
    config: WebConfig,
    searcher: Searcher,
    *,
    health: Health | None = None,
    watching: Health | None = None,
    originals: Originals | None = None,
    start: Start | None = None,
) -> Server:
    """Return the server, listening but not yet answering.

    `health`, `watching` and `originals` are those of `create_app`. `start` starts a worker process
    for a lane, and there are as many for pages as `web.workers` says; without it, or with one
    worker, this process answers itself in `web.threads` threads.
    """
    settings = config.web
    clients = Clients(settings.trusted_proxies)
    listening = listen(settings)
    app = create_app(config, searcher, health=health, watching=watching, originals=originals)
    answer: WSGIApplication = app
    pages, tables, pools = settings.threads, 1, list[WorkerPool]()
    if start and worker_count(settings) > 1:
        pages = worker_count(settings)
        tables = tables_count(pages)
        pools = [WorkerPool(PAGES, pages, start), WorkerPool(TABLES, tables, start)]
        app.before_request(refuse_lost)
        answer = Relay(app, pools, health, watching)
    return Server(
        behind_proxies(answer, clients),
        _sock=listening,
        bind_socket=False,
        sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
        dispatcher=Dispatcher(pages, tables, settings.max_waiting),
        adj=Adjustments(sockets=[listening], **LIMITS),
        clients=clients,
        max_connections=settings.max_connections,
        pools=pools,
    )


def worker_app(config: WebConfig, searcher: Searcher, originals: Originals | None = None) -> Flask:
    """Return the application of a worker process, which is told of trouble with each request."""
    return create_app(
        config,
        searcher,
        health=lambda: request.environ.get(TROUBLE),
        watching=lambda: request.environ.get(STALLED),
        originals=originals,
    )


def worker_count(settings: WebSettings) -> int:
    """Return how many processes make pages: as many as the setting says, or one for each core."""
    return settings.workers or _cores()


def tables_count(pages: int) -> int:
    """Return how many processes make tables and exports, beside so many that make pages."""
    return max(1, pages // 2)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # Linux: those that this process may use
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def looking_for_cycles_seldom() -> Iterator[None]:
    """Have Python look for cycles of objects as seldom as a server needs it."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextlib.contextmanager
def _ended_by_signals(server: Server) -> Iterator[None]:
    """Stop the server at SIGINT and SIGTERM, where this is the thread that gets signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: server.stop()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def listen(settings: WebSettings) -> socket.socket:
    """Listen on the address of the settings, IPv4 first where a name has both.

    Waitress could do this itself, but it leaks its socket where the port is taken.
    """
    host, port = settings.host.strip("[]"), settings.port
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, place = min(addresses, key=lambda entry: entry[0] != socket.AF_INET)
        return socket.create_server(place[:2], family=family)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        where = f"{settings.host}:{port}"
        raise ConfigError("web.port", f"cannot listen on {where}: {reason}") from None


def address(host: str, port: int) -> str:
    """Return the page's address, as a browser on this machine can open it."""
    bare = host.strip("[]")
    name = {"0.0.0.0": "localhost", "::": "localhost"}.get(bare, bare)
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"
