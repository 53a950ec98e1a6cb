"""An index folder: opened once, reopened when a new commit is there."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from backstory.engine.analysis import Analyzer
from backstory.engine.cache import DEFAULT_MB, MEGABYTE, CachePool
from backstory.engine.documents import IndexedDocument
from backstory.engine.errors import (
    BackstoryError,
    IndexDamaged,
    IndexNotFound,
    IndexUnavailable,
)
from backstory.engine.indexes.contract import Problem
from backstory.engine.indexes.embedded.flat.flatfile import FlatFile, mismatch
from backstory.engine.indexes.embedded.manifest import (
    TOC_END,
    Manifest,
    current_identity,
    measure,
    newest_generation,
    read_manifest,
    toc_name,
)
from backstory.engine.indexes.embedded.schema import check_whoosh
from backstory.engine.indexes.embedded.snapshot import EmbeddedSnapshot, open_segments
from backstory.engine.indexes.embedded.storage import (
    WriteLock,
    check_files,
    check_trust,
    create_folder,
    litter,
    storing,
)

if TYPE_CHECKING:
    from backstory.engine.indexes.embedded.builder import Batch
    from backstory.engine.indexes.embedded.writer import EmbeddedWriter

TRIES = 10
Opened = TypeVar("Opened")
# A generation with its TOC's inode and time: an index made anew counts from 1 again.
Stamp = tuple[int, int, int]
RECHECK = 1.0  # seconds until the permissions of open files are looked at again
# Nanoseconds after which another change of a folder shows in its time: the coarsest file system
# counts in two seconds.
SETTLED = 2_000_000_000


class EmbeddedIndex:
    """A Whoosh index in a folder of its own; may be shared by threads."""

    def __init__(self, folder: Path, cache_mb: int = DEFAULT_MB) -> None:
        check_whoosh()
        self.folder = folder
        self.caches = CachePool(cache_mb * MEGABYTE)
        self._analyzer = Analyzer()
        self._identity = current_identity(self._analyzer.signature)
        self._opening = threading.Lock()
        self._opened: tuple[Stamp, EmbeddedSnapshot] | None = None
        self._trusted_at = -RECHECK
        # The newest generation, and of what folder and when, once nothing has changed for a while.
        self._listed: tuple[tuple[int, int, int], int] | None = None

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.folder)

    def open(self) -> EmbeddedSnapshot:
        """Return a reader of the newest commit.

        Raises IndexNotFound, IndexUnavailable, IndexUntrusted, IndexOutdated or IndexDamaged.
        """
        opened = self._opened
        if opened and opened[0] == self._stamp():
            self._check_files(opened[1].manifest)
            return opened[1]
        with self._opening:
            if self._opened is None or self._opened[0] != self._stamp():
                self._opened = self._read_newest(self._snapshot)
            return self._opened[1]

    def _check_files(self, manifest: Manifest) -> None:
        """Raise IndexUntrusted where others have got the right to write a file that is open."""
        if time.monotonic() - self._trusted_at < RECHECK:
            return
        for name in manifest.files:
            with contextlib.suppress(FileNotFoundError):  # a newer commit is just taking over
                check_trust(self.folder / name)
        self._trusted_at = time.monotonic()

    def _snapshot(self, manifest: Manifest) -> EmbeddedSnapshot:
        return EmbeddedSnapshot(self.folder, manifest, self.caches)

    def _stamp(self) -> Stamp:
        """Tell the newest commit from any other, also from one of an index that is gone.

        Folder and commit must be trusted each time: permissions may change while one is open.
        """
        for _ in range(TRIES):
            generation = self._newest()
            try:
                status = check_trust(self.folder / toc_name(generation))
            except FileNotFoundError:  # a newer commit has just replaced it
                self._listed = None
                continue
            except OSError as error:
                raise IndexUnavailable(self.folder, error.strerror or str(error)) from error
            return generation, status.st_ino, status.st_mtime_ns
        raise IndexDamaged(self.folder / toc_name(generation), "cannot be reached")

    def _newest(self) -> int:
        began = time.time_ns()
        try:
            folder = check_trust(self.folder)
            changed = folder.st_dev, folder.st_ino, folder.st_mtime_ns
            if self._listed and self._listed[0] == changed:
                return self._listed[1]
            names = os.listdir(self.folder)
        except FileNotFoundError:
            if self._opened is None:
                raise IndexNotFound(self.folder) from None
            raise IndexUnavailable(self.folder, "the folder is gone") from None
        except OSError as error:
            raise IndexUnavailable(self.folder, error.strerror or str(error)) from error
        generation = newest_generation(self.folder, names)
        if generation is None:
            raise IndexNotFound(self.folder)
        if began - folder.st_mtime_ns > SETTLED:
            self._listed = changed, generation
        return generation

    def _read_newest(self, read: Callable[[Manifest], Opened]) -> tuple[Stamp, Opened]:
        """Read the newest commit; one that is replaced while it is read is tried again."""
        for _ in range(TRIES):
            stamp = self._stamp()
            try:
                check_trust(self.folder)
                return stamp, read(read_manifest(self.folder, stamp[0], self._identity))
            except FileNotFoundError as error:
                missing = Path(error.filename or self.folder)
            except OSError as error:
                raise IndexUnavailable(self.folder, error.strerror or str(error)) from error
            except Exception as error:
                raise damage(self.folder, error) or error from error
        raise IndexDamaged(missing, "is missing")

    def writer(self, *, wait: float = 0.0, rebuild: bool = False) -> EmbeddedWriter:
        """Return the writer; raises IndexBusy, StorageFull, or what `reader` raises."""
        with storing(self.folder, self._passages):
            create_folder(self.folder)
            lock = WriteLock(self.folder)
            lock.acquire(wait)
        from backstory.engine.indexes.embedded.writer import EmbeddedWriter  # a search does without

        try:
            return EmbeddedWriter(
                self.folder,
                self._identity,
                self._analyzer,
                lock,
                rebuild=rebuild,
            )
        except BaseException as error:
            lock.release()
            raise damage(self.folder, error) or error from error

    def _passages(self) -> int:
        """Return how many passages are committed, for messages about failures."""
        try:
            return self.open().statistics.passages
        except (BackstoryError, OSError):
            return 0

    def prepare(self, documents: Iterable[IndexedDocument]) -> Batch:
        """Build segments without the lock: for processes that work for the one that holds it."""
        from backstory.engine.indexes.embedded.writer import build

        with storing(self.folder, self._passages):
            return build(self.folder, documents, self._analyzer)

    def health(self) -> None:
        """Return None: it is a folder of this machine."""
        return

    def close(self) -> None:
        """Let go of the open commit and what is kept of it; the next reader opens it anew."""
        with self._opening:
            self._opened = None

    def __reduce__(self) -> tuple[type[EmbeddedIndex], tuple[Path]]:
        """Travel to another process as the folder alone."""
        return type(self), (self.folder,)

    def check(self, *, deep: bool = False) -> Iterator[Problem]:
        """Read every file and compare it with its checksums; also name what a crash left behind.

        If `deep`, that is the SHA-256 of the whole file, too.
        """
        manifest, damaged = self._damaged(deep=deep)
        yield from damaged
        if deep and not damaged:
            yield from self._contradictions(manifest)
        for name in litter(os.listdir(self.folder), manifest):
            yield Problem(name, "left by an interrupted run; removed by the next one", False)

    def _damaged(self, *, deep: bool) -> tuple[Manifest, list[Problem]]:
        """Return the newest commit and its damaged files; one that is replaced has none."""
        for _ in range(TRIES):
            # Read anew: what an open reader has seen may have changed.
            stamp, manifest = self._read_newest(self._checked)
            problems = [
                Problem(name, said)
                for name, known in manifest.files.items()
                if (said := _problem(self.folder / name, known if deep else None))
            ]
            if not problems or stamp == self._stamp():
                break
        return manifest, problems

    def _checked(self, manifest: Manifest) -> Manifest:
        check_files(self.folder, manifest)
        return manifest

    def _contradictions(self, manifest: Manifest) -> Iterator[Problem]:
        from backstory.engine.indexes.embedded.verification import contradictions

        for segment in open_segments(self.folder, manifest):
            for problem in contradictions(segment, self._analyzer):
                yield Problem(segment.state.name, problem)
            segment.close()


def _problem(path: Path, known: tuple[int, str] | None) -> str:
    """Return what is wrong with a file of a commit whose TOC is right; "" for nothing.

    `known` are its size and SHA-256, None where the checksums within it are enough.
    """
    try:
        blocks = [] if path.name.endswith(TOC_END) else FlatFile(path).damaged_blocks()
        is_sound = not blocks and (known is None or known == measure(path))
        return "" if is_sound else mismatch(blocks)
    except IndexDamaged as error:
        return error.problem
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def damage(folder: Path, error: BaseException) -> IndexDamaged | None:
    """Return the IndexDamaged that an error of reading the index amounts to, or None."""
    if isinstance(error, FileNotFoundError):
        return IndexDamaged(Path(error.filename or folder), "is missing")
    if isinstance(error, BackstoryError | OSError) or not isinstance(error, Exception):
        return None
    # Whatever Whoosh makes of bytes that are not its own.
    return IndexDamaged(folder, f"cannot be read ({type(error).__name__}: {error})")
