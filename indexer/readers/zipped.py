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
from backstory.indexer.readers.archives import Archive, is_litter, unsafe
from backstory.indexer.readers.dispatch import member, safe_name

FORMAT = Format(
    "a zip archive",
    suffixes=(".zip",),
    media_types={"application/zip": ".zip"},
    holds_members=True,
)


def read(source: Source) -> Reading:
    """Read the documents in an archive."""
    archive = Archive(source)
    with source.deeper("archives"):
        members = tuple(_members(source, archive))
    if not members:
        raise UnreadableDocument(source.name, "an archive without documents", Code.EMPTY)
    return Reading((), title_from_name(source.name), members=members)


def _members(source: Source, archive: Archive) -> Iterator[Member]:
    for info in archive.members:
        name = archive.name_of(info)
        if name.endswith("/") or is_litter(name):
            continue
        if refusal := source.budget.refusal("documents", "the archive holds more"):
            yield Member(safe_name(name) or "…", remark=refusal)
            return
        yield _member(source, archive, info, name)


def _member(source: Source, archive: Archive, info: zipfile.ZipInfo, name: str) -> Member:
    safe = safe_name(name)
    if safe is None:
        return unsafe(name)
    if stat.S_ISLNK(info.external_attr >> 16):
        return Member(safe, remark=Remark.of(Code.LINK))
    try:
        data = archive.read(info)
    except UnreadableDocument as error:
        return Member(safe, remark=error.remark)
    return member(source, safe, data)
