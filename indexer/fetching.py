"""One page from the web, as it was sent: for `backstory add URL`, and for nothing else.

Nothing that a server does may cost more than config.toml allows: a page is read in pieces, packed
or not, until it is too large; a silent server is left, and an alarm ends a talk that goes on for
ever. Redirects are followed by hand, each looked at as if it had been typed in. No cookies, no
proxies, no credentials are sent; what else a page refers to is never asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from backstory.engine.errors import UnreadableDocument
from backstory.engine.version import VERSION
from backstory.indexer.readers.registry import format_for, registry
from backstory.indexer.readers.sniffing import is_archive, signature
from backstory.indexer.settings import FetchSettings
from backstory.indexer.urls import Answer, Location, Unreachable, locate, look_up, redirected

MAX_REDIRECTS = 5
# Endings of addresses, besides those of what servers send.
_ENDINGS = (".asp", ".aspx", ".htm", ".jsp", ".markdown", ".php", ".shtml")
# What servers say that do not know what they send.
_UNTOLD = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_MEGABYTE = 1024 * 1024
_PIECE = 64 * 1024
_SOON = 0.05  # seconds that a timer may be late
_LONGEST_NAME = 100  # bytes
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_HEADERS = {
    "User-Agent": f"Backstory/{VERSION}",
    "Accept": "text/html, application/xhtml+xml, application/pdf, text/*, */*;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was sent, where it was in the end, and the name that a file of it gets."""

    url: str
    data: bytes
    content_type: str
    name: str
    fetched: str


def fetch(text: str, settings: FetchSettings, *, allow_private: bool = False) -> Page:
    """Fetch the page at a web address; raise UnreadableDocument with the reason where it fails."""
    deadline = time.monotonic() + settings.seconds
    place = locate(text)
    for _ in range(MAX_REDIRECTS + 1):
        try:
            answer = _ask(place, settings, deadline, allow_private)
        except Unreachable as error:
            raise UnreadableDocument(place.url, error.reason + _of_proxy(place)) from error
        if not answer.is_redirect:
            return _page(place, answer)
        if not answer.target:
            raise UnreadableDocument(place.url, "redirects, and does not say where to")
        place = redirected(place, answer.target)
    raise UnreadableDocument(text, f"redirected more than {MAX_REDIRECTS} times")


def _of_proxy(place: Location) -> str:
    """Return what to say where a proxy might have reached a server that we could not."""
    from urllib.request import getproxies, proxy_bypass  # 0.02 s

    proxies = getproxies()
    if not (proxies.keys() & {place.scheme, "all"}) or proxy_bypass(place.host):
        return ""
    return (
        "; a proxy is set, but add connects directly and does not use it: "
        "save the page with a browser and add the file"
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a server said, once it is read."""

    is_redirect: bool
    target: str
    content_type: str
    data: bytes


def _ask(place: Location, settings: FetchSettings, deadline: float, allow_private: bool) -> _Answer:
    left = max(deadline - time.monotonic(), 0)
    answers = look_up(place, left, allow_private=allow_private)
    alarm, is_reached = Alarm(deadline), False
    try:
        with alarm, connected(place, answers, settings.read_seconds, alarm) as line:
            is_reached = True
            answer = _talk(place, line, settings.max_mb)
    except (OSError, ValueError, http.client.HTTPException, zlib.error) as error:
        is_late = alarm.has_rung or time.monotonic() > deadline - _SOON
        reason = _late(settings) if is_late else _reason(error, settings)
        is_reached = is_reached or isinstance(error, ssl.SSLCertVerificationError)
        raise (UnreadableDocument if is_reached else Unreachable)(place.url, reason) from error
    if alarm.has_rung:  # what ends with the line looks complete where no length was given
        raise UnreadableDocument(place.url, _late(settings))
    return answer


def _late(settings: FetchSettings) -> str:
    return f"took longer than {settings.seconds:g} s (fetch.seconds)"


def _reason(error: Exception, settings: FetchSettings) -> str:
    match error:
        case TimeoutError():
            return f"silent for {settings.read_seconds:g} s (fetch.read_seconds)"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not to be trusted: {error.verify_message}"
        case ssl.SSLError():
            return f"no encrypted connection ({error.reason or error})"
        case http.client.RemoteDisconnected():
            return "the server hung up without an answer"
        case http.client.IncompleteRead():
            return "the connection ended before the page did"
        case zlib.error():
            return "packed in a way that cannot be unpacked"
        case OSError():
            return error.strerror or str(error)
        case _:
            return f"the server's answer makes no sense ({type(error).__name__})"


class Alarm:
    """Hangs up at the deadline, so that a read ends however slowly its bytes dribble in."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.has_rung = False
        self._line: socket.socket | None = None
        self._timer = threading.Timer(max(deadline - time.monotonic(), 0), self._ring)
        self._timer.daemon = True

    def __enter__(self) -> Alarm:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()

    def watch(self, line: socket.socket) -> None:
        """Be ready to hang up this line, in place of any other."""
        self._line = line
        if self.has_rung:
            self._hang_up()

    def _ring(self) -> None:
        self.has_rung = True
        self._hang_up()

    def _hang_up(self) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError):
                # The method of an SSLSocket would drop its cipher under a reader's feet.
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)


@contextlib.contextmanager
def connected(
    place: Location, answers: list[Answer], seconds: float, alarm: Alarm
) -> Iterator[socket.socket]:
    """Connect to the first of the addresses that were looked up which takes the call."""
    trouble: OSError = TimeoutError()
    for family, kind, protocol, _, address in answers:
        with socket.socket(family, kind, protocol) as line:
            left = alarm.deadline - time.monotonic()
            line.settimeout(max(min(seconds, left), 0.001))
            try:
                line.connect(address)
            except OSError as error:
                trouble = error
                continue
            line.settimeout(seconds)
            with _encrypted(line, place, alarm) as ready:
                yield ready
            return
    raise trouble


def _encrypted(line: socket.socket, place: Location, alarm: Alarm) -> socket.socket:
    alarm.watch(line)
    if place.scheme == "http":
        return line
    # The certificate has to be that of the name, wherever the connection goes.
    wrapped = ssl.create_default_context().wrap_socket(
        line, server_hostname=place.host, do_handshake_on_connect=False
    )
    alarm.watch(wrapped)
    try:
        wrapped.do_handshake()
    except BaseException:
        wrapped.close()
        raise
    return wrapped


def _talk(place: Location, line: socket.socket, max_mb: int) -> _Answer:
    connection = http.client.HTTPConnection(place.host, place.port)
    connection.sock = line
    connection.request("GET", place.target, headers={"Host": place.server, **_HEADERS})
    with connection.getresponse() as response:
        headers = response.headers
        if response.status in _REDIRECTS:
            return _Answer(True, headers.get("Location", ""), "", b"")
        if response.status != http.HTTPStatus.OK:
            said = f"{response.status} {response.reason}".strip()[:80]
            raise UnreadableDocument(place.url, f"the server answered {said}")
        data = b"".join(_pieces(place, response, max_mb))
        return _Answer(False, "", headers.get("Content-Type", ""), data)


def _pieces(place: Location, response: http.client.HTTPResponse, max_mb: int) -> Iterator[bytes]:
    """Yield the page, unpacked, until it is complete or too large."""
    limit = left = max_mb * _MEGABYTE
    announced = response.length
    if announced is not None and announced > limit:
        raise UnreadableDocument(place.url, _too_large(max_mb))
    unpack = _unpacker(place, response.headers.get("Content-Encoding", ""))
    while raw := response.read(_PIECE):
        piece = unpack(raw, left + 1)
        left -= len(piece)
        if left < 0:
            raise UnreadableDocument(place.url, _too_large(max_mb))
        yield piece
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    unpack(b"", 0)


def _too_large(max_mb: int) -> str:
    return f"larger than {max_mb} MB (fetch.max_mb)"


def _unpacker(place: Location, encoding: str) -> Callable[[bytes, int], bytes]:
    """Return what unpacks a piece to so many bytes at most; given nothing, it looks for the end."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return lambda raw, most: raw
    if name not in _PACKED:
        raise UnreadableDocument(place.url, f"packed as {name[:40]}, which was not asked for")
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as its head says

    def unpack(raw: bytes, most: int) -> bytes:
        if raw:
            return unpacking.decompress(raw, most)
        if not unpacking.eof or unpacking.unused_data:
            raise zlib.error("it has no end, or goes on after it")
        return b""

    return unpack


def _page(place: Location, answer: _Answer) -> Page:
    if not answer.data:
        raise UnreadableDocument(place.url, "the page is empty")
    suffix = _suffix(place, answer)
    fetched = datetime.now(UTC).isoformat(timespec="seconds")
    return Page(place.url, answer.data, answer.content_type, _name(place, suffix), fetched)


def _suffix(place: Location, answer: _Answer) -> str:
    kind = answer.content_type.partition(";")[0].strip().lower()
    named = PurePosixPath(place.target.partition("?")[0]).suffix.lower()
    of_type = registry().media_types.get(kind)
    suffix = _untold(place, answer.data, named) if kind in _UNTOLD else of_type
    if not suffix:
        raise UnreadableDocument(place.url, _no_document(kind))
    declared = format_for(named) if suffix == ".txt" else None
    # Servers that know no better name for a format call it plain text.
    return named if declared and declared.is_plain_text else suffix


def _no_document(kind: str) -> str:
    if kind not in _UNTOLD:
        return f"it is {kind[:80]}, which is no document"
    said = f"the server says {kind}, which may be anything" if kind else "it is not said what it is"
    return f"{said}; neither its content nor its address tells a format that is read"


def _untold(place: Location, data: bytes, named: str) -> str:
    """Return a suffix by the content, or else the address, of a page that was not described."""
    declared = format_for(named)
    if is_archive(data):  # which of them, is for the process that may die to find out
        return named if declared and declared.is_zipped else ".zip"
    return signature(place.url, data) or (named if declared else "")


def _name(place: Location, suffix: str) -> str:
    """Return a name that the same page gets each time: `example.org/2018-story.html`."""
    words = place.words
    ending = PurePosixPath(words).suffix
    if ending.lower() in (*_ENDINGS, *registry().media_types.values(), suffix):
        words = words.removesuffix(ending)
    if len(words.encode()) > _LONGEST_NAME:
        digest = hashlib.sha256(place.url.encode()).hexdigest()[:8]
        words = f"{words.encode()[:_LONGEST_NAME].decode('utf-8', 'ignore')}-{digest}"
    return f"{place.site}/{words or 'index'}{suffix}"
