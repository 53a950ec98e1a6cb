"""Programs of the system that turn a document into one that can be read, each within its fences.

A program gets a folder with copies of what it shall read, and leaves there what it makes. It sees
the folders of the system beside that, and nothing of the reader's own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.sandbox import MEGABYTE, bare_environment, confine_tool
from backstory.indexer.scratch import Scratch
from backstory.indexer.settings import FormatSettings
from backstory.indexer.spawning import Child, sigint_blocked

OUTPUT = "stdout"  # the file that has what the program printed
_LOOK_EVERY = 0.05  # seconds
_CANNOT_START = 127


@dataclass(frozen=True, slots=True)
class Tool:
    """A program by its path without links; `read_folders` are those of its own outside of /usr."""

    program: str
    read_folders: tuple[str, ...] = ()

    @classmethod
    def named(cls, name: str) -> Tool | None:
        """Return the program that is called so, None where there is none."""
        path = shutil.which(name, path="/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin")
        return cls(str(Path(path).resolve())) if path else None


def run(
    tool: Tool,
    arguments: Sequence[str],
    files: Mapping[str, bytes],
    formats: FormatSettings,
    look: Callable[[], None] = lambda: None,
) -> dict[str, bytes]:
    """Run a program in a folder with these files; return the files that are there afterwards.

    Files are named relative to the folder, in which the program starts. What it prints is one of
    them, `stdout`. `look` is called while it works; what it raises ends it. Raises
    UnreadableDocument where it fails, or takes more than the limits.
    """
    scratch = Scratch(formats.max_unpacked_mb * MEGABYTE)
    try:
        for name, data in files.items():
            (scratch.path / name).write_bytes(data)
        _run(tool, arguments, scratch, formats, look)
        return _left(str(scratch.path))
    finally:
        scratch.close()


def _run(
    tool: Tool,
    arguments: Sequence[str],
    scratch: Scratch,
    formats: FormatSettings,
    look: Callable[[], None],
) -> None:
    command = [tool.program, *arguments]
    environment = bare_environment(str(scratch.path))
    with sigint_blocked():
        child = Child(_become, tool, command, str(scratch.path), formats, environment=environment)
    try:
        deadline = time.monotonic() + formats.seconds
        while (code := child.exit_code(_LOOK_EVERY)) is None:
            look()
            if time.monotonic() > deadline:
                late = Remark.of(Code.TIMED_OUT, seconds=formats.seconds)
                raise UnreadableDocument(tool.program, late)
            if scratch.is_full():
                raise _failed(tool, "its scratch folder is full", formats)
    finally:
        child.kill()
    if code:
        how = "it cannot be started" if code == _CANNOT_START else f"exit status {code}"
        raise _failed(tool, f"{Path(tool.program).name}: {how}", formats)


def _failed(tool: Tool, how: str, formats: FormatSettings) -> UnreadableDocument:
    crashed = Remark.of(Code.CRASHED, how=how, limit=formats.memory_mb)
    return UnreadableDocument(tool.program, crashed)


def _left(folder: str) -> dict[str, bytes]:
    """Return the files of a folder; links, and whatever else is no file, are left out."""
    left = {}
    for name in os.listdir(folder):
        with contextlib.suppress(OSError):
            descriptor = os.open(Path(folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as stream:
                if stat.S_ISREG(os.fstat(descriptor).st_mode):
                    left[name] = stream.read()
    return left


# --- In the process that becomes the program


def _become(
    line: Connection, tool: Tool, command: list[str], scratch: str, formats: FormatSettings
) -> None:
    line.close()
    os.chdir(scratch)
    printed = os.open(OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.dup2(printed, 1)
    confine_tool(scratch, formats, tool.program, tool.read_folders)
    try:
        os.execv(tool.program, command)
    except OSError:
        os._exit(_CANNOT_START)
