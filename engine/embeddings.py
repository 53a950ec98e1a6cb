"""Embeddings: what an encoder makes of a text, and how an index keeps it.

An encoder turns a text into a vector of unit length; texts that mean much the same have vectors
that point the same way. An index keeps vectors as whole numbers of one byte, and the vector of a
question becomes one before it is compared. Then all products and sums are whole numbers below
2**24, which 32-bit floats add up exactly in any order: every machine has the same cosines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]  # (n, dimensions), each row of unit length
Rows = NDArray[np.int8]  # (n, dimensions)
Cosines = NDArray[np.float64]  # (n,)

MOST_DIMENSIONS = 1024  # 127 * 127 * 1024 is below 2**24
_HIGHEST = 127


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """What tells a model from others: vectors of two models are never compared.

    `digest` is the SHA-256 of everything that decides what vectors it makes. `languages` are the
    codes of those that it knows; empty for all. `dimensions` is a multiple of 8. `weight` is the
    share that its cosines have in a score, from 0 to 1, as far as that has been measured.
    """

    name: str
    digest: str
    dimensions: int
    languages: tuple[str, ...] = ()
    weight: float = 0.4

    def knows(self, language: str) -> bool:
        """Tell whether texts in a language may be embedded."""
        return not self.languages or language in self.languages

    def to_json(self) -> dict[str, Any]:
        """Return the model as JSON values."""
        return {
            "name": self.name,
            "digest": self.digest,
            "dimensions": self.dimensions,
            "languages": list(self.languages),
            "weight": self.weight,
        }

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> EmbeddingModel:
        """Make the model that `to_json` described."""
        return cls(**{**record, "languages": tuple(record["languages"])})


def text_to_embed(title: str, text: str) -> str:
    """Return what is embedded of a passage: the title of its document and its text.

    What a passage is about often stands in the title alone.
    """
    return f"{title}. {text}" if title else text


class Encoder(Protocol):
    """Makes vectors of texts; may be used by several threads."""

    @property
    def model(self) -> EmbeddingModel:
        """The model; known without loading it."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return a vector for each text that is searched in; raises EncoderFailed."""

    def question(self, text: str) -> Vectors:
        """Return the vector of a text that is searched for, (dimensions,); raises EncoderFailed."""


def quantized(vectors: Vectors) -> Rows:
    """Return vectors, (n, dimensions), as whole numbers: the largest of each becomes 127.

    What a row was multiplied with is not kept: cosines do not depend on it.
    """
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    factors = np.divide(_HIGHEST, largest, out=np.zeros_like(largest), where=largest > 0)
    rows: Rows = np.rint(vectors * factors[:, None]).astype(np.int8)
    return rows


def stacked(rows: Sequence[Rows]) -> Rows:
    """Return some vectors, each (1, dimensions), as one table."""
    return np.concatenate(rows)


def mean_of(rows: Sequence[Rows]) -> Rows:
    """Return the mean, (1, dimensions), of some vectors, each (1, dimensions)."""
    return quantized(stacked(rows).astype(np.float32).mean(axis=0, keepdims=True))


def cosines(question: Rows, rows: Rows) -> Cosines:
    """Return the cosine of one row, (1, dimensions), and each of some others."""
    if not len(rows):
        return np.zeros(0)
    one, others = question[0].astype(np.float32), rows.astype(np.float32)
    found: Cosines = (others @ one).astype(np.float64)
    found *= _inverse_lengths(others)
    found *= _inverse_lengths(one[None])
    return found


def _inverse_lengths(rows: Any) -> Cosines:
    squares = np.einsum("ij,ij->i", rows, rows).astype(np.float64)
    inverse: Cosines = np.zeros(len(squares))
    np.divide(1.0, np.sqrt(squares), out=inverse, where=squares > 0)
    return inverse
