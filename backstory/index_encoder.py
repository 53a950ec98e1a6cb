"""The encoder of an archive: that of the model which the index was embedded with.

Which one that is may change with any commit, and the model may be installed later, while a server
goes on. An archive that was never embedded costs nothing: then not even the room of models is
imported.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from backstory.engine.embeddings import EmbeddingModel, Vectors
from backstory.engine.errors import EncoderFailed
from backstory.engine.indexes.contract import Source
from backstory.settings import Config

if TYPE_CHECKING:
    from backstory.indexer.meaning.encoder import EncoderProcess

LOOK_EVERY = 30.0  # seconds between looks for a model that is not installed
NONE = EmbeddingModel("none", "", 8)


class IndexEncoder:
    """Makes vectors that can be compared with those of the newest commit of an index.

    Its model is NONE where there are no vectors, or their model cannot be used.
    """

    def __init__(
        self,
        index: Source,
        config: Config,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._index, self._config, self._clock = index, config, clock
        self._lock = threading.Lock()
        self._wanted = NONE
        self._commit = ("", -1)  # that was looked at last
        self._encoder: EncoderProcess | None = None
        self._looks_at = 0.0

    @property
    def model(self) -> EmbeddingModel:
        """The model of the newest commit, as it is installed; known without loading it."""
        encoder = self._opened()
        return encoder.model if encoder is not None else NONE

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return a vector for each text that is searched in; raises EncoderFailed."""
        return self._usable().passages(texts)

    def question(self, text: str) -> Vectors:
        """Return the vector of a text that is searched for, (dimensions,); raises EncoderFailed."""
        return self._usable().question(text)

    def close(self) -> None:
        """End the process that runs the model; the next text starts another."""
        with self._lock:
            if self._encoder is not None:
                self._encoder.close()

    def _usable(self) -> EncoderProcess:
        encoder = self._opened()
        if encoder is None:
            raise EncoderFailed(self._wanted.name, "it is not installed")
        return encoder

    def _opened(self) -> EncoderProcess | None:
        snapshot = self._index.open()
        statistics = snapshot.statistics
        commit = (statistics.committed, statistics.generation)
        if commit == self._commit and (encoder := self._encoder) is not None:
            return encoder
        embedding = snapshot.embedding  # which counts passages, so it is not asked each time
        wanted = embedding.model if embedding is not None else NONE
        with self._lock:
            is_missing = self._encoder is None and self._clock() >= self._looks_at
            if wanted.digest != self._wanted.digest or (is_missing and wanted is not NONE):
                self._reopen(wanted)
            self._commit = commit
            return self._encoder

    def _reopen(self, wanted: EmbeddingModel) -> None:
        if self._encoder is not None:
            self._encoder.close()
        self._encoder = self._open(wanted) if wanted is not NONE else None
        self._wanted, self._looks_at = wanted, self._clock() + LOOK_EVERY

    def _open(self, model: EmbeddingModel) -> EncoderProcess | None:
        if not self._config.meaning.enabled:
            return None
        from backstory.indexer.meaning.choosing import open_encoder

        return open_encoder(self._config, model)
