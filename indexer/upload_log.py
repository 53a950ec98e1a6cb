"""Who has sent which file, when, and what became of it: JSON lines in the state folder.

The file is bounded: past its limit it becomes the one before, whose predecessor is forgotten. It is
also what the limits of a day are counted from, so that they hold over restarts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from backstory.engine.disk import sync

FILE, BEFORE = "uploads.jsonl", "uploads.1.jsonl"
LARGEST = 5 * 1024 * 1024  # bytes of one file: some 20,000 lines


@dataclass(frozen=True, slots=True)
class UploadEntry:
    """One file that was sent: by whom, when in UTC, under which name, and what became of it."""

    time: str
    who: str
    name: str
    file: str
    bytes: int
    sha256: str
    fate: str
    reason: str = ""


class UploadLog:
    """The log of one archive, in its state folder; whoever writes has the lock of the uploads."""

    def __init__(self, state: Path) -> None:
        self._path, self._before = state / FILE, state / BEFORE

    def write(self, entries: Sequence[UploadEntry]) -> None:
        """Add lines, at once and for good; raises OSError."""
        if not entries:
            return
        if self._path.exists() and self._path.stat().st_size > LARGEST:
            self._path.replace(self._before)
        lines = "".join(f"{json.dumps(asdict(each))}\n" for each in entries)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as stream:
            stream.write(lines.encode())
            stream.flush()
            os.fsync(stream.fileno())
        sync(self._path.parent)

    def sent_on(self, day: str) -> dict[str, int]:
        """Return how many bytes each has sent on a day, an ISO date in UTC."""
        sent: dict[str, int] = {}
        for path in (self._before, self._path):
            for entry in _entries(path):
                if str(entry.get("time", "")).startswith(day):
                    who, size = str(entry.get("who", "")), entry.get("bytes", 0)
                    sent[who] = sent.get(who, 0) + (size if isinstance(size, int) else 0)
        return sent

    def damaged_lines(self) -> int:
        """Return how many lines cannot be read; 0 where there is no log."""
        return sum(not entry for path in (self._before, self._path) for entry in _entries(path))


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    """Yield what each line says, {} for one that cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            entry = {}
        yield entry if isinstance(entry, dict) else {}
