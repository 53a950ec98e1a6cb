"""One line for each answer, in the common log format: who asked for what, when, and what came.

What was searched for is left out, unless the setting `web.log_queries` wants it. A log that cannot
be written never stops an answer; one that was renamed by another program is begun anew.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstory.engine.errors import ConfigError
from backstory.webui.proxies import CLIENT
from backstory.webui.settings import WebConfig
from backstory.webui.visitor import KEY, Visitor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STANDARD_ERROR = "-"
_MODE = 0o640
_LONGEST = 4000  # characters of an address
_ODD = re.compile(r"[^ !#-\[\]-~]")  # what could end a field, a line, or take a terminal over


class LogFile:
    """A file that lines are appended to; raises ConfigError where it cannot be opened at first."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._has_complained = False
        try:
            self._file = self._opened()
        except OSError as error:
            problem = f"{path} cannot be written: {error.strerror}"
            raise ConfigError("web.log", problem) from None

    def write(self, line: str) -> None:
        """Append a line, to a new file where the old one was renamed or deleted."""
        try:
            with self._lock:
                if self._is_elsewhere():
                    os.close(self._file)
                    self._file = self._opened()
                os.write(self._file, line.encode("ascii"))
            self._has_complained = False
        except OSError as error:
            self._complain(error)

    def _opened(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)

    def _is_elsewhere(self) -> bool:
        own = os.fstat(self._file)
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return True
        return (own.st_dev, own.st_ino) != (there.st_dev, there.st_ino)

    def _complain(self, error: OSError) -> None:
        """Say once, until it works again, that the log is not written."""
        if not self._has_complained:
            self._has_complained = True
            sys.stderr.write(f"The log {self._path} cannot be written: {error.strerror}\n")


class StandardError:
    """Lines on standard error, as long as somebody takes them."""

    def write(self, line: str) -> None:
        """Write a line."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(line)


Log = LogFile | StandardError


def open_log(config: WebConfig) -> Log:
    """Open the log that the setting `web.log` names; raises ConfigError."""
    is_file = config.web.log != STANDARD_ERROR
    return LogFile(config.root / config.web.log) if is_file else StandardError()


class AccessLog:
    """An application whose answers are logged; the text of queries only if it `has_queries`."""

    def __init__(self, application: WSGIApplication, log: Log, *, has_queries: bool) -> None:
        self._application, self._log, self._has_queries = application, log, has_queries

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, and log it when all of the answer was taken."""
        status = [""]

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
            status[0] = line
            return start_response(line, headers, exc_info)

        asked = _asked(environ, has_query=self._has_queries)
        return _Counted(
            self._application(environ, start),
            lambda sent: self._log.write(
                f'{_who(environ)} "{asked}" {status[0][:3] or "-"} {sent or "-"}\n'
            ),
        )


class _Counted:
    """Pieces of an answer; `done` is called once with the number of their bytes."""

    def __init__(self, pieces: Iterable[bytes], done: Any) -> None:
        self._pieces, self._done, self._sent = pieces, done, 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._sent += len(piece)
            yield piece

    def close(self) -> None:
        """Close the answer, and log it."""
        try:
            if hasattr(self._pieces, "close"):
                self._pieces.close()
        finally:
            self._done(self._sent)


def _who(environ: WSGIEnvironment) -> str:
    """Return client, user and time, as the first fields of a line."""
    visitor = environ.get(KEY)
    name = visitor.name if isinstance(visitor, Visitor) else ""
    client = environ.get(CLIENT) or environ.get("REMOTE_ADDR", "")
    now = datetime.now().astimezone().strftime("%d/%b/%Y:%H:%M:%S %z")
    return f"{_field(client)} - {_field(name)} [{now}]"


def _field(text: str) -> str:
    return _escaped(text).replace(" ", "\\x20") or "-"


def _asked(environ: WSGIEnvironment, *, has_query: bool) -> str:
    """Return the request as its first line had it, as far as it is logged."""
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    query = environ.get("QUERY_STRING", "") if has_query else ""
    target = f"{path}?{query}" if query else path
    method, protocol = environ.get("REQUEST_METHOD", "-"), environ.get("SERVER_PROTOCOL", "-")
    return _escaped(f"{method} {target[:_LONGEST]} {protocol}")


def _escaped(text: str) -> str:
    """Return printable ASCII: all else, quotes and backslashes are bytes as \\xHH."""
    return _ODD.sub(lambda odd: "".join(f"\\x{b:02x}" for b in _bytes(odd[0])), text)


def _bytes(character: str) -> bytes:
    """Return the bytes of a character of WSGI, which is one, or of any other."""
    return character.encode("latin-1" if ord(character) < 256 else "utf-8", "surrogatepass")
