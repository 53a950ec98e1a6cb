"""An index folder as a backend: opened once, reopened when a new commit is there."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.analysis import Analyzer
from engine.backends.base import Problem
from engine.backends.whoosh.builder import Batch
from engine.backends.whoosh.manifest import (
    MANIFEST_NAME,
    Manifest,
    current_identity,
    generations,
    measure,
    read_manifest,
)
from engine.backends.whoosh.schema import check_whoosh
from engine.backends.whoosh.snapshot import Snapshot
from engine.backends.whoosh.storage import (
    WriteLock,
    check_trust,
    create_folder,
    litter,
)
from engine.backends.whoosh.writer import WhooshWriter, build
from engine.documents import IndexedDocument
from engine.errors import (
    BackstoryError,
    IndexDamaged,
    IndexNotFound,
    IndexUnavailable,
    storage_error,
)

TRIES = 10


class WhooshBackend:
    """A Whoosh index in a folder of its own; may be shared by threads."""

    def __init__(self, folder: Path) -> None:
        check_whoosh()
        self.folder = folder
        self._analyzer = Analyzer()
        self._identity = current_identity(self._analyzer.signature)
        self._opening = threading.Lock()
        self._snapshot: Snapshot | None = None

    def reader(self) -> Snapshot:
        """Return a reader of the newest commit.

        Raises IndexNotFound, IndexUnavailable, IndexUntrusted, IndexOutdated or IndexDamaged.
        """
        snapshot = self._snapshot
        generation = self._newest()
        if snapshot and snapshot.manifest.generation == generation:
            return snapshot
        with self._opening:
            if self._snapshot is None or self._snapshot.manifest.generation != self._newest():
                self._snapshot = self._open()
            return self._snapshot

    def _newest(self) -> int:
        try:
            names = os.listdir(self.folder)
        except FileNotFoundError:
            if self._snapshot is None:
                raise IndexNotFound(self.folder) from None
            raise IndexUnavailable(self.folder, "the folder is gone") from None
        except OSError as error:
            raise IndexUnavailable(self.folder, error.strerror or str(error)) from error
        found = generations(names)
        if not found:
            committed = generations(names, MANIFEST_NAME)
            if committed and committed[-1] > 1:
                raise IndexDamaged(self.folder, "has no table of contents (_MAIN_*.toc)")
            raise IndexNotFound(self.folder)
        return found[-1]

    def _open(self) -> Snapshot:
        """Open the newest commit; one that is replaced while it is opened is tried again."""
        check_trust(self.folder)
        for _ in range(TRIES):
            generation = self._newest()
            try:
                return Snapshot(self.folder, self._manifest(generation))
            except FileNotFoundError as error:
                missing = Path(error.filename or self.folder)
            except BackstoryError:
                raise
            except OSError as error:
                raise IndexUnavailable(self.folder, error.strerror or str(error)) from error
            except Exception as error:  # whatever Whoosh makes of bytes that are not its own
                raise IndexDamaged(self.folder, f"cannot be read ({error})") from error
        raise IndexDamaged(missing, "is missing")

    def _manifest(self, generation: int) -> Manifest:
        return read_manifest(self.folder, generation, self._identity)

    def writer(self, *, wait: float = 0.0, rebuild: bool = False) -> WhooshWriter:
        """Return the writer; raises IndexBusy, StorageFull, or what `reader` raises."""
        try:
            create_folder(self.folder)
            lock = WriteLock(self.folder)
            lock.acquire(wait)
        except OSError as error:
            kept = "index unchanged"
            raise storage_error(self.folder, error, kept) or error from error
        try:
            return WhooshWriter(self.folder, self._identity, self._analyzer, lock, rebuild)
        except FileNotFoundError as error:
            lock.release()
            raise IndexDamaged(Path(error.filename), "is missing") from error
        except BaseException:
            lock.release()
            raise

    def prepare(self, documents: Iterable[IndexedDocument]) -> Batch:
        """Build segments without the lock: for processes that work for the one that holds it."""
        return build(self.folder, documents, self._analyzer)

    def __reduce__(self) -> tuple[type[WhooshBackend], tuple[Path]]:
        """Travel to another process as the folder alone."""
        return type(self), (self.folder,)

    def check(self) -> Iterator[Problem]:
        """Read every file and compare it with its checksum; also name what a crash left behind."""
        manifest = self.reader().manifest
        for name, (size, digest) in manifest.files.items():
            try:
                if measure(self.folder / name) != (size, digest):
                    yield Problem(name, "does not match its checksum")
            except OSError as error:
                yield Problem(name, error.strerror or str(error))
        for name in litter(os.listdir(self.folder), manifest):
            yield Problem(name, "left by an interrupted run; removed by the next one", False)
