"""What is known of a model: `model.toml`, which stands beside its files.

A description comes with a model, from anybody. So all of it is checked: no key that is unknown, no
value of another type or out of range, the SHA-256 of every file.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from backstory.engine.embeddings import MOST_DIMENSIONS, EmbeddingModel
from backstory.engine.errors import EncoderFailed

FILE = "model.toml"
LARGEST = 1024**3  # bytes of a file of a model
LARGEST_DESCRIPTION = 64 * 1024  # bytes
MOST_TOKENS = 8192
WEIGHT = 0.4  # of a model for which it has not been measured
FORM = 1  # of what is embedded of a passage, `text_to_embed`: another one makes other vectors
ONNX, USE = "onnx", "use"
# The files of each kind, the one with the weights first.
FILES = {ONNX: ("model.onnx", "tokenizer.json"), USE: ("weights.npz", "sp.model")}
# How one vector is made of those of the tokens; "none" where the model has done so.
POOLINGS = ("cls", "mean", "none")

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST = 500  # characters of a text


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """A model: what its files are, how it is asked, and where it is from.

    `languages` are codes, empty for all. A text is cut after `max_tokens` tokens. `weight` is the
    share of meaning in a score. `sha256` has the hash of each file by its name.
    """

    name: str
    kind: str
    dimensions: int
    max_tokens: int
    sha256: Mapping[str, str]
    languages: tuple[str, ...] = ()
    pooling: str = "none"
    question_prefix: str = ""
    passage_prefix: str = ""
    weight: float = WEIGHT
    licence: str = ""
    source: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """The names of its files, the one with the weights first."""
        return FILES[self.kind]

    @property
    def digest(self) -> str:
        """The SHA-256 of everything that decides which vectors it makes."""
        deciding = {name: getattr(self, name) for name in _DECIDING} | {"form": FORM}
        return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()

    @property
    def model(self) -> EmbeddingModel:
        """The model as an index knows it."""
        return EmbeddingModel(self.name, self.digest, self.dimensions, self.languages, self.weight)

    def prefixed(self, text: str, *, is_question: bool) -> str:
        """Return a text as the model wants it."""
        return (self.question_prefix if is_question else self.passage_prefix) + text

    def to_toml(self) -> str:
        """Return the description as the text of a model.toml."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        hashes = values.pop("sha256")
        lines = [f"{name} = {_toml(value)}" for name, value in values.items()]
        lines += ["", "[sha256]", *(f'"{name}" = "{hashes[name]}"' for name in self.files)]
        return "\n".join(lines) + "\n"


_DECIDING = (
    *("kind", "dimensions", "max_tokens", "sha256"),
    *("pooling", "question_prefix", "passage_prefix"),
)


def _toml(value: Any) -> str:
    # What can be shown is written in JSON as in TOML.
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def parse(text: str, where: str, hashes: Mapping[str, str] | None = None) -> ModelDescription:
    """Return what a model.toml says; raises EncoderFailed, which names `where` it is.

    `hashes` are those of the files that are there, where the description need not have them.
    """
    import tomllib  # 8 ms: only where there is a model

    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise EncoderFailed(where, f"{FILE} cannot be read ({error})") from error
    known = {each.name for each in fields(ModelDescription)}
    if unknown := sorted(values.keys() - known):
        raise EncoderFailed(where, f"{FILE} has the unknown key {unknown[0]!r}")
    for name in ("name", "kind", "dimensions", "max_tokens"):
        if name not in values:
            raise EncoderFailed(where, f"{FILE} lacks {name}")
    if "sha256" not in values:
        values["sha256"] = _recorded(values["kind"], where, hashes or {})
    for name, value in values.items():
        if problem := _problem(name, value, values):
            raise EncoderFailed(where, f"{FILE}: {name} {problem}")
    values["languages"] = tuple(values.get("languages", ()))
    values["weight"] = float(values.get("weight", WEIGHT))
    return ModelDescription(**values)


def _recorded(kind: Any, where: str, hashes: Mapping[str, str]) -> dict[str, str]:
    names = FILES.get(kind, ()) if isinstance(kind, str) else ()
    if lacking := [name for name in names if name not in hashes]:
        raise EncoderFailed(where, f"it lacks {lacking[0]}")
    return {name: hashes[name] for name in names}


def _problem(name: str, value: Any, values: Mapping[str, Any]) -> str:
    """Return what is wrong with a value, or nothing."""
    match name:
        case "name":
            is_name = isinstance(value, str) and _NAME.fullmatch(value)
            return "" if is_name else "wants small letters, digits, dots, dashes: my-model-v1"
        case "kind":
            return "" if value in (ONNX, USE) else f"is one of {', '.join(FILES)}"
        case "pooling":
            return "" if value in POOLINGS else f"is one of {', '.join(POOLINGS)}"
        case "dimensions":
            is_good = _is_whole(value, MOST_DIMENSIONS) and value % 8 == 0
            return "" if is_good else f"wants a multiple of 8 up to {MOST_DIMENSIONS:,}"
        case "max_tokens":
            is_good = _is_whole(value, MOST_TOKENS)
            return "" if is_good else f"wants a number from 1 to {MOST_TOKENS:,}"
        case "weight":
            is_good = type(value) in (int, float) and 0 <= value <= 1
            return "" if is_good else "wants a number from 0 to 1"
        case "languages":
            return "" if _are_languages(value) else 'wants a list of codes: ["en", "es"]'
        case "sha256":
            return _problem_of_hashes(value, values.get("kind"))
        case _:
            is_text = isinstance(value, str) and len(value) <= _LONGEST and value.isprintable()
            return "" if is_text else f"wants a text of one line, up to {_LONGEST} characters"


def _is_whole(value: Any, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


def _are_languages(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, str) and _LANGUAGE.fullmatch(each) for each in value
    )


def _problem_of_hashes(value: Any, kind: Any) -> str:
    names = FILES.get(kind, ()) if isinstance(kind, str) else ()
    if not isinstance(value, dict) or set(value) != set(names):
        return f"wants the hashes of {' and '.join(names)}" if names else ""
    for name, sha256 in value.items():
        if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
            return f"has no SHA-256 for {name}: 64 hexadecimal digits"
    return ""
