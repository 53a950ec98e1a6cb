"""Tar archives, and what gzip, bzip2 or xz packed: read as it unfolds, never written to disk.

What one compressed file holds is a document below it, `notes.txt.gz/notes.txt`, and what a packed
tar holds stands below that. All that unfolds is counted, also what is passed over.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Budget, Format, Member, Reading, Source, title_from_name
from backstory.indexer.readers.archives import is_litter, unsafe
from backstory.indexer.readers.dispatch import member, safe_name

FORMAT = Format(
    "a tar or compressed file",
    suffixes=(".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".tbz", ".xz", ".txz"),
    magic=(b"BZh91AY&SY", b"\xfd7zXZ\x00"),
    pattern=re.compile(rb"\x1f\x8b\x08[\x00-\x1f]|BZh[1-9]1AY&SY|[^\x00].{256}ustar", re.DOTALL),
    media_types={
        "application/gzip": ".gz",
        "application/x-bzip2": ".bz2",
        "application/x-gzip": ".gz",
        "application/x-tar": ".tar",
        "application/x-xz": ".xz",
    },
    holds_members=True,
)

_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"
_TAR_NAMES = (".tar", ".tgz", ".tbz", ".tbz2", ".txz")
_BLOCK = 512
_MAGIC, _MAGIC_AT = b"ustar", 257


class _Full(Exception):
    """More unfolds than the budget allows."""


_FAULTS = (
    _Full,
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
)


def read(source: Source) -> Reading:
    """Read the documents in a tar archive, or the one in a compressed file."""
    stream = _Metered(_unpacked(source.whole), source.budget)
    with source.deeper("archives"):
        try:
            head = stream.peek(_BLOCK)
        except _FAULTS as error:
            raise UnreadableDocument(source.name, _broken(error)) from error
        is_tar = head[_MAGIC_AT:].startswith(_MAGIC) or _is_called_tar(source.name)
        members = tuple(_members(source, stream) if is_tar else _only_member(source, stream))
    if not members:
        raise UnreadableDocument(source.name, "an archive without documents", Code.EMPTY)
    return Reading((), title_from_name(source.name), members=members)


def _broken(error: BaseException) -> Remark:
    if isinstance(error, _Full):
        return Remark.of(Code.TOO_LARGE, detail="unfolds to more than formats.max_unpacked_mb")
    return Remark.of(Code.BROKEN, detail=f"broken archive: {error}"[:280])


def _only_member(source: Source, stream: _Metered) -> Iterator[Member]:
    """Yield what a compressed file holds, under its name without the last suffix."""
    name = safe_name(PurePosixPath(source.name).stem) or "content"
    if refusal := source.budget.refusal("documents"):
        yield Member(name, remark=refusal)
        return
    limit = source.settings.max_file_mb * 1024 * 1024
    try:
        data = stream.read(limit + 1)
    except _FAULTS as error:
        yield Member(name, remark=_broken(error))
        return
    if len(data) > limit:
        large = Remark.of(Code.TOO_LARGE, detail="unfolds to more than corpus.max_file_mb")
        yield Member(name, remark=large)
    else:
        yield member(source, name, data)


def _members(source: Source, stream: _Metered) -> Iterator[Member]:
    """Yield the files of a tar archive; where it breaks off, those before remain."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for info in archive:
                if info.isdir() or is_litter(info.name):
                    continue
                if refusal := source.budget.refusal("documents", "the archive holds more"):
                    yield Member(safe_name(info.name) or "…", remark=refusal)
                    return
                yield _member(source, archive, info)
    except _FAULTS as error:
        yield Member("…", remark=_broken(error))


def _member(source: Source, archive: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    name = safe_name(info.name)
    if name is None:
        return unsafe(info.name)
    if info.issym() or info.islnk():
        return Member(name, remark=Remark.of(Code.LINK))
    if not info.isfile():
        return Member(name, remark=Remark.of(Code.NOT_REGULAR))
    if info.size > source.settings.max_file_mb * 1024 * 1024:
        large = Remark.of(Code.TOO_LARGE, detail="unfolds to more than corpus.max_file_mb")
        return Member(name, remark=large)
    stream = archive.extractfile(info)
    data = stream.read() if stream is not None else b""
    if len(data) < info.size:
        return Member(name, remark=Remark.of(Code.BROKEN, detail="broken archive: it breaks off"))
    return member(source, name, data)


def _unpacked(data: bytes) -> BinaryIO:
    packed = io.BytesIO(data)
    if data.startswith(_GZIP):
        return gzip.GzipFile(fileobj=packed)  # type: ignore[return-value]  # reads like one
    if data.startswith(_BZIP2):
        return bz2.BZ2File(packed)  # type: ignore[return-value]
    if data.startswith(_XZ):
        return lzma.LZMAFile(packed)  # type: ignore[return-value]
    return packed


def _is_called_tar(name: str) -> bool:
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes[-2:]]
    return any(suffix in _TAR_NAMES for suffix in suffixes)


class _Metered(io.RawIOBase):
    """A stream whose bytes are counted against the budget of the file that it is in."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self._stream, self._budget = stream, budget
        self._ahead = b""

    def peek(self, size: int) -> bytes:
        """Return the first bytes, which are read again."""
        self._ahead = self.read(size)
        return self._ahead

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes, fewer at the end; raise _Full past the budget."""
        most = self._budget.size + 1
        ahead, self._ahead = self._ahead, b""
        wanted = most if size < 0 else min(size - len(ahead), most)
        data = self._stream.read(wanted)
        if len(data) == most:
            raise _Full
        self._budget.size -= len(data)
        return ahead + data
