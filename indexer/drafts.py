"""Putting a file into the corpus with its metadata: both get their names, or none does.

Each is written as a draft, under a name that no walk sees, and brought to the disk. Two names
cannot be given at once; a journal beside the drafts says how to take the first one back where the
second was not given. Whoever comes next does so for a process that was killed in between.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backstory.engine.disk import sync
from backstory.indexer.corpus import DRAFT, SIDECAR_SUFFIX

_TAKEN = "there is another file of this name"
# What file systems without hard links answer.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK})
_DRAFT_SUFFIX, _JOURNAL_SUFFIX = ".tmp", ".journal"


@dataclass(frozen=True, slots=True)
class Content:
    """A file's bytes, those of the metadata file beside it if there is one, and its time."""

    data: bytes
    beside: bytes | None = None
    changed_ns: int | None = None


@contextlib.contextmanager
def locked(root: Path, *, wait: bool = True) -> Iterator[bool]:
    """Keep others that change the corpus waiting; yield whether nobody else can be doing so.

    That is False on a file system without locks, and where somebody else is and we do not `wait`.
    """
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        is_alone = True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            is_alone = False
        yield is_alone
    finally:
        os.close(descriptor)


def sweep(root: Path, folders: Iterable[Path]) -> bool:
    """Clean up folders in which a killed process left something; tell whether it was possible.

    Nothing is done while somebody changes the corpus, or where the corpus cannot be written.
    """
    with contextlib.suppress(OSError), locked(root, wait=False) as is_alone:
        for folder in folders if is_alone else ():
            sweep_folder(folder)
        return is_alone
    return False


def sweep_folder(folder: Path) -> None:
    """Take back what was put half, and remove all drafts; the corpus must be locked.

    What may not be written or removed is left to whoever may.
    """
    for journal in sorted(folder.glob(f"{DRAFT}*{_JOURNAL_SUFFIX}")):
        with contextlib.suppress(OSError):
            _take_back(journal)
    for left in folder.glob(f"{DRAFT}*{_DRAFT_SUFFIX}"):
        with contextlib.suppress(OSError):
            left.unlink(missing_ok=True)


def put(path: Path, content: Content, *, replace: bool) -> None:
    """Give a file and the metadata beside it their names; raise OSError where that fails.

    Raises FileExistsError where the name is taken and not to be replaced.
    """
    with _draft(path, content) as draft, _journal(path, draft):
        # The metadata comes first: the file then never stands there without it.
        put_beside(path, content.beside, replace=replace)
        draft.replace(path) if replace else _rename_to_free(draft, path)
        sync(path.parent)


def put_beside(path: Path, beside: bytes | None, *, replace: bool) -> None:
    """Give a file its metadata, or take what is left of another; a link is not ours to take."""
    place = _beside(path)
    if beside is not None:
        if place.is_symlink():
            raise FileExistsError(errno.EEXIST, f"{place.name} is a link; links are not followed")
        with _draft(place, Content(beside)) as draft:
            draft.replace(place)
        sync(place.parent)
    elif replace and _is_own(place):
        place.unlink()


@contextlib.contextmanager
def _draft(path: Path, content: Content) -> Iterator[Path]:
    """Write a file under a name that no walk sees, for as long as it does not get its own."""
    draft = path.with_name(f"{DRAFT}{secrets.token_hex(8)}{_DRAFT_SUFFIX}")
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


def _rename_to_free(draft: Path, path: Path) -> None:
    """Give a draft its name; raise FileExistsError where the name is taken."""
    try:
        os.link(draft, path, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, _TAKEN) from error
        draft.rename(path)


def make_folders(folder: Path) -> None:
    """Make a folder and those that it lies in; each stays where power is lost."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        sync(each.parent)


# --- The journal


@contextlib.contextmanager
def _journal(path: Path, draft: Path) -> Iterator[None]:
    """Note how to take back what is done in this block; take it back where the block fails."""
    place = _beside(path)
    before = place.read_bytes() if _is_own(place) else None
    record = {
        "name": path.name,
        "draft": draft.name,
        "beside": None if before is None else base64.b64encode(before).decode("ascii"),
    }
    journal = draft.with_suffix(_JOURNAL_SUFFIX)
    with journal.open("x", encoding="utf-8", errors="surrogateescape") as stream:
        json.dump(record, stream)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        sync(journal.parent)
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            _take_back(journal)
        raise
    journal.unlink()


def _take_back(journal: Path) -> None:
    """Undo what a journal is about, unless it was done to its end, and remove the journal."""
    record = _read_journal(journal)
    if record is not None:
        path, draft = (journal.with_name(record[key]) for key in ("name", "draft"))
        if draft.is_file() and not (path.exists() and path.samefile(draft)):
            _restore(path, record["beside"])
    journal.unlink(missing_ok=True)


def _restore(path: Path, beside: str | None) -> None:
    if beside is not None:
        put_beside(path, base64.b64decode(beside), replace=True)
    elif _is_own(place := _beside(path)):
        place.unlink()
        sync(place.parent)


def _read_journal(journal: Path) -> dict[str, Any] | None:
    """Return what a journal says; None for one that was not finished: nothing was done then.

    The names are those of files in the same folder, whoever wrote them.
    """
    if journal.is_symlink():
        return None
    try:
        record = json.loads(journal.read_text(encoding="utf-8", errors="surrogateescape"))
        name, draft, beside = record["name"], record["draft"], record["beside"]
        is_sound = (name, draft) == (Path(name).name, Path(draft).name) and not name.startswith(".")
        base64.b64decode(beside or "", validate=True)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return record if is_sound and draft.startswith(DRAFT) else None


def _beside(path: Path) -> Path:
    return path.with_name(path.name + SIDECAR_SUFFIX)


def _is_own(place: Path) -> bool:
    return place.is_file() and not place.is_symlink()
