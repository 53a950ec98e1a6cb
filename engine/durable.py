"""Writing that survives a loss of power: a name lasts once the folder it is in is on the disk."""

from __future__ import annotations

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Bring a file's content, or a folder's entries, to the disk; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folders(folder: Path, mode: int = 0o777) -> None:
    """Make a folder, of this mode, and those that it lies in; each stays where power is lost."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for at, each in enumerate(reversed(missing), 1):
        each.mkdir(mode if at == len(missing) else 0o777, exist_ok=True)
        sync_file(each.parent)
