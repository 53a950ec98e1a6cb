"""The index folder: who may have written it, and who writes it now."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from backstory.engine.disk import sync
from backstory.engine.errors import IndexBusy, IndexDamaged, IndexUntrusted, storage_error
from backstory.engine.indexes.embedded.manifest import MANIFEST_NAME, Manifest, manifest_name

LOCK_NAME = "LOCK"
# Segments are built here, by any number of processes, and moved out when they are adopted.
PENDING = "pending"


def check_trust(path: Path) -> os.stat_result:
    """Return the status of a file or folder of the index; raise where someone else may write it."""
    status = path.stat()
    if status.st_uid not in (os.geteuid(), 0):
        raise IndexUntrusted(path, "belongs to another user")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise IndexUntrusted(path, "can be written by other users")
    return status


def check_files(folder: Path, manifest: Manifest) -> None:
    """Raise where a file of the commit is missing, has another size or is not to be trusted."""
    check_trust(folder / manifest_name(manifest.generation))
    for name, (size, _) in manifest.files.items():
        try:
            status = check_trust(folder / name)
        except FileNotFoundError:
            if not (folder / f"manifest-{manifest.generation}.json").exists():
                raise  # a newer commit has cleaned up: the caller opens that one
            raise IndexDamaged(folder / name, "is missing") from None
        if status.st_size != size:
            raise IndexDamaged(folder / name, f"is {status.st_size} bytes long, not {size}")


def create_folder(folder: Path) -> None:
    """Make the index folder, for its owner alone; an existing one must be trusted.

    Its name is brought to the disk every time: whoever made it may have lost power before.
    """
    missing = [each for each in folder.parents if not each.exists()]
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    check_trust(folder)
    for each in (folder, *missing):
        with contextlib.suppress(PermissionError):  # it may be entered and not be listed
            sync(each.parent)


def secure(path: Path) -> None:
    """Take away other users' right to write a new file, whatever the umask gave them."""
    path.chmod(0o644)


@contextlib.contextmanager
def storing(folder: Path, passages: Callable[[], int]) -> Iterator[None]:
    """Turn "no room" and "no right" into StorageFull, which says how many passages are kept."""
    try:
        yield
    except OSError as error:
        kept = f"index unchanged ({passages():,} passages)"
        raise storage_error(folder, error, kept) or error from error


class WriteLock:
    """The one writer's lock: held by the system for a living process, so never left behind."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        self._descriptor: int | None = None

    def acquire(self, wait: float) -> None:
        """Take the lock within `wait` seconds or raise IndexBusy, which names the holder."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + wait
        while not _try_lock(descriptor):
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise IndexBusy(self._path.parent, self._holder())
            time.sleep(0.05)
        self._descriptor = descriptor
        note = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        with contextlib.suppress(OSError):  # a full disk must not keep anyone from the lock
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(note).encode(), 0)

    def _holder(self) -> str:
        try:
            note = json.loads(self._path.read_bytes())
            return f"process {note['pid']} since {note['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"

    def release(self) -> None:
        """Let the next writer in."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def litter(names: Iterable[str], manifest: Manifest | None) -> list[str]:
    """Return the files that no commit needs: drafts, and what an interrupted run left."""
    needed = set(manifest.files) if manifest else set()
    generation = manifest.generation if manifest else -1
    return [
        name
        for name in names
        if name not in needed and _is_ours(name) and not _is(name, generation)
    ]


def _is(name: str, generation: int) -> bool:
    return name == manifest_name(generation)


def _is_ours(name: str) -> bool:
    is_draft = name.endswith(".tmp") or name.startswith("_MAIN_")
    return is_draft or name.startswith("MAIN_") or bool(MANIFEST_NAME.fullmatch(name))


def remove_litter(folder: Path, names: Iterable[str]) -> None:
    """Delete leftovers; one that cannot be deleted does no harm.

    Manifests go first: to a reader that is opening an old commit, a file that is missing beside
    its manifest is damage, and without the manifest a sign that there is a newer commit.
    """
    for name in sorted(names, key=lambda name: not MANIFEST_NAME.fullmatch(name)):
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()
