"""Modules of NLTK by themselves.

`import nltk` loads all of it, which takes 0.2 s, and a second where SciPy is installed. A stemmer
needs a few modules of it. While these are loaded, empty packages stand in for the ones around them.
"""

from __future__ import annotations

import sys
import threading
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

_PACKAGES = ("nltk", "nltk.stem", "nltk.tokenize")
_STOP_WORDS = "nltk.corpus"  # asked for by stemmers that shall leave stop words alone; ours do not
_lock = threading.Lock()


@cache
def part(name: str) -> ModuleType:
    """Return a module of NLTK, such as `nltk.stem.snowball`.

    It is NLTK's own where that is loaded already, or cannot be taken apart.
    """
    with _lock:
        if "nltk" not in sys.modules:
            try:
                return _apart(name)
            except (ImportError, AttributeError, TypeError):  # of a version that is made otherwise
                pass
        return import_module(name)


def _apart(name: str) -> ModuleType:
    spec = find_spec("nltk")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'nltk'", name="nltk")
    root = Path(spec.origin).parent.parent
    try:
        for package in _PACKAGES:
            stand_in = ModuleType(package)
            stand_in.__path__ = [str(root.joinpath(*package.split(".")))]
            sys.modules[package] = stand_in
        corpus = sys.modules[_STOP_WORDS] = ModuleType(_STOP_WORDS)
        corpus.stopwords = None  # type: ignore[attr-defined]
        return import_module(name)
    finally:
        for loaded in [each for each in sys.modules if each.partition(".")[0] == "nltk"]:
            del sys.modules[loaded]
