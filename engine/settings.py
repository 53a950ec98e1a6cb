"""Every setting: read once, at the door, into a frozen Config that is passed on by hand.

A value comes from the first of these that has it: the command line, the environment
(`BACKSTORY_SECTION_KEY`), the file, the default below. `config.toml` shows them all.
"""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from backstory.engine.errors import ConfigError

FILE_NAME = "config.toml"
ENVIRONMENT_PREFIX = "BACKSTORY_"


@dataclass(frozen=True, slots=True)
class CorpusSettings:
    """Where documents are, and how much of one is read."""

    path: str = "corpus"
    language: str = "auto"
    max_file_mb: int = 64
    max_passage_chars: int = 20_000


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """What `backstory add` may take from the web: the size of a page, and seconds for it."""

    max_mb: int = 32
    seconds: float = 60.0
    read_seconds: float = 15.0


@dataclass(frozen=True, slots=True)
class FormatSettings:
    """What reading one file of a risky format may cost."""

    seconds: float = 60.0
    memory_mb: int = 1024
    max_members: int = 100_000
    max_unpacked_mb: int = 256


@dataclass(frozen=True, slots=True)
class RowSettings:
    """Which columns of a table, or keys of a JSON line, are which field; the first one counts."""

    text: tuple[str, ...] = ("text", "body", "content", "paragraphs", "article", "message")
    title: tuple[str, ...] = ("title", "headline", "name", "subject")
    date: tuple[str, ...] = ("date", "published", "created", "created_at", "timestamp")
    author: tuple[str, ...] = ("author", "authors", "byline", "from", "speaker")
    source: tuple[str, ...] = ("source", "publisher", "publication", "outlet", "site")
    language: tuple[str, ...] = ("language", "lang")
    kind: tuple[str, ...] = ("kind", "type", "category", "section")
    url: tuple[str, ...] = ("url", "link", "web_url")
    tags: tuple[str, ...] = ("tags", "keywords")


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where the index is, how it is written, and what may be kept of it in memory."""

    path: str = "var/index"
    jobs: int = 0
    wait: float = 10.0
    cache_mb: int = 256


@dataclass(frozen=True, slots=True)
class RankingSettings:
    """The two knobs of BM25."""

    k1: float = 1.2
    b: float = 0.75


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """What one query may cost."""

    page_size: int = 10
    max_page_size: int = 100
    max_query_chars: int = 2_000
    max_clauses: int = 64
    max_expansions: int = 256


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the page is served, to whom, and what its first page offers to ask."""

    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 4
    max_waiting: int = 100
    trusted_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    examples: tuple[str, ...] = (
        "who called Maduro a madman",
        "encrypted radios",
        "Chavez coup 2002",
        "who killed Óscar Pérez",
        "golpe de abril de 2002",
    )


LOWEST: Mapping[str, float] = {
    "corpus.max_file_mb": 1,
    "corpus.max_passage_chars": 200,
    "fetch.max_mb": 1,
    "fetch.seconds": 0.1,
    "fetch.read_seconds": 0.1,
    "formats.seconds": 0.1,
    "formats.memory_mb": 64,
    "formats.max_members": 1,
    "formats.max_unpacked_mb": 1,
    "index.jobs": 0,
    "index.wait": 0,
    "index.cache_mb": 1,
    "ranking.k1": 0,
    "ranking.b": 0,
    "search.page_size": 1,
    "search.max_page_size": 1,
    "search.max_query_chars": 1,
    "search.max_clauses": 1,
    "search.max_expansions": 1,
    "web.port": 0,
    "web.threads": 1,
    "web.max_waiting": 1,
}
HIGHEST: Mapping[str, float] = {"ranking.b": 1, "web.port": 65535}


@dataclass(frozen=True, slots=True)
class Config:
    """All settings; relative paths start from `root`, the folder of the settings file."""

    corpus: CorpusSettings = field(default_factory=CorpusSettings)
    fetch: FetchSettings = field(default_factory=FetchSettings)
    formats: FormatSettings = field(default_factory=FormatSettings)
    rows: RowSettings = field(default_factory=RowSettings)
    index: IndexSettings = field(default_factory=IndexSettings)
    ranking: RankingSettings = field(default_factory=RankingSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    web: WebSettings = field(default_factory=WebSettings)
    root: Path = field(default_factory=Path)

    @property
    def corpus_path(self) -> Path:
        """The corpus folder."""
        return self.root / self.corpus.path

    @property
    def index_path(self) -> Path:
        """The index folder."""
        return self.root / self.index.path

    def override(self, **values: Any) -> Config:
        """Return a copy with `section__key=value` replaced; None leaves a setting alone."""
        config = self
        for name, value in values.items():
            if value is not None:
                section, key = name.split("__")
                config = config._with(section, key, value)
        return config

    def _with(self, section: str, key: str, value: Any) -> Config:
        known = setting_names()
        name = f"{section}.{key}"
        if name not in known:
            raise ConfigError(name, "there is no such setting", known)
        held = getattr(self, section)
        checked = check_value(name, value, getattr(held, key))
        return replace(self, **{section: replace(held, **{key: checked})})


def sections() -> dict[str, type]:
    """Return the section classes by name."""
    found = {}
    for entry in fields(Config):
        value = getattr(Config(), entry.name)
        if not isinstance(value, Path):
            found[entry.name] = type(value)
    return found


def setting_names() -> list[str]:
    """Return every setting as `section.key`."""
    return [f"{s}.{f.name}" for s, kind in sections().items() for f in fields(kind)]


def check_value(name: str, value: Any, default: Any) -> Any:
    """Return `value` as the type of `default`; raise ConfigError for a wrong type or range."""
    wanted = type(default)
    if wanted is tuple and isinstance(value, list | tuple):
        return tuple(str(entry) for entry in value)
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise ConfigError(name, f"wants {wanted.__name__}, not {value!r}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(name, f"wants a number, not {value!r}")
    low, high = LOWEST.get(name), HIGHEST.get(name)
    if (low is not None and value < low) or (high is not None and value > high):
        limit = f"at least {low:g}" if high is None else f"between {low:g} and {high:g}"
        raise ConfigError(name, f"must be {limit}, not {value!r}")
    return value


def load(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """Read the settings; without `file`, from config.toml in the working folder if there is one."""
    environ = os.environ if environment is None else environment
    path = file or Path(environ.get("BACKSTORY_CONFIG", FILE_NAME))
    config = Config()
    if path.is_file():
        config = _from_file(path)
    elif file or "BACKSTORY_CONFIG" in environ:
        raise ConfigError(str(path), "there is no such file")
    return _from_environment(config, environ)


def _from_file(path: Path) -> Config:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(str(path), f"cannot be read: {error}") from error
    config = Config(root=path.parent)
    for section, table in tables.items():
        if section not in sections() or not isinstance(table, dict):
            raise ConfigError(section, "there is no such section", sections())
        for key, value in table.items():
            config = config._with(section, key, value)
    return config


def _from_environment(config: Config, environ: Mapping[str, str]) -> Config:
    known = {f"{ENVIRONMENT_PREFIX}{n.replace('.', '_').upper()}": n for n in setting_names()}
    for variable, text in environ.items():
        if not variable.startswith(ENVIRONMENT_PREFIX) or variable == "BACKSTORY_CONFIG":
            continue
        if variable not in known:
            raise ConfigError(variable, "there is no such setting", known)
        section, key = known[variable].split(".")
        held = getattr(getattr(config, section), key)
        config = config._with(section, key, _parse(known[variable], text, held))
    return config


def _parse(name: str, text: str, held: Any) -> Any:
    if isinstance(held, tuple):
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(held, str):
        return text
    try:
        return type(held)(text)
    except ValueError:
        raise ConfigError(name, f"wants {type(held).__name__}, not {text!r}") from None
