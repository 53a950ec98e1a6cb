"""The corpus folder as a place that files are put into and taken out of, one at a time.

A file appears whole, with its metadata, or not at all (see `drafts`). Nothing is overwritten by
chance, also not by another process that adds at the same moment.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from backstory.engine.disk import sync
from backstory.engine.errors import BackstoryError, UnreadableDocument, storage_error
from backstory.indexer.corpus import SIDECAR_SUFFIX, Scan, is_under, printable, scan
from backstory.indexer.drafts import Content, locked, make_folders, put, put_beside, sweep_folder
from backstory.indexer.readers.metadata import MAX_METADATA

_KEPT = "what is in the corpus stays as it was"
_REASONS = {
    errno.ENOENT: "does not exist",
    errno.ENOTDIR: "does not exist",
    errno.EACCES: "no permission to read it",
    errno.ELOOP: "a link; name the file that it leads to",
    errno.ENXIO: "not a regular file",
    errno.EISDIR: "not a regular file",
}


class Shelf:
    """A corpus folder, with the files found when it was opened and those added since."""

    def __init__(self, root: Path, index: Path) -> None:
        """Walk the corpus, of which the index is no part; raises CorpusMissing."""
        self.root, self.index = root, index
        self.scanned: Scan = scan(root, leave_out=[index])
        self._by_size: dict[int, set[str]] = defaultdict(set)
        for name, state in self.scanned.files.items():
            self._by_size[state.size].add(name)
        # By size, then by digest, once that had to be known.
        self._known: dict[int, dict[bytes, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._put: set[str] = set()
        self._is_alone = False
        self._unswept = list(self.scanned.drafts)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others that add or remove waiting, for as long as one file takes."""
        # On a file system without locks no two of them are kept apart; each file is whole still.
        with locked(self.root) as self._is_alone:
            if self._is_alone:
                self._sweep()
            try:
                yield
            finally:
                self._is_alone = False

    def name_of(self, path: Path) -> str | None:
        """Return a path's name in the corpus, "" for the folder itself, None for one outside."""
        base = os.path.realpath(self.root)
        # The last part may be a link, which is then what is meant.
        is_folder = path.name in ("", "..")
        where = os.path.realpath(path if is_folder else path.parent)
        absolute = Path(where) if is_folder else Path(where, path.name)
        if not absolute.is_relative_to(base):
            return None
        name = absolute.relative_to(base).as_posix()
        return "" if name == "." else name

    def why_not(self, name: str) -> str:
        """Return why a name that lies in the corpus is no document there; "" where it is one."""
        if name in self.scanned.files or name in self._put:
            return ""
        reasons = {skipped.path: skipped.reason for skipped in self.scanned.skipped}
        if name in reasons:
            return reasons[name]
        if not os.path.lexists(self.root / name):
            return "does not exist"
        return "no document of the corpus, but hidden, metadata, or part of the index"

    def under(self, name: str) -> list[str]:
        """Return the files in a folder of the corpus."""
        return [each for each in self.scanned.files if is_under(each, [name])]

    def same_as(self, data: bytes, first: str) -> str | None:
        """Return the name of a file that holds exactly `data`, `first` if it does, or None."""
        digest = hashlib.sha256(data).digest()
        names = self._digests(len(data)).get(digest, set())
        for name in sorted(names, key=lambda each: (each != first, each)):
            if self._digest(name) == digest:  # still
                return name
        return None

    def _digests(self, size: int) -> dict[bytes, set[str]]:
        """Return the files of one size by digest; each was read once."""
        for name in self._by_size.pop(size, ()):
            self._known[size][self._digest(name)].add(name)
        return self._known[size]

    def _digest(self, name: str) -> bytes:
        try:
            with (self.root / name).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").digest()
        except OSError:
            return b""

    def holds(self, name: str) -> bool:
        """Tell whether there is anything under a name."""
        return os.path.lexists(self.root / name)

    def put(self, name: str, content: Content, *, replace: bool = False) -> None:
        """Put a file, and its metadata beside it, under a name that `check_name` has passed.

        Raise UnreadableDocument where the name is taken and not to be replaced, StorageFull where
        there is no room for it.
        """
        path = self.root / name
        is_there = replace and self.same_as(content.data, name) == name
        try:
            make_folders(path.parent)
            if not replace and os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, "there is another file of this name")
            if is_there:
                put_beside(path, content.beside, replace=replace)
            else:
                put(path, content, replace=replace)
        except OSError as error:
            reason = error.strerror or str(error)
            unreadable = UnreadableDocument(printable(name), reason)
            raise storage_error(self.root, error, _KEPT) or unreadable from error
        self._by_size[len(content.data)].add(name)
        self._put.add(name)

    def _sweep(self) -> None:
        """Clean up after processes that were killed; while others are kept out, none is alive."""
        while self._unswept:
            sweep_folder(self._unswept.pop())

    def take(self, name: str) -> bool:
        """Delete a file, and the metadata beside it; tell whether there was any of the two.

        Raise StorageFull where that is not allowed.
        """
        files = self.files_of(name)
        for each in files:
            try:
                each.unlink(missing_ok=True)
                sync(each.parent)
            except OSError as error:
                stays = BackstoryError(f"{each} stays: {error.strerror or error}")
                raise storage_error(self.root, error, f"{each} stays") or stays from error
        return bool(files)

    def files_of(self, name: str) -> tuple[Path, ...]:
        """Return a file and the metadata beside it, as far as they are there.

        Where a folder on the way has become a link, what it leads to is not of the corpus.
        """
        path = self.root / name
        if self.name_of(path) != name:
            return ()
        both = (path, path.with_name(path.name + SIDECAR_SUFFIX))
        return tuple(each for each in both if os.path.lexists(each) and not is_folder(each))

    def check_name(self, name: str) -> None:
        """Raise UnreadableDocument for a name under which no walk would find a document."""
        try:
            reason = self._fault(PurePosixPath(name))
        except OSError as error:  # a name that is too long, a folder that may not be entered
            reason = error.strerror or str(error)
        if reason:
            raise UnreadableDocument(printable(name), reason)

    def _fault(self, name: PurePosixPath) -> str:
        if "\0" in str(name) or not name.parts or name.is_absolute() or ".." in name.parts:
            return "not a name in the corpus"
        if any(part.startswith(".") for part in name.parts):
            return "hidden files are no documents; give it another with --name"
        if name.suffix == SIDECAR_SUFFIX and self.holds(str(name)[: -len(SIDECAR_SUFFIX)]):
            return "would be taken for the metadata of the file beside it; give --name"
        folder = self.root
        for part in name.parts[:-1]:
            folder = folder / part
            if folder.is_symlink():
                return f"{part} is a link; links are not followed"
            if folder.exists() and not folder.is_dir():
                return f"{part} is a file"
        if Path(os.path.realpath(self.root / name)).is_relative_to(os.path.realpath(self.index)):
            return "the index is no part of the corpus"
        if (self.root / name).is_symlink():
            return "there is a link of this name"
        return "there is a folder of this name" if (self.root / name).is_dir() else ""


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder itself, and no link to one; any path may be asked about."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def read_content(path: Path, max_mb: int) -> Content:
    """Read a file with the metadata beside it; raise UnreadableDocument for what is no document."""
    limit = f"larger than {max_mb} MB (corpus.max_file_mb)"
    data, changed_ns = _read(path, max_mb * 1024 * 1024, limit)
    return Content(data, read_beside(path), changed_ns)


def read_beside(path: Path) -> bytes | None:
    """Read the metadata beside a file, None where there is none; raises UnreadableDocument."""
    beside = path.with_name(path.name + SIDECAR_SUFFIX)
    if beside.is_symlink() or not beside.is_file():
        return None
    limit = f"its metadata ({beside.name}) is longer than {MAX_METADATA // 1024} KB"
    return _read(beside, MAX_METADATA, limit)[0]


def _read(path: Path, limit: int, too_large: str) -> tuple[bytes, int]:
    try:
        # Never block on a pipe, never follow a link.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableDocument(str(path), "not a regular file")
            data = stream.read(limit + 1)
            after = os.fstat(descriptor)
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
        raise UnreadableDocument(str(path), reason) from error
    if len(data) > limit:
        raise UnreadableDocument(str(path), too_large)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UnreadableDocument(str(path), "changed while it was read; add it again")
    return data, after.st_mtime_ns
