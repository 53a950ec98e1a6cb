"""A real index folder with everything in it, and copies of it to break."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.embedded.manifest import (
    Manifest,
    current_identity,
    generations,
    read_manifest,
)
from backstory.searcher import Searcher
from backstory.testing.embedding import ANY, embed, vector_of


@pytest.fixture(scope="session")
def whole_index(
    scratch: Path,
    affair: Sequence[IndexedDocument],
    document: Callable[..., IndexedDocument],
    fill: Callable[..., Index],
) -> Path:
    """An index of five commits, with two segments, a deleted document in each, and vectors."""
    folder = Path(tempfile.mkdtemp(dir=scratch)) / "index"
    index = EmbeddedIndex(folder)
    fill(index, *affair)
    fill(index, *(document(f"more{n}", f"radio {n} of {n * n}", "shed") for n in range(40)))
    embed(index, ANY)
    fill(index, delete=["more3", "carta"])
    return folder


@pytest.fixture
def index_folder(whole_index: Path, scratch: Path) -> Path:
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


@pytest.fixture(scope="session")
def contents() -> Callable[[Path], dict[str, bytes]]:
    """Read every file of an index but the lock."""

    def read(folder: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "LOCK"}

    return read


@pytest.fixture(scope="session")
def answers() -> Callable[[Index], list[tuple[str, float]]]:
    """Ask an index for something that needs much of it: words, and what is near to a vector."""

    def ask(index: Index) -> list[tuple[str, float]]:
        result = Searcher(index).search('radio "the shed" -lighthouse*', limit=100)
        snapshot = index.open()
        near = snapshot.nearest(vector_of("radio", ANY.dimensions), k=20)
        passages = [passage.address for _, passage in snapshot.read(near.ids)]
        hits = [(hit.passage, hit.score) for hit in result]
        return [*hits, *zip(passages, near.cosines, strict=True)]

    return ask


@pytest.fixture(scope="session")
def manifest_of() -> Callable[[Path], Manifest]:
    """Read the newest manifest of an index."""
    identity = current_identity(Analyzer().signature)

    def read(folder: Path) -> Manifest:
        names = [path.name for path in folder.iterdir()]
        return read_manifest(folder, generations(names)[-1], identity)

    return read


@pytest.fixture(scope="session")
def segments(manifest_of: Callable[[Path], Manifest]) -> Callable[[Path], set[str]]:
    """Name the segments that the newest commit holds."""

    def names(folder: Path) -> set[str]:
        files = manifest_of(folder).files
        return {name.split(".")[0] for name in files if name.startswith("MAIN_")}

    return names
