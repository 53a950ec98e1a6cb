"""What a reader leaves out of a document can be had by reading its file again."""

from __future__ import annotations

from pathlib import Path

import dossier
import pytest

import backstory
from backstory.api import Archive
from backstory.engine.errors import BackstoryError, PassageNotFound

PAGE = (
    b"# Memo\n\nThe lamp was lit.\n\n<!-- Not by the keeper. -->\n\nA [map](https://a.example/m).\n"
)
PIECES = [("comment", "Not by the keeper."), ("link", "https://a.example/m")]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    inner = dossier.archive({"deep/memo.md": PAGE + b"\nIn the inner one.\n"})
    (corpus / "memo.md").write_bytes(PAGE)
    (corpus / "packed.zip").write_bytes(
        dossier.archive({"memo.md": PAGE + b"x\n", "in.zip": inner})
    )
    opened = backstory.open(tmp_path / "index", corpus=corpus)
    opened.index()
    return opened


def pieces(archive: Archive, document_id: str) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in archive.left_out(document_id).pieces]


@pytest.mark.parametrize("name", ["memo", "packed.zip/memo.md", "packed.zip/in.zip/deep/memo.md"])
def test_a_file_and_a_member_tell_what_was_left_out(archive: Archive, name: str) -> None:
    assert pieces(archive, name) == PIECES
    assert not archive.left_out(name).has_changed


def test_a_file_that_has_changed_tells_so(archive: Archive) -> None:
    (archive.config.corpus_path / "memo.md").write_bytes(PAGE + b"<!-- Added. -->")
    assert pieces(archive, "memo") == [*PIECES, ("comment", "Added.")]
    assert archive.left_out("memo").has_changed


def test_a_member_that_is_no_longer_there_is_an_error(archive: Archive) -> None:
    (archive.config.corpus_path / "packed.zip").write_bytes(dossier.archive({"other.md": PAGE}))
    with pytest.raises(BackstoryError, match=r"packed.zip has changed and holds no .*/memo.md"):
        archive.left_out("packed.zip/memo.md")


def test_a_file_that_is_gone_is_an_error_that_says_what_now(archive: Archive) -> None:
    (archive.config.corpus_path / "memo.md").unlink()
    with pytest.raises(BackstoryError, match=r"memo.md, which .* is gone. .*: backstory index"):
        archive.left_out("memo")


def test_an_unknown_document_is_not_found(archive: Archive) -> None:
    with pytest.raises(PassageNotFound, match="Did you mean memo"):
        archive.left_out("memos")
