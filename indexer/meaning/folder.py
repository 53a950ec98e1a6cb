"""The folder of the models that are installed: a folder for each, called like the model.

A model decides what is found, and its code runs, behind fences. So the folder is yours alone: one
that somebody else may write to is refused. The files of a model are compared with their hashes
each time one is loaded, in the process that loads it.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backstory.engine.errors import BackstoryError, EncoderFailed
from backstory.indexer.meaning.description import (
    FILE,
    LARGEST,
    LARGEST_DESCRIPTION,
    ModelDescription,
    parse,
)
from backstory.indexer.meaning.known import KNOWN

# What is being installed or removed has a name that begins so, as no model's does.
DRAFT = ".draft-"


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model in a folder of its own."""

    folder: Path
    description: ModelDescription

    @property
    def name(self) -> str:
        """Its name."""
        return self.description.name

    @contextlib.contextmanager
    def opened(self) -> Iterator[dict[str, int]]:
        """Open its files: descriptors by name; raises EncoderFailed."""
        with contextlib.ExitStack() as stack:
            opened = {}
            for name in self.description.files:
                try:
                    opened[name] = open_file(self.folder / name)
                except OSError as error:
                    raise EncoderFailed(self.name, f"{self.folder / name}: {error}") from error
                stack.callback(os.close, opened[name])
            yield opened


class Models:
    """The models in a folder; it need not be there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """Return the names of what is installed, sound or not: known ones first, as in KNOWN.

        Raises BackstoryError where somebody else may write to the folder.
        """
        try:
            with os.scandir(self.path) as entries:
                names = [e.name for e in entries if e.is_dir() and not e.name.startswith(".")]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise BackstoryError(f"The models in {self.path} cannot be read: {error}.") from error
        if names:
            check_private(self.path)
        order = list(KNOWN)
        return sorted(names, key=lambda name: _place(name, order))

    def read(self, name: str) -> InstalledModel:
        """Return a model that is installed; raises EncoderFailed where something is wrong."""
        folder = self.path / name
        check_private(folder)
        description = read_description(folder, name)
        if description.name != name:
            raise EncoderFailed(name, f"{folder / FILE} is that of {description.name}")
        return InstalledModel(folder, description)

    def sound(self) -> list[InstalledModel]:
        """Return the models whose descriptions can be read; known ones first, as in KNOWN."""
        models = []
        for name in self.names():
            with contextlib.suppress(EncoderFailed):
                models.append(self.read(name))
        return models


def _place(name: str, order: list[str]) -> tuple[int, str]:
    return (order.index(name) if name in order else len(order), name)


def read_description(folder: Path, name: str) -> ModelDescription:
    """Return what the model.toml of a folder says; raises EncoderFailed."""
    path = folder / FILE
    try:
        with os.fdopen(open_file(path), "rb") as stream:
            text = stream.read(LARGEST_DESCRIPTION + 1)
        if len(text) > LARGEST_DESCRIPTION:
            raise EncoderFailed(name, f"{path} is longer than {LARGEST_DESCRIPTION:,} bytes")
        return parse(text.decode("utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        raise EncoderFailed(name, f"{path} cannot be read ({error})") from error


def open_file(path: Path) -> int:
    """Return a descriptor of a file for reading; raises OSError for a link and what is no file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
        os.close(descriptor)
        raise OSError(f"it is no file of up to {LARGEST // 1024**2:,} MB")
    return descriptor


def check_private(path: Path) -> None:
    """Raise BackstoryError where another user may write to a folder, or it is not there."""
    try:
        status = path.stat()
    except OSError as error:
        raise BackstoryError(f"The models in {path} cannot be read: {error}.") from error
    if status.st_uid not in (os.geteuid(), 0):
        problem = "belongs to another user"
    elif status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        problem = "can be written to by other users"
    else:
        return
    raise BackstoryError(
        f"The models in {path} are not used: the folder {problem}.",
        "Fix its owner and permissions (chmod go-w), or name another in meaning.models.",
    )
