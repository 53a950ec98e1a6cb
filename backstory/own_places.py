"""Where the index of a folder is that was only named on the command line: in the user's cache.

Its state, which cannot be made again, is in the user's data folder. Both folders are called like
the corpus, with a hash of its resolved path.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from backstory.engine.config_files import own_cache_path, own_data_path
from backstory.engine.environment import FILE_VARIABLE, PREFIX
from backstory.settings import Config

INDEX_VARIABLE, STATE_VARIABLE = f"{PREFIX}INDEX_PATH", f"{PREFIX}STATE_PATH"
LONGEST = 40  # characters of a folder's name


def placed(config: Config, before: Config, environ: Mapping[str, str]) -> Config:
    """Return the settings with index and state in the user's own folders, unless they are set.

    `before` are the settings without the corpus of the command line. Where they are about the same
    folder, or say where an index is, that is the index.
    """
    if _says_where(before, environ) or _is_corpus_of(before, config.corpus_path):
        return config
    name = name_of(config.corpus_path)
    index = own_cache_path(environ) / name
    if config.state.path or STATE_VARIABLE in environ:
        return config.override(index__path=str(index))
    state = own_data_path(environ) / "state" / name
    return config.override(index__path=str(index), state__path=str(state))


def is_own(config: Config, environ: Mapping[str, str]) -> bool:
    """Tell whether the index is in the user's cache."""
    return config.index_path.is_relative_to(own_cache_path(environ))


def name_of(corpus: Path) -> str:
    """Return what the folders of a corpus are called: `dossier-0d9a57c1b2e4`."""
    path = corpus.resolve()
    shown = re.sub(r"[^\w.-]+", "-", path.name)[:LONGEST] or "root"
    return f"{shown}-{hashlib.sha256(os.fsencode(path)).hexdigest()[:12]}"


def _says_where(before: Config, environ: Mapping[str, str]) -> bool:
    is_set = "index.path" in before.values or "index.kind" in before.values
    return is_set or bool(environ.get(FILE_VARIABLE)) or INDEX_VARIABLE in environ


def _is_corpus_of(before: Config, corpus: Path) -> bool:
    """Tell whether the settings are about a corpus.

    An index that lies where the settings have it, without a corpus, can only be one that was made
    with --corpus before there was a cache.
    """
    if before.corpus_path.resolve() == corpus.resolve():
        return True
    return before.index_path.is_dir() and not before.corpus_path.exists()
