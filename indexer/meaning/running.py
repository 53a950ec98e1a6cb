"""What runs a model, in a process of its own.

The process gets the files of the model as open descriptors and no path. It binds itself as an
encoder (see `sandbox.py`) before it imports any library, because threads that were started earlier
would not be bound; then it compares the files with their hashes, loads them, and answers.

An answer begins with `+` and has 32-bit floats, or with `-` and has what is wrong as a sentence.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import signal
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from backstory.indexer.exchange import receive, send
from backstory.indexer.sandbox import confine_encoder

if TYPE_CHECKING:
    from backstory.engine.embeddings import Vectors
    from backstory.indexer.meaning.description import ModelDescription

DONE, FAILED = b"+", b"-"
_PIECE = 1024 * 1024  # bytes that are read at a time
_LONGEST = 300  # characters of a sentence on what is wrong


class Runner(Protocol):
    """A model that is loaded."""

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a vector of unit length for each text; raises whatever goes wrong."""


def serve(
    line: Connection, files: Mapping[str, int], memory: int, seconds: float, niceness: int
) -> None:
    """Load a model, and answer until the parent hangs up.

    `memory` is in bytes; `seconds` of all threads together are for one question, and for loading.
    """
    os.nice(niceness)
    _leave_folder()
    confine_encoder(memory)
    descriptor = line.fileno()
    description, threads = pickle.loads(receive(descriptor))
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)  # ends it in C code, too
    try:
        runner = _load(description, files, threads)
    except BaseException as error:  # some libraries raise what is no Exception
        send(descriptor, FAILED + _sentence(error))
        return
    send(descriptor, DONE)
    while True:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        is_question, texts = pickle.loads(receive(descriptor))
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        whole = [description.prefixed(_clean(text), is_question=is_question) for text in texts]
        send(descriptor, _answer(runner, whole))


def _leave_folder() -> None:
    """Work in a folder that is no more: a model may name files in the one that it runs in."""
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    Path(folder).rmdir()


def _load(description: ModelDescription, files: Mapping[str, int], threads: int) -> Runner:
    from backstory.indexer.meaning.description import ONNX

    weights, tokenizer = (_checked(name, files[name], description) for name in description.files)
    if description.kind == ONNX:
        from backstory.indexer.meaning.onnx_model import OnnxModel

        return OnnxModel(weights, tokenizer, description, threads)
    from backstory.indexer.meaning.use_model import UseModel

    return UseModel(weights, files[description.files[1]], description, threads)


def _checked(name: str, descriptor: int, description: ModelDescription) -> bytes:
    """Return the bytes of a file that has the hash which it should have."""
    size = os.fstat(descriptor).st_size
    data = b"".join(os.pread(descriptor, _PIECE, at) for at in range(0, size, _PIECE))
    if hashlib.sha256(data).hexdigest() != description.sha256[name]:
        raise ValueError(f"{name} is damaged or altered: its SHA-256 is another")
    return data


def _clean(text: str) -> str:
    """Return a text without halves of characters, which tokenizers refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _answer(runner: Runner, texts: Sequence[str]) -> bytes:
    try:
        return DONE + runner.vectors(texts).tobytes()
    except BaseException as error:
        return FAILED + _sentence(error)


def _sentence(error: BaseException) -> bytes:
    """Return what is wrong on one line, without a full stop."""
    what = " ".join(str(error).split()) or type(error).__name__
    said = what if isinstance(error, ValueError) else f"{type(error).__name__}: {what}"
    return said[:_LONGEST].rstrip(".").encode("utf-8", "replace")
