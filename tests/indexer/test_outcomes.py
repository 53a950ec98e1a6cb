"""A failure is not the end of a document: what was indexed stays, as stale, and is tried again."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dossier
import pytest

from backstory.engine.documents import SkippedFile
from backstory.engine.errors import UnreadableDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.engine.outcomes import MOST_TRIES, Outcome, outcome_of, stale
from backstory.engine.remarks import Code, Remark
from backstory.indexer import loading
from backstory.indexer.isolation import ReadingRoom
from backstory.indexer.loading import Loader
from backstory.indexer.readers import Member, Paragraph, Reading, Source
from backstory.indexer.sync import Quiet, SyncOptions, SyncReport, dry_run, sync
from backstory.settings import Config

NOTES = {
    Code.DATE_TAKEN,
    Code.DATE_GUESSED,
    Code.ENCODING,
    Code.CUT,
    Code.PAGES_LEFT,
    Code.PAGES_BROKEN,
    Code.PAGES_WITHOUT_TEXT,
    Code.PAGES_STAMPED,
    Code.PAGES_SCANNED,
    Code.PAGES_ILLEGIBLE,
    Code.OTHER_FORMAT,
    Code.METADATA_BROKEN,
    Code.VALUE_LEFT_OUT,
    Code.READ_AS_PLAIN,
    Code.READ_PLAINLY,
    Code.PART_BROKEN,
    Code.HIDDEN,
    Code.READ_WHOLE,
    Code.SPLIT,
    Code.PLUGIN,
    Code.ARRIVALS,
    Code.RETAINED,
}
LINES = ("The lamp was lit.", "A storm came up.", "Nobody was hurt.")


class Place:
    """A memo, a packed file of three, and a page; what becomes of them when reading fails."""

    def __init__(self, root: Path, index: Index) -> None:
        self.corpus, self.index = root / "corpus", index
        self.config = Config(root=root).override(index__path="index", index__jobs=1)
        self.write("memo.txt", b"The first memo.")
        self.write("other.txt", b"Something else.")
        packed = {f"{name}.txt": line.encode() for name, line in zip("abc", LINES, strict=True)}
        self.write("packed.zip", dossier.archive(packed))
        self.sync()

    def write(self, name: str, data: bytes) -> None:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def sync(self, **options: Any) -> SyncReport:
        return sync(self.index, self.config, SyncOptions(**options))

    def text(self, document_id: str) -> str:
        return " ".join(each.text for each in self.index.open().passages(document_id))

    @property
    def ids(self) -> list[str]:
        return [document.id for document, _, _ in self.index.open().documents()]


@pytest.fixture(params=["reference", "embedded"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    is_memory = request.param == "reference"
    return Place(tmp_path, ReferenceIndex() if is_memory else EmbeddedIndex(tmp_path / "index"))


def unreadable(code: Code, **data: Any) -> UnreadableDocument:
    return UnreadableDocument("it", Remark.of(code, **data))


FAILURES: dict[str, Callable[[], BaseException]] = {
    "out of time": lambda: unreadable(Code.TIMED_OUT, seconds=1.0),
    "out of memory": lambda: unreadable(Code.NEEDS_MEMORY, limit=64),
    "out of all memory": MemoryError,
    "crash": lambda: unreadable(Code.CRASHED, how="SIGSEGV", limit=64),
    "reader's own fault": lambda: ZeroDivisionError("by zero"),
    "lacking extra": lambda: unreadable(Code.NEEDS_EXTRA, suffix=".lacking", requires="b[formats]"),
    "lacking reader": lambda: unreadable(Code.NO_READER, suffix=".lacking"),
    "lock": lambda: BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
    "busy": lambda: OSError(errno.EBUSY, "Device or resource busy"),
    "permission": lambda: PermissionError(errno.EACCES, "Permission denied"),
    "I/O error": lambda: OSError(errno.EIO, "Input/output error"),
    "stale handle": lambda: OSError(errno.ESTALE, "Stale file handle"),
    "too many files": lambda: OSError(errno.EMFILE, "Too many open files"),
    "time-out of a disk": lambda: TimeoutError(errno.ETIMEDOUT, "Connection timed out"),
}


@contextmanager
def failing(make: Callable[[], BaseException], *names: str) -> Iterator[None]:
    """Have the loader fail on these files, as their reader or the system would."""
    load = Loader._load

    def fail(self: Loader, job: Any, loaded: Any) -> None:
        if job.name in names:
            raise make()
        load(self, job, loaded)

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Loader, "_load", fail)
        yield


def test_every_reason_to_skip_a_file_has_an_outcome() -> None:
    assert {code for code in Code if outcome_of(Remark(code)) is None} == NOTES


@pytest.mark.parametrize("failure", FAILURES)
def test_what_cannot_be_read_now_stays_and_is_read_by_the_next_run(
    place: Place, failure: str
) -> None:
    place.write("memo.txt", b"The second memo, which is longer.")
    with failing(FAILURES[failure], "memo.txt"):
        for _ in range(MOST_TRIES + 1):
            report = place.sync()
            assert [each.path for each in report.stale] == ["memo.txt"]
            assert (report.removed, report.changed) == (0, 0)
        assert place.text("memo") == "The first memo."
    report = place.sync()
    assert (report.changed, report.stale, report.skipped) == (1, (), ())
    assert place.text("memo") == "The second memo, which is longer."


@pytest.mark.parametrize("failure", FAILURES)
def test_it_is_tried_again_although_the_file_is_the_same(place: Place, failure: str) -> None:
    with failing(FAILURES[failure], "memo.txt", "packed.zip"):
        report = place.sync(verify=True)
        assert [each.path for each in report.stale] == ["memo.txt", "packed.zip"]
        assert (report.removed, report.unchanged) == (0, 5)
    assert "memo" in place.ids
    read = place.sync()
    assert (read.unchanged, read.skipped) == (5, ())


def test_members_that_there_was_no_time_for_stay(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Member("a.txt", "a" * 64, Reading((Paragraph("The first is new."),)))
    left = Member("b.txt", remark=Remark.of(Code.MEMBERS_LEFT, what="documents"))
    with monkeypatch.context() as broken:
        broken.setattr(ReadingRoom, "read", lambda *_: Reading((), members=(first, left)))
        report = place.sync(verify=True)
    assert (report.changed, report.removed, report.unchanged) == (1, 0, 4)
    assert place.text("packed.zip/a.txt") == "The first is new."
    assert [place.text(f"packed.zip/{name}.txt") for name in "bc"] == list(LINES[1:])
    assert place.sync().skipped == ()
    assert place.text("packed.zip/a.txt") == LINES[0]


def test_what_never_gave_a_document_for_want_of_a_library_waits_for_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("new.txt", b"New.")
    with failing(FAILURES["lacking extra"], "new.txt"):
        place.sync()
    for _ in range(MOST_TRIES + 1):
        assert [each.path for each in place.sync().skipped] == ["new.txt"]
    monkeypatch.setattr("backstory.indexer.plan.may_be_read_now", lambda remark: True)
    assert place.sync().added == 1


@pytest.mark.parametrize("failure", FAILURES)
def test_a_rebuild_takes_over_what_cannot_be_read_now(place: Place, failure: str) -> None:
    before = {each: place.index.open().passages(each) for each in place.ids}
    with failing(FAILURES[failure], "memo.txt", "packed.zip"):
        report = place.sync(rebuild=True)
    assert [each.path for each in report.stale] == ["memo.txt", "packed.zip"]
    assert {each: place.index.open().passages(each) for each in place.ids} == before


def test_a_folder_that_cannot_be_entered_keeps_its_documents_in_a_rebuild(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("closed/letter.txt", b"Dear all.")
    place.sync()
    scandir = os.scandir

    def refused(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise OSError(errno.EIO, "Input/output error")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    for options in ({}, {"rebuild": True}):
        assert [each.path for each in place.sync(**options).stale] == ["closed"]
        assert place.text("closed/letter") == "Dear all."


def test_a_file_whose_state_cannot_be_told_is_not_gone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backstory.indexer import corpus

    known = corpus.file_state

    def refused(name: str, *rest: Any) -> Any:
        if name == "memo.txt":
            raise OSError(errno.EIO, "Input/output error")
        return known(name, *rest)

    with monkeypatch.context() as broken:
        broken.setattr(corpus, "file_state", refused)
        report = place.sync()
        assert [each.path for each in report.stale] == ["memo.txt"]
    assert place.text("memo") == "The first memo."
    assert place.sync().skipped == ()


@pytest.mark.parametrize(
    "code", sorted(code for code in Code if outcome_of(Remark(code)) is Outcome.UNREADABLE)
)
def test_what_can_be_read_and_holds_nothing_is_removed(place: Place, code: Code) -> None:
    place.write("memo.txt", b"Now something else.")
    said = {
        "detail": "so",
        "what": "so",
        "of": "x",
        "why": "so",
        "pages": 1,
        "more": "more",
        "setting": "s",
    }
    with failing(lambda: unreadable(code, **said), "memo.txt"):
        report = place.sync()
        assert (report.removed, report.stale) == (1, ())
    assert place.sync().unchanged == 4, "it is not read again until it changes"


def test_a_file_that_never_gave_a_document_is_tried_by_three_runs(place: Place) -> None:
    place.write("new.txt", b"New.")
    with failing(FAILURES["out of time"], "new.txt"):
        for _ in range(MOST_TRIES):
            assert [each.path for each in place.sync().skipped] == ["new.txt"]
    assert "new" not in place.ids
    place.sync()
    assert "new" not in place.ids
    place.sync(verify=True)
    assert "new" in place.ids


def test_a_second_try_may_succeed(place: Place) -> None:
    place.write("new.txt", b"New.")
    with failing(FAILURES["out of time"], "new.txt"):
        place.sync()
    assert place.sync().added == 1


def test_a_changed_file_is_tried_anew(place: Place) -> None:
    place.write("new.txt", b"New.")
    with failing(FAILURES["out of time"], "new.txt"):
        for _ in range(MOST_TRIES + 1):
            place.sync()
        place.write("new.txt", b"Newer.")
        place.sync()
    assert place.sync().added == 1


@pytest.mark.parametrize("is_rebuilt", [False, True])
def test_a_member_that_cannot_be_read_now_keeps_its_document(
    place: Place, monkeypatch: pytest.MonkeyPatch, is_rebuilt: bool
) -> None:
    from backstory.indexer.readers import text

    read = text.read

    def fail(source: Source) -> Reading:
        if source.name.endswith("b.txt"):
            raise ZeroDivisionError
        return read(source)

    lines = ("The lamp went out.", *LINES[1:])
    packed = {f"{name}.txt": line.encode() for name, line in zip("abc", lines, strict=True)}
    place.write("packed.zip", dossier.archive(packed))
    with monkeypatch.context() as broken:
        # In this process: what is patched here is not patched in another.
        broken.setattr(loading, "needs_own_process", lambda source: False)
        broken.setattr(text, "read", fail)
        report = place.sync(rebuild=is_rebuilt)
    assert [each.path for each in report.stale] == ["packed.zip/b.txt"]
    assert place.text("packed.zip/a.txt") == "The lamp went out."
    assert place.text("packed.zip/b.txt") == LINES[1]
    report = place.sync()
    assert (report.removed, report.skipped) == (0, ())
    assert len(place.ids) == 5


def test_a_document_that_the_index_refuses_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backstory.engine.analysis import Analyzer

    place, stem = Place(tmp_path, EmbeddedIndex(tmp_path / "index")), Analyzer.stem

    def refusing(self: Analyzer, surface: str, language: str) -> str:
        if surface == "longer":
            raise OverflowError("too large")
        return stem(self, surface, language)

    place.write("memo.txt", b"The second memo, which is longer.")
    with monkeypatch.context() as broken:
        broken.setattr(Analyzer, "stem", refusing)
        assert [each.path for each in place.sync().stale] == ["memo.txt"]
    assert place.text("memo") == "The first memo."
    assert place.sync().changed == 1


def test_a_dry_run_says_what_would_be_stale(place: Place) -> None:
    place.write("memo.txt", b"The second memo, which is longer.")
    with failing(FAILURES["out of time"], "memo.txt"):
        forecast = dry_run(place.index, place.config)
    assert [each.path for each in forecast.stale] == ["memo.txt"]
    assert forecast.changes == ()


def test_a_run_that_is_interrupted_between_two_versions_of_a_file_is_made_up_for(
    tmp_path: Path,
) -> None:
    class Interrupted(Quiet):
        def advance(self, files: int, passages: int, size: int) -> None:
            raise KeyboardInterrupt

    place = Place(tmp_path, EmbeddedIndex(tmp_path / "index"))
    place.write("packed.zip", dossier.archive({"a.txt": b"The lamp went out."}))
    with pytest.raises(KeyboardInterrupt):
        sync(place.index, place.config, SyncOptions(), Interrupted())
    assert place.ids == ["memo", "other", "packed.zip/a.txt"], "a file is as it was, or as it is"
    assert place.sync().removed == 0
    assert place.text("packed.zip/a.txt") == "The lamp went out."


def test_stale_are_files_members_and_folders_that_have_documents() -> None:
    skipped = [
        SkippedFile(path, Remark.of(Code.NO_PERMISSION))
        for path in ("a.txt", "b.mbox/2", "folder", "none.txt", "b.mbox/20")
    ]
    skipped.append(SkippedFile("c.txt", Remark.of(Code.EMPTY, detail="empty")))
    documents = [
        ("a.txt", "a"),
        ("b.mbox", "b.mbox/2/part 1.txt"),
        ("folder/x/y.txt", "folder/x/y"),
    ]
    documents.append(("c.txt", "c"))
    assert [each.path for each in stale(skipped, documents)] == ["a.txt", "b.mbox/2", "folder"]
