"""Watching: a change is indexed without being asked for, and nothing ends that."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from backstory.engine.errors import BackstoryError, CorpusMissing
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer import watching
from backstory.indexer.loading import Loader
from backstory.indexer.sync import SyncReport, sync
from backstory.indexer.watching import (
    LONGEST_PAUSE,
    LONGEST_REST,
    PATIENCE,
    RETRY_EVERY,
    SHORTEST_SWEEP,
    TICK,
    Watcher,
    watch,
)
from backstory.settings import Config

Outcome = SyncReport | BackstoryError
EARLIER = 1_500_000_000 * 10**9  # when all files of the tests were last touched, in nanoseconds


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Events:
    """Events as a test has them; a wait takes its time on the clock."""

    def __init__(self, clock: Clock, *, are_there: bool = True) -> None:
        self.are_there, self.has_changed, self._clock = are_there, False, clock

    def wait(self, seconds: float) -> bool:
        self._clock.now += seconds
        has_changed, self.has_changed = self.has_changed and self.are_there, False
        return has_changed

    def refresh(self) -> None:
        """Do nothing."""


class Place:
    """A watched corpus; the time by which files are dated stands far after they were written."""

    def __init__(self, root: Path, *, are_there: bool = True) -> None:
        self.corpus, self.index = root / "corpus", ReferenceIndex()
        self.corpus.mkdir()
        self.config = Config(root=root).override(index__jobs=1)
        self.told: list[Outcome] = []
        self.clock = Clock()
        self.events = Events(self.clock, are_there=are_there)
        self.age = 3600.0  # seconds since the files were touched, as the system would say it
        self.watcher = Watcher(
            self.index,
            self.config,
            self.told.append,
            self.events,
            clock=self.clock,
            wall_clock=lambda: self.newest + int(self.age * 1e9),
        )

    @property
    def newest(self) -> int:
        return max((p.stat().st_ctime_ns for p in self.corpus.rglob("*.*")), default=EARLIER)

    def write(self, name: str, text: str) -> None:
        (self.corpus / name).write_text(text, encoding="utf-8")
        self.events.has_changed = True

    def until_told(self, count: int = 1, most: float = 120.0) -> float:
        """Let time pass until so much has been told; return the seconds that it took."""
        began = self.clock.now
        while len(self.told) < count:
            assert self.clock.now - began < most, self.told
            self.watcher.step()
        return self.clock.now - began

    def quietly(self, seconds: float) -> None:
        """Let time pass, in which nothing is told."""
        until, told = self.clock.now + seconds, len(self.told)
        while self.clock.now < until:
            self.watcher.step()
        assert len(self.told) == told, self.told[told:]

    @property
    def report(self) -> SyncReport:
        last = self.told[-1]
        assert isinstance(last, SyncReport)
        return last

    def text(self, document_id: str) -> str:
        return " ".join(each.text for each in self.index.open().passages(document_id))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    place.write("a.txt", "One harbour.")
    place.until_told()
    return place


def test_each_change_is_synced_once(place: Place) -> None:
    place.quietly(RETRY_EVERY / 2)
    place.write("b.txt", "Two harbours.")
    place.until_told(2)
    assert (place.report.added, place.report.removed) == (1, 0)
    place.quietly(RETRY_EVERY / 4)
    (place.corpus / "b.txt").unlink()
    place.until_told(3)
    assert (place.report.added, place.report.removed) == (0, 1)


@pytest.mark.parametrize("are_there", [True, False])
@pytest.mark.parametrize("seconds", [0.1, 20.0, 3600.0])
def test_a_change_is_seen_within_two_seconds_of_a_run_of_any_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, are_there: bool
) -> None:
    place = Place(tmp_path, are_there=are_there)

    def slow(*arguments: Any, **options: Any) -> SyncReport:
        report = sync(*arguments, **options)
        if not place.text("c") and not (place.corpus / "c.txt").exists():
            place.clock.now += seconds
            place.write("c.txt", "Written while the run went on.")
        return report

    monkeypatch.setattr(watching, "sync", slow)
    place.write("b.txt", "Two harbours.")
    place.until_told(1, most=seconds + 5.0)
    assert place.until_told(2) <= 2.0
    assert (place.text("b"), place.text("c")) == ("Two harbours.", "Written while the run went on.")


@pytest.mark.parametrize("walk", [0.05, 0.3, 0.5])
def test_without_events_a_change_is_seen_within_two_seconds_of_most_walks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, walk: float
) -> None:
    place, look = Place(tmp_path, are_there=False), watching.look

    def slow(config: Any) -> Any:
        place.clock.now += walk
        return look(config)

    monkeypatch.setattr(watching, "look", slow)
    place.write("a.txt", "One harbour.")
    place.until_told(1)
    for number in range(5):
        place.write(f"{number}.txt", "More.")
        assert place.until_told(number + 2) <= LONGEST_PAUSE + walk + TICK + 1e-6


def test_what_no_event_told_of_is_found_all_the_same(place: Place) -> None:
    place.write("b.txt", "Two harbours.")
    place.events.has_changed = False
    assert place.until_told(2) <= SHORTEST_SWEEP + 2 * TICK


@pytest.mark.parametrize("way", ["in place", "by another file"])
def test_an_edit_that_keeps_size_and_time_is_noticed(place: Place, way: str) -> None:
    path = place.corpus / "a.txt"
    before = path.stat()
    if way == "in place":
        path.write_text("Two harbour.", encoding="utf-8")
    else:
        (place.corpus / ".draft").write_text("Two harbour.", encoding="utf-8")
        (place.corpus / ".draft").replace(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    place.until_told(2)
    assert place.report.changed == 1
    assert place.text("a") == "Two harbour."


def test_metadata_that_keeps_size_and_time_is_noticed(place: Place) -> None:
    place.write("a.txt.yaml", "title: One")
    place.until_told(2)
    path = place.corpus / "a.txt.yaml"
    before = path.stat()
    path.write_text("title: Two", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    place.until_told(3)
    document = place.index.open().document("a")
    assert document is not None
    assert document.title == "Two"


@pytest.mark.parametrize("days", [-9_000, -1, 1, 9_000])
def test_files_of_any_time_are_indexed(place: Place, days: int) -> None:
    place.write("b.txt", "From another time.")
    when = place.newest + days * 86_400 * 10**9
    os.utime(place.corpus / "b.txt", ns=(when, when))
    place.until_told(2, most=5.0)
    assert place.text("b")


def test_a_clock_that_is_set_back_stops_nothing(place: Place) -> None:
    place.age = -86_400.0
    place.write("a.txt", "Another harbour.")
    place.until_told(2, most=5.0)
    assert place.text("a") == "Another harbour."


def test_a_file_that_is_being_written_is_waited_for_and_others_are_not(place: Place) -> None:
    place.age = 0.0
    place.write("long.txt", "0")
    (place.corpus / "a.txt").unlink()
    steps = 0
    while len(place.told) < 2:
        steps += 1
        place.write("long.txt", "0" * steps)
        place.watcher.step()
    assert (place.report.removed, place.report.added) == (1, 0)
    for _ in range(int(PATIENCE / TICK / 2)):
        steps += 1
        place.write("long.txt", "0" * steps)
        place.watcher.step()
    assert len(place.told) == 2
    place.until_told(3)
    assert place.text("long") == "0" * steps


def test_a_file_that_is_written_without_end_is_read_as_it_is(place: Place) -> None:
    place.age, began, steps = 0.0, place.clock.now, 0
    while len(place.told) < 2:
        steps += 1
        place.write("log.txt", "0" * steps)
        place.watcher.step()
        assert place.clock.now - began <= PATIENCE + 2.0
    assert place.clock.now - began >= PATIENCE - 1.0
    assert place.text("log")


def test_a_file_that_is_being_written_keeps_what_was_indexed(place: Place) -> None:
    place.age = 0.0
    for steps in range(10):
        place.write("a.txt", "New" * steps)
        place.write("b.txt", "New" * steps)
        place.watcher.step()
    assert place.text("a") == "One harbour."
    place.until_told(2)
    assert place.text("a") == "New" * 9


def test_trouble_is_told_once_and_ends_by_itself(place: Place) -> None:
    place.corpus.rename(place.corpus.with_name("away"))
    place.until_told(2)
    assert isinstance(place.told[1], CorpusMissing)
    place.quietly(300)
    place.corpus.with_name("away").rename(place.corpus)
    assert place.until_told(3) <= LONGEST_REST + 1.0
    assert (place.report.has_changes, place.text("a")) == (False, "One harbour.")


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("so"), MemoryError(), RecursionError(), OSError(5, "I/O")]
)
def test_no_exception_ends_the_watching(
    place: Place, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def failing(*arguments: Any, **options: Any) -> SyncReport:
        raise error

    place.write("b.txt", "Two harbours.")
    with monkeypatch.context() as broken:
        broken.setattr(watching, "sync", failing)
        place.until_told(2)
        assert type(error).__name__ in str(place.told[1])
        place.quietly(300)
    place.until_told(3)
    assert place.report.added == 1


def test_a_report_that_fails_ends_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(outcome: Outcome) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(place.watcher, "_report", gone)
    place.write("b.txt", "Two harbours.")
    for _ in range(20):
        place.watcher.step()
    assert place.text("b") == "Two harbours."


def test_many_documents_that_vanish_are_retained_until_they_are_back(place: Place) -> None:
    (place.corpus / "disk").mkdir()
    for number in range(10):
        place.write(f"disk/{number}.txt", f"Number {number}.")
    place.until_told(2)
    (place.corpus / "disk").rename(place.corpus.with_name("unmounted"))
    place.write("b.txt", "Two harbours.")
    place.until_told(3)
    assert (place.report.retained, place.report.added) == (10, 1)
    shutil.move(place.corpus.with_name("unmounted"), place.corpus / "disk")
    place.until_told(4)
    assert (place.report.retained, place.report.removed, place.report.skipped) == (0, 0, ())


def test_what_could_not_be_read_is_tried_again_now_and_then(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, load = list[str](), Loader._load

    def fail(self: Loader, job: Any, loaded: Any) -> None:
        tried.append(job.name)
        if job.name == "a.txt":
            raise OSError(5, "Input/output error")
        load(self, job, loaded)

    with monkeypatch.context() as broken:
        broken.setattr(Loader, "_load", fail)
        place.write("a.txt", "Another harbour.")
        place.until_told(2)
        place.write("b.txt", "Two harbours.")
        place.until_told(3)
        assert tried == ["a.txt", "b.txt"], "no other change has it tried"
        place.until_told(4, most=2 * RETRY_EVERY)
        assert tried == ["a.txt", "b.txt", "a.txt"]
    place.until_told(5, most=2 * RETRY_EVERY)
    assert place.text("a") == "Another harbour."


def test_the_watching_begins_with_a_run_and_ends_when_it_is_over(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/a.txt").write_text("A harbour.", encoding="utf-8")
    over, index = threading.Event(), ReferenceIndex()

    def report(outcome: Outcome) -> None:
        assert isinstance(outcome, SyncReport)
        if outcome.documents == 1:
            (tmp_path / "corpus/b.txt").write_text("Two harbours.", encoding="utf-8")
        elif outcome.documents == 2:
            over.set()

    deadline = threading.Timer(60.0, over.set)
    deadline.start()
    watch(index, Config(root=tmp_path), report, is_over=over.is_set)
    deadline.cancel()
    assert index.open().statistics.documents == 2
