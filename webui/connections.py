"""Waitress's server with limits on connections: slow ones end, greedy ones make room, none is cut.

A connection costs little, but there are only so many. Whoever takes too long to ask is hung up on;
where an address, or everybody together, holds too many, the least useful of them makes room for the
new one. So neither can lock others out, not even those who share its address.
"""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask

from backstory.webui.clients import UNIX, Clients
from backstory.webui.relay import WorkerPool
from backstory.webui.security import HEADERS
from backstory.webui.upload_bodies import RequestParser, UploadAdmission

REQUEST_SECONDS = 10.0  # from the first byte of a request to its last
MOST_CONNECTIONS = 500  # more than may wait: a connection must be accepted to be refused
OTHER_FILES = 64  # that a server has open besides: the index, pipes, what a browser is sent
FEWEST_CONNECTIONS = 8
DRAIN_SECONDS = 20.0  # for requests that are under way when the server is told to end


class _HeadedError(ErrorTask):  # type: ignore[misc]  # waitress is not typed
    """Waitress's own refusal of what is no HTTP, with the headers of every answer."""

    def execute(self) -> None:
        self.response_headers.extend([*HEADERS.items(), ("Cache-Control", "no-cache, private")])
        super().execute()


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress is not typed
    """A connection that knows whose it is, and since when its client has been asking."""

    error_task_class = _HeadedError
    request: Any
    turn: int | None = None
    client = ""
    asking_since: float | None = None  # the first byte of a request that is not whole yet
    resting_since: float
    has_asked = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.resting_since = time.monotonic()
        super().__init__(*arguments, **options)
        self.parser_class = partial(RequestParser, admission=self.server.admission)
        self.client = self.server.clients.client(self.addr[0])
        self.server.make_room(self)

    def received(self, data: bytes) -> bool:
        """Take in what the client sends."""
        if self.request is None and data:
            self.asking_since = time.monotonic()
        is_taken = bool(super().received(data))
        if self.request is None:
            self.asking_since = None
        return is_taken

    def service(self) -> None:
        """Answer a request."""
        # Before the answer: its client may have it, and others may come, before this goes on.
        self.has_asked, self.resting_since = True, time.monotonic()
        super().service()
        self.resting_since = time.monotonic()

    @property
    def is_busy(self) -> bool:
        """Whether a request of it waits or is being answered."""
        return bool(self.requests)

    def is_late(self, now: float) -> bool:
        """Tell whether its client has been asking for too long."""
        since, request = self.asking_since, self.request
        patience = self.server.request_seconds + (request.patience if request else 0.0)
        return since is not None and now - since > patience

    def handle_close(self) -> None:
        """Let go of the connection, and of what has come of a request that will not be whole."""
        super().handle_close()
        with self.requests_lock:
            if self.request is not None:
                self.request.close()
                self.request = None

    def hang_up(self) -> None:
        """End the connection as soon as the server's loop comes by."""
        self.will_close = True


class Server(TcpWSGIServer):  # type: ignore[misc]  # waitress is not typed
    """A server whose connections are limited, and which ends without cutting an answer off.

    `max_connections` is how many one client may hold; trusted proxies hold as many as they like.
    """

    channel_class = Channel
    request_seconds = REQUEST_SECONDS
    drain_seconds = DRAIN_SECONDS

    def __init__(
        self,
        *arguments: Any,
        clients: Clients,
        max_connections: int,
        pools: Sequence[WorkerPool] = (),
        admission: UploadAdmission | None = None,
        **options: Any,
    ) -> None:
        self.clients = clients
        self.admission = admission
        self._pools = pools
        self._most_of_one = max_connections
        self._most = most_connections()
        self._ends_at: float | None = None
        super().__init__(*arguments, **options)

    def getsockname(self) -> tuple[str, str]:
        """Return the address and port that are listened on, or what stands for a socket."""
        if self.family == socket.AF_UNIX:
            return UNIX, "0"
        host, port = super().getsockname()
        return host, port

    def set_socket_options(self, conn: socket.socket) -> None:
        """Set what only a connection over TCP has."""
        if self.family != socket.AF_UNIX:
            super().set_socket_options(conn)

    def fix_addr(self, addr: Any) -> Any:
        """Return the address of a client; over a Unix socket they have none."""
        return (UNIX, None) if self.family == socket.AF_UNIX else addr

    def add_task(self, task: Channel) -> None:
        """Queue a request under the name of the client that it counts for."""
        forwarded = task.requests[0].headers.get("X_FORWARDED_FOR", "")
        task.client = self.clients.client(task.addr[0], forwarded)
        super().add_task(task)

    def make_room(self, new: Channel) -> None:
        """Hang up the least useful connection where a new one is one too many.

        That is one whose client has not asked anything yet, or else the one that has rested
        longest; of the new one's own client, where that has its share, or of anybody's. Where all
        of them are busy it is the new one.
        """
        every = [each for each in self.active_channels.values() if not each.will_close]
        own = [each for each in every if each.addr[0] == new.addr[0]]
        is_limited = not self.clients.is_proxy(new.addr[0])
        if is_limited and len(own) > self._most_of_one:
            self._least_useful(own, new).hang_up()
        elif len(every) > self._most:
            self._least_useful(every, new).hang_up()

    @staticmethod
    def _least_useful(channels: list[Channel], new: Channel) -> Channel:
        resting = [each for each in channels if not each.is_busy and each is not new]
        return min(resting, key=lambda each: (each.has_asked, each.resting_since), default=new)

    def maintenance(self, now: float) -> None:
        """Hang up on clients that have been silent, or asking, for too long."""
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.is_late(time.monotonic()):
                channel.hang_up()

    def stop(self) -> None:
        """Have `run` return once the requests under way are answered; safe in a signal handler."""
        if self._ends_at is not None:
            self._ends_at = 0.0  # asked twice: at once
            return
        self._ends_at = time.monotonic() + self.drain_seconds
        self.pull_trigger()

    def run(self) -> None:
        """Serve until `stop` is called."""
        while self._ends_at is None and self._map:
            self._loop()
        if self._ends_at is None:
            return  # it was closed
        self.accepting = False
        self.del_channel()
        self.socket.close()
        while self.active_channels and time.monotonic() < (self._ends_at or 0.0):
            self._hang_up_resting()
            self._loop()
        self.task_dispatcher.shutdown()

    def pull_trigger(self) -> None:
        """Wake the loop, where there is still one."""
        with contextlib.suppress(OSError):
            super().pull_trigger()

    def close(self) -> None:
        """Let go of the port, the connections and the worker processes."""
        super().close()
        for channel in list(self.active_channels.values()):
            channel.handle_close()
        for pool in self._pools:
            pool.close()

    def _loop(self) -> None:
        options = {"map": self._map, "use_poll": self.adj.asyncore_use_poll, "count": 1}
        self.asyncore.loop(timeout=self.adj.asyncore_loop_timeout, **options)

    def _hang_up_resting(self) -> None:
        for channel in list(self.active_channels.values()):
            if not channel.is_busy:
                channel.close_when_flushed = True


def most_connections() -> int:
    """Return how many connections there may be, of the files that this process may open."""
    most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if most_files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(min(MOST_CONNECTIONS, most_files - OTHER_FILES), FEWEST_CONNECTIONS)
