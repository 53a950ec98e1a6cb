"""Every index keeps the contract, told by the suite that `backstory.testing` has for others."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar

import pytest

from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.testing import IndexContract, ReferenceIndex


@pytest.fixture(autouse=True, scope="module")
def folder(scratch: Path) -> None:
    """Have a place for the indexes on disk."""
    TestEmbeddedIndex.scratch = scratch


class TestReferenceIndex(IndexContract):
    """The reference index agrees with itself, and stores as all do."""

    def new_index(self) -> Index:
        return ReferenceIndex()


class TestEmbeddedIndex(IndexContract):
    """The index on disk."""

    scratch: ClassVar[Path]

    def new_index(self) -> Index:
        return EmbeddedIndex(Path(tempfile.mkdtemp(dir=self.scratch)) / "index")
