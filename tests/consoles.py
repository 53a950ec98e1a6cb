"""What a page of documentation shows of a terminal, and whether that is what happens.

A block begins with ```console; a line `$ command` is followed by what it prints, and a line `...`
stands for any lines. Times and ports are compared as if they were always the same. A block whose
first line is `# needs the network`, or another of NOT_RUN, is not run.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 120  # seconds, on a busy machine
SERVES = "(Ctrl-C ends it)"
NOT_RUN = {
    "needs the network": "it installs or fetches something",
    "needs an administrator": "it installs programs of the system",
    "needs a cluster": "it asks the nodes of one",
}
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.M | re.S)
_FILE = re.compile(r"^```toml\n# ([\w.]+)\n(.*?)^```$", re.M | re.S)
_TIME = re.compile(r"\b[\d.]+ (ms|s)\b")
_PORT = re.compile(r"(127\.0\.0\.1):\d+")


@dataclass(frozen=True)
class Example:
    """A command, and what the page says that it prints; `reason` is why it is not run, or ""."""

    command: str
    shown: str
    reason: str = ""


def blocks(text: str, language: str) -> Iterator[str]:
    """Yield the blocks of code of a page in one language, without their indentation."""
    for indent, found, body in _BLOCK.findall(text):
        if found == language:
            yield re.sub(rf"^{indent}", "", body, flags=re.M)


def examples(text: str) -> list[Example]:
    """Return every command that a page shows in a terminal."""
    return [each for block in blocks(text, "console") for each in _of_block(block)]


def _of_block(block: str) -> Iterator[Example]:
    before, *pieces = re.split(r"^\$ ", block, flags=re.M)
    reason = before.strip().removeprefix("# ")
    assert not reason or reason in NOT_RUN, f"no reason to run nothing: {reason}"
    for piece in pieces:
        command, _, shown = piece.partition("\n")
        yield Example(command, shown.rstrip("\n"), reason)


def is_shown(printed: str, shown: str) -> bool:
    """Tell whether a page shows what was printed; `...` is any lines, or the rest of one."""
    pattern = "".join(map(_line, _plain(shown).split("\n")))
    return re.fullmatch(pattern, f"{_plain(printed)}\n") is not None


def _line(shown: str) -> str:
    if shown == "...":
        return r"(?:[^\n]*\n)*?"
    return re.escape(shown.removesuffix("...")) + (r"[^\n]*\n" if shown.endswith("...") else r"\n")


def _plain(text: str) -> str:
    return _PORT.sub(r"\1:8000", _TIME.sub(r"0.0 \1", text)).strip("\n")


def run(page: str, folder: Path, environ: Mapping[str, str]) -> Iterator[tuple[Example, str]]:
    """Run what a page shows, from top to bottom; yield each command with what it printed.

    `cd` holds for the commands after it. A file that the page shows (its name in the first line,
    as in `# newsroom.toml`) is there from the beginning.
    """
    for name, body in _FILE.findall(page):
        (folder / name).write_text(body, encoding="utf-8")
    for example in examples(page):
        if example.reason:
            continue
        if example.command.startswith("cd "):
            folder /= example.command.removeprefix("cd ")
            continue
        yield example, printed(example, folder, environ)


def printed(example: Example, folder: Path, environ: Mapping[str, str]) -> str:
    """Run a command and return what it printed; one that serves is ended once it says so."""
    said, is_served = "", False
    with subprocess.Popen(
        ["bash", "-c", example.command],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        late = threading.Timer(PATIENCE, os.killpg, (process.pid, signal.SIGKILL))
        late.start()
        for line in process.stdout:
            said += "" if is_served else line
            if SERVES in line:
                is_served = True
                os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does
        late.cancel()
    status = process.returncode
    assert status == 0 or is_served, f"{example.command} ended with {status}:\n{said}"
    return said
