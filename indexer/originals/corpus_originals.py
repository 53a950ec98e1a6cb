"""The originals of a corpus: checked against the index, and opened where nothing can happen.

A file is given byte by byte and opened by nobody here. What has to be understood, an archive or a
PDF, is opened in the process for readers; a new process for each document, so that none can answer
falsely for another.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from backstory.engine.cache import Cache, CachePool
from backstory.engine.documents import Document, FileState
from backstory.engine.errors import NoPicture, OriginalGone, UnreadableDocument
from backstory.engine.originals import Original, Phrase, Picture, has_pictures
from backstory.indexer.corpus import SIDECAR_SUFFIX, hash_of_member, printable
from backstory.indexer.exchange import FalseAnswer
from backstory.indexer.isolation import ReadingRoom, Task
from backstory.indexer.ocr.cache import ocr_state, recognised
from backstory.indexer.originals import members, pages
from backstory.indexer.originals.drawing import mark, png
from backstory.indexer.originals.files import Pieces, digest_of, head, is_as_indexed, open_file
from backstory.indexer.originals.marking import places
from backstory.indexer.originals.members import FindMember
from backstory.indexer.originals.pages import PageWord, RenderedPage
from backstory.indexer.readers import Budget, Source
from backstory.indexer.readers.metadata import MAX_METADATA
from backstory.indexer.readers.pdf.picture import RenderPage
from backstory.indexer.sandbox import FONTS
from backstory.indexer.settings import IndexerConfig

MEGABYTE = 1024 * 1024
WIDTH = 1_000  # pixels of a page
MOST_PIXELS = 4_000_000
# Of the processor, for one page or one member. A reader has more, but nobody waits for it.
SECONDS = 12.0
_REASON_BYTES = 300
_HAS_CHANGED = "has changed since it was indexed"

Answer = TypeVar("Answer")
# The hash of a document, the number of a page, and how far OCR is where that decides its words.
_PageKey = tuple[str, int, int | None]


class CorpusOriginals:
    """Opens the originals of the documents of an index; safe to share between threads.

    One page is rendered, or one member unpacked, at a time. Pages are kept in `pool`, the budget of
    memory that all caches share.
    """

    def __init__(self, config: IndexerConfig, pool: CachePool | None = None) -> None:
        formats = replace(config.formats, seconds=min(config.formats.seconds, SECONDS))
        self._config, self._formats = config, formats
        self._room = ReadingRoom(formats, folders=FONTS)
        self._lock = threading.Lock()
        self._last = ""  # the document that the process has opened
        self._kept: Cache[_PageKey, RenderedPage | str] = (pool or CachePool()).cache("pages")

    def close(self) -> None:
        """End the process that opens documents, if there is one."""
        with self._lock:
            self._room.close()

    def open(self, document: Document, file: FileState) -> Original:
        """Return a document's original, the file that holds it where it has no bytes of its own.

        It is that file, too, where a member cannot be unpacked. Raises OriginalGone where it is not
        what was indexed.
        """
        descriptor = open_file(self._config.corpus_path, file.path, document.path)
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, descriptor)
            if document.path == printable(file.path):
                self._compare(descriptor, document, file)
                original = _whole(descriptor, document.path, document.sha256)
            else:
                name, is_exact, data = self._member(descriptor, document, file)
                if is_exact or name:
                    shown = document.path if is_exact else name
                    return _of_bytes(data, shown, is_container=not is_exact)
                original = _container(descriptor, file)
            stack.pop_all()
            return original

    def picture(
        self, document: Document, file: FileState, page: int, phrases: Sequence[Phrase] = ()
    ) -> Picture:
        """Return a page of a document, counted from 1, with phrases marked on it.

        Raises OriginalGone as `open` does, NoPicture where the document or the page has none.
        """
        if not has_pictures(document):
            raise NoPicture(document.path, "it has no pages that can be shown")
        if page < 1:
            raise NoPicture(document.path, f"it has no page {page}")
        rendered = self._page(document, file, page)
        if not rendered.width:
            has = "1 page" if rendered.pages == 1 else f"{rendered.pages:,} pages"
            raise NoPicture(document.path, f"it has {has}")
        boxes = places(phrases, rendered.words)
        pixels = rendered.pixels
        mark(pixels, rendered.width, rendered.height, boxes)
        return Picture(
            png(pixels, rendered.width, rendered.height),
            rendered.width,
            rendered.height,
            rendered.pages,
            boxes,
            _etag(document.sha256, page, boxes),
        )

    # --- Files and members

    def _compare(self, descriptor: int, document: Document, file: FileState) -> None:
        """Raise OriginalGone for a file whose content is not what was indexed."""
        beside = self._beside(file)
        limit = self._config.corpus.max_file_mb * MEGABYTE
        is_whole = os.fstat(descriptor).st_size == file.size
        if not is_whole or digest_of(descriptor, limit, beside) != document.sha256:
            raise OriginalGone(document.path, _HAS_CHANGED)

    def _member(
        self, descriptor: int, document: Document, file: FileState
    ) -> tuple[str, bool, bytes]:
        """Return the bytes of a member, or of a member that holds it, as `members.loaded` does."""
        source = self._source(descriptor, file)
        beside = self._beside(file)
        path = document.path.removeprefix(printable(file.path)).lstrip("/")
        task = FindMember(path, document.sha256, beside)
        name, is_exact, data = self._unpacked(source, task, document)
        digest = hash_of_member(hashlib.sha256(data).hexdigest(), beside)
        if is_exact and digest != document.sha256:
            raise OriginalGone(document.path, _HAS_CHANGED)
        # What is no member by its hash is known by the file that it was read from.
        if not is_exact and not is_as_indexed(descriptor, file):
            raise OriginalGone(document.path, _HAS_CHANGED)
        return name, is_exact, data

    def _unpacked(
        self, source: Source, task: FindMember, document: Document
    ) -> tuple[str, bool, bytes]:
        """Return what `members.loaded` does; where a file cannot be unpacked, it holds nothing."""
        try:
            if members.may_hold_files(source.name, source.data):
                return members.loaded(self._run(source, task, document))
        except UnreadableDocument:
            pass
        except FalseAnswer:
            self.close()
        return "", False, b""

    def _source(self, descriptor: int, file: FileState) -> Source:
        """Return a file as it was read for the index."""
        limit = self._config.corpus.max_file_mb * MEGABYTE
        data = head(descriptor, limit + 1)
        return self._source_of(file.path, data[:limit], is_cut=len(data) > limit)

    def _source_of(self, name: str, data: bytes, *, is_cut: bool = False) -> Source:
        config, formats = self._config, self._formats
        budget = Budget(formats.max_members, formats.max_unpacked_mb * MEGABYTE)
        path = config.corpus_path / name
        shown = printable(name)
        return Source(path, shown, data, is_cut, config.corpus, formats, config.rows, budget)

    def _beside(self, file: FileState) -> bytes:
        """Return the metadata beside a file, as far as they count in the hash of its document."""
        if file.sidecar is None:
            return b""
        name = file.path + SIDECAR_SUFFIX
        descriptor = open_file(self._config.corpus_path, name, printable(name))
        try:
            return head(descriptor, MAX_METADATA + 1)
        finally:
            os.close(descriptor)

    # --- Pages

    def _page(self, document: Document, file: FileState, page: int) -> RenderedPage:
        key: _PageKey = (document.sha256, page, None)
        until: _PageKey = (document.sha256, page, ocr_state(self._config.state_path))
        descriptor = open_file(self._config.corpus_path, file.path, document.path)
        try:
            kept = None
            if is_as_indexed(descriptor, file):
                kept = self._kept.get(key) or self._kept.get(until)
            if kept is None:
                source = self._paged(descriptor, document, file)
                kept = self._rendered(source, page, document)
                if isinstance(kept, RenderedPage):
                    scanned = self._recognised(source.data, page)
                    if not scanned and kept.has_few_letters:  # of a scan, OCR may still read them
                        key = until
                    kept = replace(kept, words=(*kept.words, *scanned))
        finally:
            os.close(descriptor)
        if isinstance(kept, str):
            self._kept.put(key, kept, _REASON_BYTES)
            raise NoPicture(document.path, kept)
        self._kept.put(key, kept, kept.size)
        return kept

    def _recognised(self, data: bytes, page: int) -> tuple[PageWord, ...]:
        """Return the words that OCR has read on a page; () where it has not."""
        scanned = recognised(self._config.state_path, data).get(page)
        return tuple(
            PageWord(word.text, (word.left, word.top, word.right, word.bottom))
            for word in (scanned.words if scanned else ())
        )

    def _paged(self, descriptor: int, document: Document, file: FileState) -> Source:
        """Return the bytes that have the pages of a document."""
        if document.path == printable(file.path):
            source = self._source(descriptor, file)
            if hashlib.sha256(source.data + self._beside(file)).hexdigest() != document.sha256:
                raise OriginalGone(document.path, _HAS_CHANGED)
            return source
        _, is_exact, data = self._member(descriptor, document, file)
        if not is_exact:
            raise NoPicture(document.path, "it could not be unpacked")
        return self._source_of(file.path, data)

    def _rendered(self, source: Source, page: int, document: Document) -> RenderedPage | str:
        """Return a page, or why there is none, which is as dear to find out once more."""
        task = RenderPage(page, WIDTH, MOST_PIXELS)
        try:
            return pages.loaded(self._run(source, task, document), MOST_PIXELS)
        except UnreadableDocument as error:
            return error.remark.sentence
        except FalseAnswer:
            self.close()
            return "its reader answered falsely"

    def _run(self, source: Source, task: Task, document: Document) -> bytes:
        with self._lock:
            if self._last != document.sha256:
                self._room.close()
                self._last = document.sha256
            try:
                return self._room.run(source, task)
            except OSError as error:
                why = f"no process to read it in: {error.strerror or error}"
                raise UnreadableDocument(source.name, why) from error


def _whole(descriptor: int, path: str, etag: str) -> Original:
    pieces = Pieces(descriptor, path)
    return Original(_last_of(path), etag, pieces.size, pieces)


def _container(descriptor: int, file: FileState) -> Original:
    shown = printable(file.path)
    pieces = Pieces(descriptor, shown)
    etag = hashlib.sha256(repr(file).encode("utf-8", "surrogatepass")).hexdigest()
    return Original(_last_of(shown), etag, pieces.size, pieces, is_container=True)


def _of_bytes(data: bytes, path: str, *, is_container: bool) -> Original:
    pieces: Iterator[bytes] = iter([data])
    etag = hashlib.sha256(data).hexdigest()
    return Original(_last_of(path), etag, len(data), pieces, is_container)


def _last_of(path: str) -> str:
    return path.rpartition("/")[2]


def _etag(digest: str, page: int, boxes: Sequence[object]) -> str:
    return hashlib.sha256(repr((digest, page, WIDTH, boxes)).encode()).hexdigest()
