"""A real index folder with everything in it, and copies of it to break."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from engine.backends.base import Backend
from engine.backends.whoosh import WhooshBackend
from engine.documents import IndexedDocument


@pytest.fixture(scope="session")
def whole_index(
    scratch: Path, affair: Sequence[IndexedDocument], document: Callable[..., IndexedDocument],
    fill: Callable[..., Backend],
) -> Path:  # fmt: skip
    """An index of three commits, with two segments and a deleted document."""
    folder = Path(tempfile.mkdtemp(dir=scratch)) / "index"
    backend = WhooshBackend(folder)
    fill(backend, *affair)
    fill(backend, *(document(f"more{n}", f"radio {n} of {n * n}", "shed") for n in range(40)))
    fill(backend, delete=["more3", "carta"])
    return folder


@pytest.fixture
def index(whole_index: Path, scratch: Path) -> Path:
    """A copy of the index, to do with as one likes."""
    folder = Path(tempfile.mkdtemp(dir=scratch)) / "index"
    shutil.copytree(whole_index, folder)
    return folder


@pytest.fixture(scope="module")
def let_go() -> Iterator[None]:
    """Collect what failures left open while the module still ignores the warnings.

    Whoosh opens the files and does not close them when it fails halfway.
    """
    yield
    gc.collect()
