"""The index folder: one writer at a time, whatever happens, and a full disk changes nothing."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backstory.engine.documents import IndexedDocument, SkippedFile
from backstory.engine.errors import IndexBusy, StorageFull
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.embedded.storage import remove_litter
from backstory.engine.remarks import unreadable

Make = Callable[..., IndexedDocument]

pytestmark = [
    pytest.mark.usefixtures("let_go"),
    pytest.mark.filterwarnings(
        "ignore:unclosed file:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
    ),
]

HOLDING = """
import sys
from pathlib import Path
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.embedded.storage import remove_litter
writer = EmbeddedIndex(Path(sys.argv[1])).writer()
print("held", flush=True)
sys.stdin.readline()
writer.close()
"""


@contextmanager
def another_writer(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Hold the index in another process until a line is written to it."""
    command = [sys.executable, "-c", HOLDING, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == "held\n"
        yield one


def test_writer_in_another_process_is_named_and_waited_for(index_folder: Path) -> None:
    index = EmbeddedIndex(index_folder)
    with another_writer(index_folder) as other:
        for wait in (0.0, 0.1, -1.0):
            with pytest.raises(IndexBusy, match=rf"process {other.pid} since 20") as busy:
                index.writer(wait=wait)
            assert "--wait" in busy.value.hint
        assert index.open().document("ledger"), "readers do not wait"

        finish = threading.Timer(0.2, other.communicate, ["done\n"])
        finish.start()
        index.writer(wait=60).close()
        finish.join()


def test_killed_holder_lets_the_next_writer_in(index_folder: Path) -> None:
    with another_writer(index_folder) as other:
        other.kill()
        other.wait()
        EmbeddedIndex(index_folder).writer().close()


@contextmanager
def disk_for_files_of(size: int) -> Iterator[None]:
    """Let no file grow past `size` bytes, as a full disk or a quota would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [0, 10, 1000, 5000])
def test_full_disk_leaves_the_index_as_it_was(
    index_folder: Path, document: Make, size: int
) -> None:
    index = EmbeddedIndex(index_folder)
    snapshot = index.open()
    large = document("new", *[f"word{n} radio" for n in range(300)])
    with disk_for_files_of(size):
        writer = index.writer()
        with pytest.raises(StorageFull) as full:
            writer.add([large])
        writer.close()

    assert f"disk full, index unchanged ({snapshot.statistics.passages} passages)" in str(
        full.value
    )
    assert full.value.exit_code == 5
    assert index.open() is snapshot
    assert EmbeddedIndex(index_folder).open().document("new") is None
    writer = index.writer()
    writer.add([document("new", "radio")])
    writer.commit()
    writer.close()
    assert index.open().document("new")
    assert list(index.check()) == []


def test_full_disk_at_commit_leaves_a_writer_that_goes_on(
    index_folder: Path, document: Make
) -> None:
    index = EmbeddedIndex(index_folder)
    generation = index.open().statistics.generation
    writer = index.writer()
    writer.skip([SkippedFile("x" * 2000, unreadable("too large"))])
    with disk_for_files_of(1000), pytest.raises(StorageFull):
        writer.commit()
    assert index.open().statistics.generation == generation
    assert index.open().skipped() == ()

    writer.add([document("new", "radio")])
    writer.commit()
    writer.close()
    assert index.open().document("new")
    assert list(index.check()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_without_the_right_to_write_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageFull, match="not writable"):
        EmbeddedIndex(tmp_path / "index").writer()


def test_manifests_are_the_first_to_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["MAIN_a.terms", "_MAIN_1.toc", "manifest-1.json", "MAIN_b.terms", "manifest-2.json"]
    gone: list[str] = []
    monkeypatch.setattr(Path, "unlink", lambda path: gone.append(path.name))
    remove_litter(tmp_path, names)

    assert gone[:2] == ["manifest-1.json", "manifest-2.json"]
    assert sorted(gone) == sorted(names)
