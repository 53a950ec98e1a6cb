"""What is in a state folder, whether each part is sound, and what to do; nothing is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backstory.engine.errors import BackstoryError
from backstory.indexer import arrivals, upload_log
from backstory.indexer.arrivals import Arrivals
from backstory.indexer.ocr import cache as ocr_cache
from backstory.indexer.upload_log import UploadLog

UPLOADING = "uploading"  # what is being sent just now
_LOST = "put a copy of it back, or delete it: then nobody knows when documents arrived"
_READ_AGAIN = "put a copy of it back, or delete it: the pages are read again, some seconds each"
_MADE_AGAIN = "nothing; it is made again when passages are embedded"


@dataclass(frozen=True, slots=True)
class StatePart:
    """A file or folder of the state: what it has, its size in bytes, and what is wrong with it.

    `problem` is "" for a sound one, `advice` says what to do where it is not. One that
    `is_damaged` is a loss; what is only spare, or not ours, is none.
    """

    name: str
    what: str
    bytes: int
    problem: str = ""
    advice: str = ""

    @property
    def is_damaged(self) -> bool:
        """Whether anything of it is lost."""
        return bool(self.problem)


def check_state(state: Path) -> list[StatePart]:
    """Read everything in a state folder, by name; [] where there is none."""
    if not state.is_dir():
        return []
    return sorted(_parts(state), key=lambda part: part.name)


def _parts(state: Path) -> Iterator[StatePart]:
    for path in state.iterdir():
        size = _size(path)
        if path.name == arrivals.FILE:
            yield _arrivals(state, size)
        elif path.name == ocr_cache.FILE:
            yield _ocr(state, size)
        elif path.name.startswith("vectors-") and path.suffix == ".bin":
            yield _vectors(path, size)
        elif path.name == upload_log.FILE:
            yield _uploads(state, size)
        elif path.name == upload_log.BEFORE:
            yield StatePart(path.name, "uploads before those", size)
        elif path.name == UPLOADING and path.is_dir():
            yield StatePart(path.name, "what is being sent just now; it empties itself", size)
        elif path.suffix == ".damaged":
            yield StatePart(path.name, "was damaged and put aside; it may be deleted", size)
        elif path.suffix == ".tmp" or path.name.endswith(("-journal", "-wal", "-shm")):
            yield StatePart(path.name, "a write that is under way, or was broken off", size)
        else:
            yield StatePart(path.name, "not of ours, and left alone", size)


def _arrivals(state: Path, size: int) -> StatePart:
    problem = ""
    try:
        what = f"when documents arrived: {Arrivals(state).check():,}"
    except BackstoryError as error:
        what, problem = "when documents arrived", error.message
    except (OSError, sqlite3.Error) as error:
        what, problem = "when documents arrived", f"cannot be read just now ({error})"
    return StatePart(arrivals.FILE, what, size, problem, _LOST if problem else "")


def _ocr(state: Path, size: int) -> StatePart:
    try:
        pages, damaged = ocr_cache.check(state)
    except sqlite3.Error as error:
        return StatePart(ocr_cache.FILE, "pages that OCR has read", size, str(error), _READ_AGAIN)
    what = f"pages that OCR has read: {pages:,}"
    if not damaged:
        return StatePart(ocr_cache.FILE, what, size)
    advice = "nothing; they are read again"
    return StatePart(ocr_cache.FILE, what, size, f"{damaged:,} are damaged", advice)


def _vectors(path: Path, size: int) -> StatePart:
    from backstory.indexer.meaning.vector_cache import check  # NumPy: only where there are any

    try:
        vectors, damaged = check(path)
    except (OSError, ValueError) as error:
        return StatePart(path.name, "vectors of passages", size, str(error), _MADE_AGAIN)
    what = f"vectors of passages: {vectors:,}"
    if not damaged:
        return StatePart(path.name, what, size)
    return StatePart(path.name, what, size, f"{damaged:,} are damaged", _MADE_AGAIN)


def _uploads(state: Path, size: int) -> StatePart:
    damaged = UploadLog(state).damaged_lines()
    problem = f"{damaged:,} lines cannot be read" if damaged else ""
    advice = "nothing; the other lines count" if damaged else ""
    return StatePart(upload_log.FILE, "who has sent what", size, problem, advice)


def _size(path: Path) -> int:
    every = path.rglob("*") if path.is_dir() and not path.is_symlink() else [path]
    return sum(each.lstat().st_size for each in every if not each.is_dir())
