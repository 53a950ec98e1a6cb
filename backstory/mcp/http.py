"""The server over HTTP: a process of its own, for this machine, stateless, with a bearer token.

What a page in a browser could send is refused: the host must be a name of this machine, and an
origin, where there is one, too. Without the token nothing is read.
"""

from __future__ import annotations

import hmac
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from backstory.engine.errors import BackstoryError

HOST = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost", "[::1]")
MOST_BODY = 256 * 1024  # bytes of a request
MOST_AT_ONCE = 16  # requests
PATH = "/mcp"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def application(server: MCPServer, token: bytes, port: int) -> Application:
    """Return the ASGI application that answers at /mcp."""
    hosts = [f"{name}:{port}" for name in NAMES]
    security = TransportSecuritySettings(
        allowed_hosts=hosts, allowed_origins=[f"http://{host}" for host in hosts]
    )
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=MOST_BODY,
        transport_security=security,
        host=HOST,
    )
    return BearerToken(app, token)


class BearerToken:
    """Hands requests on that have the token, and answers all others with 401."""

    def __init__(self, app: Application, token: bytes) -> None:
        self._app, self._wanted = app, b"Bearer " + token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and not self._is_allowed(scope):
            headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            body = b"A bearer token is needed: Authorization: Bearer TOKEN\n"
            await send({"type": "http.response.body", "body": body})
            return
        await self._app(scope, receive, send)

    def _is_allowed(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name.lower() == b"authorization"]
        return len(given) == 1 and hmac.compare_digest(given[0].strip(), self._wanted)


def serve(server: MCPServer, token: bytes, port: int, started: Callable[[str], None]) -> None:
    """Answer on this machine until interrupted; raises BackstoryError where the port is taken."""
    line = _listen(port)
    config = uvicorn.Config(
        application(server, token, port),
        log_level="warning",
        access_log=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=64 * 1024,
        server_header=False,
    )
    started(f"http://{HOST}:{port}{PATH}")
    with line:
        uvicorn.Server(config).run(sockets=[line])


def _listen(port: int) -> socket.socket:
    line = socket.socket()
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind((HOST, port))
        line.listen()
    except OSError as error:
        line.close()
        reason = error.strerror or str(error)
        raise BackstoryError(
            f"Cannot listen on {HOST}:{port}: {reason}.", "Choose another --port."
        ) from error
    return line
