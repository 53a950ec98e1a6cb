"""Models that tests make: ONNX files of a few nodes, written byte by byte, with a tokenizer.

A made model has a vector for each letter, and that of a text is their mean. Texts of the same
letters are alike, which is all that tests need of a meaning.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from backstory.indexer.meaning.choosing import LIBRARIES
from backstory.indexer.meaning.description import FILE, ONNX, USE, ModelDescription
from backstory.indexer.meaning.folder import InstalledModel, Models
from backstory.indexer.meaning.installing import InstallOptions, install
from backstory.indexer.meaning.known import KNOWN
from backstory.indexer.settings import MeaningSettings

LETTERS = " abcdefghijklmnopqrstuvwxyz0123456789áéíóúñ"
DIMENSIONS = 16
# Where the real models, or what they are installed from, are put for tests.
REAL = "TEST_MODELS"

_FLOAT, _INT64, _BOOL = 1, 7, 9
Shape = Sequence[int | str]


# --- The wire format of ONNX: each field is its number and a value


def number(field: int, value: int) -> bytes:
    """Return a field with a whole number."""
    return _varint(field << 3) + _varint(value)


def part(field: int, value: bytes | str) -> bytes:
    """Return a field with a text, or a message within the message."""
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def node(kind: str, inputs: Sequence[str], output: str | Sequence[str], *attributes: bytes,
         domain: str = "") -> bytes:  # fmt: skip
    """Return a node of a graph."""
    outputs = [output] if isinstance(output, str) else output
    return b"".join(
        [*(part(1, name) for name in inputs), *(part(2, name) for name in outputs),
         part(4, kind), *(part(5, each) for each in attributes), part(7, domain)]
    )  # fmt: skip


def constant(name: str, values: np.ndarray) -> bytes:
    """Return the values that a name stands for."""
    kinds = {"float32": _FLOAT, "int64": _INT64, "bool": _BOOL}
    dims = b"".join(number(1, size) for size in values.shape)
    data = part(9, values.tobytes())
    return dims + number(2, kinds[str(values.dtype)]) + part(8, name) + data


def external(name: str, place: str) -> bytes:
    """Return values that shall be read from a file beside the model."""
    entry = part(1, "location") + part(2, place)
    return number(1, 4) + number(2, _FLOAT) + part(8, name) + part(13, entry) + number(14, 1)


def value(name: str, kind: int, shape: Shape) -> bytes:
    """Return the type of an input or output."""
    dims = b"".join(part(1, number(1, d) if isinstance(d, int) else part(2, d)) for d in shape)
    return part(1, name) + part(2, part(1, number(1, kind) + part(2, dims)))


def graph(nodes: Sequence[bytes], constants: Sequence[bytes], inputs: Sequence[bytes],
          outputs: Sequence[bytes]) -> bytes:  # fmt: skip
    """Return a graph."""
    fields = ((1, nodes), (5, constants), (11, inputs), (12, outputs))
    return part(2, "g") + b"".join(part(n, each) for n, many in fields for each in many)


def onnx(nodes: Sequence[bytes], constants: Sequence[bytes], *, inputs: Sequence[str] = (),
         domains: Sequence[str] = ()) -> bytes:  # fmt: skip
    """Return a model that makes `last_hidden_state` of `input_ids` and what else is asked for."""
    names = ("input_ids", "attention_mask", *inputs)
    given = [value(name, _INT64, ("n", "tokens")) for name in names]
    made = [value("last_hidden_state", _FLOAT, ("n", "tokens", DIMENSIONS))]
    versions = [part(8, part(1, name) + number(2, 1)) for name in domains]
    whole = part(7, graph(nodes, constants, given, made))
    return number(1, 8) + whole + part(8, part(1, "") + number(2, 17)) + b"".join(versions)


# --- Models


def table(seed: int = 1) -> np.ndarray:
    """Return a vector for each letter, and one more for what is none."""
    chance = np.random.default_rng(seed)
    return chance.standard_normal((len(LETTERS) + 1, DIMENSIONS)).astype(np.float32)


LOOKED_UP = node("Gather", ["table", "input_ids"], "last_hidden_state")


def letters_model(seed: int = 1, values: np.ndarray | None = None) -> bytes:
    """Return a model that has a vector for each letter."""
    return onnx([LOOKED_UP], [constant("table", table(seed) if values is None else values)])


def counting_model(steps: int = 2**60) -> bytes:
    """Return a model that has a vector for each letter, and counts so far before it answers."""
    body = graph(
        [node("Identity", ["go_on"], "goes_on"), node("Add", ["v", "nothing"], "w")],
        [],
        [value("i", _INT64, ()), value("go_on", _BOOL, ()), value("v", _FLOAT, (1,))],
        [value("goes_on", _BOOL, ()), value("w", _FLOAT, (1,))],
    )
    attribute = part(1, "body") + part(6, body) + number(20, 5)
    return onnx(
        [
            node("Loop", ["most", "yes", "zero"], "counted", attribute),
            node("Gather", ["table", "input_ids"], "looked_up"),
            node("Add", ["looked_up", "counted"], "last_hidden_state"),
        ],
        [
            constant("table", table()),
            constant("most", np.array(steps, np.int64)),
            constant("yes", np.array(True)),
            constant("zero", np.zeros(1, np.float32)),
            constant("nothing", np.zeros(1, np.float32)),
        ],
    )


def tokenizer() -> bytes:
    """Return a tokenizer to which every letter is a token."""
    vocabulary = {"?": len(LETTERS)} | {letter: i for i, letter in enumerate(LETTERS)}
    cut = {"type": "Split", "pattern": {"Regex": "."}, "behavior": "Isolated", "invert": False}
    made = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": cut,
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "?"},
    }
    return json.dumps(made).encode()


def described(files: Mapping[str, bytes], **facts: object) -> ModelDescription:
    """Return a description of a made model."""
    usual = {
        "name": "letters",
        "kind": ONNX,
        "dimensions": DIMENSIONS,
        "max_tokens": 64,
        "languages": ("en",),
        "pooling": "mean",
        "licence": "MIT",
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    return ModelDescription(**{**usual, **facts})  # type: ignore[arg-type]  # by name


def letters_files(model: bytes | None = None) -> dict[str, bytes]:
    """Return the files of a made model, by name."""
    return {"model.onnx": model or letters_model(), "tokenizer.json": tokenizer()}


def write_model(folder: Path, model: bytes | None = None, **facts: object) -> ModelDescription:
    """Write a made model into a folder, with its model.toml."""
    files = letters_files(model)
    description = described(files, **facts)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / FILE).write_text(description.to_toml(), encoding="utf-8")
    return description


def put_model(models: Path, model: bytes | None = None, **facts: object) -> InstalledModel:
    """Put a made model among the installed ones, as it is."""
    models.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = str(facts.get("name", "letters"))
    write_model(models / name, model, **facts)
    return Models(models).read(name)


def needs(*kinds: str) -> None:
    """Skip a test where the libraries that run a kind of model are missing, fail it with CI."""
    for library in (each for kind in kinds for each in LIBRARIES[kind]):
        if importlib.util.find_spec(library) is None:
            _lack(f"{library} is not installed: pip install '.[meaning,multilingual]'")


def needs_libraries() -> None:
    """Skip a test where ONNX models cannot be run, fail it with CI."""
    needs(ONNX)


def real_model(name: str, models: Path) -> InstalledModel:
    """Install a real model from the folder for tests, or an installed package; skip without it."""
    needs(KNOWN[name].description.kind)
    given = os.environ.get(REAL)
    sources = [name] if KNOWN[name].description.kind == USE else []
    sources += [str(path) for path in sorted(Path(given).iterdir())] if given else []
    for source in sources:
        archive = Models(models)
        try:
            installed = install(source, archive, MeaningSettings(), InstallOptions())
        except Exception:  # that is another's file
            continue
        if installed.name == name:
            return installed
    _lack(f"the model {name} is not in the folder that {REAL} names")
    raise AssertionError


def _lack(what: str) -> None:
    if "CI" in os.environ:
        pytest.fail(what)
    pytest.skip(what)
