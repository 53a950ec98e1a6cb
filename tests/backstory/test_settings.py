"""Settings: where a value comes from, what is refused, and that config.toml tells the truth."""

from __future__ import annotations

import pickle
import re
import tomllib
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import pytest

from backstory.engine.errors import ConfigError
from backstory.settings import Config, load

OWNERS = {
    "index": "engine",
    "state": "engine",
    "ranking": "engine",
    "opensearch": "engine",
    "corpus": "indexer",
    "fetch": "indexer",
    "formats": "indexer",
    "meaning": "indexer",
    "ocr": "indexer",
    "rows": "indexer",
    "search": "searcher",
    "uploads": "webui",
    "web": "webui",
    "users": "webui",
    "follow": "delivery",
}
SHIPPED = Path(__file__).parents[2] / "config.toml"


def write(folder: Path, text: str) -> Path:
    """Write a settings file and return its path."""
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


# The shipped file and the code tell the same


def test_shipped_file_loads_to_the_defaults() -> None:
    loaded = load(SHIPPED, {})

    assert loaded == Config(root=SHIPPED.parent)


@pytest.mark.parametrize("name", Config.setting_names())
def test_setting_stands_in_the_shipped_file_with_its_default(name: str) -> None:
    section, key = name.split(".")
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))[section][key]
    default = Config().value(name)

    assert (tuple(shipped) if isinstance(shipped, list) else shipped) == default
    assert type(shipped) is (list if isinstance(default, tuple) else type(default))


def test_shipped_file_has_no_setting_that_the_code_lacks() -> None:
    tables = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    shipped = [f"{section}.{key}" for section, table in tables.items() for key in table]

    assert sorted(shipped) == sorted(Config.setting_names())


def test_every_setting_of_the_shipped_file_is_explained() -> None:
    lines = [line for line in SHIPPED.read_text(encoding="utf-8").splitlines() if " = " in line]
    unexplained = [line for line in lines if not re.search(r"# .{8,}", line)]

    assert [line.split(" =")[0] for line in unexplained if not line.startswith("port")] == []
    assert len([line for line in lines if not line.startswith("#")]) == len(Config.setting_names())


@pytest.mark.parametrize("name", Config.sections())
def test_every_section_is_a_frozen_value_of_the_room_that_uses_it(name: str) -> None:
    section = Config.sections()[name]
    held = getattr(Config(), name)

    assert is_dataclass(section.kind)
    assert held == section.kind()
    assert section.kind.__module__ == f"backstory.{OWNERS[name]}.settings"
    with pytest.raises(AttributeError):
        setattr(held, section.names[0].partition(".")[2], 5)


def test_settings_travel_as_what_differs_from_the_defaults() -> None:
    config = Config(root=Path("/x")).override(search__page_size=7, index__jobs=0)

    assert config.values == {"search.page_size": 7}
    assert pickle.loads(pickle.dumps(config)) == config
    assert config.override(search__page_size=10) == Config(root=Path("/x"))


# Where a value comes from


def test_file_is_over_the_default(tmp_path: Path) -> None:
    file = write(tmp_path, '[search]\npage_size = 7\n[web]\ntrusted_hosts = ["a.example"]\n')
    config = load(file, {})

    assert config.search.page_size == 7
    assert config.web.trusted_hosts == ("a.example",)
    assert config.search.max_page_size == Config().search.max_page_size


def test_environment_is_over_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, "[search]\npage_size = 7\nmax_clauses = 9\n[ranking]\nk1 = 2\n")
    config = load(file, {"BACKSTORY_SEARCH_PAGE_SIZE": "8", "BACKSTORY_RANKING_B": "0.5"})

    assert (config.search.page_size, config.search.max_clauses) == (8, 9)
    assert (config.ranking.k1, config.ranking.b) == (2.0, 0.5)


def test_hand_given_value_is_over_all(tmp_path: Path) -> None:
    file = write(tmp_path, "[search]\npage_size = 7\n")
    config = load(file, {"BACKSTORY_SEARCH_PAGE_SIZE": "8"})

    assert config.override(search__page_size=9).search.page_size == 9
    assert config.override(search__page_size=None) == config


@pytest.mark.parametrize(
    ("variable", "text", "name", "read"),
    [
        ("BACKSTORY_CORPUS_PATH", "/some/where", "corpus.path", "/some/where"),
        ("BACKSTORY_INDEX_WAIT", "0", "index.wait", 0.0),
        ("BACKSTORY_INDEX_JOBS", "3", "index.jobs", 3),
        (
            "BACKSTORY_WEB_TRUSTED_HOSTS",
            "a.example, b.example,",
            "web.trusted_hosts",
            ("a.example", "b.example"),
        ),
        ("BACKSTORY_SEARCH_MAX_QUERY_CHARS", "1", "search.max_query_chars", 1),
    ],
)
def test_variable_is_read_as_the_kind_of_its_setting(
    tmp_path: Path, variable: str, text: str, name: str, read: Any
) -> None:
    assert load(write(tmp_path, ""), {variable: text}).value(name) == read


def test_other_variables_are_left_alone(tmp_path: Path) -> None:
    assert load(write(tmp_path, ""), {"HOME": "/", "BACK": "x"}) == Config(root=tmp_path)


def test_relative_paths_start_from_the_file(tmp_path: Path) -> None:
    config = load(write(tmp_path, '[index]\npath = "over/here"\n'), {})

    assert config.index_path == tmp_path / "over/here"
    assert config.corpus_path == tmp_path / "corpus"
    assert config.override(index__path="/abs").index_path == Path("/abs")


def test_file_may_be_named_by_a_variable(tmp_path: Path) -> None:
    file = write(tmp_path, "[search]\npage_size = 7\n")

    assert load(environ={"BACKSTORY_CONFIG": str(file)}).search.page_size == 7


def test_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    assert load(write(tmp_path, "\ufeff[search]\npage_size = 7\n"), {}).search.page_size == 7


# What is refused


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[search]\npage_sise = 7\n", ["search.page_sise", "Did you mean search.page_size?"]),
        ("[serch]\npage_size = 7\n", ["serch", "no such section", "Did you mean search?"]),
        ("page_size = 7\n", ["page_size", "no such section"]),
        ("search = 7\n", ["search", "no such section"]),
        ("root = '/x'\n", ["root", "no such section"]),
        ("[search]\npage_size = '7'\n", ["search.page_size", "wants int", "'7'"]),
        ("[search]\npage_size = 7.0\n", ["search.page_size", "wants int"]),
        ("[search]\npage_size = true\n", ["search.page_size", "wants int"]),
        ("[search]\npage_size = 0\n", ["search.page_size", "at least 1", "0"]),
        ("[corpus]\npath = 7\n", ["corpus.path", "wants str"]),
        ("[web]\ntrusted_hosts = 'a'\n", ["web.trusted_hosts", 'a list of texts: ["a", "b"]']),
        ("[web]\ntrusted_hosts = ['a', 1]\n", ["web.trusted_hosts", "a list of texts"]),
        ("[web]\nport = 70000\n", ["web.port", "between 0 and 65535", "70000"]),
        ("[web]\nport = -1\n", ["web.port", "between 0 and 65535"]),
        ("[ranking]\nb = 1.5\n", ["ranking.b", "between 0 and 1"]),
        ("[ranking]\nk1 = -0.1\n", ["ranking.k1", "at least 0"]),
        ("[ranking]\nk1 = nan\n", ["ranking.k1", "wants a number"]),
        ("[ranking]\nb = nan\n", ["ranking.b", "wants a number"]),
        ("[index]\nwait = inf\n", ["index.wait", "wants a number"]),
        ("[search\n", ["cannot be read"]),
        ("a = 1\na = 2\n", ["cannot be read"]),
    ],
)
def test_wrong_file_is_refused_with_the_reason(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        load(write(tmp_path, text), {})

    assert all(word in str(refused.value) for word in words), str(refused.value)


@pytest.mark.parametrize(
    ("variable", "text", "words"),
    [
        (
            "BACKSTORY_SEARCH_PAGE_SISE",
            "7",
            ["BACKSTORY_SEARCH_PAGE_SISE", "BACKSTORY_SEARCH_PAGE_SIZE?"],
        ),
        ("BACKSTORY_SEARCH_PAGE_SIZE", "many", ["search.page_size", "wants int", "'many'"]),
        ("BACKSTORY_SEARCH_PAGE_SIZE", "", ["search.page_size", "wants int"]),
        ("BACKSTORY_RANKING_K1", "nan", ["ranking.k1", "wants a number"]),
        ("BACKSTORY_RANKING_B", "-inf", ["ranking.b", "wants a number"]),
        ("BACKSTORY_WEB_THREADS", "0", ["web.threads", "at least 1"]),
    ],
)
def test_wrong_variable_is_refused_with_the_reason(
    tmp_path: Path, variable: str, text: str, words: list[str]
) -> None:
    with pytest.raises(ConfigError) as refused:
        load(write(tmp_path, ""), {variable: text})

    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.toml"
    with pytest.raises(ConfigError, match="no such file"):
        load(missing, {})
    with pytest.raises(ConfigError, match="no such file"):
        load(environ={"BACKSTORY_CONFIG": str(missing)})


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff\xfe\x00[")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(file, {})


def test_hand_given_values_are_checked_too() -> None:
    with pytest.raises(ConfigError, match="at least 1"):
        Config().override(search__page_size=0)
    with pytest.raises(ConfigError, match=r"Did you mean index\.wait"):
        Config().override(index__wai=3.0)
