"""Folders for what readers write: emptied, removed, and swept where their process was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from backstory.indexer.scratch import PREFIX, Scratch, sweep

LEAVE = """
import os, signal, sys, tempfile
tempfile.tempdir = sys.argv[1]
from backstory.indexer.scratch import Scratch
scratch = Scratch(1000)
(scratch.path / "deep" / "er").mkdir(parents=True)
(scratch.path / "deep" / "er" / "letter.txt").write_text("secret")
os.kill(os.getpid(), signal.SIGKILL)
"""
HOUR = 3600


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for temporary files of its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sweep.cache_clear()
    return tmp_path


def age(path: Path) -> Path:
    """Make a folder older than it is."""
    os.utime(path, (0, path.stat().st_mtime - HOUR))
    return path


def test_what_a_killed_process_left_is_deleted_by_the_next(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", LEAVE, str(folder)], check=False)
    (left,) = folder.iterdir()
    age(left)
    scratch = Scratch(1000)
    assert list(folder.iterdir()) == [scratch.path]
    scratch.close()
    assert list(folder.iterdir()) == []


def test_what_is_in_use_young_or_not_ours_stays(folder: Path, tmp_path: Path) -> None:
    used = Scratch(1000)
    young = folder / f"{PREFIX}abcdefgh"
    young.mkdir()
    others = [folder / name for name in ("backstory-index", f"{PREFIX}notes", f"{PREFIX}abcdefg")]
    for other in others:
        other.mkdir()
        age(other)
    link = folder / f"{PREFIX}linklink"
    link.symlink_to(others[0])
    os.utime(link, (0, 0), follow_symlinks=False)
    age(used.path)
    sweep.cache_clear()
    sweep(str(folder))
    assert set(folder.iterdir()) == {used.path, young, link, *others}
    used.close()
