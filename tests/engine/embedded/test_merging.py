"""Merging: segments stay few, deleted documents go, and answers stay the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Any]
Contents = Callable[[Path], dict[str, bytes]]
Answers = Callable[[Index], list[tuple[str, float]]]
Segments = Callable[[Path], set[str]]


# Merging


def test_many_small_commits_keep_few_segments_and_the_answers(
    new_index: Callable[[str], Any],
    document: Make,
    fill: Fill,
    answers: Answers,
    segments: Segments,
) -> None:
    embedded_index, memory = new_index("embedded"), new_index("reference")
    for n in range(40):
        changed = document(f"d{n % 25}", *["radio " * (n % 4) + "shed order"] * (n % 3 + 1))
        gone = [f"d{(n * 7) % 25}"] if n % 5 == 0 else []
        for index in (embedded_index, memory):
            fill(index, changed, delete=gone)
        assert len(segments(embedded_index.folder)) <= 9
        if n % 8 == 7:
            assert answers(embedded_index) == answers(memory)

    assert list(embedded_index.check(deep=True)) == []
    held = {path.name.split(".")[0] for path in embedded_index.folder.glob("MAIN_*")}
    assert held == segments(embedded_index.folder), "no file of a merged segment is left"


def test_postings_are_moved_in_parts_as_at_once(
    monkeypatch: pytest.MonkeyPatch,
    new_index: Callable[[str], Any],
    document: Make,
    fill: Fill,
    answers: Answers,
) -> None:
    monkeypatch.setattr("backstory.engine.indexes.embedded.merging.AT_ONCE", 7)
    index, memory = new_index("embedded"), new_index("reference")
    for n in range(30):
        for one in (index, memory):
            fill(one, document(f"d{n % 19}", f"radio word{n} shed radio", "order of radios"))

    assert answers(index) == answers(memory)
    assert list(index.check(deep=True)) == []


def test_segment_of_deleted_documents_disappears(
    tmp_path: Path, document: Make, fill: Fill, contents: Contents, segments: Segments
) -> None:
    index = fill(EmbeddedIndex(tmp_path / "index"), document("a", "a quokka"))
    first = segments(index.folder)
    fill(index, document("b", "radio"))
    assert first < segments(index.folder)
    fill(index, delete=["a"])

    assert not first & segments(index.folder)
    assert not any(b"quokka" in data for data in contents(index.folder).values())


def test_segment_that_is_mostly_deleted_is_written_anew(
    tmp_path: Path, document: Make, fill: Fill, contents: Contents
) -> None:
    documents = [document(f"d{n}", f"quokka{n} radio") for n in range(6)]
    index = fill(EmbeddedIndex(tmp_path / "index"), *documents)
    fill(index, delete=["d0", "d1"])
    assert any(b"quokka0" in data for data in contents(index.folder).values())
    fill(index, delete=["d2", "d3"])

    assert not any(b"quokka0" in data for data in contents(index.folder).values())
    assert index.open().document("d5")
    assert list(index.open().vocabulary()) == ["quokka4", "quokka5", "radio"]


def test_commit_without_changes_writes_nothing(index_folder: Path, fill: Fill) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in index_folder.iterdir()}
    fill(EmbeddedIndex(index_folder))
    fill(EmbeddedIndex(index_folder), delete=["nobody"])

    after = {path.name: path.stat().st_mtime_ns for path in index_folder.iterdir()}
    assert {name: at for name, at in after.items() if name != "LOCK"} == {
        name: at for name, at in before.items() if name != "LOCK"
    }


def test_large_batch_becomes_several_segments_that_answer_as_one(
    monkeypatch: pytest.MonkeyPatch,
    new_index: Callable[[str], Any],
    affair: Sequence[IndexedDocument],
    fill: Fill,
    answers: Answers,
    segments: Segments,
) -> None:
    monkeypatch.setattr("backstory.engine.indexes.embedded.writer.BATCH_WORDS", 20)
    index, memory = fill(new_index("embedded"), *affair), fill(new_index("reference"), *affair)

    assert len(segments(index.folder)) == 3
    assert answers(index) == answers(memory)
