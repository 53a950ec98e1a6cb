"""Large bodies, which are taken where files may be sent, and refused early everywhere else.

Waitress reads a whole body before the application sees the request. So it is decided as soon as
the headers are there: a body that is admitted goes to the disk that has the state, and there are
only so many at a time; any other has the usual limit.
"""

from __future__ import annotations

import copy
import logging
import tempfile
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from waitress.buffers import TempfileBasedBuffer
from waitress.parser import HTTPRequestParser
from waitress.utilities import Error, RequestEntityTooLarge

from backstory.webui.proxies import without_base

SLOWEST = 32 * 1024  # bytes a second that whoever sends files must come up to, in the long run
ENVELOPE = 1024 * 1024  # bytes of a form beside its files
_MB = 1024 * 1024

_logger = logging.getLogger(__name__)


class UploadAdmission:
    """Says which bodies may be large: those sent to `paths`, which have a folder each.

    `admits` tells of a request, by its headers, whether whoever sends it may; None for anybody. No
    more than `most` are there at a time, with `limit_mb` each. `base` is the path of the site.
    """

    def __init__(
        self,
        paths: Mapping[str, Callable[[], Path]],
        limit_mb: int,
        most: int,
        admits: Callable[[Any], bool] | None = None,
        base: str = "",
    ) -> None:
        self._paths, self.most, self._admits = dict(paths), most, admits
        self._base = base
        self.limit = limit_mb * _MB + ENVELOPE
        self._spools: weakref.WeakSet[_Spool] = weakref.WeakSet()

    def is_upload(self, command: str, path: str) -> bool:
        """Tell whether a request sends files."""
        return command == "POST" and without_base(path, self._base) in self._paths

    def spool(self, request: Any) -> _Spool | Error | None:
        """Return where the body of a request goes, why there is no room, or None for the usual."""
        if not self.is_upload(request.command, request.path):
            return None
        if self._admits is not None and not self._admits(request):
            return None
        if request.content_length > self.limit:
            return _TooLarge(self.limit // _MB)
        if sum(not each.is_closed for each in self._spools) >= self.most:
            return _TooMany()
        spool = _Spool(self._paths[without_base(request.path, self._base)])
        self._spools.add(spool)
        return spool


class _Spool(TempfileBasedBuffer):  # type: ignore[misc]  # waitress is not typed
    """A body on the disk, in a file without a name: nothing of it is ever left."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self.is_closed = False
        super().__init__()

    def newfile(self) -> IO[bytes]:
        """Make the file."""
        return tempfile.TemporaryFile("w+b", dir=self._folder())

    def close(self) -> None:
        """Delete it."""
        self.is_closed = True
        super().close()


class _Refusal(Error):  # type: ignore[misc]  # waitress is not typed
    """A refusal in our words, as plain text."""

    def to_response(self, ident: object = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return status, headers and body."""
        headers = [("Content-Type", "text/plain; charset=utf-8")]
        if self.code == 503:
            headers.append(("Retry-After", "60"))
        return f"{self.code} {self.reason}", headers, f"{self.body}\n".encode()


class _TooLarge(_Refusal):
    code, reason = 413, RequestEntityTooLarge.reason

    def __init__(self, megabytes: int) -> None:
        super().__init__(
            f"More than {megabytes:,} MB were sent at once. Send fewer files at a time."
        )


class _TooMany(_Refusal):
    code, reason = 503, "Service Unavailable"

    def __init__(self) -> None:
        super().__init__("Too many uploads are under way just now. Send it again in a minute.")


class _NoRoom(_Refusal):
    code, reason = 503, "Service Unavailable"

    def __init__(self) -> None:
        super().__init__("The server has no room for this; nothing was added.")


class RequestParser(HTTPRequestParser):  # type: ignore[misc]  # waitress is not typed
    """Waitress's parser of a request, with a limit of its own for the body of an upload."""

    adj: Any

    def __init__(self, adj: Any, admission: UploadAdmission | None = None) -> None:
        super().__init__(adj)
        self._admission = admission
        self.is_upload = False

    @property
    def patience(self) -> float:
        """Seconds that the body may take besides, for as much of it as has come."""
        return self.body_bytes_received / SLOWEST if self.is_upload else 0.0

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the headers, and decide where the body goes."""
        super().parse_header(header_plus)
        if self._admission is None or self.body_rcv is None:
            return
        spool = self._admission.spool(self)
        if isinstance(spool, Error):
            self.error, self.completed, self.expect_continue = spool, True, False
            self.adj = _with_limit(self.adj, self.content_length + 1)  # this is the refusal
        elif spool is not None:
            self.is_upload = True
            self.body_rcv.buf = spool
            self.adj = _with_limit(self.adj, self._admission.limit + 1)

    def received(self, data: bytes) -> int:
        """Take in what the client sends; where the disk does not take it, that is the answer."""
        try:
            return int(super().received(data))
        except OSError as error:
            _logger.error("an upload could not be written: %s", error)
            self.error, self.completed, self.expect_continue = _NoRoom(), True, False
            return len(data)


def _with_limit(adj: Any, most: int) -> Any:
    own = copy.copy(adj)
    own.max_request_body_size = most
    return own
