"""Events of the file system below a folder, from `watchfiles` (inotify, FSEvents).

They say no more than that something has changed: a walk finds out what. Where there are none, on a
network file system or without the library, waiting for one is a pause, after which one looks.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

MOUNTS = Path("/proc/self/mountinfo")
# File systems that others change without this system being told.
REMOTE = frozenset(
    "9p afs ceph cifs drvfs glusterfs lustre ncpfs nfs nfs4 smb3 smbfs vboxsf vmhgfs".split()
)
_GROUPED_MS, _STEP_MS, _WAIT_MS = 200, 50, 200
_TRY_AGAIN = 60.0  # seconds until events that have failed are asked for again

_log = logging.getLogger(__name__)


class FileEvents:
    """Waits for changes below a folder; `are_there` tells whether it would be told of them."""

    def __init__(self, root: Path, leave_out: Iterable[Path] = ()) -> None:
        """Begin to listen; changes of hidden files, and below `leave_out`, count for nothing."""
        self._root = Path(os.path.realpath(root))
        self._leave_out = [f"{os.path.realpath(path)}/" for path in leave_out]
        self._changes: Generator[set[tuple[Any, str]], None, None] | None = None
        self._identity: tuple[int, int] | None = None
        self._try_at = 0.0
        self._why_not = ""
        self._open()

    @property
    def are_there(self) -> bool:
        """Changes announce themselves."""
        return self._changes is not None

    def wait(self, seconds: float) -> bool:
        """Wait for a change for a fraction of a second, or `seconds`; tell whether one came."""
        if self._changes is None and time.monotonic() >= self._try_at:
            self._open()
        if self._changes is None:
            time.sleep(seconds)
            return False
        try:
            return any(self._counts(path) for _, path in next(self._changes))
        except (StopIteration, OSError, RuntimeError) as error:
            self._give_up(str(error) or type(error).__name__)
            return True

    def refresh(self) -> None:
        """Listen anew where the folder is another one by now, such as after it was mounted."""
        if self._changes is not None and self._identity != _identity(self._root):
            self._open()

    def close(self) -> None:
        """Listen no more."""
        changes, self._changes = self._changes, None
        if changes is not None:
            changes.close()

    def _open(self) -> None:
        self.close()
        reason = remote_file_system(self._root)
        if reason:
            self._give_up(f"a {reason} file system does not tell of changes")
            return
        try:
            from watchfiles import watch

            self._identity = _identity(self._root)
            self._changes = watch(
                self._root,
                watch_filter=None,
                debounce=_GROUPED_MS,
                step=_STEP_MS,
                rust_timeout=_WAIT_MS,
                yield_on_timeout=True,
                ignore_permission_denied=True,
            )
            next(self._changes)  # only now it listens
            self._why_not = ""
        except (ImportError, StopIteration, OSError, RuntimeError) as error:
            self._give_up(str(error) or type(error).__name__)

    def _give_up(self, reason: str) -> None:
        self.close()
        self._try_at = time.monotonic() + _TRY_AGAIN
        if reason != self._why_not and self._root.exists():
            _log.warning("Looking for changes every second or two (%s).", reason)
        self._why_not = reason

    def _counts(self, path: str) -> bool:
        if path.startswith(tuple(self._leave_out)):
            return False
        return "/." not in path[len(str(self._root)) :]


def remote_file_system(root: Path, mounts: Path = MOUNTS) -> str:
    """Return the kind of remote file system that a folder, or anything below it, is on, or ""."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""  # not Linux
    above, kind_above, below = "", "", ""
    for line in lines:
        mounted, _, source = line.partition(" - ")
        point, kind = _unescaped(mounted.split(" ")[4]), source.split(" ")[0]
        if point != "/" and Path(point).is_relative_to(root) and is_remote(kind):
            below = kind
        elif root.is_relative_to(point) and len(point) >= len(above):
            above, kind_above = point, kind
    return below or (kind_above if is_remote(kind_above) else "")


def is_remote(kind: str) -> bool:
    """Tell whether others may change files of such a file system unseen."""
    return kind in REMOTE or kind.startswith("fuse.")


def _unescaped(point: str) -> str:
    for code, sign in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, sign)
    return point


def _identity(root: Path) -> tuple[int, int] | None:
    with contextlib.suppress(OSError):
        status = root.stat()
        return status.st_dev, status.st_ino
    return None
