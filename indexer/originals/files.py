"""Opening a file of the corpus, and nothing outside it: no link is followed on the way down."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from backstory.engine.documents import FileState
from backstory.engine.errors import OriginalGone

PIECE = 256 * 1024  # bytes that are read at a time
_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_REASONS = {
    errno.ENOENT: "is gone",
    errno.ENOTDIR: "is gone",
    errno.ELOOP: "has become a link, which is not followed",
    errno.EACCES: "cannot be read: permission denied",
}


def open_file(root: Path, name: str, shown: str) -> int:
    """Return a descriptor of a regular file of the corpus, by its name below the folder `root`.

    Raises OriginalGone, which calls it `shown`, for what is gone, no regular file, or outside.
    """
    parts = name.split("/")
    if not name or any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise OriginalGone(shown, "is no file of the corpus")
    try:
        return _opened(root, parts, shown)
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, f"cannot be read: {error.strerror}")
        raise OriginalGone(shown, reason) from error


def _opened(root: Path, parts: list[str], shown: str) -> int:
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        descriptor = os.open(parts[-1], _FILE, dir_fd=folder)
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OriginalGone(shown, "is no regular file any more")
    return descriptor


def is_as_indexed(descriptor: int, state: FileState) -> bool:
    """Tell whether a file has the size and the time that it had when it was indexed."""
    status = os.fstat(descriptor)
    return (status.st_size, status.st_mtime_ns) == (state.size, state.mtime_ns)


def digest_of(descriptor: int, limit: int, beside: bytes) -> str:
    """Return the SHA-256 of the first `limit` bytes of a file, and of the metadata beside it."""
    digest = hashlib.sha256()
    for piece in _pieces(descriptor, limit):
        digest.update(piece)
    digest.update(beside)
    return digest.hexdigest()


def head(descriptor: int, limit: int) -> bytes:
    """Return the first `limit` bytes of a file."""
    return b"".join(_pieces(descriptor, limit))


class Pieces:
    """The bytes of an open file, piece by piece; the file is closed behind the last, or by `close`.

    The last piece is not given where the file was written to meanwhile: a download that breaks off
    is seen to be incomplete, one that is half old and half new is not.
    """

    def __init__(self, descriptor: int, shown: str) -> None:
        self._descriptor: int | None = descriptor
        self._shown = shown
        self._before = os.fstat(descriptor)
        self._pieces = _pieces(descriptor, self._before.st_size)
        self._ahead = next(self._pieces, b"")

    @property
    def size(self) -> int:
        """Bytes in all."""
        return self._before.st_size

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """Return the next piece; raise OriginalGone in place of the last one of a changed file."""
        if self._descriptor is None:
            raise StopIteration
        piece, self._ahead = self._ahead, next(self._pieces, b"")
        if not self._ahead:
            has_changed = not is_same(self._before, os.fstat(self._descriptor))
            self.close()
            if has_changed:
                raise OriginalGone(self._shown, "was changed while it was read")
        return piece

    def close(self) -> None:
        """Close the file, if it is open."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def is_same(one: os.stat_result, other: os.stat_result) -> bool:
    """Tell whether nothing was written to a file between two looks at it."""
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)


def _pieces(descriptor: int, limit: int) -> Iterator[bytes]:
    position = 0
    while position < limit:
        piece = os.pread(descriptor, min(PIECE, limit - position), position)
        if not piece:
            return
        position += len(piece)
        yield piece
