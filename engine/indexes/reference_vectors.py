"""The vectors of the reference index: bytes by address, and every search a loop over all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from backstory.engine.documents import passage_address, split_address
from backstory.engine.embeddings import EmbeddingModel, Rows, cosines
from backstory.engine.indexes.contract import DocumentVectors, Nearest


@dataclass(frozen=True, slots=True)
class VectorStore:
    """The vectors of some passages, made with one model; it never changes."""

    model: EmbeddingModel | None = None
    rows: Mapping[str, bytes] = field(default_factory=dict)

    def has(self, model: EmbeddingModel, address: str) -> bool:
        """Tell whether a passage has a vector of a model."""
        return address in self.rows and self._is_of(model)

    def _is_of(self, model: EmbeddingModel) -> bool:
        return self.model is not None and self.model.digest == model.digest

    def with_vectors(
        self, model: EmbeddingModel, vectors: Iterable[DocumentVectors], sizes: Mapping[str, int]
    ) -> VectorStore:
        """Add vectors of passages that are there; `sizes` are the numbers of passages by id."""
        rows = dict(self.rows) if self._is_of(model) else {}
        for one in vectors:
            for number, row in zip(one.numbers, one.rows, strict=True):
                if 0 < number <= sizes.get(one.document_id, 0):
                    rows[passage_address(one.document_id, number)] = row.tobytes()
        return VectorStore(model, rows)

    def without(self, document_id: str) -> VectorStore:
        """Leave out the passages of a document."""
        rows = {a: row for a, row in self.rows.items() if split_address(a)[0] != document_id}
        return replace(self, rows=rows)

    def row(self, address: str) -> Rows | None:
        """Return the vector of a passage, (1, dimensions), or None."""
        row = self.rows.get(address)
        return None if row is None else np.frombuffer(row, np.int8)[None]

    def cosine(self, question: Rows, address: str) -> float | None:
        """Return the cosine of a passage and a vector, or None."""
        row = self.row(address)
        return None if row is None else float(cosines(question, row)[0])

    def nearest(self, question: Rows, k: int, matching: Iterable[str]) -> Nearest:
        """Return the nearest of the passages that match, given in the order of their addresses."""
        every = ((address, self.cosine(question, address)) for address in self.rows)
        cosine = {address: value for address, value in every if value is not None}
        first = sorted((a for a in matching if a in cosine), key=lambda a: -cosine[a])[:k]
        median = float(np.median(list(cosine.values()))) if cosine else 0.0
        return Nearest(tuple(first), tuple(map(cosine.__getitem__, first)), median)
