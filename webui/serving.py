"""The application behind waitress, with limits that one slow or greedy client cannot exceed."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable
from typing import Any

import waitress

from backstory.engine.errors import ConfigError
from backstory.searcher import Searcher
from backstory.webui.app import create_app
from backstory.webui.load import Dispatcher
from backstory.webui.notices import Health
from backstory.webui.settings import WebConfig, WebSettings

# Objects made between two looks for cycles. A page makes thousands and next to no cycles, and at
# Python's own threshold of 700 a tenth of its time goes to looking.
SELDOM = 20_000

# A refusal by waitress itself is bare text. What a person can plausibly send therefore comes
# through to the application, which refuses it with a reason: 1 MB of query, 5 MB of body.
LIMITS = {
    "max_request_header_size": 2 * 1024 * 1024,
    "max_request_body_size": 8 * 1024 * 1024,
    # More than may wait: a connection must be accepted to be refused. With poll, as select ends at
    # file 1,023.
    "connection_limit": 500,
    "asyncore_use_poll": True,
    "channel_timeout": 30,
    "cleanup_interval": 10,
}


def serve(
    config: WebConfig,
    searcher: Searcher,
    *,
    health: Health | None = None,
    watching: Health | None = None,
    started: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted; `started` is told the address once connections are accepted.

    `health` and `watching` are those of `create_app`. Raises ConfigError where `web.host` and
    `web.port` cannot be listened on.
    """
    server = open_server(config, searcher, health=health, watching=watching)
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        if started:
            started(address(config.web.host, server.effective_port))
        server.run()
    finally:
        gc.set_threshold(*before)
        server.close()


def open_server(
    config: WebConfig,
    searcher: Searcher,
    *,
    health: Health | None = None,
    watching: Health | None = None,
) -> Any:
    """Return waitress's server, listening but not yet answering."""
    listening = listen(config.web)
    app = create_app(config, searcher, health=health, watching=watching)
    dispatcher = Dispatcher(config.web.threads, config.web.max_waiting)
    return waitress.create_server(
        app, sockets=[listening], _dispatcher=dispatcher, ident=None, **LIMITS
    )


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
