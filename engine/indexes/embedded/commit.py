"""The commit: Whoosh's TOC, renamed into place when all that it refers to is on the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from backstory.engine.disk import sync
from backstory.engine.indexes.embedded.flat.codec import PassageSegment
from backstory.engine.indexes.embedded.schema import INDEX_NAME, schema
from backstory.engine.indexes.embedded.segments import SegmentState
from backstory.engine.indexes.embedded.storage import secure


def write_toc(
    folder: Path,
    segments: Iterable[SegmentState],
    generation: int,
    before_rename: Callable[[Path, str], None],
) -> None:
    """Write a generation's TOC, for Whoosh's own tools; its rename makes the generation newest.

    `before_rename` is given the draft and the name that it will have.
    """
    storage = CommitStorage(folder, before_rename)
    toc = TOC(schema(), [PassageSegment(segment) for segment in segments], generation)
    toc.write(storage, INDEX_NAME)


class CommitStorage(FileStorage):
    """A storage that writes the manifest just before Whoosh renames its TOC into place.

    The rename is the commit: everything that it refers to is on the disk before it happens.
    """

    def __init__(self, folder: Path, before_rename: Callable[[Path, str], None]) -> None:
        super().__init__(str(folder))
        self._path = folder
        self._before_rename = before_rename

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Sync, write the manifest, rename, sync the folder."""
        draft = self._path / oldname
        secure(draft)
        sync(draft)
        self._before_rename(draft, newname)
        sync(self._path)
        draft.rename(self._path / newname)
        sync(self._path)
