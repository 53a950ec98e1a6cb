"""The corpus folder as a place that files are put into and taken out of, one at a time.

A file appears whole or not at all: it is written under a name that no walk sees, brought to the
disk, and only then given its own. Nothing is overwritten by chance, also not by another process
that adds at the same moment.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
import stat
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from backstory.engine.errors import BackstoryError, UnreadableDocument, storage_error
from backstory.indexer.corpus import SIDECAR_SUFFIX, Scan, is_under, printable, scan
from backstory.indexer.readers.metadata import MAX_METADATA

_DRAFT = ".backstory-"
_KEPT = "what is in the corpus stays as it was"
# What file systems without hard links answer.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK})
_REASONS = {
    errno.ENOENT: "does not exist",
    errno.ENOTDIR: "does not exist",
    errno.EACCES: "no permission to read it",
    errno.ELOOP: "a link; name the file that it leads to",
    errno.ENXIO: "not a regular file",
    errno.EISDIR: "not a regular file",
}


@dataclass(frozen=True, slots=True)
class Content:
    """A file's bytes, those of the metadata file beside it if there is one, and its time."""

    data: bytes
    beside: bytes | None = None
    changed_ns: int | None = None


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
        self._is_locked = False
        self._swept: set[Path] = set()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others that add or remove waiting, for as long as one file takes."""
        descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            # A file system without locks keeps no two of them apart; each file is whole still.
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                self._is_locked = True
            yield
        finally:
            self._is_locked = False
            os.close(descriptor)

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
            _make_folders(path.parent)
            self._sweep(path.parent)
            if not replace and os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, "there is another file of this name")
            with contextlib.ExitStack() as drafts:
                # All is on the disk before any of it gets its name.
                draft = None if is_there else drafts.enter_context(_draft(path, content))
                # The metadata comes first: the file then never stands there without it.
                _put_beside(path, content.beside, replace=replace)
                if draft is not None:
                    draft.replace(path) if replace else _rename_to_free(draft, path)
            _sync_folder(path.parent)
        except OSError as error:
            reason = error.strerror or str(error)
            unreadable = UnreadableDocument(printable(name), reason)
            raise storage_error(self.root, error, _KEPT) or unreadable from error
        self._by_size[len(content.data)].add(name)
        self._put.add(name)

    def _sweep(self, folder: Path) -> None:
        """Remove drafts that a killed process left; while others are kept out, none is alive."""
        if self._is_locked and folder not in self._swept:
            for left in folder.glob(f"{_DRAFT}*.tmp"):
                left.unlink(missing_ok=True)
            self._swept.add(folder)

    def take(self, name: str) -> bool:
        """Delete a file, and the metadata beside it; tell whether there was any of the two.

        Raise StorageFull where that is not allowed.
        """
        files = self.files_of(name)
        for each in files:
            try:
                each.unlink(missing_ok=True)
                _sync_folder(each.parent)
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


@contextlib.contextmanager
def _draft(path: Path, content: Content) -> Iterator[Path]:
    """Write a file under a name that no walk sees, for as long as it does not get its own."""
    draft = path.with_name(f"{_DRAFT}{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(draft, flags, 0o666), "wb") as stream:
            stream.write(content.data)
            stream.flush()
            if path.exists():
                os.fchmod(stream.fileno(), stat.S_IMODE(path.stat().st_mode))
            if content.changed_ns is not None:
                os.utime(stream.fileno(), ns=(content.changed_ns, content.changed_ns))
            os.fsync(stream.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _put_beside(path: Path, beside: bytes | None, *, replace: bool) -> None:
    """Give a file its metadata, or take what is left of another; a link is not ours to take."""
    place = path.with_name(path.name + SIDECAR_SUFFIX)
    if beside is not None:
        if place.is_symlink():
            raise FileExistsError(errno.EEXIST, f"{place.name} is a link; links are not followed")
        with _draft(place, Content(beside)) as draft:
            draft.replace(place)
        _sync_folder(place.parent)
    elif replace and place.is_file() and not place.is_symlink():
        place.unlink()


def _rename_to_free(draft: Path, path: Path) -> None:
    """Give a draft its name; raise FileExistsError where the name is taken."""
    try:
        os.link(draft, path, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, "there is another file of this name") from error
        draft.rename(path)


def _make_folders(folder: Path) -> None:
    if not folder.is_dir():
        _make_folders(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
