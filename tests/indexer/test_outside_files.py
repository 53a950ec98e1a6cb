"""A file outside of the corpus is read for its text, behind the same fences."""

from __future__ import annotations

from pathlib import Path

import pytest

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.outside_files import text_of
from backstory.settings import Config


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings with a folder of their own."""
    return Config(root=tmp_path)


@pytest.mark.parametrize("name", ["draft.md", "draft.txt", "draft"])
def test_texts_are_given_as_they_are(name: str, tmp_path: Path, config: Config) -> None:
    (tmp_path / name).write_text("# Lamps\n\n> *So* it is.\n", encoding="utf-8")
    assert text_of(tmp_path / name, config) == "# Lamps\n\n> *So* it is.\n"


def test_other_formats_go_through_their_readers(tmp_path: Path, config: Config) -> None:
    page = "<html><body><h1>Lamps</h1><p>The lamps never came.</p></body></html>"
    (tmp_path / "draft.html").write_text(page, encoding="utf-8")
    assert "The lamps never came." in text_of(tmp_path / "draft.html", config).split("\n\n")


def test_what_nothing_reads_is_refused(tmp_path: Path, config: Config) -> None:
    (tmp_path / "draft.xyz").write_text("Lamps", encoding="utf-8")
    with pytest.raises(UnreadableDocument, match=r"no reader for \.xyz files"):
        text_of(tmp_path / "draft.xyz", config)


def test_a_file_that_is_not_there(tmp_path: Path, config: Config) -> None:
    with pytest.raises(FileNotFoundError):
        text_of(tmp_path / "draft.md", config)
