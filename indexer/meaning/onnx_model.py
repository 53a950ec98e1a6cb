"""Runs a model that is stored as ONNX, with onnxruntime and the tokenizer that came with it.

Everything is loaded from bytes: a model has no folder from which it could take data of its own,
and operators that onnxruntime does not bring along are unknown to it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from backstory.engine.embeddings import Vectors
from backstory.indexer.meaning.description import ModelDescription

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # before the import: a text takes it 0.1 ms

import onnxruntime
from tokenizers import Tokenizer

# Of one run, together with its padding: attention takes memory by the square of the longest text.
_MOST_TOKENS = 4096
_MOST_PAIRS = 1_000_000
_INPUTS = frozenset(("input_ids", "attention_mask", "token_type_ids"))
_ERRORS_ONLY = 3
_SMALLEST = 1e-12  # length below which a vector points nowhere

Ids = list[int]


class OnnxModel:
    """A model with its tokenizer; raises ValueError where either cannot be used."""

    def __init__(
        self, weights: bytes, tokenizer: bytes, description: ModelDescription, threads: int
    ) -> None:
        self._description = description
        self._tokenizer = Tokenizer.from_buffer(tokenizer)
        self._padding = int((self._tokenizer.padding or {}).get("pad_id", 0))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(description.max_tokens)
        self._session = _session(weights, threads)
        self._inputs = [each.name for each in self._session.get_inputs()]
        if unknown := sorted(set(self._inputs) - _INPUTS):
            raise ValueError(f"it wants the input {unknown[0]}, which no text has")

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a vector of unit length for each text, which is cut after `max_tokens` tokens."""
        every = self._tokenizer.encode_batch(list(texts))
        encoded: list[Ids] = [each.ids or [self._padding] for each in every]
        made = np.empty((len(texts), self._description.dimensions), np.float32)
        for batch in _batches([len(ids) for ids in encoded]):
            made[batch] = self._run([encoded[i] for i in batch])
        return made

    def _run(self, encoded: list[Ids]) -> Vectors:
        longest = max(map(len, encoded))
        ids = np.full((len(encoded), longest), self._padding, np.int64)
        mask = np.zeros_like(ids)
        for row, each in enumerate(encoded):
            ids[row, : len(each)], mask[row, : len(each)] = each, 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        answer: Any = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        return _unit(_pooled(np.asarray(answer), mask, self._description))


def _session(weights: bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads  # and no thread is bound to a core
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # Threads that wait for work would keep cores busy that others need: three times the
    # processor's time for a question on two cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield which texts are run together, those of like length, by their numbers."""
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lengths.__getitem__):
        tokens = (len(batch) + 1) * lengths[number]
        if batch and (tokens > _MOST_TOKENS or tokens * lengths[number] > _MOST_PAIRS):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _pooled(answer: Any, mask: Any, description: ModelDescription) -> Vectors:
    """Return one vector for each text, (n, dimensions); raises ValueError for another shape."""
    is_pooled, dimensions = description.pooling == "none", description.dimensions
    expected = (len(mask), dimensions) if is_pooled else (*mask.shape, dimensions)
    if answer.shape != expected or answer.dtype.kind != "f":
        raise ValueError(f"it answers with {answer.dtype} {answer.shape}, not floats {expected}")
    if is_pooled:
        vectors = answer
    elif description.pooling == "cls":
        vectors = answer[:, 0]
    else:
        weighed = np.einsum("nld,nl->nd", answer, mask.astype(answer.dtype))
        vectors = weighed / mask.sum(axis=1)[:, None]
    return np.asarray(vectors, np.float32)


def _unit(vectors: Vectors) -> Vectors:
    """Return vectors as long as 1; raises ValueError for those that point nowhere."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(vectors).all() or not (lengths > _SMALLEST).all():
        raise ValueError("it answers with what is no number, or with nothing")
    return np.asarray(vectors / lengths, np.float32)
