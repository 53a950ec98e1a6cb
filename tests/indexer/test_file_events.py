"""Events: whatever changes below the folder announces itself, or one is told that it will not."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backstory.indexer.file_events import FileEvents, is_remote, remote_file_system

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:26 / /news rw - nfs4 server:/news rw
31 22 0:27 / /local/with\\040space rw - fuse.sshfs host: rw
32 30 8:2 / /news/fast rw - xfs /dev/sdb rw
33 22 0:28 / /scans/2018/cifs rw - cifs //server/scans rw
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    corpus = tmp_path / "corpus"
    (corpus / "people").mkdir(parents=True)
    (corpus / "var").mkdir()
    (corpus / "people/keeper.txt").write_text("The keeper.", encoding="utf-8")
    return corpus


@pytest.fixture
def events(root: Path) -> Iterator[FileEvents]:
    with closing(FileEvents(root, [root / "var"])) as events:
        if not events.are_there:
            pytest.skip("this file system tells of no changes")
        yield events


def is_told(events: FileEvents, most: int = 50) -> bool:
    return any(events.wait(0) for _ in range(most))


def write_a_file(root: Path) -> None:
    (root / "new.txt").write_text("New.", encoding="utf-8")


def change_a_file(root: Path) -> None:
    (root / "people/keeper.txt").write_text("The keeper of the lamp.", encoding="utf-8")


def remove_a_file(root: Path) -> None:
    (root / "people/keeper.txt").unlink()


def move_a_folder(root: Path) -> None:
    (root / "people").rename(root / "persons")


def make_folders(root: Path) -> None:
    (root / "a/b/c").mkdir(parents=True)


@pytest.mark.parametrize(
    "change", [write_a_file, change_a_file, remove_a_file, move_a_folder, make_folders]
)
def test_a_change_is_told(events: FileEvents, root: Path, change: Callable[[Path], None]) -> None:
    change(root)
    assert is_told(events)


def test_hidden_files_and_the_index_tell_nothing(events: FileEvents, root: Path) -> None:
    (root / ".draft").write_text("Not yet.", encoding="utf-8")
    (root / "var/segment").write_text("Of the index.", encoding="utf-8")
    assert not is_told(events, most=3)


def test_a_folder_that_was_replaced_is_listened_to(events: FileEvents, root: Path) -> None:
    root.rename(root.with_name("away"))
    root.mkdir()
    events.refresh()
    write_a_file(root)
    assert is_told(events)


def test_without_the_library_there_are_no_events_and_that_is_said(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with caplog.at_level(logging.WARNING), closing(FileEvents(root)) as events:
        write_a_file(root)
        assert not events.wait(0)
        assert not events.are_there
    assert len(caplog.messages) == 1
    assert "Looking for changes every second or two" in caplog.messages[0]


def test_events_that_fail_are_replaced_by_looking(
    events: FileEvents, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing() -> Iterator[set[tuple[object, str]]]:
        raise OSError(
            28, "No space left on device"
        )  # what inotify says when it has no more watches
        yield set()

    monkeypatch.setattr(events, "_changes", failing())
    with caplog.at_level(logging.WARNING):
        assert events.wait(0), "something may have changed meanwhile"
    assert not events.are_there
    assert "No space left on device" in caplog.text


@pytest.mark.parametrize(
    ("root", "kind"),
    [
        ("/", "cifs"),
        ("/home/corpus", ""),
        ("/news", "nfs4"),
        ("/news/2018", "nfs4"),
        ("/newsroom", ""),
        ("/news/fast/2018", ""),
        ("/local/with space/corpus", "fuse.sshfs"),
        ("/scans", "cifs"),
    ],
)
def test_a_remote_file_system_is_told_by_its_mount(tmp_path: Path, root: str, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS, encoding="utf-8")
    assert remote_file_system(Path(root), mounts) == kind
    assert is_remote(kind) == bool(kind)


def test_a_system_without_a_list_of_mounts_has_none(tmp_path: Path) -> None:
    assert remote_file_system(tmp_path, tmp_path / "none") == ""
