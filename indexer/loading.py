"""From one file to its documents: opened with care, read, described, cut into passages.

Most files are one document. A mailbox, a table or an archive holds several: each has an address of
its own below the file's, `letters.mbox/2`, and shares the file's state. Whatever is wrong with a
file or a member ends here, as a remark; a run goes on. What becomes of the documents that were
indexed before is in the table of `engine.outcomes`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from backstory.engine.documents import Document, FileState, IndexedDocument, Passage, SkippedFile
from backstory.engine.errors import UnreadableDocument
from backstory.engine.mentions import mentions
from backstory.engine.names import names
from backstory.engine.outcomes import outcome_of
from backstory.engine.remarks import Code, Remark, unreadable
from backstory.indexer.corpus import SIDECAR_SUFFIX, file_state, hash_of_member, printable
from backstory.indexer.dating import with_date
from backstory.indexer.foreign import in_own_languages
from backstory.indexer.isolation import ReadingRoom
from backstory.indexer.language import guess
from backstory.indexer.ocr.cache import recognised, recognised_of
from backstory.indexer.passages import passages
from backstory.indexer.plan import FileJob
from backstory.indexer.readers import Budget, Member, Reading, Source, suffix_of
from backstory.indexer.readers.dispatch import fault, needs_own_process, read, read_plainly
from backstory.indexer.readers.metadata import (
    MAX_METADATA,
    Fields,
    Notes,
    charset_of,
    is_date_note,
    read_sidecar,
)
from backstory.indexer.readers.registry import format_for, reader_for
from backstory.indexer.readers.scans import members_to_read
from backstory.indexer.readers.sniffing import HEAD, may_be_read, signature
from backstory.indexer.settings import IndexerConfig

MEGABYTE = 1024 * 1024
DEFAULT_LANGUAGE = "en"


@dataclass(slots=True)
class LoadedFile:
    """What a file gave: its documents, and the members, or the whole, that gave none."""

    name: str
    documents: list[IndexedDocument] = field(default_factory=list)
    failures: list[SkippedFile] = field(default_factory=list)


class Loader:
    """Loads the files of one corpus.

    `look` is called now and then while another process reads; what it raises ends that process.
    """

    def __init__(self, config: IndexerConfig, look: Callable[[], None] = lambda: None) -> None:
        self._root, self._config, self._settings = config.corpus_path, config, config.corpus
        self._room = ReadingRoom(config.formats, look)

    def close(self) -> None:
        """End the process that risky files are read in, if there is one."""
        self._room.close()

    def load(self, job: FileJob) -> LoadedFile:
        """Return the documents in a file, or why there are none."""
        loaded = LoadedFile(job.name)
        try:
            self._load(job, loaded)
        except UnreadableDocument as error:
            remark = error.remark
        except OSError as error:
            remark = _remark(error)
        except MemoryError:
            remark = Remark.of(Code.OUT_OF_MEMORY, detail="out of memory")
        except Exception as error:  # a reader's own fault: this file is skipped, the run goes on
            remark = fault(error, self._config.formats.memory_mb)
        else:
            return loaded
        return LoadedFile(job.name, [], [SkippedFile(job.name, remark, job.state)])

    def read_again(self, job: FileJob) -> tuple[Reading, FileState | None]:
        """Read a file of the index once more; the state is None where it changes meanwhile.

        Raises FileNotFoundError where it is gone, UnreadableDocument where it cannot be read.
        """
        try:
            source, state = self.source_of(job)
            return self.read(source), state
        except FileNotFoundError:
            raise
        except OSError as error:
            raise UnreadableDocument(printable(job.name), _remark(error)) from error

    def source_of(self, job: FileJob) -> tuple[Source, FileState | None]:
        """Return a file as it is read; the state is None where it changes meanwhile.

        Raises UnreadableDocument for what is no file, and OSError.
        """
        path, shown = self._root / job.name, printable(job.name)
        data, is_cut, state = self._bytes(path, job)
        has_sidecar = state is not None and state.sidecar is not None
        beside = _sidecar(path, shown)[1] if has_sidecar else b""
        return self._source(path, shown, data, is_cut, beside), state

    def _load(self, job: FileJob, loaded: LoadedFile) -> None:
        shown = printable(job.name)
        suffix = suffix_of(shown)
        path = self._root / job.name
        if reader_for(suffix) is None and not may_be_read(shown, _head(path, job)):
            raise UnreadableDocument(shown, _without_reader(shown, suffix))
        data, is_cut, state = self._bytes(path, job)
        if state is None:
            loaded.failures.append(SkippedFile(job.name, Remark.of(Code.CHANGED)))
            return
        fields, beside, notes = _sidecar(path, shown) if state.sidecar is not None else _NO_SIDECAR
        reading = self.read(self._source(path, shown, data, is_cut, beside))
        digest = hashlib.sha256(data + beside).hexdigest()
        if fields or notes:
            own = (each for each in reading.notes if "date" not in fields or not is_date_note(each))
            reading = replace(_with_fields(reading, fields), notes=(*own, *notes))
        self._collect(_Place(job, state, shown, fields, beside), reading, digest, loaded)

    def _source(self, path: Path, shown: str, data: bytes, is_cut: bool, beside: bytes) -> Source:
        scanned = recognised(self._config.state_path, data) if _may_be_scanned(shown, data) else {}
        return Source(
            path,
            shown,
            data,
            is_cut,
            self._settings,
            self._config.formats,
            self._config.rows,
            self._budget(),
            charset_of(beside),
            scanned,
        )

    def read(self, source: Source) -> Reading:
        """Read a file, and once more with the pages of its members that OCR has read.

        Which members it has is only known then; a message more in a mailbox changes no other.
        Raises UnreadableDocument, OSError, and whatever a reader fails with.
        """
        reading = self._read_once(source)
        waiting = members_to_read(reading.members)
        pages = recognised_of(self._config.state_path, waiting) if waiting else {}
        if not pages:
            return reading
        return self._read_once(replace(source, budget=self._budget(), recognised_members=pages))

    def _budget(self) -> Budget:
        formats = self._config.formats
        return Budget(formats.max_members, formats.max_unpacked_mb * MEGABYTE)

    def _read_once(self, source: Source) -> Reading:
        """Read a file; a text that its own reader could not cope with is read as plain text."""
        failed: Exception
        try:
            return self._room.read(source) if needs_own_process(source) else read(source)
        except OSError:
            raise
        except UnreadableDocument as error:
            failed, remark = error, error.remark
        except Exception as error:
            failed, remark = error, fault(error, self._config.formats.memory_mb)
        plain = read_plainly(source, remark)
        if plain is None:
            raise failed
        return plain

    def _collect(self, place: _Place, reading: Reading, digest: str, loaded: LoadedFile) -> None:
        """Add a file's own document and those of its members, and theirs."""
        if reading.paragraphs or not reading.members:
            document_id = place.job.document_id if place.is_file else place.shown
            loaded.documents.append(self._document(place, document_id, reading, digest))
        unread = [note for note in reading.notes if outcome_of(note) is not None]
        path = place.job.name if place.is_file else place.shown
        loaded.failures += [SkippedFile(path, note, place.state) for note in unread]
        taken: set[str] = set()
        for member in reading.members:
            name = member_name(member.name, taken)
            within = replace(place, shown=f"{place.shown}/{name}", is_file=False)
            self._collect_member(within, member, loaded)
        if not loaded.documents and not unread and place.is_file:
            remark = Remark.of(Code.EMPTY, detail="nothing in it could be read")
            loaded.failures.append(SkippedFile(place.job.name, remark, place.state))

    def _collect_member(self, place: _Place, member: Member, loaded: LoadedFile) -> None:
        remark = member.remark
        if member.reading is not None:
            reading = _lacking_nothing_of(member.reading, place.fields)
            digest = member.sha256
            if digest:
                digest = hash_of_member(digest, place.beside)
            try:
                self._collect(place, reading, digest, loaded)
            except UnreadableDocument as error:
                remark = error.remark
        if remark:
            loaded.failures.append(SkippedFile(place.shown, remark, place.state))

    def _bytes(self, path: Path, job: FileJob) -> tuple[bytes, bool, FileState | None]:
        """Read the file; the state is None where it changed meanwhile."""
        limit = self._settings.max_file_mb * MEGABYTE
        # A name may have become a pipe or a link since the walk: never block, never follow.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableDocument(job.name, Remark.of(Code.NOT_REGULAR))
            data = _read_up_to(descriptor, min(before.st_size, limit + 1))
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        is_same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
        beside = path.with_name(path.name + SIDECAR_SUFFIX) if job.state.sidecar else None
        state = file_state(job.name, after, beside) if is_same else None
        return data[:limit], len(data) > limit, state

    def _document(
        self, place: _Place, document_id: str, reading: Reading, digest: str
    ) -> IndexedDocument:
        found, notes = passages(document_id, reading, self._settings)
        if not found:
            empty = Remark.of(Code.EMPTY, detail="empty: it has no paragraphs")
            raise UnreadableDocument(place.shown, empty)
        dated = with_date(reading, place.shown)
        document = Document(
            id=document_id,
            title=dated.title,
            source=dated.source,
            author=dated.author,
            date=dated.date,
            language=dated.language or self._language(dated),
            kind=dated.kind,
            tags=dated.tags,
            url=dated.url,
            path=place.shown,
            sha256=digest or _digest(place.shown, dated),
            notes=tuple(dict.fromkeys((*dated.notes, *notes))),
            facts=dated.facts,
        )
        if self._settings.language == "auto":
            found = in_own_languages(found, document.language)
        return IndexedDocument(document, with_facts(found, document.language), place.state)

    def _language(self, reading: Reading) -> str:
        if self._settings.language != "auto":
            return self._settings.language
        sample = " ".join(paragraph.text[:2_000] for paragraph in reading.paragraphs[:20])
        return guess(sample) or DEFAULT_LANGUAGE


def _may_be_scanned(name: str, data: bytes) -> bool:
    """Tell whether OCR may have read pages of this file."""
    with contextlib.suppress(UnreadableDocument):
        declared = format_for(signature(name, data[:HEAD]) or suffix_of(name))
        return declared is not None and declared.may_be_scanned
    return False


def _with_fields(reading: Reading, fields: Fields) -> Reading:
    """Return a reading with the fields of metadata in place of its own."""
    facts = {**reading.facts, **fields.get("facts", {})}
    return replace(reading, **{**fields, "facts": facts})


def _lacking_nothing_of(reading: Reading, fields: Fields) -> Reading:
    """Return a reading with those fields of metadata that it does not have itself."""
    lacking = {name: value for name, value in fields.items() if not getattr(reading, name)}
    facts = {**fields.get("facts", {}), **reading.facts}
    return replace(reading, **{**lacking, "facts": facts})


def with_facts(passages: tuple[Passage, ...], language: str) -> tuple[Passage, ...]:
    """Return the passages of a document with the names and the dates that stand in them.

    What was read from a scan has none: a letter that was read wrong makes another name or date.
    """
    texts = [passage.text if passage.confidence is None else "" for passage in passages]
    spoken = [passage.language or language for passage in passages]
    named = {each: names(texts, each) for each in set(spoken)}
    return tuple(
        _with(passage, named[each][i], mentions(texts[i], each))
        for i, (passage, each) in enumerate(zip(passages, spoken, strict=True))
    )


def _with(passage: Passage, names: tuple[str, ...], mentions: tuple[str, ...]) -> Passage:
    if not names and not mentions:
        return passage
    return Passage(  # a third of what `replace` takes, for every passage there is
        passage.document,
        passage.number,
        passage.text,
        passage.heading,
        passage.page,
        passage.start,
        passage.end,
        names,
        mentions,
        passage.language,
        passage.seconds,
        passage.cells,
        passage.confidence,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where documents come from: the file, its sidecar, and the path down to a member."""

    job: FileJob
    state: FileState
    shown: str
    fields: Fields
    beside: bytes
    is_file: bool = True


_NO_SIDECAR: tuple[Fields, bytes, Notes] = ({}, b"", ())


def _sidecar(path: Path, shown: str) -> tuple[Fields, bytes, Notes]:
    """Return the fields of the metadata file beside a file, its bytes, and notes on it."""
    with path.with_name(path.name + SIDECAR_SUFFIX).open("rb") as stream:
        data = stream.read(MAX_METADATA + 1)
    fields, notes = read_sidecar(data, shown + SIDECAR_SUFFIX)
    return fields, data, notes


def _head(path: Path, job: FileJob) -> bytes:
    """Return the first bytes of a regular file; raise UnreadableDocument for anything else."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UnreadableDocument(job.name, Remark.of(Code.NOT_REGULAR))
        return os.read(descriptor, HEAD)
    finally:
        os.close(descriptor)


def _read_up_to(descriptor: int, size: int) -> bytes:
    """Read so many bytes or all that there are; a stream would take twice as long to open."""
    data = os.read(descriptor, size)
    while len(data) < size and (more := os.read(descriptor, size - len(data))):
        data += more
    return data


def _digest(shown: str, reading: Reading) -> str:
    """Return the hash of what was read and where: a row is never the copy of another."""
    return hashlib.sha256(repr((shown, reading)).encode("utf-8", "surrogatepass")).hexdigest()


def member_name(name: str, taken: set[str]) -> str:
    """Return a member's name, with a number where another of the same file has it."""
    shown = free = printable(name)
    number = 2
    while free in taken:
        free, number = f"{shown} ({number})", number + 1
    taken.add(free)
    return free


def _without_reader(shown: str, suffix: str) -> Remark:
    """Return the remark on a file that no reader is for; some are metadata, without a document."""
    document = shown.removesuffix(SIDECAR_SUFFIX)
    if document != shown and reader_for(suffix_of(document)):
        return Remark.of(Code.ORPHAN_METADATA, of=document)
    return Remark.of(Code.NO_READER, suffix=suffix)


def _remark(error: OSError) -> Remark:
    codes = {
        errno.ENOENT: Code.VANISHED,
        errno.ENOTDIR: Code.VANISHED,
        errno.EACCES: Code.NO_PERMISSION,
        errno.ELOOP: Code.LINK,
    }
    code = codes.get(error.errno or 0)
    return Remark.of(code) if code else unreadable(error.strerror or str(error))
