"""A corpus with one file of each kind, indexed, and what opens its originals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import backstory
from backstory import Archive
from tests.originals import fill


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The archive for tests that change nothing."""
    yield from _indexed(tmp_path_factory.mktemp("originals"))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive of a test's own."""
    yield from _indexed(tmp_path)


def _indexed(folder: Path) -> Iterator[Archive]:
    fill(folder / "corpus")
    with backstory.open(folder / "index", corpus=folder / "corpus") as archive:
        assert archive.index().skipped == ()
        yield archive
