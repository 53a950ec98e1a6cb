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
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from waitress.adjustments import Adjustments

from backstory.engine.errors import ConfigError
from backstory.engine.originals import Originals
from backstory.engine.uploads import Uploads
from backstory.searcher import Searcher
from backstory.webui.app import create_app
from backstory.webui.clients import UNIX, Clients
from backstory.webui.connections import Server
from backstory.webui.listening import address, listen
from backstory.webui.load import PAGES, TABLES, Dispatcher
from backstory.webui.mounting import PREFIX, MountedArchives
from backstory.webui.notices import Health
from backstory.webui.proxies import behind_proxies, checked_base_path
from backstory.webui.relay import STALLED, TROUBLE, Relay, Start, Troubles, WorkerPool
from backstory.webui.settings import WebConfig, WebSettings
from backstory.webui.site import create_site
from backstory.webui.upload_bodies import UploadAdmission
from backstory.webui.uploads import API_UPLOAD_PATH, UPLOAD_PATH
from backstory.webui.visitor import Role

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from backstory.webui.users.gate import Accounts

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
    uploads: Uploads | None = None,
    started: Callable[[str], None] | None = None,
    start: Start | None = None,
) -> None:
    """Serve until interrupted; `started` is told the address once connections are accepted.

    SIGINT and SIGTERM end it: requests under way are answered, a second signal ends it at once.
    The other arguments are as in `open_server`. Raises ConfigError where it cannot listen, or must
    not, where the settings say.
    """
    server = open_server(
        config,
        searcher,
        health=health,
        watching=watching,
        originals=originals,
        uploads=uploads,
        start=start,
    )
    run(server, config.web, started)


def run(
    server: Server, settings: WebSettings, started: Callable[[str], None] | None = None
) -> None:
    """Run a server until interrupted, as `serve` does, and close it."""
    try:
        with looking_for_cycles_seldom(), _ended_by_signals(server):
            if started:
                started(address(settings, server.effective_port))
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
    uploads: Uploads | None = None,
    start: Start | None = None,
) -> Server:
    """Return the server, listening but not yet answering.

    `health`, `watching`, `originals` and `uploads` are those of `create_app`. `start` starts a
    worker process for a lane, and there are as many for pages as `web.workers` says; without it, or
    with one worker, this process answers itself in `web.threads` threads.
    """
    app = create_app(
        config,
        searcher,
        health=health,
        watching=watching,
        originals=originals,
        uploads=uploads,
    )
    folders = {"": uploads} if uploads else {}
    return server_of(config, app, folders, health=health, watching=watching, start=start)


def open_site(
    config: WebConfig,
    archives: MountedArchives,
    *,
    uploads: Mapping[str, Uploads] | None = None,
    health: Troubles | None = None,
    watching: Troubles | None = None,
    start: Start | None = None,
) -> Server:
    """Return a server of several archives, as `open_server` does of one.

    `uploads` are those of the archives by name; `health` and `watching` return what is wrong by the
    names of archives.
    """
    site = archives.mounted(create_site(config, archives))
    folders = {f"{PREFIX}{name}": each for name, each in (uploads or {}).items()}
    return server_of(config, site, folders, health=health, watching=watching, start=start)


def server_of(
    config: WebConfig,
    application: WSGIApplication,
    uploads: Mapping[str, Uploads],
    *,
    health: Troubles | None = None,
    watching: Troubles | None = None,
    start: Start | None = None,
) -> Server:
    """Return a server for an application, whose workers are told what is wrong.

    `uploads` are by the path that stands in front of their own.
    """
    accounts = _accounts(config)
    listening = listen(config, has_users=accounts is not None)
    try:
        return _server(listening, config, application, uploads, accounts, start, health, watching)
    except BaseException:
        listening.close()
        raise


def _server(
    listening: socket.socket,
    config: WebConfig,
    application: WSGIApplication,
    uploads: Mapping[str, Uploads],
    accounts: Accounts | None,
    start: Start | None,
    health: Troubles | None,
    watching: Troubles | None,
) -> Server:
    settings = config.web
    clients, base = Clients(settings.trusted_proxies), checked_base_path(settings.base_path)
    admission = _admission(config, uploads, accounts) if settings.uploads and uploads else None
    answer = application
    pages, tables, pools = settings.threads, 1, list[WorkerPool]()
    log = _access_log(config)
    if start and worker_count(settings) > 1:
        pages = worker_count(settings)
        tables = tables_count(pages)
        pools = [WorkerPool(PAGES, pages, start), WorkerPool(TABLES, tables, start)]
        answer = Relay(application, pools, health, watching)
    if accounts is not None:
        answer = accounts.gate(answer)
    if log:
        answer = log(answer)
    return Server(
        behind_proxies(answer, clients, base),
        _sock=listening,
        bind_socket=False,
        sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
        dispatcher=Dispatcher(pages, tables, settings.max_waiting, base, admission),
        adj=Adjustments(sockets=[listening], **LIMITS),
        clients=clients,
        max_connections=settings.max_connections,
        pools=pools,
        admission=admission,
    )


def _access_log(config: WebConfig) -> Callable[[WSGIApplication], WSGIApplication] | None:
    """Return what puts the log around an application, None for no log; raises ConfigError."""
    if not config.web.log:
        return None
    from backstory.webui.access_log import AccessLog, open_log  # only where there is one

    return partial(AccessLog, log=open_log(config), has_queries=config.web.log_queries)


def _accounts(config: WebConfig) -> Accounts | None:
    """Return the users of the server, None where it has none; raises ConfigError."""
    if not config.users.are_set:
        return None
    from backstory.webui.users.gate import Accounts  # only where there are users

    accounts = Accounts(config)
    accounts.check(has_socket=bool(config.web.unix_socket))
    return accounts


def _admission(
    config: WebConfig, uploads: Mapping[str, Uploads], accounts: Accounts | None
) -> UploadAdmission:
    """Return what admits large bodies to where files are taken, from whoever may send them."""
    folders = {
        f"{start}{path}": partial(getattr, each, "folder")
        for start, each in uploads.items()
        for path in (UPLOAD_PATH, API_UPLOAD_PATH)
    }
    limits = config.uploads
    return UploadAdmission(
        folders,
        limits.request_mb,
        limits.waiting,
        base=checked_base_path(config.web.base_path),
        admits=_writers(config, accounts) if accounts is not None else None,
    )


def _writers(config: WebConfig, accounts: Accounts) -> Callable[[Any], bool]:
    """Return what tells, of the headers of a request, whether whoever asks may write."""
    import sqlite3  # only where there are users

    has_socket = bool(config.web.unix_socket)

    def may_write(asked: Any) -> bool:
        environ = {f"HTTP_{name}": value for name, value in asked.headers.items()}
        environ["REMOTE_ADDR"] = UNIX if has_socket else ""
        try:
            who, _ = accounts.recognize(environ)
        except (OSError, sqlite3.Error, ConfigError):
            return False  # the application says what is wrong
        return who.may(Role.WRITE)

    return may_write


def worker_app(
    config: WebConfig,
    searcher: Searcher,
    originals: Originals | None = None,
    uploads: Uploads | None = None,
) -> Flask:
    """Return the application of a worker process, which is told of trouble with each request."""
    return create_app(
        config,
        searcher,
        health=lambda: request.environ.get(TROUBLE),
        watching=lambda: request.environ.get(STALLED),
        originals=originals,
        uploads=uploads,
    )


def told_of(name: str) -> tuple[Health, Health]:
    """Return what tells a worker process of trouble with one of several archives."""
    return (
        lambda: (request.environ.get(TROUBLE) or {}).get(name),
        lambda: (request.environ.get(STALLED) or {}).get(name),
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
