"""A small web server on this machine whose pages behave well, badly, or very badly.

Every endpoint ends: the slow ones stop when the server does.
"""

from __future__ import annotations

import contextlib
import gzip
import threading
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MEMO = b"The memo was typed on a Monday.\n\nNobody signed it.\n"
MEGABYTE = 1024 * 1024


class Site(ThreadingHTTPServer):
    """The server; `asked` are the requests that came, with their headers."""

    daemon_threads = True

    def __init__(self, address: str = "127.0.0.1") -> None:
        super().__init__((address, 0), _Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.is_over = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are what this is for."""

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    def url(self, path: str) -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextlib.contextmanager
def serving(site: Site | None = None) -> Iterator[Site]:
    """Serve until the block ends."""
    with site or Site() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield running
        finally:
            running.is_over.set()
            running.shutdown()
            thread.join()


@cache
def pack(size: str) -> bytes:
    """Return so many megabytes, or the memo, packed."""
    return gzip.compress(MEMO if size == "memo" else b"a" * (int(size) * MEGABYTE))


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with what the path asks for."""
        self.server.asked.append((self.path, dict(self.headers)))
        name = self.path.split("?")[0]
        if name in self.server.pages:
            self.page(self.server.pages[name][1], self.server.pages[name][0])
            return
        kind, _, rest = name.strip("/").partition("/")
        answers: dict[str, Callable[[str], None]] = {
            "dribble": self.dribble,
            "dribble-head": self.dribble_head,
            "early": self.early,
            "encoded": self.encoded,
            "endless": self.endless,
            "go": self.go,
            "gzip": self.gzipped,
            "huge": self.huge,
            "loop": self.loop,
            "mute": self.mute,
            "nonsense": self.nonsense,
            "rude": self.rude,
            "status": self.status,
            "type": self.typed,
        }
        answers.get(kind, lambda _: self.page(MEMO, "text/plain"))(rest)

    def page(self, data: bytes, kind: str | None, **headers: str) -> None:
        """Send a page as it should be sent."""
        self.send_response(200)
        if kind is not None:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def typed(self, kind: str) -> None:
        """Send the memo as something else, or as nothing in particular."""
        self.page(MEMO, kind.replace("--", "/").partition("/as/")[0] or None)

    def status(self, code: str) -> None:
        """Send a status alone."""
        self.send_response(int(code))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def go(self, target: str) -> None:
        """Redirect to whatever stands in the query."""
        self.send_response(302)
        self.send_header("Location", self.path.partition("?")[2])
        self.send_header("Set-Cookie", "who=you")
        self.end_headers()

    def loop(self, count: str) -> None:
        """Redirect as many times as the path says."""
        left = int(count)
        self.send_response(301)
        self.send_header("Location", f"/loop/{left - 1}" if left > 1 else "/memo.txt")
        self.end_headers()

    def gzipped(self, size: str) -> None:
        """Send so many megabytes, packed."""
        packed = pack(size)
        sent = packed[:-4] if self.path.endswith("?cut") else packed
        self.page(sent, "text/plain", Content_Encoding="gzip")

    def encoded(self, name: str) -> None:
        """Claim to be packed in some way."""
        self.page(MEMO, "text/plain", Content_Encoding=name)

    def huge(self, size: str) -> None:
        """Announce so many megabytes, and send none of them."""
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(int(size) * MEGABYTE))
        self.end_headers()

    def endless(self, rest: str) -> None:
        """Send megabytes without a length until the other side has had enough."""
        self._head()
        while not self.server.is_over.is_set():
            self.wfile.write(b"a" * MEGABYTE)

    def early(self, rest: str) -> None:
        """Announce a hundred bytes more than are sent."""
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(MEMO) + 100))
        self.end_headers()
        self.wfile.write(MEMO)

    def dribble(self, rest: str) -> None:
        """Send a byte now and then, for ever."""
        self._head()
        self._dribble()

    def dribble_head(self, rest: str) -> None:
        """Send a header that never ends."""
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Long: ")
        self._dribble()

    def _dribble(self) -> None:
        while not self.server.is_over.wait(0.05):
            self.wfile.write(b"a")
            self.wfile.flush()

    def mute(self, rest: str) -> None:
        """Take the call and say nothing."""
        self.server.is_over.wait()

    def nonsense(self, rest: str) -> None:
        """Speak another language."""
        self.wfile.write(b"220 mail.example ESMTP\r\n")

    def rude(self, rest: str) -> None:
        """Answer with what a terminal would obey."""
        self.wfile.write(b"HTTP/1.0 500 \x1b[2J\x9b\r\n\r\n")

    def _head(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
