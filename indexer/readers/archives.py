"""Archives, and the office files and books that are archives inside: opened, never unpacked.

Whatever comes out is counted against what one file may unfold to, so that a bomb ends at the
limit, however deeply it is packed. A member that is encrypted says so.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cached_property

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Member, Source
from backstory.indexer.readers.guessing import guess_of_names

ENCRYPTED = Remark.of(Code.ENCRYPTED, detail="encrypted: it needs a password")
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError)
_LITTER = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})
_IS_ENCRYPTED, _IS_UTF8 = 0x1, 0x800
_BY_PYTHON = "cp437"  # what zipfile takes names for that do not say
_EXTRA = struct.Struct("<HH")  # kind and size of an extra field
_UNICODE_PATH, _BEFORE_PATH = 0x7075, 5


class Archive:
    """A zip archive in memory, whose members are read up to the budget of the file it is in."""

    def __init__(self, source: Source) -> None:
        self._name, self._budget = source.name, source.budget
        self._largest = source.settings.max_file_mb * 1024 * 1024
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(source.whole))
        except _FAULTS as error:
            raise _broken(source.name, f"broken archive: {error}") from error

    @property
    def members(self) -> list[zipfile.ZipInfo]:
        """The members, in their order."""
        return self._zip.infolist()

    def name_of(self, info: zipfile.ZipInfo) -> str:
        """Return a member's name; old programs wrote it as their computer did, and did not say."""
        named = _unicode_name(info)
        return _raw_name(info).decode(self._encoding, "replace") if named is None else named

    @cached_property
    def _encoding(self) -> str:
        """The encoding of the names that do not say it, told by all of them."""
        silent = (_raw_name(info) for info in self.members if _unicode_name(info) is None)
        parts = {part for name in silent for part in name.split(b"/")}
        return guess_of_names(
            b"\n".join(part.rpartition(b".")[0] or part for part in sorted(parts))
        )

    @property
    def unpacked(self) -> int:
        """The bytes that all members together claim to unfold to."""
        return sum(info.file_size for info in self._zip.infolist())

    def __contains__(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def read(self, member: str | zipfile.ZipInfo) -> bytes:
        """Return a member's bytes; raise UnreadableDocument where they cannot be had."""
        try:
            info = self._zip.getinfo(member) if isinstance(member, str) else member
        except KeyError as error:
            raise _broken(self._name, f"broken: it lacks {member}") from error
        if info.flag_bits & _IS_ENCRYPTED:
            raise UnreadableDocument(self._name, ENCRYPTED)
        room = min(self._budget.size, self._largest)
        try:
            with self._zip.open(info) as stream:
                data = stream.read(room + 1)
        except _FAULTS as error:
            raise _broken(self._name, f"broken archive: {error}") from error
        self._budget.size -= min(len(data), room)
        if len(data) > room:
            limit = "corpus.max_file_mb" if room == self._largest else "formats.max_unpacked_mb"
            raise UnreadableDocument(self._name, f"unfolds to more than {limit}", Code.TOO_LARGE)
        return data


def is_zip(data: bytes) -> bool:
    """Tell whether `data` begins as a zip archive does, also an empty one."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _broken(name: str, problem: str) -> UnreadableDocument:
    return UnreadableDocument(name, problem, Code.BROKEN)


def is_litter(name: str) -> bool:
    """Tell whether a member is what file managers leave behind; hidden files are none, too."""
    parts = [part for part in name.split("/") if part != "."]
    return any(part in _LITTER or (part.startswith(".") and part != "..") for part in parts)


def unsafe(name: str) -> Member:
    """Return the member whose name leads out of the archive, with a name that does not."""
    parts = name.replace("\\", "/").split("/")
    shown = "/".join(part for part in parts if part not in ("", ".", ".."))
    return Member(shown[:100] or "…", remark=Remark.of(Code.UNSAFE_NAME))


def _unicode_name(info: zipfile.ZipInfo) -> str | None:
    """Return the name that says itself what it is: by its flag, in an extra field, or as UTF-8."""
    if info.flag_bits & _IS_UTF8:
        return info.filename
    extra = info.extra
    while len(extra) >= _EXTRA.size:
        kind, size = _EXTRA.unpack_from(extra)
        if kind == _UNICODE_PATH and size > _BEFORE_PATH:
            named = extra[_EXTRA.size + _BEFORE_PATH : _EXTRA.size + size]
            return named.decode("utf-8", "replace")
        extra = extra[_EXTRA.size + size :]
    try:
        return _raw_name(info).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.filename.encode(_BY_PYTHON, "replace")
