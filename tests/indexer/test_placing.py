"""Files come into the corpus whole or not at all, and nothing there is overwritten by chance."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
from pathlib import Path

import pytest

from backstory.engine.errors import BackstoryError, StorageFull, UnreadableDocument
from backstory.indexer.drafts import Content
from backstory.indexer.placing import Shelf, read_content


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A corpus with one document that has metadata."""
    corpus = tmp_path / "corpus"
    (corpus / "people").mkdir(parents=True)
    (corpus / "people/keeper.txt").write_bytes(b"The keeper.")
    (corpus / "people/keeper.txt.yaml").write_bytes(b"title: Keeper\n")
    return corpus


@pytest.fixture
def shelf(root: Path) -> Shelf:
    """The corpus, open; its index lies within it."""
    (root / "index").mkdir()
    return Shelf(root, root / "index")


def names(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_file_is_put_with_its_time_and_metadata(shelf: Shelf, root: Path) -> None:
    shelf.put("a/b/c.txt", Content(b"Words.", b"title: C\n", changed_ns=10**18))
    assert (root / "a/b/c.txt").read_bytes() == b"Words."
    assert (root / "a/b/c.txt").stat().st_mtime_ns == 10**18
    assert (root / "a/b/c.txt.yaml").read_bytes() == b"title: C\n"
    assert shelf.same_as(b"Words.", "") == "a/b/c.txt"
    assert shelf.why_not("a/b/c.txt") == ""


def test_a_name_that_is_taken_stays_as_it_is(shelf: Shelf, root: Path) -> None:
    with pytest.raises(UnreadableDocument, match="there is another file of this name"):
        shelf.put("people/keeper.txt", Content(b"Another.", b"title: Other\n"))
    assert (root / "people/keeper.txt").read_bytes() == b"The keeper."
    assert (root / "people/keeper.txt.yaml").read_bytes() == b"title: Keeper\n"


def test_a_replaced_document_takes_its_metadata_along(shelf: Shelf, root: Path) -> None:
    (root / "people/keeper.txt").chmod(0o640)
    shelf.put("people/keeper.txt", Content(b"Another."), replace=True)
    assert (root / "people/keeper.txt").read_bytes() == b"Another."
    assert stat.S_IMODE((root / "people/keeper.txt").stat().st_mode) == 0o640
    assert names(root) == ["people/keeper.txt"]


def test_a_file_whose_metadata_alone_changes_is_not_written_again(shelf: Shelf, root: Path) -> None:
    before = (root / "people/keeper.txt").stat()
    shelf.put("people/keeper.txt", Content(b"The keeper.", b"title: New\n"), replace=True)
    assert (root / "people/keeper.txt").stat().st_ino == before.st_ino
    assert (root / "people/keeper.txt.yaml").read_bytes() == b"title: New\n"


def test_whoever_takes_the_name_meanwhile_keeps_it(
    shelf: Shelf, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def late(draft: Path, path: Path, **options: bool) -> None:
        path.write_bytes(b"First.")
        link(draft, path, **options)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(UnreadableDocument):
        shelf.put("new.txt", Content(b"Second."))
    assert (root / "new.txt").read_bytes() == b"First."
    assert names(root)[0] == "new.txt"


def test_a_file_system_without_hard_links_will_do(
    shelf: Shelf, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    shelf.put("new.txt", Content(b"Words."))
    assert (root / "new.txt").read_bytes() == b"Words."
    assert [name for name in names(root) if "backstory" in name] == []


def test_two_that_add_wait_for_each_other(shelf: Shelf, root: Path) -> None:
    began = threading.Event()

    def add() -> None:
        with shelf.locked():
            began.set()

    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        other = threading.Thread(target=add)
        other.start()
        assert not began.wait(0.2)
        fcntl.flock(folder, fcntl.LOCK_UN)
        other.join(10)
        assert began.is_set()
    finally:
        os.close(folder)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".hidden.txt", "hidden files are no documents"),
        ("a/.git/b.txt", "hidden files are no documents"),
        ("../b.txt", "not a name in the corpus"),
        ("a/../../b.txt", "not a name in the corpus"),
        ("/etc/b.txt", "not a name in the corpus"),
        (".", "not a name in the corpus"),
        ("a\0b.txt", "not a name in the corpus"),
        ("people", "there is a folder of this name"),
        ("people/keeper.txt/b.txt", "keeper.txt is a file"),
        ("people/keeper.txt.yaml", "would be taken for the metadata"),
        ("index/b.txt", "the index is no part of the corpus"),
        ("linked/b.txt", "linked is a link; links are not followed"),
        ("link.txt", "there is a link of this name"),
    ],
)
def test_a_name_under_which_nothing_is_found_is_refused(
    shelf: Shelf, root: Path, tmp_path: Path, name: str, reason: str
) -> None:
    (root / "linked").symlink_to(tmp_path)
    (root / "link.txt").symlink_to("people/keeper.txt")
    with pytest.raises(UnreadableDocument) as caught:
        shelf.check_name(name)
    assert caught.value.reason.startswith(reason)


def test_a_name_that_is_too_long_is_refused_by_the_system(shelf: Shelf, root: Path) -> None:
    with pytest.raises(UnreadableDocument, match="File name too long"):
        shelf.put(f"{'n' * 252}.txt", Content(b"Words."))
    with pytest.raises(UnreadableDocument, match="File name too long"):
        shelf.put(f"{'n' * 250}.txt", Content(b"Words.", b"title: N\n"))
    assert names(root) == ["people/keeper.txt", "people/keeper.txt.yaml"]


@pytest.mark.parametrize("name", ["n" * 300, f"{'n' * 300}/a.txt"])
def test_a_name_that_no_file_system_takes_is_refused(shelf: Shelf, name: str) -> None:
    with pytest.raises(UnreadableDocument, match="File name too long"):
        shelf.check_name(name)


def test_a_disk_that_is_full_is_said(
    shelf: Shelf, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull, match="disk full, what is in the corpus stays as it was"):
        shelf.put("people/new.txt", Content(b"Words."))
    assert names(root) == ["people/keeper.txt", "people/keeper.txt.yaml"]


@pytest.mark.parametrize("name", ["corpus", "corpus/people/..", "link"])
def test_a_path_has_a_name_in_the_corpus_or_none(
    shelf: Shelf, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("corpus")
    (root / "out").symlink_to(tmp_path)
    (root / "loop").symlink_to("loop")
    way = Path(name)
    assert shelf.name_of(way / ".") == ("" if name != "link" else None)
    assert shelf.name_of(way / "people/keeper.txt") == "people/keeper.txt"
    assert shelf.name_of(way / "out") == "out"
    assert shelf.name_of(way / "out/x.txt") is None
    assert shelf.name_of(way / "../corpus.txt") is None
    assert shelf.name_of(way / "loop/x") == "loop/x"


def test_content_is_known_wherever_it_is(shelf: Shelf, root: Path) -> None:
    shelf.put("b.txt", Content(b"The keeper."))
    assert shelf.same_as(b"The keeper.", "") == "b.txt"
    assert shelf.same_as(b"The keeper.", "people/keeper.txt") == "people/keeper.txt"
    assert shelf.same_as(b"The keepe!.", "") is None


def test_a_file_that_is_read_is_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("large")
    (tmp_path / "large").write_bytes(b"w" * (1024 * 1024 + 1))
    said = {}
    for name in ("pipe", "link", "large", "gone", "large/x", "/dev/zero", "."):
        with pytest.raises(UnreadableDocument) as caught:
            read_content(tmp_path / name, 1)
        said[name] = caught.value.reason
    assert said == {
        "pipe": "not a regular file",
        "link": "a link; name the file that it leads to",
        "large": "larger than 1 MB (corpus.max_file_mb)",
        "gone": "does not exist",
        "large/x": "does not exist",
        "/dev/zero": "not a regular file",
        ".": "not a regular file",
    }
    assert len(read_content(tmp_path / "large", 2).data) == 1024 * 1024 + 1


def test_what_is_taken_goes_with_its_metadata_alone(shelf: Shelf, root: Path) -> None:
    (root / "people/keeper.md").write_bytes(b"Another.")
    assert shelf.take("people/keeper.txt")
    assert names(root) == ["people/keeper.md"]
    assert not shelf.take("people/keeper.txt")


def test_a_disk_that_is_full_of_a_large_file_leaves_its_metadata_alone(
    shelf: Shelf, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        if os.fstat(descriptor).st_size > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    content = Content(b"w" * 200_000, b"title: New\n")
    with pytest.raises(StorageFull):
        shelf.put("people/keeper.txt", content, replace=True)
    assert (root / "people/keeper.txt.yaml").read_bytes() == b"title: Keeper\n"
    with pytest.raises(StorageFull):
        shelf.put("people/new.txt", content)
    assert names(root) == ["people/keeper.txt", "people/keeper.txt.yaml"]


def test_a_link_beside_a_file_is_no_metadata_and_stays(shelf: Shelf, root: Path) -> None:
    (root / "a.md").write_bytes(b"A.")
    beside = root / "a.md.yaml"
    beside.symlink_to("people/keeper.txt.yaml")
    shelf.put("a.md", Content(b"B."), replace=True)
    with pytest.raises(UnreadableDocument, match=r"a\.md\.yaml is a link"):
        shelf.put("a.md", Content(b"C.", b"title: C\n"), replace=True)
    assert beside.is_symlink()
    assert (root / "a.md").read_bytes() == b"B."
    assert (root / "people/keeper.txt.yaml").read_bytes() == b"title: Keeper\n"


def test_a_folder_beside_a_file_is_not_its_metadata(shelf: Shelf, root: Path) -> None:
    (root / "a.txt").write_bytes(b"A.")
    (root / "a.txt.yaml").mkdir()
    assert shelf.take("a.txt")
    assert not (root / "a.txt").exists()
    assert (root / "a.txt.yaml").is_dir()


def test_nothing_is_taken_through_a_link(shelf: Shelf, root: Path, tmp_path: Path) -> None:
    (root / "people").rename(tmp_path / "moved")
    (root / "people").symlink_to(tmp_path / "moved")
    assert shelf.files_of("people/keeper.txt") == ()
    assert not shelf.take("people/keeper.txt")
    assert (tmp_path / "moved/keeper.txt").exists()


def test_what_may_not_be_taken_is_said_with_what_stays(
    shelf: Shelf, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def only_files(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".yaml":
            raise PermissionError(errno.EPERM, "Operation not permitted")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", only_files)
    with pytest.raises(BackstoryError, match=r"keeper\.txt\.yaml stays"):
        shelf.take("people/keeper.txt")
