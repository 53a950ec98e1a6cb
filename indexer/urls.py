"""A web address taken apart, and where its name leads: only to public addresses, unless allowed.

Whoever writes a page, or redirects one, chooses what is asked for next. So an address is taken
apart once, its name is looked up once, every address that it has must be public, and the connection
goes to what was looked up: what the name says a moment later does not matter.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.public_addresses import is_public

# As much of an address as the metadata keeps.
_MAX_URL = 1_000
_MAX_HOST = 253
_PORTS = {"http": 80, "https": 443}
_FIRST_FREE_PORT = 1024  # below it stand mail, name and file servers
_SAFE = "/:@!$&'()*+,;=~%-._"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# Older and newer rules for names (IDNA 2003, 2008) lead to different servers for these.
_DISPUTED = frozenset("ßς\u200c\u200d")

# One answer of getaddrinfo.
Answer = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


class Unreachable(UnreadableDocument):
    """A page whose server was not found, or did not take the call."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a page is; `host` is in ASCII, without brackets, `target` is path and query, quoted."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def server(self) -> str:
        """Host and port as they stand in an address: `example.org:8080`, `[::1]`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address, written in one way."""
        return f"{self.scheme}://{self.server}{self.target}"

    @property
    def site(self) -> str:
        """The server's name for a folder: `example.org`, `example.org-8080`."""
        return _plain(self.server)

    @property
    def words(self) -> str:
        """Path and query for a file name: `2018-09-story-id-7`."""
        return _plain(unquote(self.target))


def _plain(text: str) -> str:
    return re.sub(r"[^\w.]+", "-", text).strip("-._")


def is_url(text: str) -> bool:
    """Tell whether a text is a web address, or looks like one, and not the name of a file."""
    return bool(_SCHEME.match(text))


def locate(text: str) -> Location:
    """Take a web address apart; raise UnreadableDocument for one that is not fetched."""
    if len(text) > _MAX_URL:
        raise UnreadableDocument(text[:80], f"the address is longer than {_MAX_URL:,} characters")
    if not text.isprintable() or " " in text or "\\" in text:
        raise UnreadableDocument(text, "the address holds a blank, a backslash or worse")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UnreadableDocument(text, f"not a web address ({error})") from error
    if parts.scheme not in _PORTS:
        raise UnreadableDocument(text, f"only http and https are fetched, not {parts.scheme}")
    if "@" in parts.netloc:
        raise UnreadableDocument(text, "the address holds a user name or password")
    target = quote(parts.path or "/", safe=_SAFE)
    if parts.query:
        target += f"?{quote(parts.query, safe=_SAFE + '?')}"
    host = _host(parts.hostname or "")
    if not host or port == 0:
        raise UnreadableDocument(text, "there can be no such server")
    return Location(parts.scheme, host, port or _PORTS[parts.scheme], target)


def _host(name: str) -> str:
    """Return the name of a server in ASCII, or an empty string where there can be none."""
    if len(name) > _MAX_HOST or _DISPUTED & set(name) or "%" in name:
        return ""
    try:
        if ":" in name:
            return ipaddress.IPv6Address(name).compressed
        host = name.encode("idna").decode("ascii").rstrip(".").lower()
    except ValueError:
        return ""
    return host if re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", host) else ""


def redirected(place: Location, target: str) -> Location:
    """Return where a page at `place` redirects to; raise UnreadableDocument as `locate` does."""
    # A header arrives as Latin-1, whatever it was written in.
    written = target.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        joined = urljoin(place.url, written)
    except ValueError as error:
        raise UnreadableDocument(place.url, f"redirects to no web address ({error})") from error
    return locate(joined)


def look_up(place: Location, seconds: float, *, allow_private: bool = False) -> list[Answer]:
    """Return the addresses of a place, within some seconds.

    Raise Unreachable where there are none, UnreadableDocument where one of them is not public.
    """
    if not allow_private and place.port < _FIRST_FREE_PORT and place.port not in _PORTS.values():
        raise UnreadableDocument(place.url, f"port {place.port} is not one for web pages")
    answers = _answers(place, seconds)
    for *_, (address, *_) in answers:
        if not (allow_private or is_public(address)):
            reason = f"leads to {address}, which is not public (--allow-private allows it)"
            raise UnreadableDocument(place.url, reason)
    return answers


def _answers(place: Location, seconds: float) -> list[Answer]:
    found: list[Answer] = []
    trouble: list[Exception] = []

    def ask() -> None:
        try:
            found.extend(socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            trouble.append(error)

    # The system's resolver has no time limit of its own that could be set.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if asking.is_alive():
        raise Unreachable(place.url, f"{place.host} was not looked up in time")
    if not found:
        why = getattr(trouble[0], "strerror", None) or str(trouble[0]) if trouble else "no address"
        raise Unreachable(place.url, f"there is no server {place.host} ({why})")
    return found
