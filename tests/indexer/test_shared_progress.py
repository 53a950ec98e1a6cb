"""Shared progress: what the processes of a run see of each other."""

from __future__ import annotations

import pytest

from backstory.indexer.shared_progress import SharedProgress, Stopped


def test_the_board_shows_the_last_name() -> None:
    progress = SharedProgress()
    assert progress.name == ""
    progress.show("people/keeper.txt")
    progress.show("storm.txt")
    assert progress.name == "storm.txt"


@pytest.mark.parametrize("name", ["n" * 5000, "é" * 5000, "\udcff.txt", ""])
def test_any_name_can_be_shown(name: str) -> None:
    progress = SharedProgress()
    progress.show(name)
    assert len(progress.name) <= 401


def test_nothing_is_begun_when_the_run_is_over() -> None:
    progress = SharedProgress()
    progress.stop()
    with pytest.raises(Stopped):
        progress.show("storm.txt")
