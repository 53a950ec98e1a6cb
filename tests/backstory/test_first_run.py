"""The first half hour: a folder, one command, an answer; and what is said where nothing is."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from backstory.commands import serve as serving
from backstory.own_places import name_of
from backstory.settings import load
from tests.backstory.conftest import Run

RADIOS = "Ann Field asked for radios.\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home with a dossier in it, and an empty folder to work in."""
    for variable, name in (("CACHE", "cache"), ("DATA", "data"), ("CONFIG", "config")):
        monkeypatch.setenv(f"XDG_{variable}_HOME", str(tmp_path / name))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "dossier").mkdir()
    (tmp_path / "dossier/memo.txt").write_text(RADIOS, encoding="utf-8")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def index_of(home: Path, corpus: str = "dossier") -> Path:
    return home / "cache/backstory" / name_of(home / corpus)


# A folder is enough


def test_a_question_to_a_folder_without_an_index_makes_one_and_is_answered(
    home: Path, run: Run
) -> None:
    first = run("query", "--corpus", home / "dossier", "who asked for radios")
    assert first.status == 0
    assert "Ann Field **asked** for **radios**." in first.out
    assert "memo#p1" in first.out
    assert f"Indexing {home}/dossier into {index_of(home)}\n" in first.err
    assert "1 document, 1 passage (1 added)" in first.err
    again = run("query", "--corpus", "../dossier", "who asked for radios")
    assert again.out == first.out
    assert "Indexing" not in again.err


def test_what_is_printed_for_programs_is_the_answer_alone(home: Path, run: Run) -> None:
    done = run("query", "--corpus", home / "dossier", "radios", "--json")
    assert done.out.count("\n") == 1
    assert done.out.startswith("{")


def test_a_batch_makes_an_index_too(home: Path, run: Run) -> None:
    (home / "here/questions").write_text("radios\n", encoding="utf-8")
    done = run("query", "--corpus", home / "dossier", "--batch", "questions")
    assert done.status == 0
    assert "memo#p1" in done.out


def test_every_verb_finds_the_index_of_the_folder(home: Path, run: Run) -> None:
    place = ("--corpus", home / "dossier")
    assert run(*place, "index").status == 0
    assert str(index_of(home)) in run(*place, "status").out
    assert run("show", "memo", *place).status == 0
    assert not list((home / "here").iterdir())


def test_what_cannot_be_made_again_outlives_the_cache(home: Path, run: Run) -> None:
    place = ("--corpus", home / "dossier")
    assert run(*place, "index").status == 0
    state = home / "data/backstory/state" / index_of(home).name
    assert any(state.iterdir())
    assert state.stat().st_mode & 0o077 == 0
    assert index_of(home).stat().st_mode & 0o077 == 0


def test_folders_of_one_name_have_indexes_of_their_own(home: Path, run: Run) -> None:
    (home / "other/dossier").mkdir(parents=True)
    (home / "other/dossier/memo.txt").write_text("Nothing of the kind.\n", encoding="utf-8")
    (home / "link").symlink_to(home / "dossier")
    assert run("query", "--corpus", home / "dossier", "radios").status == 0
    assert run("query", "--corpus", home / "other/dossier", "radios", "--exact").status == 1
    assert "Indexing" not in run("query", "--corpus", home / "link", "radios").err


# Whoever says where the index is, is believed


def test_an_index_that_is_named_is_not_made_unasked(home: Path, run: Run) -> None:
    done = run("query", "--corpus", home / "dossier", "--index", "mine", "radios")
    assert done.status == 4
    again = f"backstory --corpus {home}/dossier --index mine index"
    assert done.err == f"backstory: No index at {home}/here/mine. Build it with: {again}\n"
    assert not (home / "cache").exists()


@pytest.mark.parametrize("how", ["file", "variable", "named file", "same corpus", "made before"])
def test_settings_that_say_where_the_index_is_count(
    home: Path, run: Run, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    here, corpus, options = home / "here", home / "dossier", []
    match how:
        case "file":
            (here / "backstory.toml").write_text('[index]\npath = "mine"\n', encoding="utf-8")
        case "variable":
            monkeypatch.setenv("BACKSTORY_INDEX_PATH", "mine")
        case "named file":
            (here / "other.toml").write_text("[search]\npage_size = 3\n", encoding="utf-8")
            options = ["--config", "other.toml"]
        case "same corpus":
            corpus = here / "corpus"
            corpus.mkdir()
        case "made before":
            (here / "var/index").mkdir(parents=True)
    done = run(*options, "query", "--corpus", corpus, "radios")
    assert done.status == 4
    assert re.search(rf"No index at ({here}/)?(mine|var/index)\.", done.err)
    assert not (home / "cache").exists()


def test_the_index_of_another_corpus_is_left_alone(home: Path, run: Run) -> None:
    (home / "here/corpus").mkdir()
    (home / "here/corpus/a.txt").write_text("Another affair.\n", encoding="utf-8")
    assert run("index").status == 0
    assert run("query", "--corpus", home / "dossier", "radios").status == 0
    assert "1 document, 1 passage, 2 words" in run("status").out


# Serving


class Served:
    """A server over a folder, with what it said until it listened."""

    def __init__(self, *arguments: str | Path, **variables: str) -> None:
        command = [sys.executable, "-m", "backstory", "serve", "--port", "0", *map(str, arguments)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        self.said = ""
        while "Backstory on" not in self.said:
            line = self.process.stderr.readline()
            assert line, self.said
            self.said += line
        found = re.search(r"http://\S+", self.said)
        assert found
        self.address = found[0]

    def page(self, path: str) -> str:
        """Return a page."""
        with urllib.request.urlopen(self.address + path, timeout=60) as page:
            text: str = page.read().decode()
        return text

    def end(self) -> int:
        """End the server as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)
        return self.process.returncode


def test_one_command_serves_a_folder(home: Path) -> None:
    served = Served(home / "dossier", "--workers", "1")
    try:
        assert f"into {index_of(home)}\n" in served.said
        assert f"kept in {home}/data/backstory/state/dossier-" in served.said
        assert "1 document, 1 passage (1 added)" in served.said
        assert "<mark>radios</mark>" in served.page("search?q=radios")
    finally:
        assert served.end() == 0
    (home / "dossier/reply.txt").write_text("No radios were sent.\n", encoding="utf-8")
    served = Served(home / "dossier", "--workers", "1")
    try:
        assert "(1 added)" in served.said
    finally:
        assert served.end() == 0


def test_a_folder_that_lost_nearly_all_is_served_as_it_was(home: Path, run: Run) -> None:
    for number in range(12):
        (home / f"dossier/{number}.txt").write_text(f"Radio {number}.\n", encoding="utf-8")
    assert run("--corpus", home / "dossier", "index").status == 0
    for number in range(12):
        (home / f"dossier/{number}.txt").unlink()
    served = Served(home / "dossier", "--workers", "1")
    try:
        assert "would remove 12 of 13 documents" in served.said
        assert "Going on with what is indexed." in served.said
        assert "13" in served.page("api/status")
    finally:
        assert served.end() == 0


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["gone"], 2, "does not exist"),
        (["../dossier/memo.txt"], 2, "is not a folder"),
        (["../dossier", "--corpus", "."], 2, "Give the folder once"),
    ],
)
def test_a_folder_that_cannot_be_served_is_said(
    home: Path, run: Run, arguments: list[str], status: int, said: str
) -> None:
    done = run("serve", "--port", "0", *arguments)
    assert done.status == status
    assert said in done.err


@pytest.mark.parametrize("is_opened", [True, False])
def test_open_opens_the_address_in_the_browser(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_opened: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: bool(asked.append(url)) or is_opened)
    serving.open_page("http://127.0.0.1:8000/")
    assert asked == ["http://127.0.0.1:8000/"]
    said = capsys.readouterr().err
    assert ("Open this in yours: http://127.0.0.1:8000/" in said) is not is_opened


# Who has nothing is told how to begin


def test_bare_backstory_prints_help_line_by_line_and_how_to_begin(home: Path, run: Run) -> None:
    done = run()
    assert done.status == 0
    assert "\n  query " in done.out
    assert "␊" not in done.out
    assert "There are no documents here yet. To begin:\n  backstory demo --open " in done.out
    (home / "here/corpus").mkdir()
    assert "To begin" not in run().out


def steps_of(said: str) -> list[str]:
    return re.findall(r"^  (backstory .*?)  +\S", said, re.M)


def test_without_index_and_documents_three_commands_are_offered(home: Path, run: Run) -> None:
    done = run("query", "radios")
    assert done.status == 4
    assert len(steps_of(done.err)) == 3
    assert all("corpus" not in step for step in steps_of(done.err))  # nothing here to ask
    assert not (home / "here/corpus").exists()


def test_where_there_are_files_the_offers_are_about_them(
    home: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home / "dossier")
    assert steps_of(run("status").err) == [
        "backstory demo --open",
        "backstory serve . --open",
        'backstory query --corpus . "your question"',
    ]
    assert run("query", "--corpus", ".", "radios").status == 0


def test_where_there_is_a_corpus_it_is_to_be_indexed(home: Path, run: Run) -> None:
    (home / "here/corpus").mkdir()
    done = run("query", "radios")
    assert done.err == "backstory: No index at var/index. Build it with: backstory index\n"


def test_a_folder_that_says_what_to_do_now_may_have_any_name(home: Path, run: Run) -> None:
    odd = home / "here/two words\nand a line"
    odd.mkdir()
    done = run("status", "--corpus", odd)
    assert done.err.count("\n") == 1
    assert "Build it with: backstory --corpus '" in done.err


# The sample dossier


def test_the_demo_answers_from_the_sample_dossier(home: Path, run: Run) -> None:
    done = run("demo", "who called Maduro a madman")
    assert done.status == 0
    assert "people/juan-cruz#p7" in done.out
    assert "81 documents" in done.err
    assert "Indexing" not in run("demo", "radios").err
    assert run("demo", "radios", "--port", "0").status == 2


def test_the_demo_knows_no_other_corpus(home: Path, run: Run) -> None:
    (home / "here/backstory.toml").write_text('[corpus]\npath = "mine"\n', encoding="utf-8")
    assert load().corpus_path == Path("mine")
    assert run("--corpus", home / "dossier", "demo", "madman").status == 0
