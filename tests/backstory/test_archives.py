"""Archives with names: how settings name them, and how verbs are told which is meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import backstory
from backstory.archives import ArchiveNotFound, ArchiveNotNamed
from backstory.engine.errors import ConfigError
from backstory.settings import load
from tests.backstory.conftest import Run

TWO = """
[archives.harbour]
corpus = "one"
index = "ix/harbour"
title = "The harbour"
readers = ["ana", "bo"]

[archives.storm-2018]
corpus = "two"
index = "ix/storm"
state = "kept/storm"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two corpora and a settings file that names both; the working folder is another one."""
    for name, text in (("one", "A lamp burned on the quay."), ("two", "A storm took the lamp.")):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "settings.toml").write_text(TWO, encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path


@pytest.fixture
def settings(folder: Path) -> Path:
    return folder / "settings.toml"


def refused(folder: Path, text: str) -> ConfigError:
    file = folder / "wrong.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refusal:
        load(file, {})
    return refusal.value


def test_an_archive_has_settings_of_its_own(folder: Path, settings: Path) -> None:
    config = load(settings, {})
    assert list(config.archives) == ["harbour", "storm-2018"]
    assert config.archives["harbour"].readers == ("ana", "bo")
    one, other = config.archive("harbour"), config.archive("storm-2018")
    assert (one.corpus_path, one.index_path) == (folder / "one", folder / "ix/harbour")
    assert one.state_path == folder / "ix/harbour-state"
    assert other.state_path == folder / "kept/storm"
    assert not one.archives


def test_paths_start_from_the_file_or_the_home(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(folder / "home"))
    own = folder / "home/.config/backstory/config.toml"
    own.parent.mkdir(parents=True)
    own.write_text('[archives.a]\ncorpus = "~/papers"\nindex = "ix"\n', encoding="utf-8")
    config = load(None, {"HOME": str(folder / "home")}).archive("a")
    assert (config.corpus_path, config.index_path) == (folder / "home/papers", own.parent / "ix")


def test_an_unknown_archive_says_which_there_are(settings: Path) -> None:
    config = load(settings, {})
    with pytest.raises(ArchiveNotFound, match=r"no archive harbor\. Did you mean harbour"):
        config.archive("harbor")
    with pytest.raises(ArchiveNotFound, match="There are harbour, storm-2018"):
        config.archive("zyx")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[archives.a]\nindex = 'i'\n", r"archives\.a\.corpus: is missing \(.*wrong\.toml:1\)"),
        ("[archives.a]\ncorpus = 'c'\n", r"archives\.a\.index: is missing"),
        (
            "[web]\nport = 1\n[archives.a]\ncorpus = 'c'\nindex = 'i'\nindx = 'j'\n",
            r"archives\.a\.indx: there is no such setting \(.*wrong\.toml:6\).*archives\.a\.index",
        ),
        ("[archives.'A b']\ncorpus = 'c'\n", r"archives\.A b: a name has lower-case letters"),
        ("[archives.'../x']\ncorpus = 'c'\n", "a name has lower-case letters"),
        (f"[archives.{'a' * 41}]\ncorpus = 'c'\n", "40 characters at most"),
        ("[archives]\ncorpus = 'c'\n", r"stands in no table: write \[archives\.NAME\]"),
        ("archives = 3\n", "there is no such section"),
        ("[archives.a]\ncorpus = 3\nindex = 'i'\n", "wants str, not 3"),
        ("[archives.a]\ncorpus='c'\nindex='i'\nreaders='ana'\n", "wants a list of texts"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(folder: Path, text: str, said: str) -> None:
    error = refused(folder, text)
    assert error.where or "archives = 3" in text
    with pytest.raises(ConfigError, match=said):
        raise error


def test_a_file_that_was_only_found_names_no_archives(folder: Path, settings: Path) -> None:
    (folder / "elsewhere/backstory.toml").write_text(TWO, encoding="utf-8")
    sentences: list[str] = []
    assert not load(None, {}, tell=sentences.append).archives
    assert any("archives.harbour.corpus" in each and "is ignored" in each for each in sentences)


def test_a_config_toml_with_archives_alone_is_one_of_ours(folder: Path) -> None:
    (folder / "elsewhere/config.toml").write_text(TWO, encoding="utf-8")
    sentences: list[str] = []
    load(None, {}, tell=sentences.append)
    assert sentences


def test_index_brings_all_up_to_date_and_query_asks_one(settings: Path, run: Run) -> None:
    indexed = run("--config", settings, "index")
    assert indexed.status == 0
    assert "harbour:" in indexed.err
    assert "storm-2018:" in indexed.err
    one = run("--config", settings, "query", "lamp", "--archive", "harbour")
    assert one.status == 0
    assert "quay" in one.out
    assert "storm" not in one.out
    other = run("query", "lamp", "--config", settings, "--archive", "storm-2018")
    assert "storm took" in other.out


def test_a_verb_that_works_on_one_asks_which(settings: Path, run: Run) -> None:
    run("--config", settings, "index")
    for verb in (["query", "lamp"], ["list"], ["show", "one"], ["status"], ["check"]):
        outcome = run("--config", settings, *verb)
        assert outcome.status == 2
        assert "several archives: harbour, storm-2018. Name one: --archive NAME" in outcome.err


def test_one_archive_that_cannot_be_indexed_does_not_keep_the_others(
    folder: Path, settings: Path, run: Run
) -> None:
    (folder / "one/one.txt").unlink()
    (folder / "one").rmdir()
    outcome = run("--config", settings, "index")
    assert outcome.status == 2
    assert "is not there" in outcome.err or "does not exist" in outcome.err
    assert run("--config", settings, "--archive", "storm-2018", "query", "lamp").status == 0


def test_commands_that_are_shown_name_the_archive(settings: Path, run: Run) -> None:
    outcome = run("--config", settings, "--archive", "harbour", "query", "lamp")
    assert outcome.status == 4
    assert f"backstory --config {settings} --archive harbour index" in outcome.err


def test_an_archive_and_a_corpus_do_not_go_together(settings: Path, run: Run) -> None:
    outcome = run("--config", settings, "--archive", "harbour", "--corpus", "x", "list")
    assert outcome.status == 2
    assert "leave out --corpus" in outcome.err


def test_the_only_archive_need_not_be_named(folder: Path, run: Run) -> None:
    file = folder / "only.toml"
    file.write_text('[archives.a]\ncorpus = "one"\nindex = "ix/a"\n', encoding="utf-8")
    assert run("--config", file, "index").status == 0
    assert "quay" in run("--config", file, "query", "lamp").out


def test_an_index_beside_the_archives_is_the_one_that_is_meant(
    folder: Path, settings: Path, run: Run
) -> None:
    with settings.open("a") as file:
        file.write('[corpus]\npath = "one"\n[index]\npath = "own"\n')
    assert run("--config", settings, "index").status == 0
    assert (folder / "own").is_dir()
    assert not (folder / "ix").exists()
    assert "are not served" in run("--config", settings, "config", "check").out


def test_config_shows_archives_and_where_they_come_from(settings: Path, run: Run) -> None:
    shown = run("--config", settings, "config").out
    assert "[archives.storm-2018]" in shown
    assert f'title = "The harbour"  # {settings}:5' in shown
    lines = run("--config", settings, "config", "--json").out.splitlines()
    values = {one["setting"]: one["value"] for one in map(json.loads, lines)}
    assert values["archives.harbour.readers"] == ["ana", "bo"]
    one = run("--config", settings, "--archive", "harbour", "config").out
    assert "# [archives.harbour]" in one


def test_config_check_tells_what_is_there_of_each(settings: Path, run: Run) -> None:
    outcome = run("--config", settings, "config", "check")
    assert outcome.status == 1
    assert "harbour: The harbour" in outcome.out
    assert "ix/storm: is not there" in outcome.out
    run("--config", settings, "index")
    assert run("--config", settings, "config", "check").status == 0


@pytest.mark.parametrize(
    ("index", "state", "said"),
    [
        ("ix/harbour", "", "is that of archives.harbour.index already"),
        ("ix/b", "ix/harbour-state", "is that of archives.harbour.state already"),
        ("one/ix", "", "is inside the corpus of harbour"),
        ("two/ix", "", "is inside the corpus of b"),
        ("ix/b", "one/kept", "is inside the corpus of harbour"),
    ],
)
def test_archives_that_get_in_each_others_way_are_refused(
    folder: Path, run: Run, index: str, state: str, said: str
) -> None:
    file = folder / "both.toml"
    file.write_text(
        '[archives.harbour]\ncorpus = "one"\nindex = "ix/harbour"\n'
        f'[archives.b]\ncorpus = "two"\nindex = "{index}"\nstate = "{state}"\n',
        encoding="utf-8",
    )
    outcome = run("--config", file, "config", "check")
    assert outcome.status == 1
    assert said in outcome.out
    for verb in (["index"], ["--archive", "b", "list"]):
        refusal = run("--config", file, *verb)
        assert refusal.status == 2
        assert said in refusal.err


def test_python_opens_an_archive_by_its_name(settings: Path, run: Run) -> None:
    run("--config", settings, "index")
    with backstory.open(archive="harbour", config=settings) as archive:
        assert archive.search("lamp").total == 1
    with pytest.raises(ArchiveNotNamed):
        backstory.open(config=settings)
    with pytest.raises(ConfigError, match="name no other"):
        backstory.open("ix", archive="harbour", config=settings)


def test_shells_complete_the_names(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.shell_completion import BashComplete

    from backstory.cli import cli

    monkeypatch.setenv("COMP_WORDS", f"backstory --config {settings} query --archive sto")
    monkeypatch.setenv("COMP_CWORD", "5")
    complete = BashComplete(cli, {}, "backstory", "_BACKSTORY_COMPLETE")
    arguments, typed = complete.get_completion_args()
    assert [each.value for each in complete.get_completions(arguments, typed)] == ["storm-2018"]


def test_an_archive_for_some_users_is_not_served_where_there_are_none(
    settings: Path, run: Run
) -> None:
    outcome = run("--config", settings, "serve", "--port", "0")
    assert outcome.status == 2
    assert "archives.harbour.readers: names users, and the server has none" in outcome.err
