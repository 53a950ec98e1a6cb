"""`backstory config`: what is set, where it comes from, and a file to begin with."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from backstory.commands.config import SHIPPED
from backstory.settings import Config
from tests.backstory.conftest import Run

ROOT = Path(__file__).parents[2]


def origins(run: Run, *options: str | Path) -> dict[str, tuple[object, str]]:
    """Return the value and the origin of each setting."""
    shown = map(json.loads, run(*options, "config", "--json").out.splitlines())
    return {each["setting"]: (each["value"], each["from"]) for each in shown}


def test_there_is_one_commented_file_and_it_ships() -> None:
    assert SHIPPED.samefile(ROOT / "config.toml")


def test_every_setting_is_shown_with_its_default(dossier: Path, run: Run) -> None:
    shown = origins(run)
    assert list(shown) == Config.setting_names()
    assert {origin for _, origin in shown.values()} == {"default"}
    assert shown["search.page_size"] == (10, "default")
    assert "[search]\npage_size = 10  # default\n" in run("config", "show").out


def test_a_value_is_shown_with_the_place_that_it_comes_from(
    dossier: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (dossier / "own/backstory").mkdir(parents=True)
    (dossier / "own/backstory/config.toml").write_text("[web]\nport = 81\nthreads = 2\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(dossier / "own"))
    (dossier / "backstory.toml").write_text(
        '[search]\npage_size = 7\n\n[web]\nport = 82\nhost = "0.0.0.0"\nexamples = ["a"]\n'
    )
    monkeypatch.setenv("BACKSTORY_RANKING_K1", "1.5")
    shown = origins(run, "--index", "mine")
    assert shown["search.page_size"] == (7, "backstory.toml:2")
    assert shown["web.port"] == (82, "backstory.toml:5")
    assert shown["web.threads"] == (2, f"{dossier}/own/backstory/config.toml:3")
    assert shown["web.examples"] == (["a"], "backstory.toml:7")
    assert shown["ranking.k1"] == (1.5, "BACKSTORY_RANKING_K1")
    assert shown["index.path"] == (f"{dossier}/mine", "--index")
    assert shown["web.host"] == ("127.0.0.1", "default")  # a file that was found may not say


def test_the_index_of_a_named_folder_is_shown_in_the_cache(
    dossier: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (dossier / "other").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(dossier / "cache"))
    shown = origins(run, "--corpus", "other")
    assert shown["corpus.path"] == (f"{dossier}/other", "--corpus")
    assert shown["index.path"][1] == "your cache, by --corpus"
    assert shown["state.path"][1] == "your data folder, by --corpus"


def test_init_writes_the_commented_file_and_overwrites_none(dossier: Path, run: Run) -> None:
    assert run("config", "--init").status == 0
    written = (dossier / "config.toml").read_text(encoding="utf-8")
    assert written == SHIPPED.read_text(encoding="utf-8")
    assert run("index").status == 0
    (dossier / "config.toml").write_text("# mine\n", encoding="utf-8")
    again = run("config", "--init")
    assert again.status == 2
    assert again.err == ("backstory: config.toml is there already. Delete or rename it first.\n")
    assert (dossier / "config.toml").read_text(encoding="utf-8") == "# mine\n"


def test_check_tells_what_counts_and_what_is_missing(dossier: Path, run: Run) -> None:
    first = run("config", "check")
    assert first.status == 1
    assert "settings  no file" in first.out
    assert "index     var/index: is not there" in first.out
    (dossier / "backstory.toml").write_text("[search]\npage_size = 7\n")
    assert run("index").status == 0
    done = run("config", "check")
    assert done.status == 0
    assert "settings  backstory.toml: every setting in it is known" in done.out


def test_check_finds_a_setting_that_is_wrong(dossier: Path, run: Run) -> None:
    (dossier / "backstory.toml").write_text("[search]\npage_size = 7\npage_sise = 8\n")
    done = run("config", "check")
    assert done.status == 2
    assert "backstory.toml:3" in done.err
    assert "Did you mean search.page_size?" in done.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_init_in_a_folder_that_cannot_be_written_to_says_so(dossier: Path, run: Run) -> None:
    dossier.chmod(0o500)
    done = run("config", "--init")
    dossier.chmod(0o700)
    assert done.status == 5
    assert "not writable" in done.err
