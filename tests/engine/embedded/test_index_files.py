"""The index folder as it is found: what was left behind, and what others made of it."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import whoosh

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import IndexedDocument
from backstory.engine.errors import (
    BackstoryError,
    IndexBusy,
    IndexNotFound,
    IndexOutdated,
    IndexUnavailable,
)
from backstory.engine.indexes.contract import Index, Problem
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.embedded.manifest import Manifest, current_identity, write_manifest

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Any]
Contents = Callable[[Path], dict[str, bytes]]
Answers = Callable[[Index], list[tuple[str, float]]]
ManifestOf = Callable[[Path], Manifest]

IDENTITY = current_identity(Analyzer().signature)


def test_manifest_of_an_older_version_remembers_no_settings(index_folder: Path) -> None:
    (path,) = index_folder.glob("manifest-*.json")
    record = {**json.loads(path.read_text()), "seal": None}
    del record["settings"]
    canonical = json.dumps(record, sort_keys=True).encode()
    path.write_text(json.dumps({**record, "seal": hashlib.sha256(canonical).hexdigest()}))
    index = EmbeddedIndex(index_folder)

    assert index.open().settings == {}
    assert not [problem for problem in index.check() if problem.is_damage]


# Leftovers


LITTER = ("MAIN_0orphan0.trm", "MAIN_0orphan0.pst", "_MAIN_1.toc", "_MAIN_9.toc.1500.77",
          "manifest-1.json", "manifest-4.tmp", "anything.tmp")  # fmt: skip


def test_leftovers_are_reported_and_then_removed_by_the_next_writer(
    index_folder: Path, contents: Contents
) -> None:
    sound = contents(index_folder)
    (index_folder / "notes.txt").write_text("not ours")
    (index_folder / "pending").mkdir()
    for name in (*LITTER, "pending/MAIN_0orphan0.trm"):
        (index_folder / name).write_text("litter")
    index = EmbeddedIndex(index_folder)

    problems = list(index.check())
    assert {problem.file for problem in problems} == set(LITTER)
    assert not any(problem.is_damage for problem in problems)
    assert problems[0] == Problem(
        problems[0].file, "left by an interrupted run; removed by the next one", False
    )

    writer = index.writer()
    assert writer.recovered
    writer.close()
    assert contents(index_folder) == sound | {"notes.txt": b"not ours"}
    assert list(index.check()) == []
    writer = index.writer()
    assert not writer.recovered
    writer.close()


@pytest.mark.parametrize("note", [b"", b"{", b'{"pid": 1, "since": "2018"}', b"\xff\x00", b"[]"])
def test_lock_file_of_a_dead_process_has_no_effect(
    index_folder: Path, document: Make, fill: Fill, note: bytes
) -> None:
    (index_folder / "LOCK").write_bytes(note)
    fill(EmbeddedIndex(index_folder), document("new", "radio"))

    assert EmbeddedIndex(index_folder).open().document("new")


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b'{"pid": 1}', b"\xff"])
def test_holder_of_the_lock_need_not_have_left_its_name(index_folder: Path, note: bytes) -> None:
    writer = EmbeddedIndex(index_folder).writer()
    (index_folder / "LOCK").write_bytes(note)
    with pytest.raises(IndexBusy, match="another process"):
        EmbeddedIndex(index_folder).writer()
    writer.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.documents import Document, IndexedDocument, Passage
writer = EmbeddedIndex(Path(sys.argv[1])).writer()
writer.add([IndexedDocument(Document("b", "B"), (Passage("b", 1, "radio"),))])
writer.delete("ledger")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_writer_leaves_the_old_state_and_the_next_one_recovers(
    index_folder: Path, contents: Contents
) -> None:
    before = contents(index_folder)
    done = subprocess.run([sys.executable, "-c", KILLED, str(index_folder)], check=False)
    assert done.returncode == -signal.SIGKILL

    index = EmbeddedIndex(index_folder)
    assert index.open().document("ledger")
    assert index.open().document("b") is None
    assert any("interrupted run" in problem.problem for problem in index.check())
    writer = index.writer()
    assert writer.recovered
    writer.close()
    assert contents(index_folder) == before


# Made by someone else


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99},
        {"analyzer": "another/1"},
        {"format": 2, "analyzer": "another/1", "backstory": "9.0"},
    ],
    ids=str,
)
def test_index_of_another_format_is_left_untouched(
    index_folder: Path, change: dict[str, Any], contents: Contents, manifest_of: ManifestOf
) -> None:
    manifest = manifest_of(index_folder)
    theirs = replace(manifest.identity, **change)
    write_manifest(index_folder, replace(manifest, identity=theirs))
    before = contents(index_folder)

    index = EmbeddedIndex(index_folder)
    for use in (index.open, index.writer, lambda: list(index.check())):
        with pytest.raises(IndexOutdated) as refused:
            use()
        assert refused.value.found == theirs.described
        assert refused.value.expected == IDENTITY.described
        assert theirs.described in str(refused.value)
    assert contents(index_folder) == before

    writer = index.writer(rebuild=True)
    writer.commit()
    writer.close()
    assert index.open().statistics.documents == 0


def test_manifest_of_a_later_version_may_hold_what_it_likes(index_folder: Path) -> None:
    (path,) = index_folder.glob("manifest-*.json")
    identity = {"format": 7, "analyzer": "a", "backstory": "7.1", "whoosh": "4", "more": [1]}
    path.write_text(json.dumps({"identity": identity, "contents": "elsewhere"}))

    with pytest.raises(IndexOutdated, match=r"made by Backstory 7\.1"):
        EmbeddedIndex(index_folder).open()


def test_other_versions_of_this_format_are_read(
    index_folder: Path, manifest_of: ManifestOf
) -> None:
    manifest = manifest_of(index_folder)
    theirs = replace(manifest.identity, backstory="0.0.1", whoosh="3.55.0")
    write_manifest(index_folder, replace(manifest, identity=theirs))

    assert EmbeddedIndex(index_folder).open().document("ledger")


@pytest.mark.parametrize("version", [(2, 7, 4), (3, 48, 0), (4, 0, 0)])
def test_wrong_whoosh_is_named_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...]
) -> None:
    monkeypatch.setattr(whoosh, "__version__", version)
    with pytest.raises(BackstoryError) as refused:
        EmbeddedIndex(tmp_path)

    assert ".".join(map(str, version)) in refused.value.message
    assert "whoosh3 from 3.48.1 on" in refused.value.message
    assert "pip install 'whoosh3>=3.48.1,<4'" in refused.value.hint


@pytest.mark.parametrize("version", [(3, 48, 1), (3, 54, 0), (3, 99, 0, "rc1")])
def test_any_whoosh_that_the_codec_fits_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...]
) -> None:
    monkeypatch.setattr(whoosh, "__version__", version)

    with pytest.raises(IndexNotFound):
        EmbeddedIndex(tmp_path).open()


# The folder comes and goes


def test_reader_of_nothing_says_how_to_build_it(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(IndexNotFound, match="backstory index"):
            EmbeddedIndex(folder).open()


def test_folder_that_vanishes_is_unavailable_until_it_is_back(
    index_folder: Path, answers: Answers
) -> None:
    index = EmbeddedIndex(index_folder)
    before = answers(index)
    index_folder.rename(index_folder.with_name("away"))
    with pytest.raises(IndexUnavailable, match="the folder is gone"):
        index.open()
    index_folder.with_name("away").rename(index_folder)

    assert answers(index) == before


def test_file_in_place_of_the_folder_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file")
    with pytest.raises(IndexUnavailable, match="Not a directory"):
        EmbeddedIndex(tmp_path / "index").open()


def test_index_made_anew_is_noticed_though_it_counts_from_one_again(
    tmp_path: Path, document: Make, fill: Fill
) -> None:
    index = fill(EmbeddedIndex(tmp_path / "index"), document("old", "radio"))
    assert index.open().document("old")
    shutil.rmtree(index.folder)
    fill(EmbeddedIndex(index.folder), document("new", "radio"))

    assert index.open().statistics.generation == 1
    assert index.open().document("old") is None
    assert index.open().document("new")
