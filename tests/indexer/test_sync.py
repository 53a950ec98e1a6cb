"""Syncing: only what differs is read and written, and nothing is lost by accident."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from backstory.engine.documents import split_address
from backstory.engine.errors import CorpusMissing, IndexBusy, RemovalRefused
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer.loading import Loader
from backstory.indexer.readers import Reading, Source, text
from backstory.indexer.sync import Removals, SyncOptions, SyncReport, pending, processes, sync
from backstory.searcher import Searcher
from backstory.settings import Config

TEXTS = {
    "harbour.txt": "The harbour was closed in the morning.\n\nShips waited outside.",
    "people/keeper.md": "---\ntitle: The keeper\n---\n\nThe keeper lit the lamp.",
    "storm.txt": "A storm came up at noon.\n\nNobody was hurt.",
}


class Place:
    """A corpus and an index that a test can change and sync."""

    def __init__(self, root: Path, index: Index) -> None:
        self.corpus = root / "corpus"
        self.config = Config(root=root).override(index__path="index", index__jobs=1)
        self.index = index
        self.searcher = Searcher(index, self.config.search, self.config.ranking)
        for name, written in TEXTS.items():
            self.write(name, written)

    def write(self, name: str, text: str | bytes) -> None:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))

    def sync(self, **options: object) -> SyncReport:
        return sync(self.index, self.config, SyncOptions(**options))  # type: ignore[arg-type]

    def found(self, text: str) -> list[str]:
        return [hit.passage for hit in self.searcher.search(text, correct=False)]


@pytest.fixture(params=["reference", "embedded"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "reference":
        return Place(tmp_path, ReferenceIndex())
    return Place(tmp_path, EmbeddedIndex(tmp_path / "index"))


@pytest.fixture
def read_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from now on."""
    names: list[str] = []
    load: Callable[..., object] = Loader.load

    def watched(self: Loader, job: object) -> object:
        names.append(job.name)  # type: ignore[attr-defined]
        return load(self, job)

    monkeypatch.setattr(Loader, "load", watched)
    return names


def test_a_first_run_indexes_everything(place: Place) -> None:
    report = place.sync()
    assert (report.added, report.documents, report.passages) == (3, 3, 5)
    assert place.found("lamp") == ["people/keeper#p1"]


def test_a_second_run_has_nothing_to_do(place: Place, read_names: list[str]) -> None:
    generation = place.sync().generation
    read_names.clear()
    report = place.sync()
    assert not report.has_changes
    assert (report.unchanged, report.generation) == (3, generation)
    assert read_names == []


def test_an_added_file_is_found_and_nothing_else_is_read(
    place: Place, read_names: list[str]
) -> None:
    place.sync()
    read_names.clear()
    place.write("wreck.txt", "Divers found the wreck.")
    report = place.sync()
    assert (report.added, report.unchanged, read_names) == (1, 3, ["wreck.txt"])
    assert place.found("wreck") == ["wreck#p1"]


def test_a_changed_file_is_found_by_its_new_words_only(place: Place) -> None:
    place.sync()
    place.write("storm.txt", "A calm came up at noon.")
    report = place.sync()
    assert (report.changed, report.added, report.removed) == (1, 0, 0)
    assert place.found("hurt") == []
    assert place.found("calm") == ["storm#p1"]


def test_a_moved_file_is_found_under_its_new_name(place: Place) -> None:
    place.sync()
    (place.corpus / "weather").mkdir()
    (place.corpus / "storm.txt").rename(place.corpus / "weather/storm.txt")
    report = place.sync()
    assert (report.moved, report.added, report.removed) == (1, 0, 0)
    assert place.found("noon") == ["weather/storm#p1"]


def test_a_removed_file_is_no_longer_found(place: Place) -> None:
    place.sync()
    (place.corpus / "storm.txt").unlink()
    report = place.sync()
    assert (report.removed, report.documents) == (1, 2)
    assert place.found("storm") == []


def test_other_addresses_stay_when_a_document_changes(place: Place) -> None:
    place.sync()
    before = place.found("harbour ships lamp")
    place.write("storm.txt", "Another one.\n\nAnd another.\n\nAnd a third.")
    place.sync()
    assert sorted(place.found("harbour ships lamp")) == sorted(before)


def test_a_file_that_was_only_touched_is_not_a_change(place: Place) -> None:
    place.sync()
    os.utime(place.corpus / "storm.txt", ns=(1, 1))
    report = place.sync()
    assert (report.has_changes, report.unchanged) == (False, 3)
    assert place.sync().generation == place.index.open().statistics.generation


def test_verify_finds_what_size_and_time_hide(place: Place) -> None:
    place.sync()
    path = place.corpus / "storm.txt"
    before = path.stat()
    path.write_text(path.read_text().replace("storm", "squal"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not place.sync().has_changes
    report = place.sync(verify=True)
    assert (report.changed, report.unchanged) == (1, 2)
    assert place.found("squal") == ["storm#p1"]


def test_a_metadata_file_counts_as_part_of_its_document(place: Place) -> None:
    place.sync()
    place.write("storm.txt.yaml", "title: The great storm\ndate: 2018-02-01\nsource: Gazette")
    assert place.sync().changed == 1
    document = place.searcher.open("storm").document
    assert (document.title, document.date, document.source) == (
        "The great storm",
        "2018-02-01",
        "Gazette",
    )
    (place.corpus / "storm.txt.yaml").unlink()
    assert place.sync().changed == 1
    assert place.searcher.open("storm").document.title == "Storm"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.txt", b"", "empty"),
        ("spaces.txt", b" \n\t\n ", "empty"),
        ("program.txt", b"MZ\0\0\1\2", "binary"),
        ("picture.mp3", b"\xff\xd8", "no reader for .mp3: add a transcript (.srt, .vtt)"),
        ("README", b"words", "no reader for files without a suffix"),
    ],
)
def test_a_file_that_cannot_be_a_document_is_named_with_the_reason(
    place: Place, name: str, data: bytes, reason: str
) -> None:
    place.write(name, data)
    report = place.sync()
    assert [skipped.path for skipped in report.skipped] == [name]
    assert reason in report.skipped[0].reason
    assert place.searcher.skipped() == report.skipped
    assert report.documents == 3


def test_a_skipped_file_is_not_read_again_until_it_changes(
    place: Place, read_names: list[str]
) -> None:
    place.write("program.txt", b"\0\0")
    place.sync()
    read_names.clear()
    report = place.sync()
    assert read_names == []
    assert [skipped.path for skipped in report.skipped] == ["program.txt"]
    place.write("program.txt", "It was a text after all.")
    assert place.sync().skipped == ()
    assert place.found("text") == ["program#p1"]


def test_a_document_that_became_unreadable_text_is_dropped(place: Place) -> None:
    place.sync()
    place.write("storm.txt", b"\0\0\0")
    report = place.sync()
    assert (report.removed, len(report.skipped)) == (1, 1)
    assert place.found("storm") == []


def test_a_document_that_is_a_link_now_is_dropped(place: Place) -> None:
    place.sync()
    (place.corpus / "storm.txt").unlink()
    (place.corpus / "storm.txt").symlink_to("harbour.txt")
    assert place.sync().removed == 1


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_run(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.sync()
    place.write("storm.txt", "A storm that is still being written")
    statuses = iter([0, 1_000_000_000])
    real = os.fstat

    def moving(descriptor: int) -> os.stat_result:
        status = real(descriptor)
        fields = list(status)
        extra = {"st_mtime_ns": status.st_mtime_ns + next(statuses, 0)}
        return os.stat_result(fields, extra)

    with monkeypatch.context() as patched:
        patched.setattr("backstory.indexer.loading.os.fstat", moving)
        report = place.sync()
    assert "changed while it was read" in report.skipped[0].reason
    assert place.found("noon") == ["storm#p1"]
    assert place.sync().changed == 1
    assert place.found("written") == ["storm#p1"]


def test_a_file_that_vanishes_while_the_corpus_is_read_is_reported(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Loader.load

    def vanishing(self: Loader, job: object) -> object:
        (place.corpus / "storm.txt").unlink(missing_ok=True)
        return load(self, job)  # type: ignore[arg-type]

    monkeypatch.setattr(Loader, "load", vanishing)
    report = place.sync()
    assert [(s.path, s.reason) for s in report.skipped] == [
        ("storm.txt", "vanished while the corpus was read")
    ]
    assert report.documents == 2


def test_a_reader_that_fails_costs_one_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(source: Source) -> Reading:
        if source.name == "storm.txt":
            raise ZeroDivisionError("by zero")
        return read(source)

    read = text.read
    monkeypatch.setattr(text, "read", failing)
    report = place.sync()
    assert report.documents == 2
    assert "the reader failed (ZeroDivisionError: by zero)" in report.skipped[0].reason


def test_a_document_that_the_index_cannot_take_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backstory.engine.analysis import Analyzer

    place = Place(tmp_path, EmbeddedIndex(tmp_path / "index"))
    known = Analyzer.stem

    def refusing(self: Analyzer, surface: str, language: str) -> str:
        if surface == "lamp":
            raise OverflowError("too large")
        return known(self, surface, language)

    monkeypatch.setattr(Analyzer, "stem", refusing)
    report = place.sync()
    assert report.documents == 2
    assert [s.path for s in report.skipped] == ["people/keeper.md"]
    assert "cannot take it: too large" in report.skipped[0].reason


def test_a_missing_corpus_deletes_nothing(place: Place) -> None:
    place.sync()
    place.corpus.rename(place.corpus.with_name("elsewhere"))
    with pytest.raises(CorpusMissing, match="nothing was changed"):
        place.sync()
    assert place.index.open().statistics.documents == 3


def test_an_empty_corpus_deletes_nothing_unless_that_is_meant(place: Place) -> None:
    place.sync()
    for name in TEXTS:
        (place.corpus / name).unlink()
    with pytest.raises(RemovalRefused, match="remove 3 of 3 documents"):
        place.sync()
    assert place.index.open().statistics.documents == 3
    assert place.sync(removals=Removals.ALLOWED).removed == 3
    assert place.index.open().statistics.documents == 0


def test_a_run_over_some_paths_leaves_the_rest_alone(place: Place) -> None:
    place.sync()
    place.write("people/pilot.txt", "The pilot came aboard.")
    place.write("wreck.txt", "A wreck.")
    (place.corpus / "storm.txt").unlink()
    (place.corpus / "people/keeper.md").unlink()
    report = place.sync(only=(place.corpus / "people",))
    assert (report.added, report.removed) == (1, 1)
    assert place.found("storm wreck pilot lamp") != []
    assert {split_address(a)[0] for a in place.found("storm wreck pilot lamp")} == {
        "storm",
        "people/pilot",
    }


def test_rebuilding_gives_the_same_answers(place: Place) -> None:
    place.sync()
    before = place.found("the")
    report = place.sync(rebuild=True)
    assert (report.added, report.documents) == (3, 3)
    assert place.found("the") == before


def test_pending_tells_what_a_run_would_do(place: Place) -> None:
    place.sync()
    place.write("wreck.txt", "A wreck.")
    (place.corpus / "storm.txt").unlink()
    plan = pending(place.index, place.config)
    assert [job.name for job in plan.jobs] == ["wreck.txt"]
    assert [held.document_id for held in plan.removed] == ["storm"]
    assert not plan.is_empty
    place.sync()
    assert pending(place.index, place.config).is_empty


def test_a_second_run_at_the_same_time_is_told_who_writes(place: Place) -> None:
    place.sync()
    writer = place.index.writer()
    try:
        with pytest.raises(IndexBusy):
            sync(place.index, place.config.override(index__wait=0.0))
    finally:
        writer.close()
    assert not place.sync().has_changes


def test_progress_is_told_from_start_to_finish(place: Place) -> None:
    class Log:
        def __init__(self) -> None:
            self.calls: list[tuple[object, ...]] = []

        def start(self, files: int, size: int) -> None:
            self.calls.append(("start", files))

        def reading(self, name: str) -> None:
            self.calls.append(("reading", name))

        def advance(self, files: int, passages: int, size: int) -> None:
            self.calls.append(("advance", files, passages, size))

        def finish(self) -> None:
            self.calls.append(("finish",))

    log = Log()
    sync(place.index, place.config, progress=log)
    size = sum(len(text) for text in TEXTS.values())
    assert log.calls == [
        ("start", 3),
        *(("reading", name) for name in TEXTS),
        ("advance", 3, 5, size),
        ("finish",),
    ]


def test_no_number_of_jobs_means_one_for_each_core(tmp_path: Path) -> None:
    assert processes(Config().override(index__jobs=3)) == 3
    assert processes(Config()) >= 1


@pytest.mark.parametrize(
    "name",
    [os.fsdecode(b"caf\xe9.txt"), "two\nlines.txt", "rtl\u202etxt.txt", f"{'n' * 251}.txt"],
)
def test_any_name_can_be_indexed_opened_and_synced_again(place: Place, name: str) -> None:
    place.write(name, "Curious words.")
    place.sync()
    (address,) = place.found("curious")
    assert address.isprintable()
    document, _ = place.searcher.passage(address)
    assert place.searcher.open(document.id).passages[0].passage.text == "Curious words."
    assert not place.sync().has_changes


def test_a_language_is_taken_from_the_text_or_the_settings(place: Place) -> None:
    place.write("es.txt", "El barco no volvió al puerto de la ciudad hasta que pasó la noche.")
    place.sync()
    assert place.searcher.open("es").document.language == "es"
    place.config = place.config.override(corpus__language="fr")
    place.sync(verify=True, rebuild=True)
    assert place.searcher.open("es").document.language == "fr"


def test_a_file_whose_name_says_nothing_is_told_by_its_content(place: Place) -> None:
    box = "From - Fri Mar  9 10:00:00 2018\nSubject: The lens\n\nWho paid for it?\n"
    (place.corpus / "Inbox").write_text(box)
    (place.corpus / "picture.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(2_000))
    (place.corpus / "notes").write_text("No suffix, and no signature.")
    report = place.sync()

    assert "Inbox/1" in {document.id for document, _, _ in place.index.open().documents()}
    assert {skipped.path for skipped in report.skipped} >= {"picture.jpg", "notes"}
