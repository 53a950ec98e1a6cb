"""The last stage of a run: passages get their vectors, while words find them all along.

A passage takes some ten milliseconds, so vectors are kept as soon as they are made, and a run that
is ended or killed goes on where it was. From time to time they are committed to the index, under a
lock that is held for no longer than that; texts that are alike are embedded once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import islice
from queue import SimpleQueue

import numpy as np

from backstory.engine.documents import Document, Passage
from backstory.engine.embeddings import (
    EmbeddingModel,
    Encoder,
    Rows,
    quantized,
    text_to_embed,
)
from backstory.engine.errors import BackstoryError, IndexBusy, IndexNotFound
from backstory.engine.indexes.contract import DocumentVectors, Index, Snapshot
from backstory.indexer.meaning.choosing import choose
from backstory.indexer.meaning.description import USE
from backstory.indexer.meaning.encoder import EncoderProcess, batches, cores
from backstory.indexer.meaning.folder import InstalledModel
from backstory.indexer.meaning.vector_cache import VectorCache
from backstory.indexer.settings import IndexerConfig
from backstory.indexer.sync import Progress, Quiet

COMMIT_EVERY = 30.0  # seconds between commits
MOST_PENDING = 50_000  # passages that wait for a commit: 20 to 50 MB of vectors
MOST_PROCESSES = 4
NICENESS = 10  # who asks gets the processor first
ROUND = 2048  # passages that are sorted by length together
LOOK_EVERY = 0.2  # seconds between looks at whether it is over


@dataclass(slots=True)
class EmbeddingReport:
    """What the stage did: passages whose texts were embedded now, or before and kept.

    `model` is "" where none is used; then `why` says what is wrong, "" where none is installed.
    `waiting` are passages that have no vector yet, `unknown` those in languages that the model does
    not know, by language.
    """

    model: str = ""
    embedded: int = 0
    reused: int = 0
    waiting: int = 0
    seconds: float = 0.0
    why: str = ""
    unknown: Mapping[str, int] = field(default_factory=dict)


def embed(
    index: Index,
    config: IndexerConfig,
    progress: Progress | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> EmbeddingReport:
    """Give passages the vectors that they lack, and commit them.

    `is_over` is asked several times a second; then no other text is begun. Raises EncoderFailed,
    IndexBusy, StorageFull, and BackstoryError where vectors cannot be kept.
    """
    began = time.monotonic()
    try:
        snapshot = index.open()
    except IndexNotFound:
        return EmbeddingReport()
    languages = snapshot.statistics.languages or {}
    choice = choose(config, languages)
    if choice.model is None:
        return EmbeddingReport(why=choice.why)
    model = choice.model.description.model
    report = EmbeddingReport(model.name, unknown=unknown_languages(model, languages))
    report.waiting = waiting(snapshot, model)
    if report.waiting or is_redescribed(snapshot, model):
        stage = _Stage(index, config, choice.model, report)
        try:
            stage.run(progress or Quiet(), is_over)
        except OSError as error:
            raise BackstoryError(
                f"Vectors cannot be kept in {config.state_path}: {error}.",
                "Words are searchable. Run it again, or without: backstory index --no-meaning",
            ) from error
        report.waiting = waiting(index.open(), model)
    report.seconds = time.monotonic() - began
    return report


def waiting(snapshot: Snapshot, model: EmbeddingModel) -> int:
    """Return how many passages lack a vector of a model, of those whose language it knows."""
    embedding = snapshot.embedding
    if embedding is not None and embedding.model == model:
        return embedding.waiting
    if embedding is not None and embedding.model.digest == model.digest:  # other languages
        return sum(1 for _ in snapshot.unembedded(model))
    languages = snapshot.statistics.languages or {}
    return sum(languages.values()) - sum(unknown_languages(model, languages).values())


def is_redescribed(snapshot: Snapshot, model: EmbeddingModel) -> bool:
    """Tell whether vectors of a model are there, whose name or languages are others by now."""
    embedding = snapshot.embedding
    is_same = embedding is not None and embedding.model.digest == model.digest
    return embedding is not None and is_same and embedding.model != model


def unknown_languages(model: EmbeddingModel, languages: Mapping[str, int]) -> dict[str, int]:
    """Return the languages that a model does not know, with their numbers of passages."""
    return {code: n for code, n in languages.items() if n and not model.knows(code)}


def layout(config: IndexerConfig, kind: str) -> tuple[int, int]:
    """Return how many processes run a model of a kind, and with how many threads each.

    onnxruntime is as fast with threads as with processes, of which each takes 200 MB. Half of the
    time of USE is that of its tokenizer, which is written in Python.
    """
    threads = cores(config.meaning)
    return (min(threads, MOST_PROCESSES), 1) if kind == USE else (1, threads)


class _Stopped(BaseException):
    """The stage is over; no handler of errors keeps it."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A passage whose vector is there, and the key of the text that this was made of."""

    document_id: str
    number: int
    key: bytes


class _Stage:
    """One run over the passages without vectors: texts are embedded in threads, kept in this one.

    The index may change meanwhile. What was made of a commit that is no longer the newest is
    compared with the newest before it is committed, and the passages are looked up anew.
    """

    def __init__(
        self,
        index: Index,
        config: IndexerConfig,
        installed: InstalledModel,
        report: EmbeddingReport,
    ) -> None:
        self._index, self._config, self._report = index, config, report
        self._installed, self._model = installed, installed.description.model
        self._cache = VectorCache(config.state_path, self._model, limit_mb=config.meaning.cache_mb)
        self._idle: SimpleQueue[Encoder] = SimpleQueue()
        self._is_stopped = threading.Event()
        self._processes = 1
        self._pending: dict[_Place, Rows] = {}
        self._commit_of = ("", 0)  # the commit that the passages are looked up in
        self._is_old = False  # some of those that are pending may have changed since
        self._committed = time.monotonic()

    def run(self, progress: Progress, is_over: Callable[[], bool]) -> None:
        """Embed what is waiting, and commit it; what is raised ends the processes."""
        progress.start(self._report.waiting, self._report.waiting)
        try:
            with ExitStack() as opened:
                pool = self._open(opened)
                while not self._pass(pool, progress, is_over):
                    pass
        finally:
            progress.finish()

    def _open(self, opened: ExitStack) -> ThreadPoolExecutor:
        self._processes, threads = layout(self._config, self._installed.description.kind)
        for _ in range(self._processes):
            encoder = EncoderProcess(
                self._installed,
                self._config.meaning,
                threads=threads,
                niceness=NICENESS,
                look=self._look,
            )
            opened.callback(encoder.close)
            self._idle.put(encoder)
        pool = ThreadPoolExecutor(self._processes)
        opened.callback(pool.shutdown, wait=True, cancel_futures=True)
        opened.callback(self._is_stopped.set)
        return pool

    def _look(self) -> None:
        if self._is_stopped.is_set():
            raise _Stopped

    def _pass(
        self, pool: ThreadPoolExecutor, progress: Progress, is_over: Callable[[], bool]
    ) -> bool:
        """Go through the passages of the newest commit; tell whether that is all there is to do."""
        snapshot = self._index.open()
        self._commit_of, self._is_old = _commit_of(snapshot), bool(self._pending)
        lacking = snapshot.unembedded(self._model)
        while some := list(islice(lacking, ROUND)):
            self._round(some, pool, progress, lambda: is_over() or self._is_old)
            if is_over() or self._is_old or not self._commit_in_time():
                break
        return self._commit(patience=self._config.index.wait, is_last=True) or is_over()

    def _round(
        self,
        passages: Iterable[tuple[Document, Passage]],
        pool: ThreadPoolExecutor,
        progress: Progress,
        is_over: Callable[[], bool],
    ) -> None:
        """Find or make the vectors of some passages."""
        texts: dict[bytes, str] = {}
        places: dict[bytes, list[_Place]] = {}
        for document, passage in passages:
            text = text_to_embed(document.title, passage.text)
            key = self._cache.key(text)
            texts[key] = text
            places.setdefault(key, []).append(_Place(document.id, passage.number, key))
        known = self._cache.rows(list(texts))
        self._report.reused += self._arrive(known, places, progress)
        lacking = [key for key in texts if key not in known]
        tasks = self._tasks(lacking, texts)
        running: set[Future[dict[bytes, Rows]]] = set()
        while True:
            room = 0 if is_over() else self._processes + 1 - len(running)
            for keys, batch in islice(tasks, room):
                progress.reading(places[keys[0]][0].document_id)
                running.add(pool.submit(self._vectors, keys, batch))
            if not running:
                return
            finished, running = wait(running, LOOK_EVERY, FIRST_COMPLETED)
            for each in finished:
                made = each.result()
                self._cache.put(made)
                self._report.embedded += self._arrive(made, places, progress)
            self._commit_in_time()

    def _tasks(
        self, keys: list[bytes], texts: Mapping[bytes, str]
    ) -> Iterator[tuple[list[bytes], list[str]]]:
        """Yield texts of like length, to be embedded together, with their keys."""
        for batch in batches([len(texts[key]) for key in keys]):
            chosen = [keys[i] for i in batch]
            yield chosen, [texts[key] for key in chosen]

    def _vectors(self, keys: list[bytes], texts: list[str]) -> dict[bytes, Rows]:
        """Embed texts, in a thread."""
        encoder = self._idle.get()
        try:
            rows = quantized(encoder.passages(texts))
        finally:
            self._idle.put(encoder)
        return {key: rows[i : i + 1] for i, key in enumerate(keys)}

    def _arrive(
        self,
        rows: Mapping[bytes, Rows],
        places: Mapping[bytes, list[_Place]],
        progress: Progress,
    ) -> int:
        """Note vectors for the passages whose texts they are of; return how many these are."""
        arrived = 0
        for key, row in rows.items():
            arrived += len(places[key])
            self._pending.update(dict.fromkeys(places[key], row))
        progress.advance(arrived, 0, arrived)
        return arrived

    def _commit_in_time(self) -> bool:
        """Commit what has come if it is time to; tell whether the index is still the same."""
        is_late = time.monotonic() - self._committed >= COMMIT_EVERY
        if is_late or len(self._pending) >= MOST_PENDING:
            return self._commit(patience=0.0)
        return True

    def _commit(self, *, patience: float, is_last: bool = False) -> bool:
        """Commit what has come; tell whether nobody else has changed the index meanwhile.

        Where somebody else is writing, it is left for later, unless it `is_last`.
        """
        self._committed = time.monotonic()
        newest = self._index.open()
        if not self._pending and not is_redescribed(newest, self._model):
            return _commit_of(newest) == self._commit_of
        try:
            writer = self._index.writer(wait=patience)
        except IndexBusy:
            if is_last:
                raise
            return True
        with closing(writer):
            newest = self._index.open()
            is_same = _commit_of(newest) == self._commit_of
            self._is_old = self._is_old or not is_same
            places = [p for p in self._pending if not self._is_old or self._is_there(newest, p)]
            writer.embed(self._model, self._by_document(places))
            writer.commit()
            if is_same:
                self._commit_of = _commit_of(self._index.open())
        self._pending.clear()
        return is_same

    def _is_there(self, snapshot: Snapshot, place: _Place) -> bool:
        """Tell whether a passage still has the text that its vector was made of."""
        document = snapshot.document(place.document_id)
        passage = snapshot.passage(place.document_id, place.number)
        if document is None or passage is None:
            return False
        return self._cache.key(text_to_embed(document.title, passage.text)) == place.key

    def _by_document(self, places: Iterable[_Place]) -> Iterator[DocumentVectors]:
        grouped: dict[str, list[_Place]] = {}
        for place in places:
            grouped.setdefault(place.document_id, []).append(place)
        for document_id, these in grouped.items():
            rows = np.concatenate([self._pending[place] for place in these])
            yield DocumentVectors(document_id, tuple(place.number for place in these), rows)


def _commit_of(snapshot: Snapshot) -> tuple[str, int]:
    return snapshot.statistics.committed, snapshot.statistics.generation
