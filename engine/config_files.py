"""Which settings files count, and what is read from them.

A file that is named counts alone. Otherwise the user's own file is read, and over it the project's:
the first `backstory.toml`, or `config.toml` of ours, in the working folder or above. Many programs
have a `config.toml`, so one without a section of ours is passed by. The search ends at the home
folder and at a file of another user, and what it finds may not set everything (`is_trusted_only`).
"""

from __future__ import annotations

import difflib
import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backstory.engine.environment import FILE_VARIABLE, with_environment
from backstory.engine.errors import ConfigError
from backstory.engine.settings import TABLE_NAME, BaseConfig, C, Section, Tables, rule_of

OWN_NAME, SHARED_NAME = "backstory.toml", "config.toml"
LARGEST = 1_000_000  # bytes: a longer file holds no settings of ours

Sections = Mapping[str, Section[Any]]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A settings file that could be read: its text, and what TOML makes of it."""

    path: Path
    text: str
    tables: Mapping[str, Any]

    def place(self, *keys: str) -> str:
        """Return the file and the line in which a table, or a key of it, is first set."""
        line = line_of(self.text, keys)
        return f"{self.path}:{line}" if line else str(self.path)


def load_settings(config: C, named: Path | None, environ: Mapping[str, str], tell: Tell) -> C:
    """Put over `config` what files and variables say.

    `named`, or else the variable BACKSTORY_CONFIG, names the one file to read. `tell` is given a
    sentence for everything that is found and not used. Raises ConfigError.
    """
    variable = environ.get(FILE_VARIABLE)
    named = named or (Path(variable) if variable else None)
    if named is not None:
        config = with_file(replace(config, root=named.parent), read_file(named))
        return with_environment(config, environ)
    own = own_path(environ)
    if own and _is_there(own) and _is_own(own, config.every_section(), tell):
        config = with_file(config, read_file(own))
    project = find_project_file(config.every_section(), environ, tell)
    if project is None:
        return with_environment(config, environ)
    return _with_project(config, project, environ, tell)


def files_of(
    sections: Sections, named: Path | None, environ: Mapping[str, str]
) -> list[SettingsFile]:
    """Return the files that `load_settings` reads, the last of which counts most."""
    variable = environ.get(FILE_VARIABLE)
    named = named or (Path(variable) if variable else None)
    if named is not None:
        return [read_file(named)]
    own, files = own_path(environ), []
    if own and _is_there(own) and _is_own(own, sections, _tell_nobody):
        files.append(read_file(own))
    project = find_project_file(sections, environ, _tell_nobody)
    return [*files, project] if project else files


def _tell_nobody(sentence: str) -> None:
    pass


def with_file(config: C, file: SettingsFile) -> C:
    """Return the settings with those of a file put over; raise ConfigError with file and line."""
    for keys, value in settings_in(config, file):
        try:
            config = config.with_values({".".join(keys): value})
        except ConfigError as error:
            raise error.with_place(file.place(*keys)) from None
    return config


def settings_in(config: BaseConfig, file: SettingsFile) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each value of a file, with its section, the name of a table, if it is in one, and key.

    Raises ConfigError, with file and line, for a section that there is not.
    """
    sections = config.every_section()
    for section, table in file.tables.items():
        known = sections.get(section)
        if known is None or not isinstance(table, dict):
            place = file.place(section)
            raise ConfigError(section, "there is no such section", sections, where=place)
        if isinstance(known, Tables):
            for name, given in table.items():
                yield from _settings_in_table(known, name, given, file)
        else:
            yield from (((section, key), value) for key, value in table.items())


def _settings_in_table(
    tables: Tables[Any], name: str, given: object, file: SettingsFile
) -> Iterator[tuple[tuple[str, ...], Any]]:
    where = file.place(tables.name, name)
    if not isinstance(given, dict):
        problem = f"stands in no table: write [{tables.name}.NAME] above it"
        raise ConfigError(f"{tables.name}.{name}", problem, where=where)
    if not TABLE_NAME.fullmatch(name):
        problem = "a name has lower-case letters, digits and hyphens inside, 40 characters at most"
        raise ConfigError(f"{tables.name}.{name}", problem, where=where)
    for key, known in tables.fields.items():
        rule, value = rule_of(known), given.get(key)
        if rule.is_required and not value:
            raise ConfigError(f"{tables.name}.{name}.{key}", "is missing", where=where)
    for key, value in given.items():
        is_path = key in tables.fields and rule_of(tables.fields[key]).is_path
        if is_path and isinstance(value, str) and value:
            value = str((file.path.parent / os.path.expanduser(value)).absolute())  # noqa: PTH111  # never raises
        yield (tables.name, name, key), value


def _with_project(config: C, file: SettingsFile, environ: Mapping[str, str], tell: Tell) -> C:
    """Put a file over that nobody has named; `tell` what in it does not count for that reason."""
    before = replace(config, root=file.path.parent)
    with_all = with_file(before, file)
    trusted = [
        n for n in {**with_all.values, **before.values} if with_all.rule_of(n).is_trusted_only
    ]
    kept = with_all.with_values({name: before.value(name) for name in trusted})
    loaded = with_environment(kept, environ)
    for name in trusted:
        value = with_all.value(name)
        if value not in (before.value(name), loaded.value(name)):
            place, shown = file.place(*name.split(".")), json.dumps(value, ensure_ascii=False)
            tell(
                f"{place}: {name} = {shown} is ignored: a settings file that was only found beside "
                f"documents does not decide it. Name the file (--config {file.path}) or put the "
                f"setting into {own_path(environ) or 'your own file'}."
            )
    return loaded


def read_file(path: Path) -> SettingsFile:
    """Read a file that is ours; raise ConfigError where it is not there or cannot be read."""
    import tomllib  # 8 ms: only where there is a file

    if not path.is_file():
        raise ConfigError(str(path), "there is no such file")
    try:
        text = path.read_text(encoding="utf-8-sig")
        return SettingsFile(path, text, tomllib.loads(text))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise ConfigError(str(path), f"cannot be read: {error}") from error


def own_path(environ: Mapping[str, str]) -> Path | None:
    """Return where the user's own settings file would be, or None where there is no home."""
    home, given = environ.get("HOME"), environ.get("XDG_CONFIG_HOME", "")
    if given.startswith("/"):
        return Path(given, "backstory", SHARED_NAME)
    return Path(home, ".config", "backstory", SHARED_NAME) if home else None


def own_data_path(environ: Mapping[str, str]) -> Path:
    """Return the folder for what the user has installed, whichever archive it is used with."""
    given = environ.get("XDG_DATA_HOME", "")
    folder = Path(given) if given.startswith("/") else Path(os.path.expanduser("~/.local/share"))  # noqa: PTH111  # never raises
    return folder / "backstory"


def own_cache_path(environ: Mapping[str, str]) -> Path:
    """Return the folder for what can be made again at any time, and may be deleted."""
    given = environ.get("XDG_CACHE_HOME", "")
    folder = Path(given) if given.startswith("/") else Path(os.path.expanduser("~/.cache"))  # noqa: PTH111  # never raises
    return folder / "backstory"


def find_project_file(
    sections: Sections, environ: Mapping[str, str], tell: Tell
) -> SettingsFile | None:
    """Return the settings file of the working folder, or of the nearest folder above that has one.

    The search ends with the home folder, and before a file that belongs to another user.
    """
    for folder in _upwards(environ.get("HOME")):
        for path in (folder / OWN_NAME, folder / SHARED_NAME):
            if not _is_there(path):
                continue
            if not _is_own(path, sections, tell):
                return None
            if (file := _read_if_ours(path, sections)) is not None:
                return file
    return None


def _upwards(home: str | None) -> Iterator[Path]:
    """Yield the working folder, as an empty path, and the folders above it up to the home."""
    try:
        working = Path.cwd()
    except OSError:  # it has been deleted
        return
    last = Path(home).resolve() if home else None
    for folder in (working, *working.parents):
        yield Path() if folder == working else folder
        if folder == last:
            return


def _is_there(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _is_own(path: Path, sections: Sections, tell: Tell) -> bool:
    """Tell whether a file is there and belongs to the user; if only the latter is wrong, say so."""
    try:
        owners = {path.stat().st_uid, path.lstat().st_uid}
    except OSError:
        return False
    if owners == {os.geteuid()}:
        return True
    try:
        is_ours = _read_if_ours(path, sections) is not None
    except ConfigError:
        is_ours = True
    if is_ours:
        warning = f"{path} is ignored, because it belongs to another user."
        tell(f"{warning} If you trust it, name it: --config {path}")
    return False


def _read_if_ours(path: Path, sections: Sections) -> SettingsFile | None:
    """Read a file that was found, or return None for one of another program."""
    if path.name == OWN_NAME:
        return read_file(path)
    try:
        if path.stat().st_size > LARGEST:
            return None
        file = read_file(path)
    except OSError:
        return None
    except ConfigError:
        if not _names_a_section(path, sections):
            return None
        raise
    return file if is_ours(file.tables, sections) else None


def _names_a_section(path: Path, sections: Sections) -> bool:
    """Tell whether a file that is no TOML was meant to hold a section of ours."""
    heads = re.compile(rf"^[ \t]*\[[ \t]*(?:{'|'.join(sections)})[ \t]*[.\]]", re.M)
    try:
        return bool(heads.search(path.read_text(encoding="utf-8-sig", errors="replace")))
    except OSError:
        return False


def is_ours(tables: Mapping[str, Any], sections: Sections) -> bool:
    """Tell whether a `config.toml` is one of ours.

    It has a section of ours; and where it has other things as well (a site generator may have a
    section `[search]`, too), then at least one key in them is ours, or nearly.
    """
    named = {n: keys for n, keys in tables.items() if n in sections and isinstance(keys, dict)}
    if len(named) == len(tables):
        return bool(named)
    return any(
        difflib.get_close_matches(key, sections[name].fields, n=1, cutoff=0.8)
        for name, keys in named.items()
        for key in keys
    )


def line_of(text: str, keys: tuple[str, ...]) -> int:
    """Return the line, from 1, on which the value at `keys` is first set; 0 where none is found.

    The first lines of a file are TOML by themselves, but for those that end within a value. So the
    statement that sets a value begins after the last such beginning that does not have it.
    """
    import tomllib

    lines = text.split("\n")
    start = 0
    for end in range(1, len(lines) + 1):
        try:
            tables: Any = tomllib.loads("\n".join([*lines[:end], ""]))
        except tomllib.TOMLDecodeError:
            continue
        for key in keys:
            tables = tables.get(key) if isinstance(tables, dict) else None
        if tables is not None:
            return start + 1
        start = end
    return 0
