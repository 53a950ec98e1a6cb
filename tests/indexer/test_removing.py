"""Removing: which file an id or a path means, and what is never touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from backstory.engine.errors import BackstoryError, PassageNotFound
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer.placing import Shelf
from backstory.indexer.removing import Removal, find, indexed_documents
from backstory.indexer.sync import sync
from backstory.settings import Config


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A corpus, seen from the folder that it lies in."""
    files = {
        "storm.txt": "A storm.",
        "storm.txt.yaml": "title: Storm",
        "people/keeper.md": "The keeper.",
        "people/notes.txt.md": "Notes of the keeper.",
        "people/notes.txt": "Other notes.",
        "picture.jpg": "no\0text",
        ".hidden.txt": "Hidden.",
    }
    for name, text in files.items():
        path = tmp_path / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "storm.md").write_text("Not in the corpus.", encoding="utf-8")
    (tmp_path / "corpus/link.txt").symlink_to("storm.txt")
    monkeypatch.chdir(tmp_path)
    return Shelf(Path("corpus"), Path("index"))


@pytest.fixture
def held(shelf: Shelf) -> dict[str, tuple[str, ...]]:
    """What an index of the corpus holds."""
    index = ReferenceIndex()
    assert indexed_documents(index) == {}
    sync(index, Config())
    return indexed_documents(index)


Held = dict[str, tuple[str, ...]]


@pytest.mark.parametrize(
    "asked", ["storm", "storm.txt", "corpus/storm.txt", "corpus/people/../storm.txt", "{here}"]
)
def test_a_document_is_found_by_its_id_and_by_its_path(
    shelf: Shelf, held: Held, asked: str
) -> None:
    asked = asked.format(here=Path("corpus/storm.txt").absolute())
    files = (Path("corpus/storm.txt"), Path("corpus/storm.txt.yaml"))
    assert find(shelf, held, asked) == Removal("storm.txt", ("storm",), files)


def test_a_file_that_was_skipped_is_found_by_its_path(shelf: Shelf, held: Held) -> None:
    assert find(shelf, held, "picture.jpg").documents == ()
    assert find(shelf, {}, "people/keeper.md").documents == ()


def test_a_document_whose_file_is_gone_is_found(shelf: Shelf, held: Held) -> None:
    (shelf.root / "people/keeper.md").unlink()
    gone = Shelf(shelf.root, shelf.index)
    assert find(gone, held, "people/keeper") == Removal("people/keeper.md", ("people/keeper",), ())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("storm.md", "storm.md is not in the corpus corpus."),
        ("../storm.md", "../storm.md is not in the corpus corpus."),
        ("/etc/passwd", "/etc/passwd is not in the corpus corpus."),
        ("people", "people is a folder."),
        ("corpus", "corpus is a folder."),
        ("storm.txt.yaml", "storm.txt.yaml is not removed: no document of the corpus, but hidden"),
        (".hidden.txt", ".hidden.txt is not removed: no document of the corpus, but hidden"),
        ("link.txt", "link.txt is not removed: a link; links are not followed."),
        ("storm#p1", "storm#p1 is a passage; only whole documents can be removed."),
    ],
)
def test_what_is_no_document_of_the_corpus_is_refused(
    shelf: Shelf, held: Held, asked: str, said: str
) -> None:
    with pytest.raises(BackstoryError) as caught:
        find(shelf, held, asked)
    assert caught.value.message.startswith(said)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("asked", ["strom", "st*", "s", "storm#p", "n" * 5000])
def test_what_is_nothing_is_not_found(shelf: Shelf, held: Held, asked: str) -> None:
    with pytest.raises(PassageNotFound):
        find(shelf, held, asked)


def test_a_name_that_could_be_two_files_is_refused(shelf: Shelf, held: Held) -> None:
    by_id = {ids: name for name, ids in held.items()}
    assert by_id[("people/notes.txt",)] != "people/notes.txt"
    with pytest.raises(BackstoryError, match="Give the path of the one you mean"):
        find(shelf, held, "people/notes.txt")
    assert find(shelf, held, "corpus/people/notes.txt").name == "people/notes.txt"


def test_one_document_of_many_in_a_file_is_not_removed_alone(shelf: Shelf) -> None:
    held = {"storm.txt": ("storm/1", "storm/2", "storm/3")}
    with pytest.raises(BackstoryError, match=r"storm/2 is one of 3 documents in storm\.txt"):
        find(shelf, held, "storm/2")
    assert find(shelf, held, "corpus/storm.txt").documents == held["storm.txt"]
