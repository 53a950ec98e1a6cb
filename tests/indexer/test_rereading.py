"""Changed settings: what they touch is read again, no file of it is missed, and the run says so."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import dossier
import pytest

from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer.loading import Loader
from backstory.indexer.rereading import READERS, READERS_VERSION, Rereading
from backstory.indexer.sync import Quiet, SyncOptions, SyncReport, dry_run, pending, sync
from backstory.progress import rereading_sentence
from backstory.settings import Config

TABLE = "title,headline,text\nFirst,One,The lamp was lit.\nSecond,Two,A storm came up.\n"
LETTER = b"From: a@b.c\nSubject: Lamp\nMIME-Version: 1.0\n\nThe lamp was lit.\n"
TITLES = {"rows__title": ("headline",)}


class Watcher(Quiet):
    """Remembers what it was told of files that are read again."""

    def __init__(self) -> None:
        self.told: list[Rereading] = []

    def rereading(self, what: Rereading) -> None:
        self.told.append(what)


class Place:
    """A corpus with a file of each sort, and an index whose settings a test can change."""

    def __init__(self, root: Path, index: Index) -> None:
        self.root, self.index, self.watcher = root, index, Watcher()
        self.config = Config(root=root).override(index__path="index", index__jobs=1)
        self.write("memo.txt", b"The memo. Its title is one.")
        self.write("rows.csv", TABLE.encode())
        self.write("letter.eml", LETTER)
        self.write("packed.zip", dossier.archive({"rows.csv": TABLE.encode()}))
        self.write("packed.txt", dossier.archive({"rows.csv": TABLE.encode()}))
        self.write("page.htm", b"<p>The page of the lamp, and of the storm.</p>")
        self.write("page.txt", b"<html><p>Another page of the lamp, and of the storm.</p></html>")
        self.write("picture.mp3", b"\xff\xd8")

    def write(self, name: str, data: bytes) -> Path:
        path = self.root / "corpus" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path

    def change(self, **settings: Any) -> None:
        self.config = self.config.override(**settings)

    def sync(self, *only: str, **options: bool) -> SyncReport:
        paths = tuple(self.root / "corpus" / name for name in only)
        chosen = SyncOptions(only=paths, **options)
        return sync(self.index, self.config, chosen, self.watcher)

    def titles(self, file: str) -> list[str]:
        listed = self.index.open().documents()
        return [document.title for document, state, _ in listed if state.path == file]


@pytest.fixture(params=["reference", "embedded"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    is_memory = request.param == "reference"
    place = Place(tmp_path, ReferenceIndex() if is_memory else EmbeddedIndex(tmp_path / "index"))
    place.sync()
    return place


@pytest.fixture
def read_names(place: Place, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read once the place is indexed."""
    names: list[str] = []
    load = Loader.load

    def watched(self: Loader, job: Any) -> Any:
        names.append(job.name)
        return load(self, job)

    monkeypatch.setattr(Loader, "load", watched)
    return names


TABLES = {"rows.csv", "letter.eml", "packed.zip", "packed.txt"}
LIMITED = TABLES | {"page.htm", "page.txt"}


@pytest.mark.parametrize(
    ("settings", "touched"),
    [
        ({"rows__title": ("headline",)}, TABLES),
        ({"rows__text": ("headline",), "rows__tags": ()}, TABLES),
        ({"formats__seconds": 59.0}, LIMITED),
        ({"formats__max_members": 1}, LIMITED),
        ({"formats__memory_mb": 512, "rows__title": ()}, LIMITED),
        ({"corpus__language": "es"}, {"memo.txt", *LIMITED}),
        ({"corpus__max_file_mb": 63}, {"memo.txt", *LIMITED}),
        ({"corpus__max_passage_chars": 300}, {"memo.txt", *LIMITED}),
        ({"search__page_size": 5, "ranking__k1": 1.0, "index__wait": 1.0}, set()),
        ({"fetch__seconds": 1.0, "web__port": 1}, set()),
    ],
)
def test_what_a_setting_touches_is_read_again_once(
    place: Place, read_names: list[str], settings: dict[str, Any], touched: set[str]
) -> None:
    place.change(**settings)
    assert {job.name for job in pending(place.index, place.config).jobs} == touched
    place.sync()
    assert set(read_names) == touched
    read_names.clear()
    place.sync()
    assert read_names == []


def test_documents_are_what_a_rebuild_would_make_of_them(place: Place) -> None:
    place.change(**TITLES)
    report = place.sync()

    assert place.titles("rows.csv") == ["One", "Two"]
    assert place.titles("packed.zip") == place.titles("packed.txt") == ["One", "Two"]
    assert report.has_changes
    again = list(place.index.open().documents())
    place.sync(rebuild=True)
    assert list(place.index.open().documents()) == again


def test_run_says_which_settings_have_changed_and_how_much_it_reads(place: Place) -> None:
    place.change(**TITLES, search__page_size=5)
    place.sync()

    assert place.watcher.told == [Rereading(("rows.title",), 7, 0)]


def test_documents_of_the_same_content_count_as_read_again(place: Place) -> None:
    place.change(corpus__language="es")
    report = place.sync()

    assert (report.reread, report.changed, report.unchanged) == (10, 0, 0)
    assert report.has_changes
    assert {document.language for document, _, _ in place.index.open().documents()} == {"es"}


def test_file_that_gave_nothing_is_tried_again(place: Place) -> None:
    place.write("table.jsonl", b" \n")
    place.sync()
    place.change(formats__max_members=5)
    place.sync()

    assert place.watcher.told[-1].files == 1


def test_settings_that_go_back_are_a_change_as_well(place: Place) -> None:
    place.change(**TITLES)
    place.sync()
    place.change(rows__title=Config().rows.title)
    place.sync()

    assert place.titles("rows.csv") == ["First", "Second"]


def test_rehearsal_tells_the_same_and_remembers_nothing(place: Place) -> None:
    place.change(corpus__language="es")
    for _ in range(2):
        forecast = dry_run(place.index, place.config, None, place.watcher)
        assert forecast.reread == 10
    place.sync()

    assert place.watcher.told == [Rereading(("corpus.language",), 10, 0)] * 3


def test_run_over_paths_leaves_the_rest_to_the_next_run(place: Place) -> None:
    place.change(**TITLES)
    place.sync("rows.csv")
    assert place.titles("rows.csv") == ["One", "Two"]
    assert place.titles("packed.zip") == ["First", "Second"]

    place.sync()
    assert place.titles("packed.zip") == ["One", "Two"]


def test_what_paths_were_read_with_is_not_forgotten_when_settings_go_back(place: Place) -> None:
    place.change(**TITLES)
    place.sync("rows.csv")
    place.change(rows__title=Config().rows.title)
    place.sync()

    assert place.titles("rows.csv") == place.titles("packed.zip") == ["First", "Second"]


def test_run_over_paths_that_a_setting_does_not_touch_changes_nothing(place: Place) -> None:
    before = place.index.open().settings
    place.change(**TITLES)
    place.sync("memo.txt")

    assert place.index.open().settings == before
    assert place.watcher.told == []


def test_new_file_that_paths_name_is_read_again_with_the_rest(place: Place) -> None:
    place.change(**TITLES)
    place.write("new.csv", TABLE.replace("lamp", "buoy").encode())
    place.sync("new.csv")
    assert place.titles("new.csv") == ["One", "Two"]
    place.change(rows__title=Config().rows.title)
    place.sync()

    assert place.titles("new.csv") == ["First", "Second"]


def test_interrupted_run_is_made_up_for(place: Place) -> None:
    class Interrupted(Watcher):
        def advance(self, files: int, passages: int, size: int) -> None:
            raise KeyboardInterrupt

    place.change(**TITLES)
    with pytest.raises(KeyboardInterrupt):
        sync(place.index, place.config, SyncOptions(), Interrupted())
    assert place.titles("rows.csv") == ["One", "Two"]
    place.change(rows__title=Config().rows.title)
    place.sync()

    assert place.titles("rows.csv") == ["First", "Second"]


def test_interrupted_first_run_remembers_its_settings(tmp_path: Path) -> None:
    class Interrupted(Watcher):
        def advance(self, files: int, passages: int, size: int) -> None:
            raise KeyboardInterrupt

    place = Place(tmp_path, ReferenceIndex())
    place.change(**TITLES)
    with pytest.raises(KeyboardInterrupt):
        sync(place.index, place.config, SyncOptions(), Interrupted())
    place.change(rows__title=Config().rows.title)
    place.sync()

    assert place.titles("rows.csv") == ["First", "Second"]


def test_file_that_cannot_be_read_now_is_read_again_later(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Any, *rest: Any) -> int:
        if str(path).endswith("rows.csv"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest)

    opened = os.open
    place.change(**TITLES)
    with monkeypatch.context() as without:
        without.setattr(os, "open", refused)
        place.sync()
    assert place.titles("rows.csv") == ["First", "Second"]
    place.sync()

    assert place.titles("rows.csv") == ["One", "Two"]


def test_copy_of_what_is_read_again_stays_a_copy(place: Place) -> None:
    place.write("other.eml", LETTER)
    place.sync()
    before = [document.id for document, _, _ in place.index.open().documents()]
    place.change(**TITLES)
    report = place.sync()

    assert [document.id for document, _, _ in place.index.open().documents()] == before
    assert [each.reason for each in report.skipped if each.path == "other.eml"] == [
        "same content as letter"
    ]


def test_index_that_remembers_nothing_was_made_with_the_defaults(place: Place) -> None:
    remember(place.index, {READERS: READERS_VERSION})
    assert pending(place.index, place.config).is_empty
    place.change(**TITLES)

    assert not pending(place.index, place.config).is_empty


@pytest.mark.parametrize("remembered", [{}, {READERS: READERS_VERSION - 1}])
def test_what_older_readers_read_is_read_again_once(
    place: Place, remembered: dict[str, Any]
) -> None:
    remember(place.index, remembered)
    report = place.sync()
    assert report.reread == report.documents
    (told,) = place.watcher.told
    assert rereading_sentence(told).startswith("This version finds more in files")
    assert pending(place.index, place.config).is_empty


def remember(index: Index, settings: dict[str, Any]) -> None:
    writer = index.writer()
    writer.remember(settings)
    writer.commit()
    writer.close()


def test_another_corpus_is_no_changed_setting(place: Place) -> None:
    (place.root / "corpus").rename(place.root / "moved")
    place.config = replace(place.config.override(corpus__path="moved"))
    report = place.sync()

    assert (report.reread, place.watcher.told) == (0, [])
