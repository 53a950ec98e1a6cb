"""The options that stand before or after every verb: which settings, corpus and index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from backstory.api import Archive, with_paths
from backstory.settings import Config, load
from backstory.terminal import visible

F = TypeVar("F", bound=Callable[..., Any])
FORMS = {
    "json": "One JSON object a line.",
    "csv": "A table for a spreadsheet.",
    "quote": "Plain quotations, each with its source.",
    "markdown": "Quotations in Markdown.",
    "bibtex": "BibTeX entries.",
    "csl-json": "CSL-JSON, for reference managers.",
}


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


def formed(command: F) -> F:
    """Give a command an option for each of the FORMS, as one `form` argument; the last counts."""
    for name, help_text in reversed(FORMS.items()):
        command = click.option(f"--{name}", "form", flag_value=name, help=help_text)(command)
    return command
