"""The options that stand before or after every verb: which settings, corpus and index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from backstory.api import Archive, with_paths
from backstory.searcher.exports import OURS, SYNONYMS
from backstory.settings import Config, load
from backstory.terminal import visible

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look, as given on the command line; None where nothing was given."""

    config: Path | None = None
    corpus: Path | None = None
    index: Path | None = None

    def over(self, other: Place | None) -> Place:
        """Return these options, completed with `other` where nothing was given here."""
        before = other or Place()
        return Place(
            self.config or before.config, self.corpus or before.corpus, self.index or before.index
        )

    def settings(self, **overrides: Any) -> Config:
        """Load the settings, with paths and overrides put in."""
        loaded = with_paths(load(self.config, tell=_tell), corpus=self.corpus, index=self.index)
        return loaded.override(**overrides)

    def archive(self, **overrides: Any) -> Archive:
        """Open the archive that the options point to."""
        return Archive(self.settings(**overrides))


def _tell(sentence: str) -> None:
    click.echo(f"backstory: {visible(sentence)}", err=True)


def placed(command: F) -> Callable[..., Any]:
    """Give a command the options --config, --corpus and --index, as one `place` argument."""

    @click.option("--config", type=click.Path(path_type=Path), help="Settings file (config.toml).")
    @click.option("--corpus", type=click.Path(path_type=Path), help="Folder of documents.")
    @click.option("--index", "index_", type=click.Path(path_type=Path), help="Folder of the index.")
    @wraps(command)
    def with_place(
        *args: Any, config: Path | None, corpus: Path | None, index_: Path | None, **kwargs: Any
    ) -> Any:
        before = click.get_current_context().obj
        place = Place(config, corpus, index_).over(before)
        return command(*args, place=place, **kwargs)

    return with_place


class ExportFlag(click.Option):
    """The option of one export, which is imported when help is printed."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and what its export says of itself."""
        from backstory.searcher.exports.registry import find

        self.help = find(str(self.flag_value)).help
        return super().get_help_record(ctx)


class ExportName(click.Option):
    """The option that takes the name of any export, those of installed packages too."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and all names."""
        from backstory.searcher.exports.registry import names

        self.help = f"Any of these, also from installed packages: {', '.join(names())}."
        return super().get_help_record(ctx)


def formatted(command: F) -> F:
    """Give a command an option for each export and --format, as one `form`; the last counts."""
    shared: dict[str, Any] = {"callback": _named, "default": None}
    command = click.option("--format", "form", metavar="NAME", cls=ExportName, **shared)(command)
    for name in reversed(OURS):
        flags = [f"--{each}" for each, meant in SYNONYMS.items() if meant == name] or [f"--{name}"]
        flag = click.option(*flags, "form", flag_value=name, cls=ExportFlag, **shared)
        command = flag(command)
    return command


def _named(context: click.Context, option: click.Parameter, name: str | None) -> str | None:
    return SYNONYMS.get(name, name) if name else None
