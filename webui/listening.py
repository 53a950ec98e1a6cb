"""Where the server listens: an address and a port, or a Unix socket for a proxy on this machine."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from backstory.engine.errors import ConfigError
from backstory.webui.settings import WebConfig, WebSettings

_SOCKET_MODE = 0o660  # its owner and its group: give the proxy that group
_PATIENCE = 1.0  # seconds to find out whether somebody listens on a socket that is there


def listen(config: WebConfig, *, has_users: bool = False) -> socket.socket:
    """Listen where the settings say; raises ConfigError where that cannot or must not be.

    Whoever reaches a server without users can read everything. So it listens on no other address
    than this machine's own, unless the setting `web.open_to_all` says that all may come in.
    """
    settings = config.web
    if settings.unix_socket:
        return _listen_on_socket(config.root / settings.unix_socket)
    family, place = _resolved(settings)
    if not (has_users or settings.open_to_all or _is_loopback(place[0])):
        raise ConfigError(
            "web.host",
            f"there are no users: everybody who reaches {settings.host} could read all documents. "
            "Set users.file and add some (backstory user add NAME), or listen on 127.0.0.1 with a "
            "proxy in front, or say that everybody may: --open-to-all",
        )
    try:
        # Waitress could do this itself, but it leaks its socket where the port is taken.
        return socket.create_server(place, family=family)
    except OSError as error:
        raise _cannot(f"{settings.host}:{settings.port}", error) from None


def address(settings: WebSettings, port: int) -> str:
    """Return the page's address, as a browser on this machine can open it, or the socket."""
    if settings.unix_socket:
        return f"unix:{settings.unix_socket}"
    bare, path = settings.host.strip("[]"), f"{settings.base_path.rstrip('/')}/"
    name = {"0.0.0.0": "localhost", "::": "localhost"}.get(bare, bare)
    return f"http://[{name}]:{port}{path}" if ":" in name else f"http://{name}:{port}{path}"


def _resolved(settings: WebSettings) -> tuple[int, Any]:
    """Return the family and the place of the address, IPv4 first where a name has both."""
    host, port = settings.host.strip("[]"), settings.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise _cannot(f"{settings.host}:{port}", error) from None
    family, _, _, _, place = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return family, place[:2]


def _is_loopback(text: str) -> bool:
    return ip_address(text.partition("%")[0]).is_loopback


def _listen_on_socket(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX)
    try:
        _remove_abandoned(path)
        # Nobody may connect before the mode is what it should be.
        before = os.umask(0o777 & ~_SOCKET_MODE)
        try:
            listening.bind(str(path))
        finally:
            os.umask(before)
        path.chmod(_SOCKET_MODE)
        listening.listen()
    except OSError as error:
        listening.close()
        raise _cannot(f"the socket {path}", error, "web.unix_socket") from None
    return listening


def _remove_abandoned(path: Path) -> None:
    """Remove a socket that a server has left behind when it was killed, and nothing else."""
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            return
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_PATIENCE)
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                path.unlink()


def _cannot(where: str, error: Exception, name: str = "web.port") -> ConfigError:
    reason = getattr(error, "strerror", None) or str(error)
    return ConfigError(name, f"cannot listen on {where}: {reason}")
