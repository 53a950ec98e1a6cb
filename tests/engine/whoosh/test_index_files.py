"""The files of an index: what is damaged is named, what is foreign is refused, what is left goes."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import whoosh

from engine.analysis import Analyzer
from engine.backends.base import Backend, Problem
from engine.backends.memory import MemoryBackend
from engine.backends.whoosh import WhooshBackend
from engine.backends.whoosh.manifest import (
    Manifest,
    current_identity,
    read_manifest,
    write_manifest,
)
from engine.documents import IndexedDocument
from engine.errors import (
    BackstoryError,
    IndexBusy,
    IndexDamaged,
    IndexNotFound,
    IndexOutdated,
    IndexUnavailable,
    IndexUntrusted,
)
from searcher import Searcher

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Backend]

pytestmark = [
    pytest.mark.usefixtures("let_go"),
    pytest.mark.filterwarnings(
        "ignore:unclosed file:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
    ),
]

IDENTITY = current_identity(Analyzer().signature)
KINDS = (
    "toc", "json", "trm", "pst", "forms", "record.col", "length.col", "_stored.col",
    "_stem_len.col", "_surface_len.col",
)  # fmt: skip


def kind_of(name: str) -> str:
    """Return what kind of file a name stands for."""
    return name.split(".", 1)[1]


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of the index but the lock."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "LOCK"}


def one(folder: Path, kind: str) -> Path:
    """Return a file of some kind."""
    return next(folder / name for name in sorted(contents(folder)) if kind_of(name) == kind)


def manifest_of(folder: Path) -> Manifest:
    """Return the newest manifest."""
    (path,) = folder.glob("manifest-*.json")
    return read_manifest(folder, int(re.findall("[0-9]+", path.name)[0]), IDENTITY)


def answers(backend: Backend) -> list[tuple[str, float]]:
    """Return what the index finds for a query that needs much of it."""
    result = Searcher(backend).search('radio "the shed" -lighthouse*', limit=100)
    return [(hit.passage, hit.score) for hit in result]


def flip(data: bytes, at: int, bit: int = 0) -> bytes:
    """Return the data with one bit flipped."""
    return data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "first bit": lambda data: flip(data, 0),
    "middle bit": lambda data: flip(data, len(data) // 2, 3),
    "last bit": lambda data: flip(data, len(data) - 1, 7),
    "zeroed block": lambda data: bytes(min(len(data), 4096)) + data[4096:],
    "noise": lambda data: bytes((byte * 31 + 7) % 256 for byte in data),
    "cut in half": lambda data: data[: len(data) // 2],
    "cut to nothing": lambda data: b"",
    "one byte more": lambda data: data + b"\0",
    "deleted": lambda data: None,
}


def test_every_kind_of_file_is_tried(whole_index: Path) -> None:
    assert {kind_of(name) for name in contents(whole_index)} == set(KINDS)
    assert len({name.split(".")[0] for name in contents(whole_index)}) == 4


@contextmanager
def damaged(path: Path, damage: Callable[[bytes], bytes | None]) -> Iterator[bool]:
    """Damage a file for a while; False where it cannot be told from a sound one."""
    data = path.read_bytes()
    worse = damage(data)
    if worse is None:
        path.unlink()
    else:
        path.write_bytes(worse)
    try:
        yield worse != data
    finally:
        path.write_bytes(data)


def named(folder: Path) -> set[str]:
    """Return the files that a check of the index names as damaged."""
    try:
        return {problem.file for problem in WhooshBackend(folder).check() if problem.is_damage}
    except IndexDamaged as error:
        return {error.path.name}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_damaged_file_is_named(index: Path, kind: str, damage: str) -> None:
    files = [index / name for name in contents(index) if kind_of(name) == kind]
    for path in files:
        with damaged(path, DAMAGES[damage]) as is_damaged:
            name = index.name if (kind, damage) == ("toc", "deleted") else path.name
            assert named(index) == ({name} if is_damaged else set())
            for opened in (WhooshBackend(index).reader, WhooshBackend(index).writer):
                try:
                    held = opened()
                except IndexDamaged as error:
                    assert error.path.name == name
                    assert "backstory index --rebuild" in str(error)
                else:
                    getattr(held, "close", lambda: None)()
    assert files
    assert named(index) == set()


def test_flipped_bit_anywhere_in_manifest_or_toc_stops_the_reader(index: Path) -> None:
    for pattern in ("manifest-*.json", "*.toc"):
        (path,) = index.glob(pattern)
        data = path.read_bytes()
        for at in range(0, len(data), 3):
            path.write_bytes(flip(data, at, at % 8))
            with pytest.raises((IndexDamaged, IndexOutdated)):
                WhooshBackend(index).reader()
        path.write_bytes(data)


def test_open_reader_goes_on_while_check_finds_the_damage(index: Path) -> None:
    backend = WhooshBackend(index)
    before = answers(backend)
    for kind in ("json", "pst"):
        path = one(index, kind)
        with damaged(path, lambda data: flip(data, len(data) // 2)):
            assert answers(backend) == before
            with pytest.raises(IndexDamaged) if kind == "json" else _nothing():
                assert [problem.file for problem in backend.check()] == [path.name]


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@pytest.mark.parametrize("damage", ["zeroed block", "cut in half", "deleted", "noise"])
@pytest.mark.parametrize("kind", KINDS)
def test_rebuild_over_a_damaged_index_is_good(
    index: Path, affair: Sequence[IndexedDocument], kind: str, damage: str
) -> None:
    path = one(index, kind)
    data = DAMAGES[damage](path.read_bytes())
    path.unlink() if data is None else path.write_bytes(data)
    backend = WhooshBackend(index)
    writer = backend.writer(rebuild=True)
    writer.add(affair)
    writer.commit()
    writer.close()
    memory = MemoryBackend()
    writer = memory.writer()
    writer.add(affair)
    writer.commit()

    assert list(backend.check()) == []
    assert answers(backend) == answers(memory)
    assert answers(WhooshBackend(index)) == answers(memory)


def test_damage_is_not_merged_into_a_sound_file(index: Path, document: Make, fill: Fill) -> None:
    backend = fill(WhooshBackend(index), document("small", "radio order"))
    path = min(index.glob("*.pst"), key=lambda path: path.stat().st_size)
    path.write_bytes(flip(path.read_bytes(), path.stat().st_size // 2))
    with pytest.raises(IndexDamaged, match=r"\.pst does not match its checksum"):
        for n in range(20):
            fill(backend, document(f"small{n}", "radio"))

    assert named(index) == {path.name}


def test_missing_toc_is_damage_for_readers_and_writers_alike(index: Path) -> None:
    next(index.glob("*.toc")).unlink()
    before = contents(index)
    for opened in (WhooshBackend(index).reader, WhooshBackend(index).writer):
        with pytest.raises(IndexDamaged, match="no table of contents"):
            opened()
    assert contents(index) == before


def test_first_commit_may_be_interrupted_any_number_of_times(
    tmp_path: Path, document: Make, fill: Fill
) -> None:
    backend = WhooshBackend(tmp_path / "index")
    for _ in range(3):
        fill(backend, document("a", "radio"))
        (toc,) = backend.folder.glob("*.toc")
        toc.unlink()  # killed between manifest and TOC
        with pytest.raises(IndexNotFound):
            backend.reader()

    fill(backend, document("a", "radio"))
    assert backend.reader().statistics.documents == 1
    assert list(backend.check()) == []


# Pickles that are not ours


class Malice:
    """A pickle that makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, (str(self.path),))


@pytest.mark.parametrize("name", ["newest", "_MAIN_99.toc", "_MAIN_1.toc", "_MAIN_3.toc.1500.77"])
def test_toc_without_a_matching_manifest_is_never_loaded(
    index: Path, tmp_path: Path, name: str
) -> None:
    trap = tmp_path / "sprung"
    path = next(index.glob("*.toc")) if name == "newest" else index / name
    head = path.read_bytes()[:20] if path.exists() else b""
    for payload in (pickle.dumps(Malice(trap)), head + pickle.dumps(Malice(trap))):
        path.write_bytes(payload)
        for use in (
            lambda: WhooshBackend(index).reader(),
            lambda: list(WhooshBackend(index).check()),
            lambda: WhooshBackend(index).writer().close(),
            lambda: WhooshBackend(index).writer(rebuild=True).close(),
        ):
            try:
                use()
            except IndexDamaged as error:
                assert "checksum" in str(error) or "missing" in str(error)
    assert not trap.exists()
    pickle.loads(pickle.dumps(Malice(trap)))
    assert trap.exists(), "the trap works"


# Leftovers


LITTER = ("MAIN_0orphan0.trm", "MAIN_0orphan0.pst", "_MAIN_1.toc", "_MAIN_9.toc.1500.77",
          "manifest-1.json", "manifest-4.tmp", "anything.tmp")  # fmt: skip


def test_leftovers_are_reported_and_then_removed_by_the_next_writer(index: Path) -> None:
    sound = contents(index)
    (index / "notes.txt").write_text("not ours")
    (index / "pending").mkdir()
    for name in (*LITTER, "pending/MAIN_0orphan0.trm"):
        (index / name).write_text("litter")
    backend = WhooshBackend(index)

    problems = list(backend.check())
    assert {problem.file for problem in problems} == set(LITTER)
    assert not any(problem.is_damage for problem in problems)
    assert problems[0] == Problem(
        problems[0].file, "left by an interrupted run; removed by the next one", False
    )

    writer = backend.writer()
    assert writer.recovered
    writer.close()
    assert contents(index) == sound | {"notes.txt": b"not ours"}
    assert list(backend.check()) == []
    writer = backend.writer()
    assert not writer.recovered
    writer.close()


@pytest.mark.parametrize("note", [b"", b"{", b'{"pid": 1, "since": "2018"}', b"\xff\x00", b"[]"])
def test_lock_file_of_a_dead_process_has_no_effect(
    index: Path, document: Make, fill: Fill, note: bytes
) -> None:
    (index / "LOCK").write_bytes(note)
    fill(WhooshBackend(index), document("new", "radio"))

    assert WhooshBackend(index).reader().document("new")


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b'{"pid": 1}', b"\xff"])
def test_holder_of_the_lock_need_not_have_left_its_name(index: Path, note: bytes) -> None:
    writer = WhooshBackend(index).writer()
    (index / "LOCK").write_bytes(note)
    with pytest.raises(IndexBusy, match="another process"):
        WhooshBackend(index).writer()
    writer.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from engine.backends.whoosh import WhooshBackend
from engine.documents import Document, IndexedDocument, Passage
writer = WhooshBackend(Path(sys.argv[1])).writer()
writer.add([IndexedDocument(Document("b", "B"), (Passage("b", 1, "radio"),))])
writer.delete("ledger")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_writer_leaves_the_old_state_and_the_next_one_recovers(index: Path) -> None:
    before = contents(index)
    done = subprocess.run([sys.executable, "-c", KILLED, str(index)], check=False)
    assert done.returncode == -signal.SIGKILL

    backend = WhooshBackend(index)
    assert backend.reader().document("ledger")
    assert backend.reader().document("b") is None
    assert any("interrupted run" in problem.problem for problem in backend.check())
    writer = backend.writer()
    assert writer.recovered
    writer.close()
    assert contents(index) == before


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
def test_index_of_another_format_is_left_untouched(index: Path, change: dict[str, object]) -> None:
    manifest = manifest_of(index)
    theirs = replace(manifest.identity, **change)
    write_manifest(index, replace(manifest, identity=theirs))
    before = contents(index)

    backend = WhooshBackend(index)
    for use in (backend.reader, backend.writer, lambda: list(backend.check())):
        with pytest.raises(IndexOutdated) as refused:
            use()
        assert refused.value.found == theirs.described
        assert refused.value.expected == IDENTITY.described
        assert theirs.described in str(refused.value)
    assert contents(index) == before

    writer = backend.writer(rebuild=True)
    writer.commit()
    writer.close()
    assert backend.reader().statistics.documents == 0


def test_manifest_of_a_later_version_may_hold_what_it_likes(index: Path) -> None:
    (path,) = index.glob("manifest-*.json")
    identity = {"format": 7, "analyzer": "a", "backstory": "7.1", "whoosh": "4", "more": [1]}
    path.write_text(json.dumps({"identity": identity, "contents": "elsewhere"}))

    with pytest.raises(IndexOutdated, match=r"made by Backstory 7\.1"):
        WhooshBackend(index).reader()


def test_other_versions_of_this_format_are_read(index: Path) -> None:
    manifest = manifest_of(index)
    theirs = replace(manifest.identity, backstory="0.0.1", whoosh="3.55.0")
    write_manifest(index, replace(manifest, identity=theirs))

    assert WhooshBackend(index).reader().document("ledger")


@pytest.mark.parametrize("version", [(2, 7, 4), (3, 54, 1), (3, 55, 0)])
def test_wrong_whoosh_is_named_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...]
) -> None:
    monkeypatch.setattr(whoosh, "__version__", version)
    with pytest.raises(BackstoryError) as refused:
        WhooshBackend(tmp_path)

    assert ".".join(map(str, version)) in refused.value.message
    assert "whoosh3 3.54.0" in refused.value.message
    assert "pip install whoosh3==3.54.0" in refused.value.hint


# Who could have written it


@pytest.mark.parametrize("mode", [0o770, 0o777, 0o702])
def test_folder_that_others_may_write_to_is_refused(index: Path, mode: int) -> None:
    index.chmod(mode)
    for use in (
        WhooshBackend(index).reader,
        WhooshBackend(index).writer,
        lambda: WhooshBackend(index).writer(rebuild=True),
    ):
        with pytest.raises(IndexUntrusted, match="could run code") as refused:
            use()
        assert str(index) in str(refused.value)


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
@pytest.mark.parametrize("kind", KINDS)
def test_file_that_others_may_write_to_is_refused(index: Path, kind: str, mode: int) -> None:
    path = one(index, kind)
    path.chmod(mode)
    for use in (WhooshBackend(index).reader, WhooshBackend(index).writer):
        with pytest.raises(IndexUntrusted, match="could run code") as refused:
            use()
        assert path.name in str(refused.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to another user")
@pytest.mark.parametrize("kind", ["folder", *KINDS])
def test_index_of_another_user_is_refused(index: Path, kind: str) -> None:
    path = index if kind == "folder" else one(index, kind)
    os.chown(path, 54321, 54321)
    with pytest.raises(IndexUntrusted, match="belongs to another user"):
        WhooshBackend(index).reader()


def test_new_index_is_for_its_owner_whatever_the_umask(
    tmp_path: Path, document: Make, fill: Fill
) -> None:
    before = os.umask(0)
    try:
        backend = fill(WhooshBackend(tmp_path / "index"), document("a", "radio"))
    finally:
        os.umask(before)

    assert backend.folder.stat().st_mode & 0o777 == 0o700
    assert not any(path.stat().st_mode & 0o022 for path in backend.folder.iterdir())
    assert backend.reader().document("a")


# The folder comes and goes


def test_reader_of_nothing_says_how_to_build_it(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(IndexNotFound, match="backstory index"):
            WhooshBackend(folder).reader()


def test_folder_that_vanishes_is_unavailable_until_it_is_back(index: Path) -> None:
    backend = WhooshBackend(index)
    before = answers(backend)
    index.rename(index.with_name("away"))
    with pytest.raises(IndexUnavailable, match="the folder is gone"):
        backend.reader()
    index.with_name("away").rename(index)

    assert answers(backend) == before


def test_file_in_place_of_the_folder_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file")
    with pytest.raises(IndexUnavailable, match="Not a directory"):
        WhooshBackend(tmp_path / "index").reader()


def test_index_made_anew_is_noticed_though_it_counts_from_one_again(
    tmp_path: Path, document: Make, fill: Fill
) -> None:
    backend = fill(WhooshBackend(tmp_path / "index"), document("old", "radio"))
    assert backend.reader().document("old")
    shutil.rmtree(backend.folder)
    fill(WhooshBackend(backend.folder), document("new", "radio"))

    assert backend.reader().statistics.generation == 1
    assert backend.reader().document("old") is None
    assert backend.reader().document("new")


# Merging


def segments(folder: Path) -> set[str]:
    """Return the names of the segments that the newest commit holds."""
    return {name.split(".")[0] for name in manifest_of(folder).files if name.startswith("MAIN_")}


def test_many_small_commits_keep_few_segments_and_the_answers(
    new_backend: Callable[[str], Backend], document: Make, fill: Fill
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

    assert list(whoosh_backend.check()) == []
    held = {path.name.split(".")[0] for path in whoosh_backend.folder.glob("MAIN_*")}
    assert held == segments(whoosh_backend.folder), "no file of a merged segment is left"


def test_segment_of_deleted_documents_disappears(
    tmp_path: Path, document: Make, fill: Fill
) -> None:
    backend = fill(WhooshBackend(tmp_path / "index"), document("a", "a quokka"))
    first = segments(backend.folder)
    fill(backend, document("b", "radio"))
    assert first < segments(backend.folder)
    fill(backend, delete=["a"])

    assert not first & segments(backend.folder)
    assert not any(b"quokka" in data for data in contents(backend.folder).values())


def test_segment_that_is_mostly_deleted_is_written_anew(
    tmp_path: Path, document: Make, fill: Fill
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
    monkeypatch: pytest.MonkeyPatch, new_backend: Callable[[str], Backend],
    affair: Sequence[IndexedDocument], fill: Fill,
) -> None:  # fmt: skip
    monkeypatch.setattr("engine.backends.whoosh.writer.BATCH_WORDS", 20)
    backend, memory = fill(new_backend("whoosh"), *affair), fill(new_backend("memory"), *affair)

    assert len(segments(backend.folder)) == 3
    assert answers(backend) == answers(memory)
