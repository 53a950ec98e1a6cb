"""An encoder whose model runs in a process of its own, behind fences and within limits.

The process is started at the first text, so an encoder that is never asked costs nothing. One that
crashes is started once more; after a failure it rests, so that not every question pays for it.
What it answers is checked before it is believed.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from backstory.engine.embeddings import EmbeddingModel, Vectors
from backstory.engine.errors import EncoderFailed
from backstory.indexer.exchange import FalseAnswer, ask
from backstory.indexer.meaning.folder import InstalledModel
from backstory.indexer.meaning.running import DONE, serve
from backstory.indexer.sandbox import MEGABYTE, bare_environment
from backstory.indexer.settings import MeaningSettings
from backstory.indexer.spawning import Child, sigint_blocked

START_SECONDS = 60.0  # to load the model
SECONDS = 300.0  # for the texts that are sent together
QUESTION_SECONDS = 10.0  # for a question, whose answer somebody waits for
REST = 30.0  # seconds after a failure in which it is not tried again
_TEXTS, _CHARACTERS = 64, 50_000  # that are sent together, at most: some seconds of one core
_QUESTIONS = 256  # vectors of questions that are kept: another page costs nothing
_MOST_FAILURE = 4096  # bytes of an answer that says what is wrong
_INEXACT = 1e-3  # by which the length of a vector may differ from 1
_OF_A_THREAD = 64 * MEGABYTE  # address space for its stack, and what libraries set aside for it
_NOWHERE = "/nonexistent"  # it writes no files


class EncoderProcess:
    """Runs a model in another process; may be used by several threads, which wait in turn.

    `seconds` are for the texts that are sent together. `niceness`, from 0 to 19, is how much the
    process leaves the processor to others. `look` is called while an answer is waited for; what it
    raises ends the process.
    """

    def __init__(
        self,
        installed: InstalledModel,
        settings: MeaningSettings,
        *,
        threads: int = 0,
        seconds: float = SECONDS,
        niceness: int = 0,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self._installed, self._settings = installed, settings
        self._threads = threads or cores(settings)
        self._seconds, self._niceness, self._look = seconds, niceness, look
        self._model = installed.description.model
        self._child: Child | None = None
        self._lock = threading.Lock()
        self._failure: EncoderFailed | None = None
        self._rests_until = 0.0
        self._questions: OrderedDict[str, Vectors] = OrderedDict()

    @property
    def model(self) -> EmbeddingModel:
        """The model; known without loading it."""
        return self._model

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return a vector for each text that is searched in; raises EncoderFailed."""
        made = np.empty((len(texts), self._model.dimensions), np.float32)
        for batch in batches([len(text) for text in texts]):
            made[batch] = self._vectors([texts[i] for i in batch], is_question=False)
        return made

    def question(self, text: str) -> Vectors:
        """Return the vector of a text that is searched for, (dimensions,); raises EncoderFailed."""
        with self._lock:
            if (known := self._questions.pop(text, None)) is not None:
                self._questions[text] = known  # it is now the last that goes
                return known
        vector: Vectors = self._vectors([text], is_question=True)[0]
        vector.flags.writeable = False
        with self._lock:
            self._questions[text] = vector
            if len(self._questions) > _QUESTIONS:
                self._questions.popitem(last=False)
        return vector

    def close(self) -> None:
        """End the process; the next text starts another."""
        with self._lock:
            self._end()

    def _vectors(self, texts: list[str], *, is_question: bool) -> Vectors:
        question = pickle.dumps((is_question, texts))
        seconds = min(self._seconds, QUESTION_SECONDS) if is_question else self._seconds
        with self._lock:
            if self._failure is not None and time.monotonic() < self._rests_until:
                raise self._failure
            try:
                answer = self._answer(question, len(texts), seconds)
            except EncoderFailed as error:
                self._end()
                self._failure, self._rests_until = error, time.monotonic() + REST
                raise
            except BaseException:  # its answer would be taken for that to the next question
                self._end()
                raise
        return answer

    def _answer(self, question: bytes, texts: int, seconds: float) -> Vectors:
        """Return the vectors of so many texts, from a second process where the first dies."""
        size = texts * self._model.dimensions * np.dtype(np.float32).itemsize
        try:
            answer = self._exchange(question, seconds, size)
        except _DiedError:
            answer = self._exchange(question, seconds, size)
        vectors = np.frombuffer(answer, np.float32).reshape(texts, self._model.dimensions)
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
        if not np.isfinite(vectors).all() or (np.abs(lengths - 1) > _INEXACT).any():
            raise self._failed("it answers with vectors that have no unit length")
        return vectors

    def _exchange(self, question: bytes, seconds: float, size: int) -> bytes:
        """Send a question; return `size` bytes. Raises EncoderFailed, _DiedError if it died."""
        child = self._open()
        try:
            answer = ask(
                child.line.fileno(), question, seconds, max(size + 1, _MOST_FAILURE), self._look
            )
        except (EOFError, OSError) as error:
            raise self._died() from error
        except FalseAnswer as error:
            raise self._failed(f"it gives {error}") from error
        if answer is None:
            raise self._failed(f"it has no answer within {seconds:g} s")
        if answer[:1] != DONE:
            raise self._failed(answer[1:].decode("utf-8", "replace"))
        if len(answer) != size + 1:
            raise self._failed(f"it gives {len(answer) - 1:,} bytes, not {size:,}")
        return answer[1:]

    def _open(self) -> Child:
        """Return the process, started where there is none; raises EncoderFailed."""
        if self._child is not None and self._child.is_alive:
            return self._child
        self._end()
        memory = self._settings.memory_mb * MEGABYTE + self._threads * _OF_A_THREAD
        processor = max(self._seconds, START_SECONDS) * self._threads
        with self._installed.opened() as files:
            try:
                with sigint_blocked():
                    self._child = Child(
                        serve,
                        *(files, memory, processor, self._niceness),
                        shared=list(files.values()),
                        environment=self._environment(),
                        outlives_thread=True,
                    )
                loading = pickle.dumps((self._installed.description, self._threads))
                self._exchange(loading, START_SECONDS, 0)
            except _DiedError as error:
                raise self._failed(f"it cannot be loaded: {error.reason}") from error
            except OSError as error:
                raise self._failed(f"its process cannot be started: {error}") from error
        return self._child

    def _environment(self) -> dict[str, str]:
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(self._threads))
        # Each thread would reserve address space, which is limited.
        return {**bare_environment(_NOWHERE), **threads, "MALLOC_ARENA_MAX": "2"}

    def _failed(self, reason: str) -> EncoderFailed:
        return EncoderFailed(self._model.name, reason)

    def _died(self) -> _DiedError:
        code = self._child.exit_code(1) if self._child is not None else None
        self._end()
        how = f"exit status {code}"
        if code is not None and code < 0:
            with contextlib.suppress(ValueError):
                how = signal.Signals(-code).name
        limit = f"may have {self._settings.memory_mb:,} MB (meaning.memory_mb)"
        return _DiedError(self._model.name, f"its process has ended ({how}; it {limit})")

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()


class _DiedError(EncoderFailed):
    """The process has ended by itself."""


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield which texts are sent together, those of like length, by their numbers."""
    batch: list[int] = []
    characters = 0
    for number in sorted(range(len(lengths)), key=lengths.__getitem__):
        if len(batch) == _TEXTS or (batch and characters + lengths[number] > _CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(number)
        characters += lengths[number]
    if batch:
        yield batch


def cores(settings: MeaningSettings) -> int:
    """Return how many threads run a model: as many as are set, or as there are cores."""
    if settings.threads:
        return settings.threads
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS has no affinity
        return os.cpu_count() or 1
