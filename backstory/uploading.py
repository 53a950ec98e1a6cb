"""Taking files that readers send: into the corpus by the ways of `add`, then into the index.

There is one batch at a time, whichever process takes it. It is taken whole: whatever goes wrong on
the way, what it had put into the corpus is taken out again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from backstory.api import Archive
from backstory.changing import take_back
from backstory.engine.errors import BackstoryError, IndexBusy, UnreadableDocument, storage_error
from backstory.engine.uploads import (
    UploadConflict,
    UploadedDocument,
    UploadedFile,
    UploadFate,
    UploadLimit,
    UploadResult,
    UploadsBusy,
)
from backstory.indexer import adding
from backstory.indexer.adding import Addition, AddOptions, Fate
from backstory.indexer.corpus import printable
from backstory.indexer.placing import Shelf
from backstory.indexer.state_check import UPLOADING
from backstory.indexer.sync import Removals, SyncOptions, SyncReport, sync
from backstory.indexer.upload_log import UploadEntry, UploadLog
from backstory.indexer.upload_names import numbered, safe_name
from backstory.webui.settings import UploadSettings

WAIT = 5.0  # seconds for another process that takes uploads
OLD = 24 * 3600.0  # seconds after which nobody sends a file any more
MOST_NUMBERS = 1_000
_MB = 1024 * 1024
_KEPT = "nothing was added"


class ArchiveUploads:
    """Takes files into one archive; safe for threads and processes."""

    def __init__(
        self, archive: Archive, limits: UploadSettings, clock: Callable[[], float] = time.time
    ) -> None:
        self._archive, self._limits, self._clock = archive, limits, clock
        self._state = archive.config.state_path
        self._log = UploadLog(self._state)

    @property
    def folder(self) -> Path:
        """Where files lie until they are taken; made where it is not there."""
        folder = self._state / UPLOADING
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def take(self, files: Sequence[UploadedFile], who: str) -> list[UploadResult]:
        """Put files into the corpus, index them, and tell what became of each."""
        with self._alone():
            self._sweep()
            self._check_day(sum(each.size for each in files), who)
            try:
                return self._take(files, who)
            except IndexBusy:
                raise UploadConflict from None
            except OSError as error:
                raise storage_error(self._state, error, _KEPT) or error from error

    def _take(self, files: Sequence[UploadedFile], who: str) -> list[UploadResult]:
        archive = self._archive
        shelf = adding.open_shelf(archive.passage_index, archive.config)
        additions: list[Addition] = []
        try:
            additions.extend(self._add(shelf, each) for each in files)
            report = self._index(shelf, additions)
            results = self._results(shelf, files, additions, report)
            self._log.write([self._entry(*each, who) for each in zip(files, results, strict=True)])
        except BaseException:
            for each in additions:
                if each.fate is Fate.ADDED:
                    with contextlib.suppress(BackstoryError), shelf.locked():
                        shelf.take(each.name)
            raise
        return results

    def _add(self, shelf: Shelf, file: UploadedFile) -> Addition:
        """Put one file into the corpus under a free name."""
        try:
            if file.refusal:
                raise UnreadableDocument(file.name, file.refusal)
            name = _free(shelf, safe_name(file.name))
            place = file.path.with_name(f"{file.path.name}.named") / name
            place.parent.mkdir(mode=0o700)
            file.path.rename(place)
            (addition,) = adding.add(shelf, self._archive.config, [str(place)], AddOptions())
        except UnreadableDocument as error:
            return Addition(file.name, Fate.REFUSED, reason=error.reason)
        return replace(addition, asked=file.name)

    def _index(self, shelf: Shelf, additions: Sequence[Addition]) -> SyncReport | None:
        names = {each.name for each in additions if each.fate is Fate.ADDED}
        if not names:
            return None
        only = tuple(shelf.root / name for name in sorted(names))
        options = SyncOptions(only=only, removals=Removals.ALLOWED)
        return sync(self._archive.passage_index, self._archive.config, options)

    def _results(
        self,
        shelf: Shelf,
        files: Sequence[UploadedFile],
        additions: Sequence[Addition],
        report: SyncReport | None,
    ) -> list[UploadResult]:
        """Take out what cannot be read, and say what became of each file."""
        added = {each.name: each for each in additions if each.fate is Fate.ADDED}
        skipped = report.skipped if report else ()
        unread = take_back(self._archive, shelf, skipped, added)
        reasons = {each.path: each.reason for each in skipped}
        documents = self._documents({each.name for each in additions if each.name} - unread)
        results = []
        for file, each in zip(files, additions, strict=True):
            if not each.name or each.name in unread:
                reason = each.reason or reasons[each.name]
                results.append(UploadResult(file.name, UploadFate.REFUSED, reason=reason))
                continue
            fate = UploadFate.ADDED if each.fate is Fate.ADDED else UploadFate.KNOWN
            reason = reasons.get(each.name, "")
            own = tuple(documents.get(each.name, ()))
            results.append(UploadResult(file.name, fate, printable(each.name), reason, own))
        return results

    def _documents(self, names: set[str]) -> dict[str, list[UploadedDocument]]:
        found: dict[str, list[UploadedDocument]] = {}
        if not names:
            return found
        for document, state, passages in self._archive.passage_index.open().documents():
            if state.path in names:
                made = UploadedDocument(document.id, document.title, passages)
                found.setdefault(state.path, []).append(made)
        return found

    def _entry(self, file: UploadedFile, result: UploadResult, who: str) -> UploadEntry:
        now = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds")
        place = next(file.path.with_name(f"{file.path.name}.named").glob("*"), file.path)
        digest = ""
        if not file.refusal:
            with place.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        sent, fate = printable(file.name), result.fate.value
        return UploadEntry(now, who, sent, result.file, file.size, digest, fate, result.reason)

    def _check_day(self, size: int, who: str) -> None:
        today = datetime.fromtimestamp(self._clock(), UTC).date().isoformat()
        sent = self._log.sent_on(today)
        limits = self._limits
        for count, most, whose in (
            (sent.get(who, 0), limits.day_mb, "you"),
            (sum(sent.values()), limits.all_day_mb, "all together"),
        ):
            if count + size > most * _MB:
                raise UploadLimit(
                    f"With this, {whose} would send more than {most:,} MB on one day.",
                    "Send it tomorrow, or ask whoever looks after the server.",
                )

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other threads and processes from taking files; raises UploadsBusy."""
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            deadline = time.monotonic() + WAIT
            while not _is_locked(descriptor):
                if time.monotonic() > deadline:
                    raise UploadsBusy
                time.sleep(0.05)
            yield
        finally:
            os.close(descriptor)

    def _sweep(self) -> None:
        """Delete what killed processes have left."""
        for each in self.folder.iterdir():
            with contextlib.suppress(OSError):
                if each.is_dir() and self._clock() - each.stat().st_mtime > OLD:
                    shutil.rmtree(each)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _free(shelf: Shelf, name: str) -> str:
    """Return a name that nothing in the corpus has; the same content is told by `add` itself."""
    if not shelf.holds(name):
        return name
    names = (numbered(name, number) for number in range(2, MOST_NUMBERS))
    free = next((each for each in names if not shelf.holds(each)), None)
    if free is None:
        raise UnreadableDocument(name, "too many documents have this name")
    return free
