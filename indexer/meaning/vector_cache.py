"""Vectors that were made, kept so that no text is embedded twice, not even for a new index.

A file in the state folder for each model: a head that names the model, then records of one size,
only ever appended: the SHA-256 of model and text, the vector as whole numbers, a checksum. A record
that a crash or a bad disk has spoilt does not match its checksum and is passed over; its text is
embedded again. Past the limit the oldest files go, and then the oldest records.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstory.engine.disk import sync
from backstory.engine.embeddings import EmbeddingModel, Rows

PREFIX, SUFFIX = "vectors-", ".bin"
_MAGIC = b"backstory-vectors-1\n"
_HEAD = struct.Struct("<20s32sI8x")  # magic, digest of the model, dimensions
_CHECKSUM = 4  # bytes
_KEY = 32
_MEGABYTE = 1024 * 1024
_KEPT = 0.75  # share of the limit that stays when records have to go


class VectorCache:
    """The vectors of one model, in a state folder; may be used by several processes.

    Not by several threads. Raises OSError where the file cannot be read or written.
    """

    def __init__(self, state: Path, model: EmbeddingModel, *, limit_mb: int = 1024) -> None:
        self._state, self._model, self._limit = state, model, limit_mb * _MEGABYTE
        self._digest = bytes.fromhex(model.digest)
        self._head = _HEAD.pack(_MAGIC, self._digest, model.dimensions)
        self._size = _KEY + model.dimensions + _CHECKSUM  # of a record
        self._path = state / f"{PREFIX}{model.digest[:16]}{SUFFIX}"
        self._seen: tuple[int, ...] = ()
        self._records: NDArray[np.uint8] = np.zeros((0, self._size), np.uint8)
        self._order: NDArray[np.intp] = np.zeros(0, np.intp)
        self._prefixes: NDArray[np.uint64] = np.zeros(0, np.uint64)  # of the keys, sorted

    def key(self, text: str) -> bytes:
        """Return what a text is known by."""
        return hashlib.sha256(self._digest + text.encode("utf-8", "surrogatepass")).digest()

    def rows(self, keys: Sequence[bytes]) -> dict[bytes, Rows]:
        """Return the vectors that are kept, (1, dimensions) each, by key."""
        if not keys:
            return {}
        self._refresh()
        wanted = np.frombuffer(b"".join(key[:8] for key in keys), ">u8").astype(np.uint64)
        first = np.searchsorted(self._prefixes, wanted, "left")
        last = np.searchsorted(self._prefixes, wanted, "right")
        found = {}
        for key, start, end in zip(keys, first.tolist(), last.tolist(), strict=True):
            for number in self._order[start:end]:
                record = self._records[number].tobytes()
                if record[:_KEY] == key and _is_sound(record):
                    row = np.frombuffer(record[_KEY:-_CHECKSUM], np.int8)
                    found[key] = row.reshape(1, -1)
                    break
        return found

    def put(self, rows: Mapping[bytes, Rows]) -> None:
        """Keep vectors for good, and forget the oldest of what there is no room for."""
        if not rows:
            return
        data = b"".join(_record(key, row) for key, row in rows.items())
        self._state.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._locked() as descriptor:
            size = os.fstat(descriptor).st_size
            # What a crash has cut short is written over.
            _write(descriptor, data, size - (size - _HEAD.size) % self._size)
            os.fsync(descriptor)
        self._keep_limit()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[int]:
        """Open the file for writing, alone; it has its head, and is still the one of that name."""
        while True:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self._path, flags, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if not _is_named(descriptor, self._path):
                    continue
                if not os.fstat(descriptor).st_size:
                    _write(descriptor, self._head, 0)
                    sync(self._state)
                if os.pread(descriptor, _HEAD.size, 0) == self._head:
                    yield descriptor
                    return
                self._path.unlink()  # its head is spoilt; who has it open may go on
            finally:
                os.close(descriptor)

    def _refresh(self) -> None:
        """Look at what has been added since; the records are mapped, only their keys are read."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            self._load(np.zeros((0, self._size), np.uint8))
            return
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            seen = (status.st_dev, status.st_ino, status.st_size)
            if seen == self._seen:
                return
            self._seen = seen
            count = (status.st_size - _HEAD.size) // self._size
            if os.pread(descriptor, _HEAD.size, 0) != self._head or count <= 0:
                self._load(np.zeros((0, self._size), np.uint8))
                return
            shape = (count, self._size)
            self._load(np.memmap(file, np.uint8, "r", _HEAD.size, shape))

    def _load(self, records: NDArray[np.uint8]) -> None:
        prefixes: Any = np.ascontiguousarray(records[:, :8]).view(">u8")
        prefixes = prefixes.reshape(-1).astype(np.uint64)
        self._records, self._order = records, np.argsort(prefixes, kind="stable")
        self._prefixes = prefixes[self._order]

    def _keep_limit(self) -> None:
        """Delete the files of other models, oldest first, then the oldest of these records."""
        files = {path: path.stat() for path in self._state.glob(f"{PREFIX}*{SUFFIX}")}
        size = sum(status.st_size for status in files.values())
        for path in sorted(files, key=lambda path: files[path].st_mtime_ns):
            if size <= self._limit:
                return
            if path != self._path:
                path.unlink(missing_ok=True)
                size -= files[path].st_size
        if size > self._limit:
            self._shorten()

    def _shorten(self) -> None:
        """Replace the file by one with the newest records; who reads the old one may go on."""
        most = max(1, int((self._limit * _KEPT - _HEAD.size) // self._size))
        draft = self._path.with_suffix(".tmp")
        with self._locked() as descriptor:
            count = (os.fstat(descriptor).st_size - _HEAD.size) // self._size
            first = max(0, count - most)
            with draft.open("wb") as file:
                file.write(self._head)
                for number in range(first, count):
                    file.write(os.pread(descriptor, self._size, _HEAD.size + number * self._size))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
            sync(self._state)


def check(path: Path) -> tuple[int, int]:
    """Return how many vectors a file has, and how many records of it are damaged.

    Raises OSError, and ValueError where its head is damaged.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size or not head.startswith(_MAGIC):
            raise ValueError("its head is damaged")
        size = _KEY + _HEAD.unpack(head)[2] + _CHECKSUM
        sound = damaged = 0
        while record := file.read(size):
            is_whole = len(record) == size and _is_sound(record)
            sound, damaged = sound + is_whole, damaged + (not is_whole)
    return sound, damaged


def _record(key: bytes, row: Rows) -> bytes:
    body = key + np.ascontiguousarray(row, np.int8).tobytes()
    return body + struct.pack("<I", zlib.crc32(body))


def _is_sound(record: bytes) -> bool:
    body, checksum = record[:-_CHECKSUM], record[-_CHECKSUM:]
    return struct.pack("<I", zlib.crc32(body)) == checksum


def _is_named(descriptor: int, path: Path) -> bool:
    """Tell whether an open file still has its name: a shorter one may have replaced it."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False


def _write(descriptor: int, data: bytes, start: int) -> None:
    left = memoryview(data)
    while left:
        written = os.pwrite(descriptor, left, start)
        left, start = left[written:], start + written
