"""Models at the command line: installed, listed, checked, removed; and what `index` does then."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from models import letters_files, needs_libraries, put_model, write_model

import backstory
from backstory.indexer.meaning.folder import Models

Run = Callable[..., Any]
RunThere = Callable[..., tuple[int, str]]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Models:
    needs_libraries()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return Models(tmp_path / "data" / "backstory" / "models")


@pytest.fixture
def run(tmp_path: Path, run: Run, models: Models) -> RunThere:
    """Run the command and return its exit status and all that it printed."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "memo.md").write_text(
        "---\nlanguage: en\n---\nThe admiral kept the ledger.\n\nForty lamps were ordered.\n"
    )

    def run_there(*arguments: str) -> tuple[int, str]:
        places = ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
        done = run(*places, *arguments)
        return done.status, done.out + done.err

    return run_there


def test_a_model_is_installed_listed_checked_and_removed(run: RunThere, tmp_path: Path) -> None:
    assert "known      bge-small-en-v1.5 (en; 384 dimensions; MIT)" in run("meaning", "list")[1]
    write_model(tmp_path / "mine", name="mine")
    code, said = run("meaning", "install", str(tmp_path / "mine"))
    assert (code, "--trust" in said) == (2, True)
    code, said = run("meaning", "install", str(tmp_path / "mine"), "--trust")
    assert code == 0
    assert "Installed mine (en; 16 dimensions; MIT) in " in said
    assert "installed  mine (en; 16 dimensions; MIT)" in run("meaning", "list")[1]
    assert run("meaning", "check") == (0, "mine: sound\n")
    assert run("meaning", "remove", "mine") == (0, "Removed mine.\n")
    assert "No model is installed in " in run("meaning", "check")[1]


def test_a_model_that_cannot_be_used_is_told(run: RunThere, models: Models) -> None:
    put_model(models.path, name="good")
    (put_model(models.path, name="bad").folder / "model.onnx").write_bytes(b"spoilt")
    (put_model(models.path, name="worse").folder / "model.toml").write_text("=")
    code, said = run("meaning", "check")
    assert code == 1
    assert "good: sound" in said
    assert "bad: The model bad cannot be used: model.onnx is damaged or altered" in said
    assert "worse: The model worse cannot be used: model.toml cannot be read" in said
    assert "unusable   worse: " in run("meaning", "list")[1]


def test_index_embeds_and_status_tells(run: RunThere, models: Models, tmp_path: Path) -> None:
    assert "Meaning" not in run("index")[1]
    assert "meaning    no model is installed: backstory meaning list" in run("status")[1]
    put_model(models.path)
    assert "meaning    letters, 0 % of passages ready: backstory --corpus " in run("status")[1]
    assert "Meaning" not in run("index", "--no-meaning")[1]
    assert "Meaning: 2 passages embedded by letters, " in run("index")[1]
    assert run("index")[1].startswith("Nothing to do")
    assert "meaning    letters, 100 % of passages ready\n" in run("status")[1]
    (tmp_path / "corpus" / "nota.md").write_text("---\nlanguage: es\n---\nEl faro no tiene radio.")
    run("index")
    status = run("status")[1]
    assert "1 passage in es is not embedded: use-multilingual-v3 knows it" in status
    facts = json.loads(run("status", "--json")[1])["meaning"]
    assert (facts["model"], facts["ready"], facts["waiting"]) == ("letters", 2, 0)
    assert facts["unknown"] == {"es": {"passages": 1, "known by": ["use-multilingual-v3"]}}


def test_a_new_index_costs_no_embedding(run: RunThere, models: Models) -> None:
    put_model(models.path)
    run("index")
    said = run("index", "--rebuild")[1]
    assert "Meaning: 0 passages embedded by letters, 2 known from before, " in said


def test_add_embeds_what_it_adds(run: RunThere, models: Models, tmp_path: Path) -> None:
    put_model(models.path)
    run("index")
    (tmp_path / "new.md").write_text("---\nlanguage: en\n---\nA new letter.")
    assert "Meaning: 1 passage embedded by letters, " in run("add", str(tmp_path / "new.md"))[1]


def test_a_spoilt_model_leaves_the_words(run: RunThere, models: Models) -> None:
    (put_model(models.path).folder / "model.onnx").write_bytes(b"spoilt")
    code, said = run("index")
    assert code == 2
    assert "See what is wrong with it: backstory meaning check" in said
    assert "ledger" in run("query", "ledger")[1]


def test_python_embeds_too(tmp_path: Path, models: Models) -> None:
    put_model(models.path)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.md").write_text("---\nlanguage: en\n---\nThe admiral.")
    with backstory.open(tmp_path / "index", corpus=tmp_path / "corpus") as archive:
        archive.index()
        report = archive.embed()
        assert (report.model, report.embedded, report.waiting) == ("letters", 1, 0)
        assert archive.status()["meaning"]["ready"] == 1


def test_a_made_model_has_what_a_model_has() -> None:
    assert set(letters_files()) == {"model.onnx", "tokenizer.json"}
