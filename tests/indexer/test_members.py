"""Files of several documents, and several files of one content, through the whole of a sync."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import dossier
import pytest

from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer.loading import Loader
from backstory.indexer.sync import SyncOptions, SyncReport, pending, sync
from backstory.searcher import Searcher
from backstory.settings import Config
from tests.conftest import sentences

LINES = ("The lamp was lit.", "A storm came up.", "Nobody was hurt.", "Ships waited outside.")


class Place:
    """A corpus and an index that a test can change and sync."""

    def __init__(self, root: Path, index: Index) -> None:
        self.root, self.index = root, index
        (root / "corpus").mkdir()
        self.config = Config(root=root).override(index__path="index", index__jobs=1)

    def write(self, name: str, data: bytes) -> Path:
        path = self.root / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def pack(self, *lines: str, name: str = "packed.zip") -> Path:
        """Write an archive with a text for each line, named 0.txt, 1.txt …"""
        packed = {f"{at}.txt": line.encode() for at, line in enumerate(lines)}
        return self.write(name, dossier.archive(packed))

    def sync(self, *only: Path, **options: bool) -> SyncReport:
        return sync(self.index, self.config, SyncOptions(only=only, **options))

    @property
    def ids(self) -> list[str]:
        return [document.id for document, _, _ in self.index.open().documents()]

    @property
    def skipped(self) -> dict[str, str]:
        return {each.path: each.reason for each in self.index.open().skipped()}

    def text(self, document_id: str) -> str:
        return " ".join(each.text for each in self.index.open().passages(document_id))


@pytest.fixture(params=["reference", "embedded"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    is_memory = request.param == "reference"
    return Place(tmp_path, ReferenceIndex() if is_memory else EmbeddedIndex(tmp_path / "index"))


@pytest.fixture
def read_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from now on."""
    names: list[str] = []
    load = Loader.load

    def watched(self: Loader, job: object) -> object:
        names.append(job.name)  # type: ignore[attr-defined]
        return load(self, job)  # type: ignore[arg-type]

    monkeypatch.setattr(Loader, "load", watched)
    return names


# Members


def test_a_file_of_several_documents_is_read_once(place: Place, read_names: list[str]) -> None:
    place.pack(*LINES[:3])
    report = place.sync()
    assert (report.added, place.ids) == (3, [f"packed.zip/{at}.txt" for at in range(3)])
    generation = place.index.open().statistics.generation
    report = place.sync()
    assert (report.unchanged, report.has_changes, read_names) == (3, False, ["packed.zip"])
    assert place.index.open().statistics.generation == generation


def test_members_are_compared_one_by_one(place: Place) -> None:
    place.pack(*LINES[:3])
    place.sync()
    place.pack(LINES[0], LINES[3], LINES[2], "Another line.")
    report = place.sync()
    assert (report.unchanged, report.changed, report.added, report.removed) == (2, 1, 1, 0)
    assert place.text("packed.zip/1.txt") == LINES[3]


def test_a_member_that_is_gone_is_no_longer_found(place: Place) -> None:
    place.pack(*LINES[:3])
    place.sync()
    place.pack(*LINES[:1])
    report = place.sync()
    assert (report.unchanged, report.removed, report.documents) == (1, 2, 1)
    assert place.ids == ["packed.zip/0.txt"]


def test_a_file_that_is_gone_takes_its_members_with_it(place: Place) -> None:
    path = place.pack(*LINES[:3])
    place.write("other.txt", b"Another line.")
    place.sync()
    path.unlink()
    assert (place.sync().removed, place.ids) == (3, ["other"])


def test_a_file_that_was_moved_has_moved_its_members(place: Place) -> None:
    path = place.pack(*LINES[:3])
    place.write("other.txt", b"Another line.")
    place.sync()
    path.rename(path.with_name("renamed.zip"))
    report = place.sync()
    assert (report.moved, report.added, report.removed) == (3, 0, 0)
    assert place.ids[1:] == [f"renamed.zip/{at}.txt" for at in range(3)]


def test_a_file_that_cannot_be_read_now_keeps_its_members(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.pack(*LINES[:3])
    place.sync()
    place.pack(*LINES[:2])

    def refused(*arguments: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(Loader, "_bytes", refused)
    report = place.sync()
    assert (report.unchanged, report.removed, len(place.ids)) == (3, 0, 3)
    assert place.skipped == {"packed.zip": "no permission to read it"}


def test_a_file_that_is_broken_for_good_loses_its_members(place: Place) -> None:
    place.pack(*LINES[:3])
    place.sync()
    place.write("packed.zip", b"PK\x03\x04 and noise")
    assert (place.sync().removed, place.ids) == (3, [])
    assert "broken archive" in place.skipped["packed.zip"]


def test_members_that_cannot_be_read_stay_listed(place: Place, read_names: list[str]) -> None:
    packed = {"a.txt": b"A line.", "b.rar": b"?", "c.pdf": b"%PDF-"}
    place.write("packed.zip", dossier.archive(packed))
    place.sync()
    listed = place.skipped
    assert set(listed) == {"packed.zip/b.rar", "packed.zip/c.pdf"}
    place.sync()
    assert (place.skipped, read_names) == (listed, ["packed.zip"])
    place.write("packed.zip", dossier.archive({"a.txt": b"A line."}))
    place.sync()
    assert place.skipped == {}


def test_a_file_of_which_nothing_could_be_read_is_not_read_again(
    place: Place, read_names: list[str]
) -> None:
    place.write("packed.zip", dossier.archive({"b.rar": b"?"}))
    place.sync()
    place.sync()
    assert read_names == ["packed.zip"]
    assert set(place.skipped) == {"packed.zip", "packed.zip/b.rar"}


def test_a_mail_and_its_attachments_have_addresses_that_tell_them_apart(place: Place) -> None:
    note = {"note.txt": b"A note.", "letter.txt": b"A letter."}
    place.write("letter.eml", dossier.mail(dossier.story(1), note))
    place.write("letter.txt", b"Not the mail.")
    place.sync()
    assert place.ids == ["letter", "letter.eml/letter.txt", "letter.eml/note.txt", "letter.txt"]
    place.write("letter.eml", dossier.mail(dossier.story(2), note))
    report = place.sync()
    assert (report.changed, report.unchanged) == (1, 3)


def test_two_members_of_one_name_are_two_documents(place: Place) -> None:
    import io
    import warnings
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for line in LINES[:2]:
            packed.writestr("a.txt", line)
    place.write("packed.zip", stream.getvalue())
    place.sync()
    assert place.ids == ["packed.zip/a.txt", "packed.zip/a.txt (2)"]


def test_the_metadata_beside_a_file_fills_what_its_members_lack(place: Place) -> None:
    story = dossier.story(1)
    packed = {"a.md": dossier.markdown(story), "b.txt": b"A line."}
    place.write("packed.zip", dossier.archive(packed))
    place.write("packed.zip.yaml", b"source: The leak\nauthor: Somebody\ntags: [leak]\n")
    place.sync()
    first, second = (document for document, _, _ in place.index.open().documents())
    assert (first.source, first.author, first.tags) == ("The leak", "Ines Falk", ("leak",))
    assert (second.source, second.author) == ("The leak", "Somebody")
    place.write("packed.zip.yaml", b"source: The other leak\n")
    assert place.sync().changed == 2


def test_each_member_is_stemmed_in_its_own_language(place: Place) -> None:
    german = "Der Leuchtturm war dunkel, und die Schiffe warteten vor dem Hafen auf den Morgen."
    place.pack(german, "The ships waited for the morning, and the lighthouse was dark.")
    place.sync()
    assert [d.language for d, _, _ in place.index.open().documents()] == ["de", "en"]
    searcher = Searcher(place.index)
    assert [hit.passage for hit in searcher.search("Schiff")] == ["packed.zip/0.txt#p1"]
    assert [hit.passage for hit in searcher.search("waiting")] == ["packed.zip/1.txt#p1"]


def test_a_date_from_outside_the_text_is_noted(place: Place) -> None:
    place.write("2018-03-09 ledger.txt", b"A clerk copied the ledger.")
    place.sync()
    (document,) = (document for document, _, _ in place.index.open().documents())
    assert document.date == "2018-03-09"
    assert sentences(document.notes) == ("date 2018-03-09 taken from the name of the file",)


def test_a_date_written_beside_a_file_comes_before_all_others(place: Place) -> None:
    place.write("2017-01-01.pdf", dossier.pdf(dossier.story(1)))
    place.write("2017-01-01.pdf.yaml", b"date: 2016\n")
    report = place.sync()
    (document,) = (document for document, _, _ in place.index.open().documents())
    assert (document.date, document.notes, report.notes) == ("2016", (), [])


def test_notes_on_dates_are_told_by_documents_and_not_by_runs(place: Place) -> None:
    place.write("a.pdf", dossier.pdf(dossier.story(1)))
    report = place.sync()
    (document,) = (document for document, _, _ in place.index.open().documents())
    assert (len(document.notes), report.notes) == (1, [])


def test_files_are_read_again_when_the_extra_has_been_installed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    attached = {"b.odt": dossier.opendocument(dossier.story(2))}
    place.write("a.eml", dossier.mail(dossier.story(1), attached))
    with monkeypatch.context() as without:
        without.setattr("backstory.indexer.loading.needs_own_process", lambda source: False)
        without.setitem(sys.modules, "lxml", None)
        without.setattr("backstory.indexer.readers.dispatch.find_spec", lambda name: None)
        place.sync()
        assert "pip install" in place.skipped["a.eml/b.odt"]
        assert not pending(place.index, place.config).jobs
    assert place.sync().added == 1
    assert place.skipped == {}


# Copies


def test_a_copy_is_indexed_once_and_listed_with_its_path(
    place: Place, read_names: list[str]
) -> None:
    for name in ("b.txt", "a.txt", "folder/c.txt"):
        place.write(name, b"The same line.")
    report = place.sync()
    assert (report.added, report.documents, place.ids) == (1, 1, ["a"])
    assert place.skipped == {"b.txt": "same content as a", "folder/c.txt": "same content as a"}
    assert report.unread == ()
    read_names.clear()
    assert not place.sync().has_changes
    assert read_names == []


def test_the_one_that_is_in_the_index_is_kept(place: Place) -> None:
    place.write("b.txt", b"The same line.")
    place.sync()
    place.write("a.txt", b"The same line.")
    report = place.sync()
    assert (report.has_changes, place.ids) == (False, ["b"])
    assert place.skipped == {"a.txt": "same content as b"}
    os.utime(place.root / "corpus/b.txt", ns=(1, 1))
    place.sync()
    assert (place.ids, place.skipped) == (["b"], {"a.txt": "same content as b"})


def test_a_copy_takes_the_place_of_one_that_goes(place: Place) -> None:
    first = place.write("a.txt", b"The same line.")
    place.write("b.txt", b"The same line.")
    place.sync()
    first.unlink()
    report = place.sync()
    assert (report.moved, report.removed, place.ids, place.skipped) == (1, 0, ["b"], {})


def test_a_copy_takes_the_place_of_one_that_changes(place: Place) -> None:
    place.write("a.txt", b"The same line.")
    place.write("b.txt", b"The same line.")
    place.sync()
    place.write("a.txt", b"Another line, longer.")
    report = place.sync()
    assert (report.changed, report.added, place.ids) == (1, 1, ["a", "b"])


def test_a_document_that_becomes_a_copy_is_dropped(place: Place) -> None:
    place.write("a.txt", b"One line.")
    place.write("b.txt", b"Another line, longer.")
    place.sync()
    place.write("b.txt", b"One line.")
    report = place.sync()
    assert (report.removed, report.changed, place.ids) == (1, 0, ["a"])


def test_an_attachment_that_was_sent_twice_is_indexed_once(place: Place) -> None:
    note = {"note.txt": b"A note."}
    one = place.write("one.eml", dossier.mail(dossier.story(1), note))
    place.write("two.eml", dossier.mail(dossier.story(2), note))
    place.sync()
    assert place.ids == ["one", "one.eml/note.txt", "two"]
    assert place.skipped == {"two.eml/note.txt": "same content as one.eml/note.txt"}
    one.unlink()
    place.sync()
    assert (place.ids, place.skipped) == (["two", "two.eml/note.txt"], {})


def test_rows_that_are_alike_are_rows_all_the_same(place: Place) -> None:
    place.write("a.csv", b"text\nThe same line.\nThe same line.\n")
    assert (place.sync().added, place.skipped) == (2, {})
    place.write("a.csv", b"text\nThe same line.\nAnother.\n")
    report = place.sync()
    assert (report.changed, report.unchanged) == (1, 1)


def test_the_same_words_with_other_metadata_are_no_copy(place: Place) -> None:
    place.write("a.txt", b"The same line.")
    place.write("b.txt", b"The same line.")
    place.write("b.txt.yaml", b"source: Elsewhere\n")
    assert place.sync().added == 2


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_run_over_a_part_takes_in_the_copies_of_what_changes_or_goes(
    place: Place, read_names: list[str], is_gone: bool
) -> None:
    first = place.write("one/a.txt", b"The same line.")
    for name in ("two/c.txt", "two/b.txt"):
        place.write(name, b"The same line.")
    place.sync()
    place.write("two/other.txt", b"Not asked for.")
    first.unlink() if is_gone else first.write_bytes(b"Another line, longer.")
    read_names.clear()
    report = place.sync(place.root / "corpus/one")
    assert read_names == ([] if is_gone else ["one/a.txt"]) + ["two/b.txt", "two/c.txt"]
    assert place.ids == ([] if is_gone else ["one/a"]) + ["two/b"]
    assert report.heirs == {"two/b": "one/a"}
    assert place.skipped == {"two/c.txt": "same content as two/b"}
    assert [job.name for job in pending(place.index, place.config).jobs] == ["two/other.txt"]


def test_a_run_over_a_part_that_was_only_touched_leaves_its_copies_out(place: Place) -> None:
    first = place.write("one/b.txt", b"The same line.")
    place.write("one/a.txt", b"Elsewhere.")
    place.sync()
    place.write("a.txt", b"The same line.")
    place.sync()
    os.utime(first, ns=(1, 1))
    report = place.sync(place.root / "corpus/one")
    assert (report.heirs, report.has_changes) == ({}, False)
    assert place.skipped == {"a.txt": "same content as one/b"}
    assert pending(place.index, place.config).is_empty


def test_a_copy_within_a_file_brings_that_file_and_what_repeats_it(place: Place) -> None:
    first = place.write("a.txt", LINES[0].encode())
    place.pack(LINES[0], LINES[1])
    place.write("z.txt", LINES[1].encode())
    place.sync()
    assert place.skipped == {
        "packed.zip/0.txt": "same content as a",
        "packed.zip/1.txt": "same content as z",
    }
    first.unlink()
    report = place.sync(first)
    assert place.ids == ["packed.zip/0.txt", "z"]
    assert place.skipped == {"packed.zip/1.txt": "same content as z"}
    assert report.heirs == {"packed.zip/0.txt": "a"}
    assert pending(place.index, place.config).is_empty


def test_a_copy_that_went_with_its_like_is_forgotten(place: Place) -> None:
    paths = [place.write(name, b"The same line.") for name in ("one/a.txt", "two/b.txt")]
    place.write("other.txt", b"Another line.")
    place.sync()
    for path in paths:
        path.unlink()
    place.sync(place.root / "corpus/one")
    assert (place.ids, place.skipped) == (["other"], {})


def test_a_copy_that_says_something_else_now_is_no_heir(place: Place) -> None:
    first = place.write("a.txt", b"The same line.")
    place.write("b.txt", b"The same line.")
    place.sync()
    place.write("b.txt", b"Another line, longer.")
    first.unlink()
    report = place.sync()
    assert (place.ids, report.heirs) == (["b"], {})


def test_a_part_that_is_indexed_alone_knows_the_copies_outside(place: Place) -> None:
    place.write("one/a.txt", b"The same line.")
    place.sync()
    place.write("two/b.txt", b"The same line.")
    place.sync(place.root / "corpus/two")
    assert (place.ids, place.skipped) == (["one/a"], {"two/b.txt": "same content as one/a"})
    place.sync(place.root / "corpus/two")
    assert place.skipped == {"two/b.txt": "same content as one/a"}


@pytest.mark.parametrize("rebuild", [False, True])
def test_several_processes_keep_the_same_copy(
    tmp_path: Path, rebuild: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backstory.indexer.workers.WORTH_A_PROCESS", 0)
    monkeypatch.setattr("backstory.indexer.workers.SMALLEST_BATCH", 1)
    place = Place(tmp_path, EmbeddedIndex(tmp_path / "index"))
    place.config = place.config.override(index__jobs=2)
    place.write("long.txt", b"A word. " * 9_000)
    for name in ("zz.txt", "aa.txt", "mm.txt", "page.html"):
        place.write(name, b"The same line." if name != "page.html" else b"<p>A page.</p>")
    place.sync(rebuild=rebuild)
    assert place.ids == ["aa", "long", "page"]
    assert place.skipped == {"mm.txt": "same content as aa", "zz.txt": "same content as aa"}
