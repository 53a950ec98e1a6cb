"""Archives with names: the tables `[archives.NAME]` of the settings, and which of them is meant.

Whoever has one archive gives no names. With several, a verb that works on one is told which, unless
the settings say an index or a corpus of their own beside them: then that one is meant.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backstory.engine.errors import BackstoryError, ConfigError
from backstory.engine.settings import setting

if TYPE_CHECKING:
    from backstory.settings import Config

SECTION = "archives"


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """One of several archives: its folders, what it is called, and who may read it.

    `state` is "" for the folder beside the index. `readers` are names of users; without any,
    everybody reads it who may read at all.
    """

    corpus: str = setting("", is_trusted_only=True, is_required=True, is_path=True)
    index: str = setting("", is_trusted_only=True, is_required=True, is_path=True)
    state: str = setting("", is_trusted_only=True, is_path=True)
    title: str = setting("", is_trusted_only=True)
    readers: tuple[str, ...] = setting((), is_trusted_only=True)


class ArchiveNotFound(BackstoryError):
    """There is no archive of this name in the settings."""

    code = "archive_not_found"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = list(known)
        near = difflib.get_close_matches(name, names, n=1)
        listed = f"There are {', '.join(names)}." if names else "The settings name none."
        super().__init__(
            f"There is no archive {name}.", f"Did you mean {near[0]}?" if near else listed
        )


class ArchiveNotNamed(BackstoryError):
    """There are several archives, and it was not said which one is meant."""

    code = "archive_not_named"

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__(
            f"There are several archives: {', '.join(known)}.", "Name one: --archive NAME"
        )


def settings_of(config: Config, name: str) -> Config:
    """Return the settings of one archive, as if there were no other; raises ArchiveNotFound."""
    known = config.archives
    if name not in known:
        raise ArchiveNotFound(name, known)
    one = known[name]
    return config.without_archives().override(
        corpus__path=one.corpus,
        index__path=one.index,
        state__path=one.state,
        opensearch__index=f"{config.value('opensearch.index')}-{name}",
    )


def title_of(config: Config, name: str) -> str:
    """Return what an archive is called on pages."""
    return config.archives[name].title.strip() or name


def has_own(config: Config) -> bool:
    """Tell whether settings with archives say an index or a corpus beside them."""
    return "index.path" in config.values or "corpus.path" in config.values


def are_meant(config: Config) -> bool:
    """Tell whether the archives of the settings are what is worked on."""
    return bool(config.archives) and not has_own(config)


def chosen(config: Config, name: str | None) -> Config:
    """Return the settings of the archive that is named, or the only one that can be meant.

    Raises ArchiveNotFound, and ArchiveNotNamed where several can be.
    """
    if name is not None:
        return settings_of(config, name)
    if not are_meant(config):
        return config.without_archives()
    if len(config.archives) > 1:
        raise ArchiveNotNamed(config.archives)
    return settings_of(config, next(iter(config.archives)))


def faults(config: Config) -> Iterator[ConfigError]:
    """Yield what would have archives get in each other's way, for folders as they really are."""
    used: dict[Path, str] = {}
    every = {name: settings_of(config, name) for name in config.archives}
    for name, one in every.items():
        for key, path in (("index", one.index_path), ("state", one.state_path)):
            place, setting_name = path.resolve(), f"{SECTION}.{name}.{key}"
            if place in used:
                yield ConfigError(setting_name, f"{path} is that of {used[place]} already")
            used.setdefault(place, setting_name)
            for other, its in every.items():
                if place.is_relative_to(its.corpus_path.resolve()):
                    inside = f"{path} is inside the corpus of {other}"
                    yield ConfigError(setting_name, f"{inside}; name a folder beside it")


def check(config: Config) -> None:
    """Raise ConfigError where archives would get in each other's way."""
    for fault in faults(config):
        raise fault


def check_readers(config: Config) -> None:
    """Raise ConfigError where an archive is for some users, and the server knows none."""
    for name, one in config.archives.items():
        if one.readers and not config.users.are_set:
            problem = "names users, and the server has none: nobody would be kept out"
            raise ConfigError(f"{SECTION}.{name}.readers", problem)
