"""Settings from environment variables: `BACKSTORY_SEARCH_PAGE_SIZE` is `search.page_size`."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from typing import Any

from backstory.engine.errors import ConfigError
from backstory.engine.settings import BaseConfig, C

PREFIX = "BACKSTORY_"
FILE_VARIABLE = "BACKSTORY_CONFIG"  # names the settings file itself
LIST_FORMS = 'wants a list, as a, b or ["a", "b"]'

_BRACKETED = re.compile(r"\[[^\[\]]*:[^\[\]]*\]")  # an IPv6 address as hosts are written
_BRACKETS = re.compile(r"[\[\]{}]")


def with_environment(config: C, environ: Mapping[str, str]) -> C:
    """Return the settings with those of variables put over; raise ConfigError for a wrong one."""
    for variable, text in environ.items():
        if variable.startswith(PREFIX) and variable != FILE_VARIABLE:
            config = _with_variable(config, variable, text)
    return config


def variables_of(config: BaseConfig, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that set something, by setting; raise ConfigError for a wrong name."""
    ours = (each for each in environ if each.startswith(PREFIX) and each != FILE_VARIABLE)
    return {_name_of(config, variable): variable for variable in ours}


def _with_variable(config: C, variable: str, text: str) -> C:
    name = _name_of(config, variable)
    try:
        return config.with_values({name: parse(name, text, config.field_of(name).default)})
    except ConfigError as error:
        raise error.with_place(variable) from None


def _name_of(config: BaseConfig, variable: str) -> str:
    """Return the setting that a variable stands for; only its own section is imported."""
    name = variable.removeprefix(PREFIX).lower()
    for section in config.sections().values():
        key = name.removeprefix(f"{section.name}_")
        if key != name and key in section.fields:
            return f"{section.name}.{key}"
    known = [each.replace(".", "_") for each in config.setting_names()]
    near = difflib.get_close_matches(name, known, n=1)  # what all have in common makes none alike
    raise ConfigError(variable, "there is no such setting", [f"{PREFIX}{n.upper()}" for n in near])


def parse(name: str, text: str, default: Any) -> Any:
    """Return a variable's text as the type of the setting's default; raise ConfigError."""
    if isinstance(default, tuple):
        return parse_list(name, text)
    if isinstance(default, str):
        return text
    try:
        return type(default)(text)
    except ValueError:
        raise ConfigError(name, f"wants {type(default).__name__}, not {text!r}") from None


def parse_list(name: str, text: str) -> list[str]:
    """Return the texts of a JSON list or of a list with commas; raise ConfigError for the rest."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        listed = None
    if isinstance(listed, list) and all(isinstance(each, str) for each in listed):
        return listed
    parts = [part.strip() for part in text.split(",")]
    if isinstance(listed, list | dict | str) or any(map(_is_odd, parts)):
        raise ConfigError(name, f"{LIST_FORMS}, not {text!r}")
    return [part for part in parts if part]


def _is_odd(part: str) -> bool:
    """Tell whether a part of a list with commas looks like a piece of some other notation."""
    if part[:1] == part[-1:] != "" and part[0] in "\"'":
        return True
    return bool(_BRACKETS.search(part)) and not _BRACKETED.fullmatch(part)
