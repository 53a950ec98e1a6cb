"""The dry run tells what the next run does, and leaves everything as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backstory.engine.errors import RemovalRefused
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.indexer.dry_run import Change, Forecast
from backstory.indexer.sync import Removals, SyncOptions, dry_run, sync
from backstory.settings import Config


class Place:
    """A corpus and its index."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.corpus = folder, folder / "corpus"
        self.config = Config(root=folder).override(index__path="index", index__jobs=2)
        self.index = EmbeddedIndex(folder / "index")
        for name in ("harbour.txt", "people/keeper.md", "storm.txt", "wreck.txt"):
            self.write(name, f"About {name}.\n")

    def write(self, name: str, text: str | bytes) -> None:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def dry_run(self, **options: object) -> Forecast:
        return dry_run(self.index, self.config, SyncOptions(**options))  # type: ignore[arg-type]

    def files(self) -> dict[str, tuple[int, int]]:
        """Return everything there is, with size and time."""
        return {
            str(path): (path.lstat().st_size, path.lstat().st_mtime_ns)
            for path in [self.folder, *self.folder.rglob("*")]
        }


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def change_everything(place: Place) -> None:
    place.write("new.txt", "New words.")
    place.write("storm.txt", "A calm.")
    (place.corpus / "moved").mkdir()
    (place.corpus / "wreck.txt").rename(place.corpus / "moved/wreck.txt")
    (place.corpus / "harbour.txt").unlink()
    place.write("picture.mp3", b"\xff\xd8")
    place.write("program.txt", b"MZ\0\0")
    os.utime(place.corpus / "people/keeper.md", ns=(1, 1))


def test_it_tells_what_a_run_would_do(place: Place) -> None:
    sync(place.index, place.config)
    change_everything(place)
    forecast = place.dry_run()
    assert forecast.changes == (
        Change("remove", "harbour.txt"),
        Change("move", "moved/wreck.txt", "wreck.txt"),
        Change("add", "new.txt"),
        Change("change", "storm.txt"),
    )
    assert {each.path: each.reason for each in forecast.skipped} == {
        "picture.mp3": "no reader for .mp3: add a transcript (.srt, .vtt)",
        "program.txt": "binary (holds NUL bytes)",
    }
    report = sync(place.index, place.config)
    assert (report.added, report.changed, report.moved, report.removed) == (1, 1, 1, 1)
    assert report.skipped == forecast.skipped
    assert place.dry_run().changes == ()


def test_it_writes_nothing_at_all(place: Place) -> None:
    before = place.files()
    assert len(place.dry_run().changes) == 4
    assert place.files() == before
    assert not (place.folder / "index").exists()
    sync(place.index, place.config)
    change_everything(place)
    before = place.files()
    for options in ({}, {"rebuild": True}, {"verify": True}):
        place.dry_run(**options)
    assert place.files() == before


def test_it_needs_no_lock(place: Place) -> None:
    sync(place.index, place.config)
    writer = place.index.writer()
    try:
        place.write("new.txt", "New words.")
        assert [each.path for each in place.dry_run().changes] == ["new.txt"]
    finally:
        writer.close()


def test_several_processes_rehearse_too(place: Place) -> None:
    for number in range(5):
        place.write(f"{number}.txt", f"Words of {number}. " * 60_000)
    before = place.files()
    assert len(place.dry_run().changes) == 9
    assert place.files() == before


def test_a_rebuild_would_add_everything(place: Place) -> None:
    sync(place.index, place.config)
    assert {each.kind for each in place.dry_run(rebuild=True).changes} == {"add"}


def test_it_may_be_limited_to_some_paths(place: Place) -> None:
    sync(place.index, place.config)
    change_everything(place)
    place.write("people/pilot.md", "The pilot.")
    only = (place.corpus / "people", place.corpus / "storm.txt")
    assert [each.path for each in place.dry_run(only=only).changes] == [
        "people/pilot.md",
        "storm.txt",
    ]


def test_it_refuses_what_a_run_refuses(place: Place) -> None:
    sync(place.index, place.config)
    for path in place.corpus.rglob("*.*"):
        path.unlink()
    with pytest.raises(RemovalRefused, match="Nothing was changed"):
        place.dry_run()
    assert len(place.dry_run(removals=Removals.ALLOWED).changes) == 4
