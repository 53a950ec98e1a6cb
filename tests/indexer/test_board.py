"""The board: what the processes of a run see of each other."""

from __future__ import annotations

import pytest

from backstory.indexer.board import Board, Stopped


def test_the_board_shows_the_last_name() -> None:
    board = Board()
    assert board.name == ""
    board.show("people/keeper.txt")
    board.show("storm.txt")
    assert board.name == "storm.txt"


@pytest.mark.parametrize("name", ["n" * 5000, "é" * 5000, "\udcff.txt", ""])
def test_any_name_can_be_shown(name: str) -> None:
    board = Board()
    board.show(name)
    assert len(board.name) <= 401


def test_nothing_is_begun_when_the_run_is_over() -> None:
    board = Board()
    board.stop()
    with pytest.raises(Stopped):
        board.show("storm.txt")
