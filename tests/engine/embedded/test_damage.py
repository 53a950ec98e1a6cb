"""Damage: any damaged file is named, no foreign pickle is loaded, and a rebuild mends it all."""

from __future__ import annotations

import importlib
import os
import pickle
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from backstory.engine.documents import IndexedDocument
from backstory.engine.errors import IndexDamaged, IndexNotFound, IndexOutdated, IndexUntrusted
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.embedded.flat.flatfile import FlatFile
from backstory.engine.indexes.reference import ReferenceIndex

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Any]
Contents = Callable[[Path], dict[str, bytes]]
Answers = Callable[[Index], list[tuple[str, float]]]

pytestmark = [
    pytest.mark.usefixtures("let_go"),
    pytest.mark.filterwarnings(
        "ignore:unclosed file:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
    ),
]


KINDS = {"toc", "json", "entries", "terms", "columns", "forms", "deleted", "vectors"}
POSTINGS = "terms"


def kind_of(name: str) -> str:
    """Return what kind of file a name stands for."""
    return re.sub(r"-[0-9a-f]+$", "", name.split(".", 1)[1])


def files(folder: Path) -> dict[str, list[Path]]:
    """Return all files of an index but the lock, by their kinds."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.name != "LOCK":
            found.setdefault(kind_of(path.name), []).append(path)
    return found


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


def test_index_has_every_kind_of_file(whole_index: Path) -> None:
    held = files(whole_index)
    assert held.keys() == KINDS
    assert {kind: len(paths) for kind, paths in held.items()} == {
        kind: 1 if kind in ("toc", "json") else 2 for kind in held
    }


@contextmanager
def damaged(path: Path, damage: Callable[[bytes], bytes | None]) -> Iterator[bool]:
    """Damage a file for a while; False where it cannot be told from a sound one.

    The file is made anew: readers have it mapped, and cutting that one short would kill them.
    """
    data = path.read_bytes()
    worse = damage(data)
    path.unlink()
    if worse is not None:
        path.write_bytes(worse)
    try:
        yield worse != data
    finally:
        path.unlink(missing_ok=True)
        path.write_bytes(data)


def named(folder: Path) -> set[str]:
    """Return the files that a check of the index names as damaged."""
    try:
        return {problem.file for problem in EmbeddedIndex(folder).check() if problem.is_damage}
    except IndexDamaged as error:
        return {error.path.name}


def refusal(use: Callable[[], Any]) -> str | None:
    """Return the file that an IndexDamaged names, None where there is none; all else is raised."""
    try:
        held = use()
    except IndexDamaged as error:
        return error.path.name
    getattr(held, "close", lambda: None)()
    return None


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_file_is_named(index_folder: Path, damage: str) -> None:
    for path in chain.from_iterable(files(index_folder).values()):
        with damaged(path, DAMAGES[damage]) as is_damaged:
            name = index_folder.name if (path.suffix, damage) == (".toc", "deleted") else path.name
            assert named(index_folder) == ({name} if is_damaged else set())
            for opened in (EmbeddedIndex(index_folder).open, EmbeddedIndex(index_folder).writer):
                assert refusal(opened) in (None, name)
    assert named(index_folder) == set()


def test_flipped_bit_anywhere_in_manifest_or_toc_stops_the_reader(index_folder: Path) -> None:
    for pattern in ("manifest-*.json", "*.toc"):
        (path,) = index_folder.glob(pattern)
        data = path.read_bytes()
        for at in range(0, len(data), 3):
            path.write_bytes(flip(data, at, at % 8))
            with pytest.raises((IndexDamaged, IndexOutdated)):
                EmbeddedIndex(index_folder).open()
        path.write_bytes(data)


def test_check_says_where_a_file_is_damaged(index_folder: Path) -> None:
    for kind, path in ((kind, paths[0]) for kind, paths in files(index_folder).items()):
        with damaged(path, lambda data: flip(data, 17)):
            problems = (
                list(EmbeddedIndex(index_folder).check()) if kind not in ("json", "toc") else []
            )
        for problem in problems:
            assert problem.file == path.name
            assert "(damaged within 65,536 bytes from byte 0)" in problem.problem, kind


def test_open_reader_goes_on_while_check_finds_the_damage(
    index_folder: Path, answers: Answers
) -> None:
    index = EmbeddedIndex(index_folder)
    before = answers(index)
    for kind in ("json", POSTINGS):
        path = files(index_folder)[kind][0]
        with damaged(path, lambda data: flip(data, len(data) // 2)):
            assert answers(index) == before
            with pytest.raises(IndexDamaged) if kind == "json" else _nothing():
                assert [problem.file for problem in index.check()] == [path.name]


def test_commit_that_is_replaced_while_it_is_checked_is_not_damaged(
    index_folder: Path, document: Make, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, read = EmbeddedIndex(index_folder), FlatFile.damaged_blocks
    turns = iter(range(12))  # enough for segments to be merged and their files deleted

    def read_slowly(file: FlatFile) -> list[int]:
        for turn in turns:
            fill(EmbeddedIndex(index_folder), document(f"late{turn}", "radio"))
        return read(file)

    monkeypatch.setattr(FlatFile, "damaged_blocks", read_slowly)
    assert [problem for problem in index.check() if problem.is_damage] == []


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@pytest.mark.parametrize("damage", ["zeroed block", "cut in half", "deleted", "noise"])
def test_rebuild_over_a_damaged_index_is_good(
    whole_index: Path,
    tmp_path: Path,
    affair: Sequence[IndexedDocument],
    damage: str,
    answers: Answers,
    fill: Fill,
) -> None:
    expected = answers(fill(ReferenceIndex(), *affair))
    for kind, paths in files(whole_index).items():
        index_folder = shutil.copytree(whole_index, tmp_path / kind)
        path = index_folder / paths[0].name
        data = DAMAGES[damage](path.read_bytes())
        path.unlink() if data is None else path.write_bytes(data)
        index = EmbeddedIndex(index_folder)
        writer = index.writer(rebuild=True)
        writer.add(affair)
        writer.commit()
        writer.close()

        assert list(index.check(deep=True)) == [], kind
        assert answers(index) == expected, kind
        assert answers(EmbeddedIndex(index_folder)) == expected, kind


def test_damage_is_not_merged_into_a_sound_file(
    index_folder: Path, document: Make, fill: Fill
) -> None:
    index = fill(EmbeddedIndex(index_folder), document("small", "radio order"))
    path = min(files(index_folder)[POSTINGS], key=lambda path: path.stat().st_size)
    # Not in the directory of a flat file: then it could not be opened.
    path.write_bytes(flip(path.read_bytes(), min(path.stat().st_size // 2, 16)))

    def add_until_segments_are_merged() -> None:
        for n in range(20):
            fill(index, document(f"small{n}", "radio"))

    with pytest.raises(IndexDamaged, match=rf"\.{POSTINGS} does not match its checksum"):
        add_until_segments_are_merged()
    assert named(index_folder) == {path.name}


def test_file_that_cannot_be_read_at_all_is_named_once(index_folder: Path) -> None:
    path = files(index_folder)[POSTINGS][0]
    path.write_bytes(bytes(path.stat().st_size))
    for opened in (EmbeddedIndex(index_folder).open, EmbeddedIndex(index_folder).writer):
        with pytest.raises(IndexDamaged) as refused:
            opened()
        assert refused.value.path == path
        assert str(refused.value).count("The index is damaged") == 1


def test_missing_toc_is_damage_for_readers_and_writers_alike(
    index_folder: Path, contents: Contents
) -> None:
    next(index_folder.glob("*.toc")).unlink()
    before = contents(index_folder)
    for opened in (EmbeddedIndex(index_folder).open, EmbeddedIndex(index_folder).writer):
        with pytest.raises(IndexDamaged, match="no table of contents"):
            opened()
    assert contents(index_folder) == before


def test_first_commit_may_be_interrupted_any_number_of_times(
    tmp_path: Path, document: Make, fill: Fill
) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    for _ in range(3):
        fill(index, document("a", "radio"))
        (toc,) = index.folder.glob("*.toc")
        toc.unlink()  # killed between manifest and TOC
        with pytest.raises(IndexNotFound):
            index.open()

    fill(index, document("a", "radio"))
    assert index.open().statistics.documents == 1
    assert list(index.check()) == []


# Pickles that are not ours


class Malice:
    """A pickle that makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, (str(self.path),))


@pytest.mark.parametrize("name", ["newest", "_MAIN_99.toc", "_MAIN_1.toc", "_MAIN_3.toc.1500.77"])
def test_toc_without_a_matching_manifest_is_never_loaded(
    index_folder: Path, tmp_path: Path, name: str
) -> None:
    trap = tmp_path / "sprung"
    path = next(index_folder.glob("*.toc")) if name == "newest" else index_folder / name
    head = path.read_bytes()[:20] if path.exists() else b""
    for payload in (pickle.dumps(Malice(trap)), head + pickle.dumps(Malice(trap))):
        path.write_bytes(payload)
        for use in (
            lambda: EmbeddedIndex(index_folder).open(),
            lambda: list(EmbeddedIndex(index_folder).check()),
            lambda: EmbeddedIndex(index_folder).writer().close(),
            lambda: EmbeddedIndex(index_folder).writer(rebuild=True).close(),
        ):
            assert refusal(use) in (None, path.name, "manifest-99.json")
    assert not trap.exists()
    pickle.loads(pickle.dumps(Malice(trap)))
    assert trap.exists(), "the trap works"


UNPICKLING = ("pickle.load", "pickle.loads", "whoosh.filedb.structfile.load",
              "whoosh.codec.whoosh3.loads")  # fmt: skip


def test_nothing_is_ever_unpickled(
    index_folder: Path, document: Make, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpickled: list[str] = []

    def spied(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def spy(*arguments: Any, **options: Any) -> Any:
            unpickled.append(name)
            return real(*arguments, **options)

        return spy

    for name in UNPICKLING:
        module, _, function = name.rpartition(".")
        monkeypatch.setattr(name, spied(name, getattr(importlib.import_module(module), function)))
    index = EmbeddedIndex(index_folder)
    assert answers(index)
    writer = index.writer()
    writer.add([document("new", "radio")])
    writer.delete("ledger")
    writer.commit()
    writer.close()
    assert list(index.check(deep=True)) == []
    assert unpickled == []


# Who could have written it


@pytest.mark.parametrize("mode", [0o770, 0o777, 0o702])
def test_folder_that_others_may_write_to_is_refused(index_folder: Path, mode: int) -> None:
    index_folder.chmod(mode)
    for use in (
        EmbeddedIndex(index_folder).open,
        EmbeddedIndex(index_folder).writer,
        lambda: EmbeddedIndex(index_folder).writer(rebuild=True),
    ):
        with pytest.raises(IndexUntrusted, match="could run code") as refused:
            use()
        assert str(index_folder) in str(refused.value)


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_file_that_others_may_write_to_is_refused(index_folder: Path, mode: int) -> None:
    for path in chain.from_iterable(files(index_folder).values()):
        path.chmod(mode)
        for use in (EmbeddedIndex(index_folder).open, EmbeddedIndex(index_folder).writer):
            with pytest.raises(IndexUntrusted, match="could run code") as refused:
                use()
            assert path.name in str(refused.value)
        path.chmod(0o644)
    assert EmbeddedIndex(index_folder).open().document("ledger")


@pytest.mark.parametrize("mode", [0o770, 0o777, 0o702])
def test_folder_that_others_may_write_to_is_refused_while_it_is_open(
    index_folder: Path, mode: int
) -> None:
    index = EmbeddedIndex(index_folder)
    before, snapshot = index_folder.stat().st_mode, index.open()
    index_folder.chmod(mode)
    with pytest.raises(IndexUntrusted, match="chmod go-w"):
        index.open()
    index_folder.chmod(before)
    assert index.open() is snapshot


def test_file_that_others_may_write_to_is_refused_while_it_is_open(
    index_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backstory.engine.indexes.embedded.index.RECHECK", 0.0)
    index = EmbeddedIndex(index_folder)
    for name in index.open().manifest.files:
        (index_folder / name).chmod(0o666)
        with pytest.raises(IndexUntrusted, match="can be written by other users"):
            index.open()
        (index_folder / name).chmod(0o644)
        assert index.open().document("ledger")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to another user")
def test_index_of_another_user_is_refused(index_folder: Path) -> None:
    for path in (index_folder, *chain.from_iterable(files(index_folder).values())):
        os.chown(path, 54321, 54321)
        with pytest.raises(IndexUntrusted, match="belongs to another user"):
            EmbeddedIndex(index_folder).open()
        os.chown(path, os.geteuid(), os.getegid())
    assert EmbeddedIndex(index_folder).open().document("ledger")


def test_new_index_is_for_its_owner_whatever_the_umask(
    tmp_path: Path, document: Make, fill: Fill
) -> None:
    before = os.umask(0)
    try:
        index = fill(EmbeddedIndex(tmp_path / "index"), document("a", "radio"))
    finally:
        os.umask(before)

    assert index.folder.stat().st_mode & 0o777 == 0o700
    assert not any(path.stat().st_mode & 0o022 for path in index.folder.iterdir())
    assert index.open().document("a")
