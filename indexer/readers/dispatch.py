"""Dispatches a file, or a member of one, to the reader for its actual format.

Members of archives and mails are treated like files: the format is sniffed from the content, and
what cannot be read is reported under the member's own name.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import PurePosixPath

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Member, Reading, Source
from backstory.indexer.readers.registry import format_for, is_risky, reader_for
from backstory.indexer.readers.sniffing import is_archive, true_suffix

# Remarks that no longer hold once a reader, or a library that it needs, has been installed.
_LACKING = frozenset({Code.NO_READER, Code.NEEDS_EXTRA})
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]|^[A-Za-z]:")
_MAX_NAME = 300


def read(source: Source) -> Reading:
    """Read a file by what it is; raise UnreadableDocument with the reason where that fails."""
    suffix, notes = true_suffix(source.name, source.data)
    reader, declared = reader_for(suffix), format_for(suffix)
    if reader is None or declared is None:
        raise UnreadableDocument(source.name, Remark.of(Code.NO_READER, suffix=suffix))
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
    """Tell whether the reader of this file could hang, swell or crash."""
    # The table of an archive can be a bomb as well: it is not opened on this side.
    return is_archive(source.data) or is_risky(true_suffix(source.name, source.data)[0])


def member(source: Source, name: str, data: bytes) -> Member:
    """Read a document that lies within `source`; whatever is wrong with it becomes its remark."""
    digest = hashlib.sha256(data).hexdigest()
    suffix = PurePosixPath(name).suffix
    if reader_for(suffix) is None:
        return Member(name, digest, remark=Remark.of(Code.NO_READER, suffix=suffix))
    within = replace(source, name=f"{source.name}/{name}", data=data, is_cut=False, charset="")
    try:
        return Member(name, digest, read(within))
    except UnreadableDocument as error:
        return Member(name, digest, remark=error.remark)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # a reader's own fault: this member is skipped, the rest is read
        return Member(name, digest, remark=fault(error))


def fault(error: BaseException) -> Remark:
    """Return the remark on a file on which its reader failed."""
    return Remark.of(Code.READER_FAILED, error=f"{type(error).__name__}: {error}"[:280])


def safe_name(name: str) -> str | None:
    """Return a member's name as a path that stays inside, or None for one that would leave.

    Nothing is ever unpacked to disk; the name only becomes part of an address.
    """
    if name.startswith("/") or _UNSAFE.search(name) or len(name) > _MAX_NAME:
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return None if ".." in parts or not parts else "/".join(parts)
