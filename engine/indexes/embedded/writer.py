"""The one writer of a Whoosh index: collects segments and deletions, commits them at once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from backstory.engine.analysis import Analyzer
from backstory.engine.disk import sync
from backstory.engine.documents import IndexedDocument, SkippedFile
from backstory.engine.embeddings import EmbeddingModel, Rows
from backstory.engine.errors import UnreadableDocument
from backstory.engine.indexes.contract import DocumentVectors
from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.embedded.arrays import Ids
from backstory.engine.indexes.embedded.builder import Batch, BuiltSegment, SegmentBuilder
from backstory.engine.indexes.embedded.commit import write_toc
from backstory.engine.indexes.embedded.manifest import (
    MANIFEST_NAME,
    TOC_NAME,
    Identity,
    Manifest,
    SegmentFacts,
    generations,
    measure,
    newest_generation,
    read_manifest,
    write_manifest,
)
from backstory.engine.indexes.embedded.merging import merge, to_merge
from backstory.engine.indexes.embedded.segments import OpenSegment, SegmentState, save_deleted
from backstory.engine.indexes.embedded.snapshot import open_segments
from backstory.engine.indexes.embedded.storage import (
    PENDING,
    WriteLock,
    check_files,
    litter,
    remove_litter,
    secure,
    storing,
)
from backstory.engine.indexes.embedded.vectors import VECTORS_EXTENSION, write_vectors

BATCH_WORDS = 1_500_000


@dataclass(slots=True)
class _State:
    """What the next commit would hold."""

    segments: list[OpenSegment]
    files: dict[str, tuple[int, str]]
    counts: Counts
    skipped: tuple[SkippedFile, ...]
    settings: Mapping[str, Any]
    model: EmbeddingModel | None = None
    has_changed: bool = False
    added: list[str] = field(default_factory=list)  # files that no commit refers to yet


class EmbeddedWriter:
    """Holds the write lock from its creation to `close`."""

    def __init__(
        self,
        folder: Path,
        identity: Identity,
        analyzer: Analyzer,
        lock: WriteLock,
        *,
        rebuild: bool,
    ) -> None:
        self._folder, self._identity, self._analyzer = folder, identity, analyzer
        self._lock = lock
        self._is_open = True
        names = [path.name for path in folder.iterdir()]
        self._manifest = self._read_manifest(names, rebuild)
        # A rebuild counts on from whatever is there, so that readers of the old index notice it.
        counted = [*generations(names), *generations(names, MANIFEST_NAME)] if rebuild else []
        self._generation = self._manifest.generation if self._manifest else max([0, *counted])
        left = [] if rebuild else litter(names, self._manifest)
        remove_litter(folder, [*left, PENDING])
        self.recovered = bool(left) or PENDING in names
        self._state = self._load()

    def _read_manifest(self, names: Sequence[str], rebuild: bool) -> Manifest | None:
        generation = None if rebuild else newest_generation(self._folder, names)
        if generation is None:
            return None
        manifest = read_manifest(self._folder, generation, self._identity)
        check_files(self._folder, manifest)
        return manifest

    def _load(self) -> _State:
        manifest = self._manifest
        if manifest is None:
            return _State([], {}, Counts(), (), {})
        segments = open_segments(self._folder, manifest)
        files = {name: m for name, m in manifest.files.items() if not TOC_NAME.fullmatch(name)}
        return _State(
            segments, files, manifest.counts, manifest.skipped, manifest.settings, manifest.model
        )

    def add(self, documents: Iterable[IndexedDocument]) -> None:
        """Add documents in segments of bounded size, so that memory is too."""
        with storing(self._folder, self._count):
            batch = build(self._folder, documents, self._analyzer)
        self.adopt(batch)
        for document_id, reason in batch.rejected.items():
            raise UnreadableDocument(document_id, reason)

    def adopt(self, prepared: Batch) -> None:
        """Add built segments; their documents replace those of the same ids."""
        for built in prepared.segments:
            for document_id in built.document_entries:
                self.delete(document_id)
            with storing(self._folder, self._count):
                self._install(built)
            self._state.counts = self._state.counts.plus(built.counts)
            self._state.has_changed = True

    def _count(self) -> int:
        return self._manifest.counts.passages if self._manifest else 0

    def _install(self, built: BuiltSegment) -> None:
        for name in built.files:
            (self._folder / PENDING / name).rename(self._folder / name)
            self._state.added.append(name)
        self._state.segments.append(OpenSegment(self._folder, built.state, built.document_entries))
        self._state.files.update(built.files)

    def delete(self, document_id: str) -> None:
        """Mark a document's entries as deleted."""
        for segment in self._state.segments:
            document_entry = segment.find(document_id)
            if document_entry is not None:
                self._state.counts = self._state.counts.plus(segment.counts_of(document_entry), -1)
                for entry in (document_entry, *segment.passages_of(document_entry)):
                    segment.state.deleted.add(entry)
                self._state.has_changed = True

    def clear(self) -> None:
        """Delete everything."""
        for segment in self._state.segments:
            segment.close()
        state = self._state
        self._state = _State(
            [], {}, Counts(), state.skipped, state.settings, state.model, True, state.added
        )

    def embed(self, model: EmbeddingModel, vectors: Iterable[DocumentVectors]) -> None:
        """Add vectors of passages; those of another model are forgotten."""
        state = self._state
        if state.model is None or state.model.digest != model.digest:
            self.forget_vectors()
        if state.model != model:
            state.model, state.has_changed = model, True
        added: dict[int, list[tuple[Ids, Rows]]] = {}
        for one in vectors:
            for number, segment in enumerate(state.segments):
                start = segment.find(one.document_id)
                if start is not None:
                    count = len(segment.passages_of(start))
                    numbers = np.array(one.numbers, np.intp)
                    are_there = (numbers > 0) & (numbers <= count)
                    pair = start + numbers[are_there], one.rows[are_there]
                    added.setdefault(number, []).append(pair)
        with storing(self._folder, self._count):
            for number, pairs in added.items():
                self._embed(state.segments[number], pairs)

    def _embed(self, segment: OpenSegment, added: Sequence[tuple[Ids, Rows]]) -> None:
        """Write the vectors of a segment anew, with some more, the last given of an entry."""
        known = segment.vectors
        parts = [(known.entries.astype(np.intp), known.rows)] if known else []
        entries = np.concatenate([entries for entries, _ in [*parts, *added]])[::-1]
        rows = np.concatenate([rows for _, rows in [*parts, *added]])[::-1]
        entries, places = np.unique(entries, return_index=True)
        if not len(entries):
            return
        name = f"{segment.state.name}{VECTORS_EXTENSION}-{secrets.token_hex(4)}"
        self._state.added.append(name)
        write_vectors(self._folder / name, entries, rows[places])
        self._state.files.pop(segment.state.vectors, None)
        self._state.files[name] = measure(self._folder / name)
        segment.state.vectors = name
        segment.open_vectors(self._folder)
        self._state.has_changed = True

    def forget_vectors(self) -> None:
        """Forget all vectors."""
        state = self._state
        for segment in state.segments:
            state.files.pop(segment.state.vectors, None)
            segment.state.vectors = ""
            segment.open_vectors(self._folder)
        state.has_changed = state.has_changed or state.model is not None
        state.model = None

    def skip(self, files: Iterable[SkippedFile]) -> None:
        """Replace the list of files that could not be indexed."""
        self._state.skipped = tuple(files)

    def remember(self, settings: Mapping[str, Any]) -> None:
        """Replace the settings that the documents were read with."""
        self._state.settings = dict(settings)

    def commit(self) -> int:
        """Make the changes visible; without any, keep the generation that there is."""
        before = self._manifest
        state = self._state
        noted = state.skipped, state.settings
        if before and not state.has_changed and noted == (before.skipped, before.settings):
            return before.generation
        with storing(self._folder, self._count):
            try:
                return self._commit()
            except OSError:
                self.rollback()
                raise

    def _commit(self) -> int:
        self._compact()
        self._generation += 1
        state = self._state
        facts = tuple(self._facts(segment) for segment in state.segments)
        manifest = Manifest(
            identity=self._identity,
            generation=self._generation,
            committed=datetime.now(UTC).isoformat(timespec="seconds"),
            counts=state.counts,
            files=self._files_of(segment.state for segment in state.segments),
            segments=facts,
            skipped=state.skipped,
            settings=dict(state.settings),
            model=state.model,
        )
        sealed: list[Manifest] = []
        states = [segment.state for segment in state.segments]
        write_toc(self._folder, states, self._generation, partial(self._seal, manifest, sealed))
        self._manifest = sealed[0]
        state.has_changed = False
        state.added.clear()
        names = [path.name for path in self._folder.iterdir()]
        remove_litter(self._folder, litter(names, self._manifest))
        return self._generation

    def _seal(self, manifest: Manifest, sealed: list[Manifest], draft: Path, name: str) -> None:
        sealed.append(manifest.with_file(name, draft))
        write_manifest(self._folder, sealed[0])

    def _facts(self, segment: OpenSegment) -> SegmentFacts:
        """Describe a segment; its deleted entries are written anew where there are more of them."""
        name, count = segment.state.name, len(segment.state.deleted)
        known = [file for file in self._state.files if file.startswith(f"{name}.deleted-")]
        bitmap = f"{name}.deleted-{count}" if count else ""
        if bitmap and bitmap not in known:
            save_deleted(self._folder / bitmap, segment.state)
            secure(self._folder / bitmap)
            sync(self._folder / bitmap)
            self._state.files[bitmap] = measure(self._folder / bitmap)
            self._state.added.append(bitmap)
        for file in known:
            if file != bitmap:
                del self._state.files[file]
        return segment.state.facts(bitmap)

    def _files_of(self, segments: Iterable[SegmentState]) -> dict[str, tuple[int, str]]:
        kept = tuple(f"{segment.name}." for segment in segments)
        return {name: m for name, m in self._state.files.items() if name.startswith(kept)}

    def _compact(self) -> None:
        """Drop segments without live documents; merge small ones so that few remain."""
        state = self._state
        for segment in [s for s in state.segments if _is_dead(s)]:
            segment.close()
            state.segments.remove(segment)
        selected = to_merge(state.segments)
        if not selected:
            return
        prepared = merge(pending_folder(self._folder), selected)
        for segment in selected:
            segment.close()
            state.segments.remove(segment)
        self._install(prepared)

    def rollback(self) -> None:
        """Forget the changes since the last commit, and the files that were made for them."""
        self._drop()
        self._state = self._load()
        if self._manifest:
            names = [path.name for path in self._folder.iterdir()]
            remove_litter(self._folder, litter(names, self._manifest))

    def _drop(self) -> None:
        for segment in self._state.segments:
            segment.close()
        remove_litter(self._folder, self._state.added)

    def close(self) -> None:
        """Forget what is not committed and release the lock."""
        if self._is_open:
            self._is_open = False
            self._drop()
            remove_litter(self._folder, [PENDING])
            self._lock.release()


def build(folder: Path, documents: Iterable[IndexedDocument], analyzer: Analyzer) -> Batch:
    """Build segments of about a million and a half words, so that memory stays bounded."""
    pending = pending_folder(folder)
    builder = SegmentBuilder(pending, analyzer)
    segments: list[BuiltSegment] = []
    rejected: dict[str, str] = {}
    for indexed in documents:
        try:
            builder.add(indexed)
        except (ValueError, OverflowError) as error:
            rejected[indexed.document.id] = f"the index cannot take it: {error}"
        if builder.words >= BATCH_WORDS:
            segments.append(builder.finish())
            builder = SegmentBuilder(pending, analyzer)
    if not builder.is_empty:
        segments.append(builder.finish())
    return Batch(tuple(segments), rejected)


def pending_folder(folder: Path) -> Path:
    """Return the folder in which segments are built, made if need be."""
    pending = folder / PENDING
    pending.mkdir(mode=0o700, exist_ok=True)
    return pending


def _is_dead(segment: OpenSegment) -> bool:
    return next(segment.live_document_entries(), None) is None
