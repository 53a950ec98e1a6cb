"""The corpus folder as it is now: its files, in order, and what in it cannot be a document.

Nothing is opened here. Links are not followed, so that a walk always ends and never leaves the
folder; what is not a regular file is named with the reason.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from backstory.engine.documents import FileState, SkippedFile
from backstory.engine.errors import CorpusMissing
from backstory.engine.remarks import Code, Remark, unreadable

SIDECAR_SUFFIX = ".yaml"
DRAFT = ".backstory-"  # how the names of files begin that are not finished yet


@dataclass(slots=True)
class Scan:
    """What a walk found: files by name, and entries that are skipped.

    `unseen` are files and folders whose state could not be told: nothing follows from it that they,
    or what lies in them, are not among the files. `drafts` are folders in which a process that
    adds documents has, or left, something unfinished. `changed_ns` are the times at which the
    system saw a file, and the metadata beside it, change in any way, their names included.
    """

    files: dict[str, FileState] = field(default_factory=dict)
    skipped: list[SkippedFile] = field(default_factory=list)
    unseen: set[str] = field(default_factory=set)
    drafts: set[Path] = field(default_factory=set)
    changed_ns: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes in all files together."""
        return sum(state.size for state in self.files.values())

    def is_hidden(self, name: str) -> bool:
        """Tell whether the name is, or lies in, what could not be seen."""
        return bool(self.unseen) and is_under(name, self.unseen)


def scan(root: Path, *, leave_out: Iterable[Path] = ()) -> Scan:
    """Walk the corpus; raise CorpusMissing where its folder is not there or cannot be read.

    `leave_out` are folders inside it that are not corpus, such as the index.
    """
    try:
        with os.scandir(root):
            pass
    except FileNotFoundError as error:
        raise CorpusMissing(root, "does not exist") from error
    except NotADirectoryError as error:
        raise CorpusMissing(root, "is not a folder") from error
    except OSError as error:
        raise CorpusMissing(root, f"cannot be read ({error.strerror})") from error
    scanned = Scan()
    _walk(root, scanned, frozenset(_identities(leave_out)))
    return scanned


def names_under(root: Path, paths: Iterable[Path]) -> frozenset[str]:
    """Return paths as names relative to the corpus; raise CorpusMissing for one outside it.

    What has become a link is in the corpus by its name, whatever it leads to.
    """
    names = set()
    for path in paths:
        name = _below(root.resolve(), path.resolve())
        if name is None:
            name = _below(_as_written(root), _as_written(path))
        if name is None:
            raise CorpusMissing(path, f"is not inside the corpus {root}")
        names.add(name)
    return frozenset(names)


def _below(base: Path, path: Path) -> str | None:
    if not path.is_relative_to(base):
        return None
    return "" if path == base else path.relative_to(base).as_posix()


def _as_written(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links


def is_under(name: str, wanted: Container[str]) -> bool:
    """Tell whether a name is one of those wanted or lies under one."""
    if "" in wanted or name in wanted:
        return True
    return any(name[:i] in wanted for i, sign in enumerate(name) if sign == "/")


def limited(scanned: Scan, wanted: Container[str]) -> Scan:
    """Return what the walk found under the wanted names."""
    return Scan(
        {name: state for name, state in scanned.files.items() if is_under(name, wanted)},
        [skipped for skipped in scanned.skipped if is_under(skipped.path, wanted)],
        scanned.unseen,
    )


def without(scanned: Scan, names: Container[str]) -> Scan:
    """Return a walk that could not see the files of these names."""
    files = {name: state for name, state in scanned.files.items() if name not in names}
    unseen = scanned.unseen | (scanned.files.keys() - files.keys())
    return replace(scanned, files=files, unseen=unseen)


def _identities(folders: Iterable[Path]) -> Iterator[tuple[int, int]]:
    for folder in folders:
        with contextlib.suppress(OSError):
            status = folder.stat()
            yield status.st_dev, status.st_ino


@dataclass(slots=True)
class _Folder:
    """A folder on the way of the walk: its entries that are still to come, and all their names."""

    prefix: str
    left: Iterator[os.DirEntry[str]]
    names: frozenset[str]


def _walk(root: Path, scanned: Scan, left_out: Container[tuple[int, int]]) -> None:
    """Visit every entry in the order of names; no depth of folders is too deep for it."""
    way = [_opened(str(root), "", scanned)]
    while way:
        folder = way[-1]
        entry = next(folder.left, None)
        if entry is None:
            way.pop()
        elif entry.name.startswith("."):
            if is_draft(entry.name):
                scanned.drafts.add(Path(entry.path).parent)
        elif not _is_sidecar(entry.name, folder.names) and (
            inner := _visit(entry, folder, scanned, left_out)
        ):
            way.append(inner)


def _opened(path: str, prefix: str, scanned: Scan) -> _Folder:
    """Return a folder with its entries, without any where it cannot be read."""
    try:
        with os.scandir(path) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:  # gone since its own folder was read
        ordered = []
    except OSError as error:
        _not_seen(prefix.rstrip("/"), f"folder cannot be read: {error.strerror}", scanned)
        ordered = []
    return _Folder(prefix, iter(ordered), frozenset(entry.name for entry in ordered))


def _visit(
    entry: os.DirEntry[str], folder: _Folder, scanned: Scan, left_out: Container[tuple[int, int]]
) -> _Folder | None:
    """Note what an entry is; return it where it is a folder to walk."""
    name = f"{folder.prefix}{entry.name}"
    try:
        if entry.is_symlink():
            scanned.skipped.append(SkippedFile(name, Remark.of(Code.LINK)))
        elif entry.is_dir(follow_symlinks=False):
            status = entry.stat(follow_symlinks=False)
            if (status.st_dev, status.st_ino) not in left_out:
                return _opened(entry.path, f"{name}/", scanned)
        elif entry.is_file(follow_symlinks=False):
            _note_file(entry, name, folder.names, scanned)
        else:
            scanned.skipped.append(SkippedFile(name, Remark.of(Code.NOT_REGULAR)))
    except FileNotFoundError:
        pass  # gone since its folder was read
    except OSError as error:
        _not_seen(name, error.strerror or str(error), scanned)
    return None


def _note_file(entry: os.DirEntry[str], name: str, names: Container[str], scanned: Scan) -> None:
    sidecar = f"{entry.name}{SIDECAR_SUFFIX}"
    beside = Path(entry.path).with_name(sidecar) if sidecar in names else None
    status = entry.stat(follow_symlinks=False)
    scanned.files[name] = file_state(name, status, beside)
    scanned.changed_ns[name] = (status.st_ctime_ns, beside.lstat().st_ctime_ns if beside else 0)


def _not_seen(name: str, reason: str, scanned: Scan) -> None:
    scanned.skipped.append(SkippedFile(name, unreadable(reason)))
    scanned.unseen.add(name)


def _is_sidecar(name: str, names: Container[str]) -> bool:
    return name.endswith(SIDECAR_SUFFIX) and name[: -len(SIDECAR_SUFFIX)] in names


def is_draft(name: str) -> bool:
    """Tell whether a file is what a process that adds documents writes before it is done."""
    return name.startswith(DRAFT)


def file_state(name: str, status: os.stat_result, sidecar: Path | None) -> FileState:
    """Return the state of a file and of the metadata file beside it, if there is one."""
    beside = None
    if sidecar is not None:
        try:
            own = sidecar.lstat()
            beside = (own.st_size, own.st_mtime_ns) if stat.S_ISREG(own.st_mode) else None
        except FileNotFoundError:
            beside = None
    return FileState(name, status.st_size, status.st_mtime_ns, status.st_ino, beside)


def printable(name: str) -> str:
    """Return a file name with whatever cannot be shown written as an escape (`\\n`, `\\xe9`)."""
    if name.isascii() and name.isprintable():
        return name
    shown = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)


def hash_of_member(digest: str, beside: bytes) -> str:
    """Return the hash of a member's document, from that of its bytes and its file's metadata."""
    return hashlib.sha256(digest.encode() + beside).hexdigest() if beside else digest


def path_of(shown: str, state: FileState) -> str:
    """Return where a document is: its file's name as it is, or the path of a member within it."""
    return state.path if shown == printable(state.path) else shown


class DocumentIds:
    """Gives each file its document id: its name without the suffix, unless that is taken."""

    def __init__(self, taken: dict[str, str]) -> None:
        self._by_name = dict(taken)
        self._taken = set(taken.values())

    def of(self, name: str) -> str:
        """Return the id of a file; one that is known keeps the id it has."""
        if name not in self._by_name:
            self._by_name[name] = next(i for i in self._candidates(name) if i not in self._taken)
            self._taken.add(self._by_name[name])
        return self._by_name[name]

    def _candidates(self, name: str) -> Iterator[str]:
        shown = printable(name)
        folder, _, last = shown.rpartition("/")
        stem = last.rpartition(".")[0] or last
        yield f"{folder}/{stem}" if folder else stem
        yield shown
        number = 2
        while True:
            yield f"{shown} ({number})"
            number += 1
