"""The folder of models is the user's alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from models import put_model

from backstory.engine.errors import BackstoryError, EncoderFailed
from backstory.indexer.meaning.folder import DRAFT, InstalledModel, Models


def test_a_folder_that_is_not_there_has_no_models(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert Models(tmp_path / "nowhere").names() == []
    assert Models(tmp_path / "file" / "models").names() == []


def test_known_models_come_first_in_their_order(tmp_path: Path) -> None:
    for name in ("zebra", "use-multilingual-v3", "bge-small-en-v1.5", "letters"):
        put_model(tmp_path, name=name)
    (tmp_path / f"{DRAFT}half").mkdir()
    (tmp_path / "notes.txt").write_text("")
    names = ["bge-small-en-v1.5", "use-multilingual-v3", "letters", "zebra"]
    assert Models(tmp_path).names() == names
    assert [each.name for each in Models(tmp_path).sound()] == names


@pytest.mark.parametrize("place", [".", "letters"])
def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path, place: str) -> None:
    put_model(tmp_path)
    (tmp_path / place).chmod(0o777)
    with pytest.raises(BackstoryError, match=r"can be written to by other users.*chmod go-w"):
        _first(Models(tmp_path))


def _first(models: Models) -> InstalledModel:
    return models.read(models.names()[0])


def test_a_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    model = put_model(tmp_path / "models")
    weights = model.folder / "model.onnx"
    weights.rename(tmp_path / "elsewhere")
    weights.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EncoderFailed, match=r"model\.onnx"), model.opened():
        pass


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"name = ", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"# " + b"a" * 70_000, "is longer than 65,536 bytes"),
        (None, "cannot be read"),
    ],
)
def test_a_bad_description_is_named_and_leaves_the_others(
    tmp_path: Path, text: bytes | None, problem: str
) -> None:
    put_model(tmp_path, name="good")
    file = put_model(tmp_path, name="bad").folder / "model.toml"
    file.unlink() if text is None else file.write_bytes(text)
    with pytest.raises(EncoderFailed, match=problem):
        Models(tmp_path).read("bad")
    assert [each.name for each in Models(tmp_path).sound()] == ["good"]


def test_a_model_is_called_like_its_folder(tmp_path: Path) -> None:
    put_model(tmp_path, name="letters").folder.rename(tmp_path / "words")
    with pytest.raises(EncoderFailed, match=r"is that of letters"):
        Models(tmp_path).read("words")
