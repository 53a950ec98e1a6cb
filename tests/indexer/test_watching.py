"""Watching: a change is indexed without being asked for, and trouble is told once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from backstory.engine.errors import BackstoryError, CorpusMissing
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer.sync import SyncReport
from backstory.indexer.watching import watch
from backstory.settings import Config

Outcome = SyncReport | BackstoryError


def rounds(*steps: Callable[[], object]) -> Callable[[], bool]:
    """Return an `is_over` that takes one step before each look and ends after the last."""
    left = list(steps)

    def is_over() -> bool:
        if not left:
            return True
        left.pop(0)()
        return False

    return is_over


def test_each_change_is_synced_once(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    told: list[Outcome] = []
    index = ReferenceIndex()
    watch(
        index,
        Config(root=tmp_path),
        told.append,
        is_over=rounds(
            lambda: (corpus / "a.txt").write_text("One harbour."),
            lambda: None,
            lambda: (corpus / "b.txt").write_text("Two harbours."),
            lambda: (corpus / "a.txt").unlink(),
        ),
        pause=0,
    )
    assert [(r.added, r.removed) for r in told if isinstance(r, SyncReport)] == [
        (1, 0),
        (1, 0),
        (0, 1),
    ]
    assert index.open().statistics.documents == 1


def test_trouble_is_told_once_and_ends_by_itself(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    told: list[Outcome] = []

    def mend() -> None:
        corpus.mkdir()
        (corpus / "a.txt").write_text("A harbour.")

    over = rounds(lambda: None, lambda: None, mend)
    watch(ReferenceIndex(), Config(root=tmp_path), told.append, is_over=over, pause=0)
    assert isinstance(told[0], CorpusMissing)
    assert isinstance(told[1], SyncReport)
    assert len(told) == 2
