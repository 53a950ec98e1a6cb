"""The walk: what is a document, what is not, and why."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import CorpusMissing
from backstory.indexer.corpus import DocumentIds, is_under, limited, names_under, printable, scan


def write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Some words.", encoding="utf-8")


def reasons(root: Path) -> dict[str, str]:
    return {skipped.path: skipped.reason for skipped in scan(root).skipped}


def test_files_are_found_in_order_below_every_folder(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", "a/z.txt", "a/y/x.md")
    assert list(scan(tmp_path).files) == ["a/y/x.md", "a/z.txt", "b.txt"]


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, ".git/config", ".notes.txt", "a.txt")
    found = scan(tmp_path)
    assert list(found.files) == ["a.txt"]
    assert not found.skipped


def test_a_file_of_metadata_belongs_to_the_file_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "a.txt.yaml", "alone.yaml")
    found = scan(tmp_path)
    assert list(found.files) == ["a.txt", "alone.yaml"]
    assert found.files["a.txt"].sidecar is not None


def test_a_changed_metadata_file_changes_the_state(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "a.txt.yaml")
    before = scan(tmp_path).files["a.txt"]
    (tmp_path / "a.txt.yaml").write_text("title: Something longer", encoding="utf-8")
    assert scan(tmp_path).files["a.txt"] != before


def test_the_index_is_not_part_of_the_corpus(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "var/index/b.txt")
    assert list(scan(tmp_path, leave_out=[tmp_path / "var/index"]).files) == ["a.txt"]


def test_a_missing_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing, match="does not exist; nothing was changed"):
        scan(tmp_path / "gone")


def test_a_file_is_no_corpus(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    with pytest.raises(CorpusMissing, match="is not a folder"):
        scan(tmp_path / "a.txt")


def test_links_out_of_the_corpus_and_loops_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, "corpus/a.txt", "secret.txt")
    corpus = tmp_path / "corpus"
    (corpus / "out.txt").symlink_to(tmp_path / "secret.txt")
    (corpus / "loop").symlink_to(corpus, target_is_directory=True)
    (corpus / "self").symlink_to("self")
    (corpus / "zero").symlink_to("/dev/zero")
    assert list(scan(corpus).files) == ["a.txt"]
    assert reasons(corpus) == dict.fromkeys(
        ("loop", "out.txt", "self", "zero"), "a link; links are not followed"
    )


def test_pipes_and_sockets_are_skipped_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(tmp_path)  # a socket's path must be short
        try:
            listening.bind("socket.txt")
        finally:
            os.chdir(here)
        assert reasons(tmp_path) == {
            "pipe.txt": "not a regular file",
            "socket.txt": "not a regular file",
        }


def test_only_what_was_asked_for_is_found(tmp_path: Path) -> None:
    write(tmp_path, "a/b.txt", "a/c.txt", "ab.txt", "d.txt")
    wanted = names_under(tmp_path, [tmp_path / "a", tmp_path / "d.txt"])
    found = limited(scan(tmp_path), wanted)
    assert list(found.files) == ["a/b.txt", "a/c.txt", "d.txt"]


def test_what_became_a_link_is_known_by_its_name(tmp_path: Path) -> None:
    write(tmp_path, "moved/a.txt", "corpus/b.txt")
    (tmp_path / "corpus/folder").symlink_to(tmp_path / "moved")
    (tmp_path / "way").symlink_to("corpus")
    corpus = tmp_path / "corpus"
    paths = [corpus / "folder/a.txt", corpus / "folder", tmp_path / "way/b.txt", corpus]
    assert names_under(corpus, paths) == {"folder/a.txt", "folder", "b.txt", ""}


def test_a_path_outside_the_corpus_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "corpus/a.txt")
    with pytest.raises(CorpusMissing, match="is not inside the corpus"):
        names_under(tmp_path / "corpus", [tmp_path])
    with pytest.raises(CorpusMissing, match="is not inside the corpus"):
        names_under(tmp_path / "corpus", [tmp_path / "corpus/../other.txt"])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain.txt", "plain.txt"),
        ("Nicolás.txt", "Nicolás.txt"),
        ("two\nlines.txt", "two\\nlines.txt"),
        ("rtl\u202egnp.txt", "rtl\\u202egnp.txt"),
        (os.fsdecode(b"caf\xe9.txt"), "caf\\xe9.txt"),
    ],
)
def test_a_name_that_cannot_be_shown_is_escaped(name: str, shown: str) -> None:
    assert printable(name) == shown


@given(st.binary(min_size=1, max_size=50).filter(lambda raw: b"\0" not in raw))
def test_any_name_can_be_shown(raw: bytes) -> None:
    shown = printable(os.fsdecode(raw))
    assert shown.isprintable()
    shown.encode("utf-8")


def test_an_id_is_the_name_without_its_suffix() -> None:
    ids = DocumentIds({})
    assert ids.of("article.txt") == "article"
    assert ids.of("people/cruz.md") == "people/cruz"
    assert ids.of(".hidden") == ".hidden"
    assert ids.of("README") == "README"


def test_files_of_the_same_name_get_ids_of_their_own() -> None:
    ids = DocumentIds({})
    assert [ids.of(name) for name in ("a.md", "a.txt", "a.md")] == ["a", "a.txt", "a"]


def test_a_document_keeps_its_id_when_a_namesake_is_added() -> None:
    ids = DocumentIds({"a.txt": "a"})
    assert ids.of("a.md") == "a.md"
    assert ids.of("a.txt") == "a"


@pytest.mark.parametrize(
    ("name", "wanted", "is_so"),
    [
        ("a/b/c.txt", {"a"}, True),
        ("a/b/c.txt", {"x", "a/b"}, True),
        ("a/b/c.txt", {"a/b/c.txt"}, True),
        ("a/b/c.txt", {""}, True),
        ("a/b/c.txt", {"a/b/c"}, False),
        ("ab/c.txt", {"a"}, False),
        ("a", {"a/b"}, False),
        ("a", set(), False),
    ],
)
def test_a_name_lies_under_those_that_it_starts_with(
    name: str, wanted: set[str], is_so: bool
) -> None:
    assert is_under(name, wanted) is is_so
