"""The options that stand before or after every verb: which settings, corpus and index."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from backstory import archives, own_places
from backstory.api import Archive, with_paths
from backstory.engine.errors import BackstoryError, IndexNotFound
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
    archive_name: str | None = None

    def over(self, other: Place | None) -> Place:
        """Return these options, completed with `other` where nothing was given here."""
        before = other or Place()
        return Place(
            self.config or before.config,
            self.corpus or before.corpus,
            self.index or before.index,
            self.archive_name or before.archive_name,
        )

    def every_setting(self) -> Config:
        """Load the settings with all archives that they name."""
        return load(self.config, tell=_tell)

    @property
    def is_given(self) -> bool:
        """Whether the command line says which archive is meant."""
        return bool(self.corpus or self.index or self.archive_name)

    def for_archive(self, name: str) -> Place:
        """Return the same place with an archive named."""
        return replace(self, archive_name=name)

    def settings(self, **overrides: Any) -> Config:
        """Load the settings of one archive, with paths and overrides put in.

        A corpus that only the command line names has its index in the user's cache. Raises
        ArchiveNotFound, and ArchiveNotNamed where several can be meant.
        """
        found = self._chosen(self.every_setting())
        loaded = with_paths(found, corpus=self.corpus, index=self.index)
        if self.corpus and not self.index and not self.config:
            loaded = own_places.placed(loaded, found, os.environ)
        if self.index:
            _refuse_inside(loaded)
        return loaded.override(**overrides)

    def _chosen(self, config: Config) -> Config:
        if self.corpus or self.index:
            if self.archive_name:
                raise click.UsageError(
                    "--archive says which corpus and index; leave out --corpus and --index."
                )
            return config.without_archives()
        archives.check(config)
        return archives.chosen(config, self.archive_name)

    def archive(self, **overrides: Any) -> Archive:
        """Open the archive that the options point to."""
        return Archive(self.settings(**overrides))

    @property
    def given(self) -> str:
        """The options as they are typed, "" where there are none."""
        named = {
            "--config": self.config,
            "--corpus": self.corpus,
            "--index": self.index,
            "--archive": self.archive_name,
        }
        return "".join(f" {o} {visible(shlex.quote(str(p)))}" for o, p in named.items() if p)

    def repeated(self, text: str) -> str:
        """Return a text in which every command that it shows has these options."""
        return SHOWN_COMMAND.sub(lambda command: f"backstory{self.given} {command[1]}", text)


def _refuse_inside(config: Config) -> None:
    """Refuse to begin an index among the documents; one that is there already goes on."""
    index = config.index_path
    if any(index.glob("manifest-*.json")):
        return  # before the corpus is asked for, which a query need not know
    corpus = config.corpus_path
    if index.resolve().is_relative_to(corpus.resolve()):
        raise click.UsageError(
            f"--index {index} is inside the corpus {corpus}. Name a folder beside it."
        )


SHOWN_COMMAND = re.compile(
    r"\bbackstory (add|check|draft|follow|index|list|mcp|news|query|remove|serve|show|state|status"
    r"|token|user)\b"
)


def hinted(text: str) -> str:
    """Return a text whose commands have the options of the command that is running."""
    context = click.get_current_context(silent=True)
    place = context.obj if context else None
    return place.repeated(text) if isinstance(place, Place) else text


def _tell(sentence: str) -> None:
    click.echo(f"backstory: {visible(sentence)}", err=True)


def placed(command: F) -> Callable[..., Any]:
    """Give a command --config, --corpus, --index and --archive, as one `place` argument."""

    @click.option("--config", type=click.Path(path_type=Path), help="Settings file (config.toml).")
    @click.option("--corpus", type=click.Path(path_type=Path), help="Folder of documents.")
    @click.option("--index", "index_", type=click.Path(path_type=Path), help="Folder of the index.")
    @click.option(
        "--archive",
        "archive_name",
        metavar="NAME",
        help="Which archive of [archives].",
        shell_complete=_archive_names,
    )
    @wraps(command)
    def with_place(
        *args: Any,
        config: Path | None,
        corpus: Path | None,
        index_: Path | None,
        archive_name: str | None,
        **kwargs: Any,
    ) -> Any:
        context = click.get_current_context()
        place = Place(config, corpus, index_, archive_name).over(context.obj)
        context.obj = place
        try:
            return command(*args, place=place, **kwargs)
        except BackstoryError as error:
            error.change_hint(_leading_on(error, place))
            raise

    return with_place


def _archive_names(context: click.Context, parameter: click.Parameter, typed: str) -> list[Any]:
    from backstory.completing import archive_names  # which imports this module

    return archive_names(context, parameter, typed)


def _leading_on(error: BackstoryError, place: Place) -> str:
    """Return what to do now, as it can be typed here."""
    if isinstance(error, IndexNotFound) and not place.given:
        from backstory.first_run import first_steps

        return first_steps(load()) or error.hint
    return place.repeated(error.hint)


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


def formatted(command: F) -> Callable[..., Any]:
    """Give a command an option for each export and --format, as one `form`; two are refused."""

    @wraps(command)
    def with_form(*args: Any, **kwargs: Any) -> Any:
        chosen = click.get_current_context().meta.get(FORMS, ())
        return command(*args, form=next(iter(chosen), None), **kwargs)

    shared: dict[str, Any] = {"callback": _choose, "default": None, "expose_value": False}
    option = click.option("--format", "form", metavar="NAME", cls=ExportName, **shared)
    decorated = option(with_form)
    for name in reversed(OURS):
        flags = [f"--{each}" for each, meant in SYNONYMS.items() if meant == name] or [f"--{name}"]
        key = f"form_{name.replace('-', '_')}"
        decorated = click.option(*flags, key, flag_value=name, cls=ExportFlag, **shared)(decorated)
    return decorated


FORMS = "backstory.forms"  # of a context: the chosen form, with the option that it is of


def _choose(context: click.Context, option: click.Parameter, name: str | None) -> None:
    if not name:
        return
    chosen: dict[str, str] = context.meta.setdefault(FORMS, {})
    chosen.setdefault(SYNONYMS.get(name, name), option.opts[0])
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen.values())} do not go together: give one.")
