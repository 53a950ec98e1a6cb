"""When a document arrived is kept: whatever becomes of its file, and of the index."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import backstory
from backstory.api import Archive
from backstory.engine.errors import ConfigError, StateDamaged
from backstory.indexer import arrivals
from backstory.indexer.arrivals import Arrivals

BEFORE = datetime.now(UTC) - timedelta(seconds=2)


class Clock(datetime):
    """A clock that is put forward by hand."""

    today_in_may = 1

    @classmethod
    def now(cls, tz: object = None) -> datetime:
        return datetime(2019, 5, cls.today_in_may, tzinfo=UTC)


@pytest.fixture(params=[0, arrivals.FEW], ids=["in one pass", "one by one"], autouse=True)
def _few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read new documents as where they are many, and as where they are few."""
    monkeypatch.setattr(arrivals, "FEW", request.param)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An archive of one document, which came on the first of May."""
    monkeypatch.setattr(arrivals, "datetime", Clock)
    Clock.today_in_may = 1
    write(tmp_path, "memo.txt", "The lighthouse is sold.")
    opened = backstory.open(tmp_path / "index", corpus=tmp_path / "corpus", index__jobs=1)
    opened.index()
    return opened


def write(root: Path, name: str, text: str) -> Path:
    """Write a file of the corpus."""
    path = root / "corpus" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def day(archive: Archive, document_id: str) -> int | None:
    """Return the day of May on which a document arrived."""
    arrived = archive.arrived(document_id)
    return arrived.day if arrived else None


def test_first_run_notes_the_time(tmp_path: Path) -> None:
    write(tmp_path, "memo.txt", "The lighthouse is sold.")
    archive = backstory.open(tmp_path / "index", corpus=tmp_path / "corpus", index__jobs=1)
    assert archive.arrived("memo") is None
    archive.index()

    arrived = archive.arrived("memo")
    assert arrived is not None
    assert BEFORE <= arrived <= datetime.now(UTC)
    assert archive.arrived("nobody") is None


def test_document_keeps_its_time_when_it_changes_moves_or_comes_back(
    tmp_path: Path, archive: Archive
) -> None:
    write(tmp_path, "memo.txt", "The lighthouse is not sold.")
    Clock.today_in_may = 2
    archive.index()
    assert day(archive, "memo") == 1

    (tmp_path / "corpus/memo.txt").rename(tmp_path / "corpus/note.txt")
    Clock.today_in_may = 3
    archive.index()
    assert (day(archive, "memo"), day(archive, "note")) == (None, 1)

    (tmp_path / "corpus/note.txt").rename(tmp_path / "away.txt")
    write(tmp_path, "other.txt", "Something else.")
    archive.index()
    assert day(archive, "note") is None
    shutil.move(tmp_path / "away.txt", tmp_path / "corpus/note.txt")
    Clock.today_in_may = 4
    archive.index()
    assert (day(archive, "note"), day(archive, "other")) == (1, 3)


def test_another_document_of_an_old_name_is_new(tmp_path: Path, archive: Archive) -> None:
    write(tmp_path, "other.txt", "Something else.")
    (tmp_path / "corpus/memo.txt").unlink()
    archive.index()
    write(tmp_path, "memo.txt", "A memo of the same name.")
    Clock.today_in_may = 5
    archive.index()

    assert day(archive, "memo") == 5


def found(archive: Archive, text: str, sort: str = "relevance") -> list[str]:
    """Return the documents that a query finds, in order."""
    return [hit.document for hit in archive.search(text, sort=sort)]


def test_what_came_is_asked_for_by_its_time(tmp_path: Path, archive: Archive) -> None:
    write(tmp_path, "late.txt", "The lighthouse was never sold.")
    write(tmp_path, "lamp.md", "---\ndate: 2018\nadded: 2001-01-01\n---\nThe lighthouse lamp.")
    Clock.today_in_may = 8
    archive.index()
    write(tmp_path, "memo.txt", "The lighthouse is not sold.")
    Clock.today_in_may = 9
    archive.index()
    shutil.rmtree(tmp_path / "index")
    again = backstory.open(tmp_path / "index", corpus=tmp_path / "corpus", index__jobs=1)
    again.index()

    for each in (archive, again):
        assert found(each, "lighthouse added:2019-05-01") == ["memo"], "a change is no arrival"
        assert set(found(each, "lighthouse added:2019-05-02..")) == {"late", "lamp"}
        assert found(each, "lighthouse -added:2019-05-01", "added") == ["lamp", "late"], "by date"
        assert found(each, "lighthouse", "added") == ["lamp", "late", "memo"]
        assert found(each, "lighthouse added:2001") == [], "no document says when it came"
    assert {hit.added[:10] for hit in again.search("lamp")} == {"2019-05-08"}


def test_documents_of_several_processes_have_the_time_of_the_run(tmp_path: Path) -> None:
    for number in range(8):
        write(tmp_path, f"box/{number}.txt", f"The lighthouse keeper wrote {number}. " * 20_000)
    archive = backstory.open(tmp_path / "index", corpus=tmp_path / "corpus", index__jobs=2)
    archive.index()
    times = {document.added for document, _ in archive.searcher.documents()}

    assert len(times) == 1
    assert {
        f"{archive.arrived(f'box/{number}'):%Y-%m-%dT%H:%M:%S+00:00}" for number in range(8)
    } == times


def test_rebuild_and_a_new_index_keep_the_times(tmp_path: Path, archive: Archive) -> None:
    Clock.today_in_may = 6
    archive.index(rebuild=True)
    assert day(archive, "memo") == 1
    shutil.rmtree(tmp_path / "index")
    backstory.open(tmp_path / "index", corpus=tmp_path / "corpus", index__jobs=1).index()
    assert day(archive, "memo") == 1


def test_run_that_ended_between_commit_and_times_is_made_up_for(
    tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "late.txt", "The radios came late.")
    with monkeypatch.context() as patched:
        patched.setattr(Arrivals, "update", lambda self, index: None)
        archive.index()
    assert day(archive, "late") is None
    Clock.today_in_may = 7
    archive.index()  # nothing has changed in the corpus

    assert day(archive, "late") == 1, "it came with the run that indexed it"


def test_first_run_that_was_killed_before_the_times_is_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "memo.txt", "The lighthouse is sold.")
    archive = backstory.open(tmp_path / "index", corpus=tmp_path / "corpus", index__jobs=1)
    with monkeypatch.context() as patched:
        patched.setattr(Arrivals, "update", lambda self, index: None)
        archive.index()
    archive.index()

    assert archive.arrived("memo") is not None


@pytest.mark.parametrize("is_readable", [True, False])
def test_times_that_are_lost_are_taken_from_the_index(
    tmp_path: Path, archive: Archive, is_readable: bool
) -> None:
    shutil.rmtree(tmp_path / "index-state")
    if not is_readable:  # as an index of another version
        for manifest in (tmp_path / "index").glob("manifest-*.json"):
            manifest.write_text("{}")
    write(tmp_path, "late.txt", "The radios came late.")
    Clock.today_in_may = 8
    opened = backstory.open(tmp_path / "index", corpus=tmp_path / "corpus", index__jobs=1)
    opened.index(rebuild=True)
    assert day(opened, "memo") == (1 if is_readable else None)
    assert day(opened, "late") == (8 if is_readable else None)

    write(tmp_path, "later.txt", "The radios came later.")
    opened.index()
    assert day(opened, "later") == 8


def test_run_goes_on_where_the_times_cannot_be_kept(tmp_path: Path, archive: Archive) -> None:
    (tmp_path / "index-state" / arrivals.FILE).write_bytes(b"this is no database" * 99)
    write(tmp_path, "late.txt", "The radios came late.")
    report = archive.index()

    assert report.added == 1
    ((name, remark),) = report.notes
    assert name == "arrival times"
    assert "index-state" in remark.sentence
    with pytest.raises(StateDamaged, match=arrivals.FILE):
        archive.arrived("memo")


def test_no_time_comes_from_a_damaged_file(tmp_path: Path, archive: Archive) -> None:
    for number in range(60):
        write(tmp_path, f"note{number}.txt", f"The radios of number {number}.")
    archive.index()
    path = tmp_path / "index-state" / arrivals.FILE
    ids = ("memo", *(f"note{number}" for number in range(60)), "nobody")
    sound, data = {id_: archive.arrived(id_) for id_ in ids}, path.read_bytes()
    refused = 0
    for bit in range(0, 8 * len(data), 1009):
        path.write_bytes(flipped(data, bit))
        try:
            assert {id_: archive.arrived(id_) for id_ in ids} == sound
        except StateDamaged as damage:
            refused += damage.path == path
    assert refused > 20
    for length in (0, 1, 100, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:length])
        with pytest.raises(StateDamaged):
            archive.arrived("memo")
    path.write_bytes(data)
    assert archive.arrived("memo") == sound["memo"]


def flipped(data: bytes, bit: int) -> bytes:
    """Return the data with one bit flipped."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_damaged_times_are_left_alone_by_a_run_and_named(tmp_path: Path, archive: Archive) -> None:
    path = tmp_path / "index-state" / arrivals.FILE
    data = path.read_bytes()
    damaged = data.replace(b"2019-05-01", b"2019-06-01")
    path.write_bytes(damaged)
    write(tmp_path, "late.txt", "The radios came late.")
    report = archive.index()

    ((_, remark),) = report.notes
    assert "does not match its checksum" in remark.sentence
    assert "delete it to begin anew" in remark.sentence
    assert path.read_bytes() == damaged

    path.write_bytes(data)
    Clock.today_in_may = 9
    archive.index()
    assert (day(archive, "memo"), day(archive, "late")) == (1, None), "no time was to be trusted"


def test_times_from_before_there_were_checksums_are_kept(tmp_path: Path, archive: Archive) -> None:
    path = tmp_path / "index-state" / arrivals.FILE
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE commits DROP COLUMN sha256")
    assert day(archive, "memo") == 1
    archive.index()
    assert day(archive, "memo") == 1

    path.write_bytes(path.read_bytes().replace(b"2019-05-01", b"2019-06-01"))
    with pytest.raises(StateDamaged):
        archive.arrived("memo")


def test_file_that_was_begun_and_never_named_counts_for_nothing(
    tmp_path: Path, archive: Archive
) -> None:
    path = tmp_path / "index-state" / arrivals.FILE
    path.with_suffix(".tmp").write_bytes(b"killed here")
    path.unlink()
    write(tmp_path, "late.txt", "The radios came late.")
    Clock.today_in_may = 3
    archive.index()

    assert (day(archive, "memo"), day(archive, "late")) == (1, 3)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_name_that_is_no_utf8_has_a_time(tmp_path: Path, archive: Archive) -> None:
    try:
        write(tmp_path, "caf\udce9.txt", "The radios came late.")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    archive.index()

    assert day(archive, "caf\udce9") == 1


def test_place_is_a_setting_and_never_inside_the_index_or_the_corpus_s_documents(
    tmp_path: Path,
) -> None:
    write(tmp_path, "memo.txt", "The lighthouse is sold.")
    places = {"corpus": tmp_path / "corpus", "index__jobs": 1}
    inside = backstory.open(tmp_path / "index", state__path=str(tmp_path / "index/s"), **places)
    with pytest.raises(ConfigError, match="inside the index"):
        inside.index()
    within = tmp_path / "corpus/.state"
    archive = backstory.open(tmp_path / "index", state__path=str(within), **places)
    archive.index()
    archive.index()

    assert (within / arrivals.FILE).exists()
    assert archive.statistics.documents == 1
    assert archive.arrived("memo")
