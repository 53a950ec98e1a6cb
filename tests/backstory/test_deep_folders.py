"""Folders within folders, deeper than Python's stack: no verb minds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backstory.conftest import Run

DEPTH = sys.getrecursionlimit() + 200


def make_deep(top: Path, text: str) -> Path:
    """Make a folder of folders, and a document at the bottom; return it."""
    folder = top
    for _ in range(DEPTH):
        folder.mkdir()
        folder = folder / "d"
    folder.mkdir()
    (folder / "deep.txt").write_text(text, encoding="utf-8")
    return folder / "deep.txt"


def remove_deep(top: Path) -> None:
    """Remove it again; `shutil.rmtree`, and with it pytest, would not get down so far."""
    way = [top]
    while (way[-1] / "d").is_dir():
        way.append(way[-1] / "d")
    for folder in reversed(way):
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


@pytest.fixture
def deep(indexed: Path) -> Iterator[Path]:
    """An indexed corpus with a document very far down."""
    top = indexed / "corpus/top"
    yield make_deep(top, "A lamp far below.")
    remove_deep(top)


def test_every_verb_goes_all_the_way_down(deep: Path, run: Run) -> None:
    name = deep.relative_to(deep.parents[DEPTH + 1]).as_posix()
    document = name.removesuffix(".txt")
    assert f"add     {name}\n" in run("index", "--dry-run").out
    assert "1 added" in run("index").out
    assert "up to date" in run("status").out
    assert f"{document}#p1" in run("query", "far below", "--json").out
    assert "A lamp far below." in run("show", document).out
    assert run("add", str(deep), "--title", "Far below").status == 0
    assert "The index is sound" in run("check").out
    assert "4 added" in run("index", "--rebuild").out
    assert run("index", str(deep)).status == 0
    assert run("remove", "--yes", document).status == 0
    assert not deep.exists()


def test_a_deep_folder_is_added_as_it_is(indexed: Path, run: Run) -> None:
    top = indexed / "outside"
    make_deep(top, "A lamp far below.")
    try:
        assert "1 passage, added" in run("add", str(top)).out
        assert "A lamp" in run("query", "far below").out
    finally:
        remove_deep(top)
        remove_deep(indexed / "corpus/outside")
