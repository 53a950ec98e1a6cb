"""Dispatches a file, or a member of one, to the reader for its actual format.

Members of archives and mails are treated like files: the format is sniffed from the content, and
what cannot be read is reported under the member's own name.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import PurePosixPath

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Member, Reading, Source, suffix_of, text
from backstory.indexer.readers.registry import format_for, is_trusted, reader_for
from backstory.indexer.readers.sniffing import ANY_ZIP, is_archive, may_be_read, true_suffix

# Remarks that no longer hold once a reader, or a library that it needs, has been installed.
_LACKING = frozenset({Code.NO_READER, Code.NEEDS_EXTRA})
# Remarks that say nothing of a text but that its reader could not cope.
_FAILURES = frozenset(
    {
        Code.TIMED_OUT,
        Code.MEMBER_TIMED_OUT,
        Code.CRASHED,
        Code.NEEDS_MEMORY,
        Code.TOO_DEEP,
    }
)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]|^[A-Za-z]:")
_MAX_NAME = 300


def read(source: Source) -> Reading:
    """Read a file by what it is; raise UnreadableDocument with the reason where that fails."""
    suffix, notes = true_suffix(source.name, source.data)
    reader, declared = reader_for(suffix), format_for(suffix)
    own = suffix_of(source.name)
    # Many programs keep their files as archives of parts that only they understand.
    is_foreign = bool(own) and format_for(own) is None and suffix == ANY_ZIP
    if reader is None or declared is None or is_foreign:
        raise UnreadableDocument(source.name, Remark.of(Code.NO_READER, suffix=own))
    try:
        reading = reader(source)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in declared.packages:
            raise
        lacking = Remark.of(Code.NEEDS_EXTRA, suffix=suffix, requires=declared.requires)
        raise UnreadableDocument(source.name, lacking) from error
    return replace(reading, notes=(*notes, *reading.notes)) if notes else reading


def is_lacking(remark: Remark) -> bool:
    """Tell whether a file is waiting for a reader, or for the libraries of one."""
    return remark.code in _LACKING


def may_be_read_now(remark: Remark) -> bool:
    """Tell whether a file has by now the reader, or the libraries for it, that it lacked."""
    if not is_lacking(remark):
        return False
    declared = format_for(str(remark["suffix"]))
    return declared is not None and all(map(find_spec, declared.packages))


def needs_own_process(source: Source) -> bool:
    """Tell whether the reader of this file could hang, swell or crash on it."""
    # The table of an archive can be a bomb as well: it is not opened on this side.
    if is_archive(source.data):
        return True
    return not is_trusted(true_suffix(source.name, source.data)[0], len(source.data))


def member(source: Source, name: str, data: bytes) -> Member:
    """Read a document that lies within `source`; whatever is wrong with it becomes its remark."""
    digest = hashlib.sha256(data).hexdigest()
    if source.budget.enter is not None and not source.budget.enter(name, data, digest):
        return Member(name, digest)
    suffix = PurePosixPath(name).suffix
    if not may_be_read(name, data):
        return Member(name, digest, remark=Remark.of(Code.NO_READER, suffix=suffix))
    within = replace(source, name=f"{source.name}/{name}", data=data, is_cut=False, charset="")
    within = replace(within, recognised=source.recognised_members.get(digest, {}))
    found = guarded(source, name, digest, lambda: read(within))
    plain = read_plainly(within, found.remark) if found.remark is not None else None
    return found if plain is None else Member(name, digest, plain)


def guarded(source: Source, name: str, digest: str, act: Callable[[], Reading]) -> Member:
    """Return the member of `source` that `act` reads; what goes wrong costs no other member."""
    try:
        with source.budget.guard.member():
            return Member(name, digest, act())
    except UnreadableDocument as error:
        return Member(name, digest, remark=error.remark)
    except Exception as error:
        return Member(name, digest, remark=fault(error, source.formats.memory_mb))


def read_plainly(source: Source, why: Remark) -> Reading | None:
    """Read a text whose own reader failed as plain text, None for what is no text.

    `why` is the remark of its own reader; only one that does not speak of the text counts.
    """
    with contextlib.suppress(Exception):  # whatever it is, what went wrong first is reported
        declared = format_for(true_suffix(source.name, source.data)[0])
        if why.code in _FAILURES and declared is not None and declared.is_plain_text:
            note = Remark.of(Code.READ_PLAINLY, what=declared.label, why=why.sentence)
            reading = text.read(source)
            return replace(reading, notes=(*reading.notes, note))
    return None


def fault(error: BaseException, memory_mb: int) -> Remark:
    """Return the remark on a file on which its reader failed, of all its faults the usual ones."""
    if isinstance(error, MemoryError):
        return Remark.of(Code.NEEDS_MEMORY, limit=memory_mb)
    if isinstance(error, RecursionError):
        return Remark.of(Code.TOO_DEEP, detail="nested too deeply")
    return Remark.of(Code.READER_FAILED, error=f"{type(error).__name__}: {error}"[:280])


def safe_name(name: str) -> str | None:
    """Return a member's name as a path that stays inside, or None for one that would leave.

    Nothing is ever unpacked to disk; the name only becomes part of an address.
    """
    if name.startswith("/") or _UNSAFE.search(name) or len(name) > _MAX_NAME:
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return None if ".." in parts or not parts else "/".join(parts)
