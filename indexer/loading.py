"""From one file to one document: opened with care, read, described, cut into passages.

Whatever is wrong with a file ends here, as a reason; a run goes on. A reason that may be gone
tomorrow (no permission, still being written) leaves the document as it was indexed before.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from engine.documents import Document, FileState, IndexedDocument, SkippedFile
from engine.errors import UnreadableDocument
from engine.settings import CorpusSettings
from indexer.corpus import SIDECAR_SUFFIX, file_state, printable
from indexer.language import guess
from indexer.passages import passages
from indexer.readers import Reading, Source, reader_for
from indexer.readers.metadata import MAX_METADATA, read_sidecar

MEGABYTE = 1024 * 1024
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that gave no document; `is_passing` where what was indexed before should stay."""

    skipped: SkippedFile
    is_passing: bool = False


@dataclass(frozen=True, slots=True)
class FileJob:
    """A file to load, and the id that its document gets."""

    name: str
    document_id: str
    state: FileState


class Loader:
    """Loads the files of one corpus."""

    def __init__(self, root: Path, settings: CorpusSettings) -> None:
        self._root = root
        self._settings = settings

    def load(self, job: FileJob) -> IndexedDocument | Failure:
        """Return the document in a file, or why there is none."""
        try:
            return self._load(job)
        except UnreadableDocument as error:
            return Failure(SkippedFile(job.name, error.reason, job.state))
        except OSError as error:
            return Failure(SkippedFile(job.name, _reason(error)), is_passing=True)
        except MemoryError:
            return Failure(SkippedFile(job.name, "out of memory", job.state))
        except Exception as error:  # a reader's own fault: this file is skipped, the run goes on
            reason = f"the reader failed ({type(error).__name__}: {error})"
            return Failure(SkippedFile(job.name, reason, job.state))

    def _load(self, job: FileJob) -> IndexedDocument | Failure:
        shown = printable(job.name)
        read = reader_for(PurePosixPath(job.name).suffix)
        if read is None:
            suffix = PurePosixPath(shown).suffix
            raise UnreadableDocument(shown, f"no reader for {suffix or 'files without a suffix'}")
        path = self._root / job.name
        data, is_cut, state = self._bytes(path, job)
        if state is None:
            changed = SkippedFile(job.name, "changed while it was read; the next run takes it")
            return Failure(changed, is_passing=True)
        digest = hashlib.sha256(data)
        reading = read(Source(path, shown, data, is_cut, self._settings))
        if state.sidecar is not None:
            reading, beside = self._with_sidecar(path, shown, reading)
            digest.update(beside)
        return self._document(job, reading, state, digest.hexdigest())

    def _bytes(self, path: Path, job: FileJob) -> tuple[bytes, bool, FileState | None]:
        """Read the file; the state is None where it changed meanwhile."""
        limit = self._settings.max_file_mb * MEGABYTE
        # A name may have become a pipe or a link since the walk: never block, never follow.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableDocument(job.name, "not a regular file")
            data = stream.read(limit + 1)
            after = os.fstat(descriptor)
        is_same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
        beside = path.with_name(path.name + SIDECAR_SUFFIX) if job.state.sidecar else None
        state = file_state(job.name, after, beside) if is_same else None
        return data[:limit], len(data) > limit, state

    def _with_sidecar(self, path: Path, shown: str, reading: Reading) -> tuple[Reading, bytes]:
        with path.with_name(path.name + SIDECAR_SUFFIX).open("rb") as stream:
            data = stream.read(MAX_METADATA + 1)
        fields, notes = read_sidecar(data, shown + SIDECAR_SUFFIX)
        return replace(reading, **fields, notes=(*reading.notes, *notes)), data

    def _document(
        self, job: FileJob, reading: Reading, state: FileState, digest: str
    ) -> IndexedDocument:
        found, notes = passages(job.document_id, reading, self._settings)
        if not found:
            raise UnreadableDocument(job.name, "empty: it has no paragraphs")
        document = Document(
            id=job.document_id,
            title=reading.title,
            source=reading.source,
            author=reading.author,
            date=reading.date,
            language=reading.language or self._language(reading),
            kind=reading.kind,
            tags=reading.tags,
            url=reading.url,
            path=printable(job.name),
            sha256=digest,
            notes=tuple(dict.fromkeys((*reading.notes, *notes))),
        )
        return IndexedDocument(document, found, state)

    def _language(self, reading: Reading) -> str:
        if self._settings.language != "auto":
            return self._settings.language
        sample = " ".join(paragraph.text[:2_000] for paragraph in reading.paragraphs[:20])
        return guess(sample) or DEFAULT_LANGUAGE


def _reason(error: OSError) -> str:
    reasons = {
        errno.ENOENT: "vanished while the corpus was read",
        errno.EACCES: "no permission to read it",
        errno.ELOOP: "a link; links are not followed",
    }
    return reasons.get(error.errno or 0, error.strerror or str(error))
