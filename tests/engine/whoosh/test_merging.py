"""Merging: segments stay few, deleted documents go, and answers stay the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from backstory.engine.backends.base import Backend
from backstory.engine.backends.whoosh import WhooshBackend
from backstory.engine.documents import IndexedDocument

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Any]
Contents = Callable[[Path], dict[str, bytes]]
Answers = Callable[[Backend], list[tuple[str, float]]]
Segments = Callable[[Path], set[str]]


# Merging


def test_many_small_commits_keep_few_segments_and_the_answers(
    new_backend: Callable[[str], Any],
    document: Make,
    fill: Fill,
    answers: Answers,
    segments: Segments,
) -> None:
    whoosh_backend, memory = new_backend("whoosh"), new_backend("memory")
    for n in range(40):
        changed = document(f"d{n % 25}", *["radio " * (n % 4) + "shed order"] * (n % 3 + 1))
        gone = [f"d{(n * 7) % 25}"] if n % 5 == 0 else []
        for backend in (whoosh_backend, memory):
            fill(backend, changed, delete=gone)
        assert len(segments(whoosh_backend.folder)) <= 9
        if n % 8 == 7:
            assert answers(whoosh_backend) == answers(memory)

    assert list(whoosh_backend.check(deep=True)) == []
    held = {path.name.split(".")[0] for path in whoosh_backend.folder.glob("MAIN_*")}
    assert held == segments(whoosh_backend.folder), "no file of a merged segment is left"


def test_postings_are_moved_in_parts_as_at_once(
    monkeypatch: pytest.MonkeyPatch,
    new_backend: Callable[[str], Any],
    document: Make,
    fill: Fill,
    answers: Answers,
) -> None:
    monkeypatch.setattr("backstory.engine.backends.whoosh.merging.AT_ONCE", 7)
    backend, memory = new_backend("whoosh"), new_backend("memory")
    for n in range(30):
        for one in (backend, memory):
            fill(one, document(f"d{n % 19}", f"radio word{n} shed radio", "order of radios"))

    assert answers(backend) == answers(memory)
    assert list(backend.check(deep=True)) == []


def test_segment_of_deleted_documents_disappears(
    tmp_path: Path, document: Make, fill: Fill, contents: Contents, segments: Segments
) -> None:
    backend = fill(WhooshBackend(tmp_path / "index"), document("a", "a quokka"))
    first = segments(backend.folder)
    fill(backend, document("b", "radio"))
    assert first < segments(backend.folder)
    fill(backend, delete=["a"])

    assert not first & segments(backend.folder)
    assert not any(b"quokka" in data for data in contents(backend.folder).values())


def test_segment_that_is_mostly_deleted_is_written_anew(
    tmp_path: Path, document: Make, fill: Fill, contents: Contents
) -> None:
    documents = [document(f"d{n}", f"quokka{n} radio") for n in range(6)]
    backend = fill(WhooshBackend(tmp_path / "index"), *documents)
    fill(backend, delete=["d0", "d1"])
    assert any(b"quokka0" in data for data in contents(backend.folder).values())
    fill(backend, delete=["d2", "d3"])

    assert not any(b"quokka0" in data for data in contents(backend.folder).values())
    assert backend.reader().document("d5")
    assert list(backend.reader().vocabulary()) == ["quokka4", "quokka5", "radio"]


def test_commit_without_changes_writes_nothing(index: Path, document: Make, fill: Fill) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in index.iterdir()}
    fill(WhooshBackend(index))
    fill(WhooshBackend(index), delete=["nobody"])

    after = {path.name: path.stat().st_mtime_ns for path in index.iterdir()}
    assert {name: at for name, at in after.items() if name != "LOCK"} == {
        name: at for name, at in before.items() if name != "LOCK"
    }


def test_large_batch_becomes_several_segments_that_answer_as_one(
    monkeypatch: pytest.MonkeyPatch,
    new_backend: Callable[[str], Any],
    affair: Sequence[IndexedDocument],
    fill: Fill,
    answers: Answers,
    segments: Segments,
) -> None:
    monkeypatch.setattr("backstory.engine.backends.whoosh.writer.BATCH_WORDS", 20)
    backend, memory = fill(new_backend("whoosh"), *affair), fill(new_backend("memory"), *affair)

    assert len(segments(backend.folder)) == 3
    assert answers(backend) == answers(memory)
