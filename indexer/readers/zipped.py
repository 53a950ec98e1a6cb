"""Zip archives: every document in them is read as if it stood in a folder.

Nothing is written to disk, so a name that leads out of the archive can do no harm; it is refused
all the same, since it would make a false address.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, Member, Reading, Source, title_from_name
from backstory.indexer.readers.archives import Archive, name_of
from backstory.indexer.readers.dispatch import member, safe_name

FORMAT = Format(
    "a zip archive",
    suffixes=(".zip",),
    media_types={"application/zip": ".zip"},
    holds_members=True,
)

_LITTER = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


def read(source: Source) -> Reading:
    """Read the documents in an archive."""
    archive, budget = Archive(source), source.budget
    if budget.depth <= 0:
        raise UnreadableDocument(source.name, "archives nested too deeply", Code.TOO_DEEP)
    budget.depth -= 1
    try:
        members = tuple(_members(source, archive))
    finally:
        budget.depth += 1
    if not members:
        raise UnreadableDocument(source.name, "an archive without documents", Code.EMPTY)
    return Reading((), title_from_name(source.name), members=members)


def _members(source: Source, archive: Archive) -> Iterator[Member]:
    for info in archive.members:
        name = name_of(info)
        if info.is_dir() or _is_litter(name):
            continue
        if refusal := source.budget.refusal("documents", "the archive holds more"):
            yield Member(safe_name(name) or "…", remark=refusal)
            return
        yield _member(source, archive, info, name)


def _is_litter(name: str) -> bool:
    """Tell whether a member is what file managers leave behind; hidden files are none, too."""
    parts = name.split("/")
    return any(part in _LITTER or (part.startswith(".") and part != "..") for part in parts)


def _member(source: Source, archive: Archive, info: zipfile.ZipInfo, name: str) -> Member:
    safe = safe_name(name)
    if safe is None:
        parts = name.replace("\\", "/").split("/")
        shown = "/".join(part for part in parts if part not in ("", ".", ".."))
        return Member(shown[:100] or "…", remark=Remark.of(Code.UNSAFE_NAME))
    if stat.S_ISLNK(info.external_attr >> 16):
        return Member(safe, remark=Remark.of(Code.LINK))
    try:
        data = archive.read(info)
    except UnreadableDocument as error:
        return Member(safe, remark=error.remark)
    return member(source, safe, data)
