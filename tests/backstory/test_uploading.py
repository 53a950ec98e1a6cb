"""Files that readers send come into the corpus by the ways of `add`, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backstory.api import Archive
from backstory.engine.errors import StorageFull
from backstory.engine.uploads import (
    UploadConflict,
    UploadedFile,
    UploadFate,
    UploadLimit,
    UploadResult,
    UploadsBusy,
)
from backstory.indexer import drafts
from backstory.indexer.upload_log import FILE
from backstory.settings import Config
from backstory.uploading import ArchiveUploads
from backstory.webui.settings import UploadSettings

DAY = 86_400.0


class Place:
    """An archive, and what is sent to it."""

    def __init__(self, root: Path, **limits: int) -> None:
        self.corpus = root / "corpus"
        self.corpus.mkdir(exist_ok=True)
        (self.corpus / "first.txt").write_text("A lamp burned on the quay.", encoding="utf-8")
        config = Config(root=root).override(index__path="ix", index__wait=0.2)
        self.archive = Archive(config)
        self.archive.index()
        self.now = 1_790_000_000.0
        self.uploads = ArchiveUploads(self.archive, UploadSettings(**limits), lambda: self.now)
        self.count = 0

    def file(self, name: str, data: bytes) -> UploadedFile:
        self.count += 1
        folder = self.uploads.folder / f"request{self.count}"
        folder.mkdir()
        (folder / "0").write_bytes(data)
        return UploadedFile(name, folder / "0", len(data))

    def send(self, *files: tuple[str, bytes], who: str = "ana") -> list[UploadResult]:
        return self.uploads.take([self.file(*each) for each in files], who)

    @property
    def names(self) -> set[str]:
        """Everything that is in the corpus, hidden files too."""
        return {str(p.relative_to(self.corpus)) for p in self.corpus.rglob("*") if p.is_file()}

    def log(self) -> list[dict[str, Any]]:
        path = self.archive.config.state_path / FILE
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_file_is_in_the_corpus_and_found(place: Place) -> None:
    (result,) = place.send(("memo.md", b"# The memo\n\nNobody signed for the radios.\n"))
    assert (result.fate, result.file) == (UploadFate.ADDED, "memo.md")
    assert [(each.id, each.title, each.passages) for each in result.documents] == [
        ("memo", "The memo", 1)
    ]
    assert place.archive.search("radios").hits[0].document == "memo"
    assert place.archive.arrived("memo") is not None


def test_what_is_there_already_is_said_and_stays(place: Place) -> None:
    (result,) = place.send(("other name.txt", b"A lamp burned on the quay."))
    assert (result.fate, result.file) == (UploadFate.KNOWN, "first.txt")
    assert [each.id for each in result.documents] == ["first"]
    assert place.names == {"first.txt"}


def test_nothing_is_overwritten_another_of_its_name_gets_a_number(place: Place) -> None:
    results = place.send(("first.txt", b"Another lamp."), ("first.txt", b"A third lamp."))
    assert [each.file for each in results] == ["first-2.txt", "first-3.txt"]
    assert (place.corpus / "first.txt").read_text() == "A lamp burned on the quay."


def test_the_same_file_twice_in_one_request_is_added_once(place: Place) -> None:
    results = place.send(("a.txt", b"The storm."), ("b.txt", b"The storm."))
    assert [each.fate for each in results] == [UploadFate.ADDED, UploadFate.KNOWN]
    assert place.names == {"first.txt", "a.txt"}


def test_what_cannot_be_read_leaves_nothing_and_the_rest_is_added(place: Place) -> None:
    results = place.send(
        ("broken.pdf", b"%PDF-1.4 broken"), ("good.txt", b"A ship."), ("what.xyz", bytes(range(99)))
    )
    assert [each.fate.value for each in results] == ["not added", "added", "not added"]
    assert results[0].reason
    assert place.names == {"first.txt", "good.txt"}
    assert {s.path for s in place.archive.searcher.skipped()} == set()


def test_a_name_that_is_none_is_refused_with_a_reason(place: Place) -> None:
    results = place.send((".env", b"x"), ("first.txt.yaml", b"title: Gone"), ("", b"x"))
    assert [each.fate for each in results] == [UploadFate.REFUSED] * 3
    assert "metadata of another file" in results[1].reason
    assert place.names == {"first.txt"}
    assert place.archive.open("first").document.title == "First"


def test_who_when_what_and_hash_are_logged(place: Place) -> None:
    place.send(("memo.txt", b"A memo."), (".env", b"x"), who="bo")
    one, other = place.log()
    assert (one["who"], one["name"], one["file"], one["fate"]) == (
        *("bo", "memo.txt", "memo.txt", "added"),
    )
    assert one["sha256"] == hashlib.sha256(b"A memo.").hexdigest()
    assert one["time"] == "2026-09-21T14:13:20+00:00"
    assert (other["fate"], other["file"]) == ("not added", "")


def test_a_day_has_its_limits_for_one_and_for_all(tmp_path: Path) -> None:
    place = Place(tmp_path, day_mb=1, all_day_mb=2)
    half = b"lamp " * 110_000  # 550 kB
    place.send(("a.txt", half + b"a"))
    with pytest.raises(UploadLimit, match="you would send more than 1 MB"):
        place.send(("b.txt", half + b"b"))
    place.send(("b.txt", half + b"b"), who="bo")
    place.send(("c.txt", half + b"c"), who="cy")
    with pytest.raises(UploadLimit, match="all together would send more than 2 MB"):
        place.send(("d.txt", half + b"d"), who="di")
    assert place.names == {"first.txt", "a.txt", "b.txt", "c.txt"}
    place.now += DAY
    assert place.send(("d.txt", half + b"d"))[0].fate is UploadFate.ADDED


def test_a_run_that_has_the_index_is_a_conflict_and_nothing_stays(place: Place) -> None:
    with contextlib.closing(place.archive.passage_index.writer()), pytest.raises(UploadConflict):
        place.send(("memo.txt", b"A memo."))
    assert place.names == {"first.txt"}
    assert place.send(("memo.txt", b"A memo."))[0].fate is UploadFate.ADDED


def test_another_process_that_takes_uploads_is_waited_for_and_then_said(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backstory.uploading.WAIT", 0.1)
    descriptor = os.open(place.uploads.folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(UploadsBusy):
        place.send(("memo.txt", b"A memo."))
    os.close(descriptor)
    assert place.send(("memo.txt", b"A memo."))[0].fate is UploadFate.ADDED


def full_disk(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, after: int) -> None:
    """Have the disk be full at one call of a function, and all after it."""
    original: Callable[..., Any] = getattr(where, name)
    left = [after]

    def failing(*arguments: Any, **options: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return original(*arguments, **options)

    monkeypatch.setattr(where, name, failing)


@pytest.mark.parametrize("after", [0, 1])
def test_a_full_disk_is_said_and_leaves_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    full_disk(monkeypatch, drafts, "_rename_to_free", after)
    with pytest.raises(StorageFull, match="disk full"):
        place.send(("a.txt", b"One."), ("b.txt", b"Two."))
    monkeypatch.undo()
    assert place.names == {"first.txt"}
    assert place.log() == []
    assert len(place.send(("a.txt", b"One."), ("b.txt", b"Two."))) == 2


def test_what_cannot_be_logged_is_not_added(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    full_disk(monkeypatch, type(place.uploads._log), "write", 0)
    with pytest.raises(StorageFull):
        place.send(("a.txt", b"One."))
    assert place.names == {"first.txt"}


def test_many_at_once_are_taken_one_after_the_other(place: Place) -> None:
    results: list[UploadResult] = []

    def send(file: UploadedFile) -> None:
        results.extend(place.uploads.take([file], "ana"))

    files = [place.file("note.txt", f"Note {n} of the lamp.".encode()) for n in range(6)]
    threads = [threading.Thread(target=send, args=[each]) for each in files]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(each.file for each in results) == sorted(
        ["note.txt", *(f"note-{n}.txt" for n in range(2, 7))]
    )
    assert place.archive.search("note").total == 6


def test_a_scan_stays_and_waits_for_ocr(tmp_path: Path) -> None:
    from tests.originals import large_image_pdf

    place = Place(tmp_path)
    (result,) = place.send(("scan.pdf", large_image_pdf(400)))
    assert (result.fate, result.documents) == (UploadFate.ADDED, ())
    assert "OCR" in result.reason
    assert "scan.pdf" in place.names


def test_an_archive_without_an_index_gets_one(tmp_path: Path) -> None:
    archive = Archive(Config(root=tmp_path).override(index__path="ix"))
    uploads = ArchiveUploads(archive, UploadSettings())
    folder = uploads.folder / "one"
    folder.mkdir()
    (folder / "0").write_bytes(b"The first lamp.")
    (result,) = uploads.take([UploadedFile("a.txt", folder / "0", 15)], "")
    assert result.documents[0].id == "a"
    assert archive.search("lamp").total == 1


def test_what_killed_processes_have_left_is_deleted(place: Place) -> None:
    place.file("a.txt", b"half of a file")
    os.utime(place.uploads.folder / "request1", (place.now - 2 * DAY, place.now - 2 * DAY))
    place.send(("b.txt", b"Two."))
    assert not (place.uploads.folder / "request1").exists()
