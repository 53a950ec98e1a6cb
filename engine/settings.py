"""What a setting is: a field of a section, with its default, its bounds and who may set it.

A section is a frozen dataclass that stands in the room which uses it. The front door puts the
sections together into one Config (`backstory/settings.py`), which rooms are given by hand. A
section is imported when it is first asked for, so that no verb pays for a room it never enters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar, cast, overload

from backstory.engine.errors import ConfigError

LIST_FORM = 'a list of texts: ["a", "b"]'
TABLE_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")

T = TypeVar("T")
S_co = TypeVar("S_co", covariant=True)
C = TypeVar("C", bound="BaseConfig")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting may be, and whether a file that was merely found may set it.

    One that `is_required` has to be in each table of its kind. One that `is_path` and relative
    starts from the file that it stands in.
    """

    low: float | None = None
    high: float | None = None
    is_trusted_only: bool = False
    is_required: bool = False
    is_path: bool = False


def setting(
    default: T,
    *,
    low: float | None = None,
    high: float | None = None,
    is_trusted_only: bool = False,
    is_required: bool = False,
    is_path: bool = False,
) -> T:
    """Return a field of a section: a number is from `low` to `high`.

    What executes, sends or listens is `is_trusted_only`: it counts only from a file that the user
    has named or written, since a folder that one was sent may bring a settings file with it.
    """
    rule = Rule(low, high, is_trusted_only, is_required, is_path)
    return field(default=default, metadata={"rule": rule})


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Which index, where it is, how it is written, and what may be kept of it in memory.

    `max_removal` is the share of its documents that one run may remove unasked, from 0 to 1.
    """

    kind: str = setting("embedded", is_trusted_only=True)
    path: str = "var/index"
    jobs: int = setting(0, low=0)
    wait: float = setting(10.0, low=0)
    max_removal: float = setting(0.1, low=0, high=1)
    cache_mb: int = setting(256, low=1)


@dataclass(frozen=True, slots=True)
class StateSettings:
    """Where that is kept which is not in the corpus and must outlive a rebuild."""

    path: str = ""


@dataclass(frozen=True, slots=True)
class RankingSettings:
    """The two knobs of BM25."""

    k1: float = setting(1.2, low=0)
    b: float = setting(0.75, low=0, high=1)


@dataclass(frozen=True, slots=True)
class OpenSearchSettings:
    """Where the cluster of an index is, who asks, and how the index lies on it.

    `timeout` and `retention` are seconds: how long a request may take with all its repetitions, and
    how long a commit that was replaced can still be read. `shards` and `replicas` count from the
    next rebuild on.
    """

    hosts: tuple[str, ...] = setting(("http://127.0.0.1:9200",), is_trusted_only=True)
    user: str = setting("", is_trusted_only=True)
    password: str = setting("", is_trusted_only=True)
    password_file: str = setting("", is_trusted_only=True, is_path=True)
    ca: str = setting("", is_trusted_only=True, is_path=True)
    index: str = setting("backstory", is_trusted_only=True)
    shards: int = setting(3, low=1, high=1024)
    replicas: int = setting(1, low=0, high=20)
    timeout: float = setting(30.0, low=1, high=600)
    retention: float = setting(3600.0, low=1)


class Section(Generic[S_co]):
    """A section as an attribute of a config class: `config.search` is its dataclass, filled in.

    `kind` is the dataclass, or where it stands (`room.module:Name`), imported when it is needed.
    """

    def __init__(self, kind: type[S_co] | str) -> None:
        self._kind = kind
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn the section's name in files and variables."""
        self.name = name

    @cached_property
    def kind(self) -> type[S_co]:
        """The dataclass."""
        if not isinstance(self._kind, str):
            return self._kind
        module, _, name = self._kind.partition(":")
        return cast(type[S_co], getattr(import_module(f"backstory.{module}"), name))

    @cached_property
    def fields(self) -> Mapping[str, Field[Any]]:
        """The fields of the dataclass, by key."""
        return {each.name: each for each in fields(self.kind)}  # type: ignore[arg-type]  # a dataclass

    @property
    def names(self) -> list[str]:
        """Its settings as `section.key`."""
        return [f"{self.name}.{key}" for key in self.fields]

    @overload
    def __get__(self, config: None, owner: type) -> Section[S_co]: ...
    @overload
    def __get__(self, config: BaseConfig, owner: type) -> S_co: ...
    def __get__(self, config: BaseConfig | None, owner: type) -> Section[S_co] | S_co:
        """Return the filled dataclass, or of the class the section itself."""
        if config is None:
            return self
        start = len(self.name) + 1
        given = {n[start:]: v for n, v in config.values.items() if n.startswith(f"{self.name}.")}
        return self.kind(**given)


class Tables(Section[S_co]):
    """Sections of one kind, under names that the user gives: `[archives.harbour]`.

    `config.archives` is a mapping from each name to its dataclass, filled in. A name has lower-case
    letters, digits and hyphens inside, up to 40 characters.
    """

    @overload  # type: ignore[override]  # a mapping of what a section is one of
    def __get__(self, config: None, owner: type) -> Tables[S_co]: ...
    @overload
    def __get__(self, config: BaseConfig, owner: type) -> Mapping[str, S_co]: ...
    def __get__(self, config: BaseConfig | None, owner: type) -> Tables[S_co] | Mapping[str, S_co]:
        """Return the filled dataclasses by name, or of the class the tables themselves."""
        if config is None:
            return self
        given: dict[str, dict[str, Any]] = {}
        for setting_name, value in config.values.items():
            section, *names = setting_name.split(".")
            if section == self.name:
                given.setdefault(names[0], {})[names[1]] = value
        return {name: self.kind(**values) for name, values in given.items()}


@dataclass(frozen=True, slots=True)
class BaseConfig:
    """All settings of an index; relative paths start from `root`.

    `values` are the settings that differ from their defaults, as `section.key`. It travels to
    other processes as just that.
    """

    root: Path = field(default_factory=Path)
    values: Mapping[str, Any] = field(default_factory=dict)

    index: ClassVar[Section[IndexSettings]] = Section(IndexSettings)
    state: ClassVar[Section[StateSettings]] = Section(StateSettings)
    ranking: ClassVar[Section[RankingSettings]] = Section(RankingSettings)
    opensearch: ClassVar[Section[OpenSearchSettings]] = Section(OpenSearchSettings)

    @property
    def index_path(self) -> Path:
        """The index folder."""
        return self.root / self.index.path

    @property
    def state_path(self) -> Path:
        """The folder beside the index that a rebuild leaves alone.

        Raises ConfigError where it is set to a place inside the index.
        """
        index = self.index_path
        if not self.state.path:
            return index.with_name(f"{index.name}-state")
        path = self.root / self.state.path
        if path.resolve().is_relative_to(index.resolve()):
            raise ConfigError("state.path", f"{path} is inside the index, which may be deleted")
        return path

    @classmethod
    def every_section(cls) -> dict[str, Section[Any]]:
        """Return the sections by name, tables among them."""
        sections: dict[str, Section[Any]] = {}
        for each in reversed(cls.__mro__):
            sections |= {name: s for name, s in vars(each).items() if isinstance(s, Section)}
        return sections

    @classmethod
    def sections(cls) -> dict[str, Section[Any]]:
        """Return the sections by name, without tables."""
        return {n: s for n, s in cls.every_section().items() if not isinstance(s, Tables)}

    @classmethod
    def setting_names(cls) -> list[str]:
        """Return every setting as `section.key`; this imports every section."""
        return [name for section in cls.sections().values() for name in section.names]

    @property
    def table_names(self) -> list[str]:
        """What the tables of this config set, as `section.name.key`."""
        tables = {n for n, each in self.every_section().items() if isinstance(each, Tables)}
        return [name for name in self.values if name.partition(".")[0] in tables]

    @classmethod
    def field_of(cls, name: str) -> Field[Any]:
        """Return the field of `section.key`, or of `section.name.key` in a table.

        Raises ConfigError where there is none.
        """
        section, _, key = name.partition(".")
        known = cls.every_section().get(section)
        if isinstance(known, Tables):
            table, _, key = key.partition(".")
            if not TABLE_NAME.fullmatch(table) or key not in known.fields:
                near = [f"{section}.{table}.{each}" for each in known.fields]
                raise ConfigError(name, "there is no such setting", near)
        elif known is None or key not in known.fields:
            raise ConfigError(name, "there is no such setting", cls.setting_names())
        return known.fields[key]

    @classmethod
    def rule_of(cls, name: str) -> Rule:
        """Return what is known of `section.key`; raise ConfigError where there is none."""
        return rule_of(cls.field_of(name))

    def value(self, name: str) -> Any:
        """Return the value of `section.key`; raise ConfigError where there is none."""
        return self.values.get(name, self.field_of(name).default)

    def override(self: C, **values: Any) -> C:
        """Return a copy with `section__key=value` replaced; None leaves a setting alone."""
        given = {n.replace("__", ".", 1): value for n, value in values.items() if value is not None}
        return self.with_values(given)

    def with_values(self: C, given: Mapping[str, Any]) -> C:
        """Return a copy with values by `section.key`; raise ConfigError for what is wrong."""
        values = dict(self.values)
        for name, value in given.items():
            known = self.field_of(name)
            checked = check_value(name, value, known)
            if checked == known.default:
                values.pop(name, None)
            else:
                values[name] = checked
        return replace(self, values=values)


def rule_of(known: Field[Any]) -> Rule:
    """Return what is known of a field of a section."""
    rule: Rule = known.metadata.get("rule", Rule())
    return rule


def check_value(name: str, value: Any, known: Field[Any]) -> Any:
    """Return `value` as the type of the field; raise ConfigError for a wrong type or range."""
    expected = type(known.default)
    if expected is tuple:
        return _texts(name, value)
    if expected is float and type(value) is int:
        value = float(value)
    if type(value) is not expected:
        raise ConfigError(name, f"wants {expected.__name__}, not {value!r}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(name, f"wants a number, not {value!r}")
    _check_rule(name, value, rule_of(known))
    return value


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise ConfigError(name, f"wants {LIST_FORM}, not {value!r}")
    return tuple(value)


def _check_rule(name: str, value: Any, rule: Rule) -> None:
    low, high = rule.low, rule.high
    if (low is not None and value < low) or (high is not None and value > high):
        limit = f"at least {low:g}" if high is None else f"between {low:g} and {high:g}"
        raise ConfigError(name, f"must be {limit}, not {value!r}")
