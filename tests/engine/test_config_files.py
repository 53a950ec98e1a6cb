"""Settings files: which of those that lie about are ours, and what they may decide."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from backstory.engine.config_files import line_of
from backstory.engine.errors import ConfigError
from backstory.settings import Config, load

SEVEN = "[search]\npage_size = 7\n"
STRANGERS = {
    "a build tool": "[build]\ntarget = 'x'\n",
    "nothing": "",
    "a site generator": "base_url = 'x'\n[search]\ninclude_title = true\n",
    "a value of the same name": "search = 'on'\n[tool]\na = 1\n",
    "no TOML at all": "{% if search %}\n",
    "no text at all": "\0\x81",
}


class Home:
    """A home folder with a dossier in it, where the test works; `told` are the sentences."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.dossier = folder / "home", folder / "home/papers/dossier"
        self.own = self.folder / ".config/backstory/config.toml"
        self.dossier.mkdir(parents=True)
        self.own.parent.mkdir(parents=True)
        self.told: list[str] = []

    def load(self, **variables: str) -> Config:
        """Load the settings from where the test works."""
        return load(None, {"HOME": str(self.folder), **variables}, tell=self.told.append)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    made = Home(tmp_path)
    monkeypatch.chdir(made.dossier)
    return made


# Which file is read


def test_without_any_file_there_are_the_defaults(home: Home) -> None:
    assert home.load() == Config()


@pytest.mark.parametrize("name", ["config.toml", "backstory.toml"])
@pytest.mark.parametrize("above", [".", "..", "../.."])
def test_file_is_found_in_the_working_folder_and_above(home: Home, name: str, above: str) -> None:
    folder = (home.dossier / above).resolve()
    (folder / name).write_text(SEVEN)
    config = home.load()

    assert config.search.page_size == 7
    assert config.index_path.resolve() == folder / "var/index"


def test_nearest_file_counts_alone(home: Home) -> None:
    (home.folder / "config.toml").write_text("[search]\npage_size = 8\nmax_clauses = 8\n")
    (home.dossier / "config.toml").write_text(SEVEN)

    assert home.load() == Config().override(search__page_size=7)


def test_file_of_our_name_is_over_one_that_many_have(home: Home) -> None:
    Path("config.toml").write_text("[search]\npage_size = 8\n")
    Path("backstory.toml").write_text(SEVEN)

    assert home.load().search.page_size == 7


@pytest.mark.parametrize("stranger", STRANGERS)
def test_file_of_another_program_is_passed_by(home: Home, stranger: str) -> None:
    Path("config.toml").write_bytes(STRANGERS[stranger].encode("latin-1"))
    (home.dossier.parent / "config.toml").write_text(SEVEN)

    assert home.load().search.page_size == 7
    assert home.told == []


def test_folder_or_pipe_of_that_name_is_passed_by(home: Home) -> None:
    Path("config.toml").mkdir()
    os.mkfifo("backstory.toml")

    assert home.load() == Config()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{SEVEN}page_sise = 8\n", "search.page_sise: there is no such setting (config.toml:3)"),
        ("[search]\npage_sise = 8\n[tool]\nx = 1\n", "(config.toml:2)"),
        (f"{SEVEN}\n[serch]\n", "serch: there is no such section (config.toml:4)"),
        ("[search]\npage_size = {{ x }}\n", "config.toml: cannot be read"),
    ],
)
def test_mistake_in_a_file_of_ours_is_an_error(home: Home, text: str, said: str) -> None:
    Path("config.toml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        home.load()

    assert said in str(refused.value)


def test_file_of_our_name_has_nothing_but_our_sections(home: Home) -> None:
    Path("backstory.toml").write_text("[build]\ntarget = 'x'\n")
    with pytest.raises(ConfigError, match=r"build: there is no such section \(backstory.toml:1\)"):
        home.load()


def test_nothing_above_the_home_folder_is_read(home: Home) -> None:
    (home.folder.parent / "config.toml").write_text(SEVEN)
    assert home.load() == Config()
    (home.folder / "config.toml").write_text(SEVEN)
    assert home.load().search.page_size == 7


def test_working_folder_that_is_gone_has_no_file(home: Home) -> None:
    home.dossier.rmdir()

    assert home.load() == Config()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_search_ends_at_a_file_of_another_user_and_says_so(home: Home) -> None:
    (home.dossier.parent / "config.toml").write_text(SEVEN)
    theirs = Path("config.toml")
    theirs.write_text("[search]\npage_size = 8\n")
    os.chown(theirs, 12345, 12345)

    assert home.load() == Config()
    (sentence,) = home.told
    assert "belongs to another user" in sentence
    assert "--config config.toml" in sentence
    assert load(theirs, {}).search.page_size == 8


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_own_file_that_another_user_wrote_is_not_read(home: Home) -> None:
    home.own.write_text(SEVEN)
    os.chown(home.own, 12345, 12345)

    assert home.load() == Config()
    assert str(home.own) in home.told[0]


# What is over what


def test_project_file_is_over_the_own_one_and_variables_over_both(home: Home) -> None:
    home.own.write_text("[search]\npage_size = 8\nmax_clauses = 8\nmax_expansions = 8\n")
    Path("config.toml").write_text("[search]\npage_size = 7\nmax_clauses = 7\n")
    search = home.load(BACKSTORY_SEARCH_PAGE_SIZE="6").search

    assert (search.page_size, search.max_clauses, search.max_expansions) == (6, 7, 8)


def test_default_that_a_file_states_is_over_the_own_file(home: Home) -> None:
    home.own.write_text("[search]\npage_size = 8\n")
    Path("config.toml").write_text("[search]\npage_size = 10\n")

    assert home.load().search.page_size == 10


def test_own_file_stands_where_the_desktop_says(home: Home) -> None:
    home.own.write_text("[search]\npage_size = 8\n")
    other = home.folder / "settings/backstory/config.toml"
    other.parent.mkdir(parents=True)
    other.write_text(SEVEN)

    assert home.load(XDG_CONFIG_HOME=str(home.folder / "settings")).search.page_size == 7
    assert home.load(XDG_CONFIG_HOME="settings").search.page_size == 8


def test_paths_of_the_own_file_start_from_the_project(home: Home) -> None:
    home.own.write_text("[index]\npath = '.index'\n")
    assert home.load().index_path == Path(".index")
    (home.folder / "config.toml").write_text(SEVEN)
    assert home.load().index_path == home.folder / ".index"


def test_named_file_counts_alone(home: Home) -> None:
    home.own.write_text("[search]\nmax_clauses = 8\n")
    Path("config.toml").write_text("[search]\nmax_clauses = 8\n")
    Path("other.toml").write_text(SEVEN)

    assert home.load(BACKSTORY_CONFIG="other.toml") == Config().override(search__page_size=7)
    named = load(Path("other.toml"), {"BACKSTORY_CONFIG": "gone.toml"})
    assert named.search.page_size == 7


# What a file that was only found may not decide

OPEN = "# one\n[web]\nhost = '0.0.0.0'\nport = 9\n"


def test_found_file_does_not_open_the_page_to_the_network(home: Home) -> None:
    Path("config.toml").write_text(OPEN)
    web = home.load().web

    assert (web.host, web.port) == ("127.0.0.1", 9)
    (sentence,) = home.told
    assert sentence.startswith('config.toml:3: web.host = "0.0.0.0" is ignored')
    assert "--config config.toml" in sentence
    assert str(home.own) in sentence


def test_named_or_own_file_opens_it(home: Home) -> None:
    Path("config.toml").write_text(OPEN)
    assert home.load(BACKSTORY_CONFIG="config.toml").web.host == "0.0.0.0"
    assert load(Path("config.toml"), {}).web.host == "0.0.0.0"
    Path("config.toml").unlink()
    home.own.write_text(OPEN)
    assert home.load().web.host == "0.0.0.0"
    assert home.told == []


@pytest.mark.parametrize("variables", [{}, {"BACKSTORY_WEB_HOST": "0.0.0.0"}])
def test_nothing_is_said_where_it_makes_no_difference(
    home: Home, variables: Mapping[str, str]
) -> None:
    host = variables.get("BACKSTORY_WEB_HOST", "127.0.0.1")
    Path("config.toml").write_text(f"[web]\nhost = '{host}'\n")

    assert home.load(**variables).web.host == host
    assert home.told == []


def test_found_file_does_not_close_what_the_own_one_opens(home: Home) -> None:
    home.own.write_text(OPEN)
    Path("config.toml").write_text("[web]\nhost = '127.0.0.1'\n")

    assert home.load().web.host == "0.0.0.0"
    assert len(home.told) == 1


def test_mistake_in_what_is_ignored_is_an_error_all_the_same(home: Home) -> None:
    Path("config.toml").write_text("[web]\nhost = 5\n")
    with pytest.raises(ConfigError, match=r"web.host: wants str, not 5 \(config.toml:2\)"):
        home.load()


# Lines


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[a]\nb = 1\n", 2),
        ("a.b = 1\n", 1),
        ("a = {c = 1, b = 2}\n", 1),
        ("# c\n\n[a]\nc = [\n  1,\n]\n\n'b' = [\n 1,\n]\n", 8),
        ("[a]\nc = '''\n[a]\nb = 1\n'''\n\"b\" = 1", 6),
        ("\r\n[ a ]\r\nb=1\r\n", 3),
        ("[a.b]\nc = 1\n", 1),
        ("[[a]]\nb = 1\n", 0),
    ],
)
def test_line_is_that_on_which_a_value_begins(text: str, line: int) -> None:
    tomllib.loads(text)

    assert line_of(text, ("a", "b")) == line
