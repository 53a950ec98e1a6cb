"""The guard: however documents vanish by the dozen, none goes unless that is meant."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import dossier
import pytest

from backstory.engine.errors import CorpusMissing, IndexDamaged, RemovalRefused
from backstory.engine.indexes.contract import Index, Snapshot
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.engine.outcomes import retained
from backstory.indexer.sync import Removals, SyncOptions, SyncReport, sync
from backstory.settings import Config

REPORTS, LETTERS = 30, 10


class Place:
    """Forty documents in two folders, of which one may be a disk that is not mounted."""

    def __init__(self, root: Path, index: Index) -> None:
        self.corpus, self.index = root / "corpus", index
        self.config = Config(root=root).override(index__path="index", index__jobs=1)
        for folder, count in (("reports", REPORTS), ("letters", LETTERS)):
            for number in range(count):
                self.write(f"{folder}/{number}.txt", f"Number {number} of the {folder}.")
        self.sync()

    def write(self, name: str, text: str | bytes) -> None:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def sync(self, *only: str, **options: object) -> SyncReport:
        paths = tuple(self.corpus / name for name in only)
        return sync(self.index, self.config, SyncOptions(only=paths, **options))  # type: ignore[arg-type]

    @property
    def count(self) -> int:
        return self.index.open().statistics.documents


@pytest.fixture(params=["reference", "embedded"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    is_memory = request.param == "reference"
    return Place(tmp_path, ReferenceIndex() if is_memory else EmbeddedIndex(tmp_path / "index"))


def empty(place: Place) -> None:
    shutil.rmtree(place.corpus)
    place.corpus.mkdir()


def leave_a_stray_file(place: Place) -> None:
    empty(place)
    place.write("lost+found.txt", "What stands on the disk below.")


def leave_a_stray_archive(place: Place) -> None:
    empty(place)
    place.write("stray.zip", dossier.archive({"a.txt": b"One.", "b.txt": b"Two."}))


def unmount_a_folder(place: Place) -> None:
    shutil.rmtree(place.corpus / "letters")
    (place.corpus / "letters").mkdir()


def lose_a_folder(place: Place) -> None:
    shutil.rmtree(place.corpus / "letters")


def zero_a_folder(place: Place) -> None:
    for path in (place.corpus / "letters").iterdir():
        path.write_bytes(b"\0" * path.stat().st_size)


ACCIDENTS: list[Callable[[Place], None]] = [
    empty,
    leave_a_stray_file,
    leave_a_stray_archive,
    unmount_a_folder,
    lose_a_folder,
    zero_a_folder,
]
RUNS: dict[str, dict[str, object]] = {
    "index": {},
    "verify": {"verify": True},
    "rebuild": {"rebuild": True},
}


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("accident", ACCIDENTS)
def test_no_accident_removes_documents_in_any_run(
    place: Place, accident: Callable[[Place], None], run: str
) -> None:
    accident(place)
    for _ in range(2):
        with pytest.raises(RemovalRefused, match=r"would remove .* documents"):
            place.sync(**RUNS[run])
    assert place.count >= REPORTS + LETTERS
    place.sync(removals=Removals.ALLOWED, **RUNS[run])
    assert place.count <= REPORTS


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_a_run_over_paths_removes_no_more_than_any(
    place: Place, accident: Callable[[Place], None]
) -> None:
    accident(place)
    with pytest.raises(RemovalRefused, match="--allow-removal"):
        place.sync("letters")
    assert place.count == REPORTS + LETTERS


def test_what_comes_back_is_as_if_it_had_never_been_gone(place: Place) -> None:
    before = list(place.index.open().documents())
    (place.corpus / "letters").rename(place.corpus.parent / "unmounted")
    with pytest.raises(RemovalRefused):
        place.sync()
    (place.corpus.parent / "unmounted").rename(place.corpus / "letters")
    report = place.sync()
    assert (report.has_changes, report.skipped) == (False, ())
    assert list(place.index.open().documents()) == before


def test_held_documents_stay_while_all_else_goes_on(place: Place) -> None:
    lose_a_folder(place)
    place.write("reports/new.txt", "Something new.")
    place.write("reports/1.txt", "Number one, changed.")
    report = place.sync(removals=Removals.RETAINED)
    assert (report.added, report.changed, report.removed, report.retained) == (1, 1, 0, LETTERS)
    remark = retained(place.index.open().skipped())
    assert remark is not None
    assert "10 of 40 documents, whose content is no longer in the corpus, stay" in remark.sentence
    assert "--allow-removal" in remark.sentence

    report = place.sync(removals=Removals.ALLOWED)
    assert (report.removed, report.retained, place.count) == (LETTERS, 0, REPORTS + 1)
    assert retained(place.index.open().skipped()) is None


def test_a_run_over_paths_leaves_the_remark_on_what_is_retained(place: Place) -> None:
    lose_a_folder(place)
    place.sync(removals=Removals.RETAINED)
    place.write("reports/1.txt", "Number one, changed.")
    place.sync("reports/1.txt")
    assert retained(place.index.open().skipped()) is not None
    place.sync("letters", removals=Removals.RETAINED)
    skipped = place.index.open().skipped()
    assert [each.path for each in skipped] == [""]


def test_a_refused_run_that_had_begun_says_what_it_did(place: Place) -> None:
    zero_a_folder(place)
    place.write("reports/new.txt", "Something new.")
    with pytest.raises(RemovalRefused, match="All else is indexed"):
        place.sync()
    assert place.index.open().document("reports/new") is not None


@pytest.mark.parametrize(("gone", "is_refused"), [(4, False), (5, True)])
def test_fewer_than_five_may_always_go(tmp_path: Path, gone: int, is_refused: bool) -> None:
    place = Place(tmp_path, ReferenceIndex())
    shutil.rmtree(place.corpus / "reports")
    place.sync(removals=Removals.ALLOWED)
    for number in range(gone):
        (place.corpus / f"letters/{number}.txt").unlink()
    if is_refused:
        with pytest.raises(RemovalRefused):
            place.sync()
    else:
        assert place.sync().removed == gone


@pytest.mark.parametrize(("share", "is_refused"), [(0.2, True), (0.25, False), (1.0, False)])
def test_the_share_is_a_setting(place: Place, share: float, is_refused: bool) -> None:
    place.config = place.config.override(index__max_removal=share)
    lose_a_folder(place)
    if is_refused:
        with pytest.raises(RemovalRefused):
            place.sync()
    else:
        assert place.sync().removed == LETTERS


def test_moving_everything_removes_nothing(place: Place) -> None:
    for folder in ("letters", "reports"):
        (place.corpus / folder).rename(place.corpus / f"new-{folder}")
    report = place.sync()
    assert (report.moved, report.removed, place.count) == (40, 0, 40)


def test_packing_a_folder_removes_nothing(place: Place) -> None:
    files = {path.name: path.read_bytes() for path in (place.corpus / "letters").iterdir()}
    place.write("letters.zip", dossier.archive(files))
    lose_a_folder(place)
    assert place.sync().moved == LETTERS
    assert place.count == 40


def test_what_is_there_twice_is_not_lost(place: Place) -> None:
    shutil.copytree(place.corpus / "letters", place.corpus / "zz-copy")
    place.sync()
    lose_a_folder(place)
    assert len(place.sync().heirs) == LETTERS
    assert place.count == 40


def test_what_a_damaged_index_cannot_give_counts_as_lost_in_a_rebuild(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backstory.indexer.loading import Loader

    def unreadable(self: Loader, job: object, loaded: object) -> None:
        raise OSError(5, "Input/output error")

    def damaged(self: object, document_id: str) -> None:
        raise IndexDamaged(Path("index/MAIN.entries"), "is damaged")

    with monkeypatch.context() as broken:
        broken.setattr(Loader, "_load", unreadable)
        broken.setattr(type(place.index.open()), "passages", damaged)
        with pytest.raises(RemovalRefused, match="40 of 40"):
            place.sync(rebuild=True)
    assert place.count == 40


def test_a_rebuild_beside_an_index_that_cannot_be_read_needs_a_corpus(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(self: object) -> Snapshot:
        raise IndexDamaged(Path("index"), "is missing")

    empty(place)
    with monkeypatch.context() as broken:
        broken.setattr(type(place.index), "open", damaged)
        with pytest.raises(CorpusMissing, match="may have had documents"):
            place.sync(rebuild=True)
    assert place.count == 40
