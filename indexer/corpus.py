"""The corpus folder as it is now: its files, in order, and what in it cannot be a document.

Nothing is opened here. Links are not followed, so that a walk always ends and never leaves the
folder; what is not a regular file is named with the reason.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from backstory.engine.documents import FileState, SkippedFile
from backstory.engine.errors import CorpusMissing
from backstory.engine.remarks import Code, Remark, unreadable

SIDECAR_SUFFIX = ".yaml"


@dataclass(slots=True)
class Scan:
    """What a walk found: files by name, skipped entries, and folders that could not be read."""

    files: dict[str, FileState] = field(default_factory=dict)
    skipped: list[SkippedFile] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes in all files together."""
        return sum(state.size for state in self.files.values())

    def is_hidden(self, name: str) -> bool:
        """Tell whether the name lies in a folder that could not be read."""
        return any(name.startswith(f"{folder}/") for folder in self.closed)


def scan(root: Path, *, leave_out: Iterable[Path] = ()) -> Scan:
    """Walk the corpus; raise CorpusMissing where its folder is not there or cannot be read.

    `leave_out` are folders inside it that are not corpus, such as the index.
    """
    if not root.is_dir():
        raise CorpusMissing(root, "is not a folder" if root.exists() else "does not exist")
    scanned = Scan()
    left_out = {path.resolve() for path in leave_out}
    try:
        with os.scandir(root):
            pass
    except OSError as error:
        raise CorpusMissing(root, f"cannot be read ({error.strerror})") from error
    _walk(root, "", scanned, left_out)
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
        scanned.closed,
    )


def _walk(folder: Path, prefix: str, scanned: Scan, left_out: set[Path]) -> None:
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        name = prefix.rstrip("/")
        scanned.skipped.append(
            SkippedFile(name, unreadable(f"folder cannot be read: {error.strerror}"))
        )
        scanned.closed.append(name)
        return
    names = {entry.name for entry in ordered}
    for entry in ordered:
        if entry.name.startswith(".") or _is_sidecar(entry.name, names):
            continue
        name = f"{prefix}{entry.name}"
        try:
            _visit(entry, name, names, scanned, left_out)
        except OSError as error:
            scanned.skipped.append(SkippedFile(name, unreadable(error.strerror or str(error))))


def _visit(
    entry: os.DirEntry[str], name: str, names: set[str], scanned: Scan, left_out: set[Path]
) -> None:
    if entry.is_symlink():
        scanned.skipped.append(SkippedFile(name, Remark.of(Code.LINK)))
    elif entry.is_dir(follow_symlinks=False):
        path = Path(entry.path)
        if path.resolve() not in left_out:
            _walk(path, f"{name}/", scanned, left_out)
    elif entry.is_file(follow_symlinks=False):
        sidecar = f"{entry.name}{SIDECAR_SUFFIX}"
        beside = Path(entry.path).with_name(sidecar) if sidecar in names else None
        scanned.files[name] = file_state(name, entry.stat(follow_symlinks=False), beside)
    else:
        scanned.skipped.append(SkippedFile(name, Remark.of(Code.NOT_REGULAR)))


def _is_sidecar(name: str, names: set[str]) -> bool:
    return name.endswith(SIDECAR_SUFFIX) and name[: -len(SIDECAR_SUFFIX)] in names


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
