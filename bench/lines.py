"""How much there is to read: the lines of the product's rooms.

Every line of every Python file counts, blank ones and prose included: what somebody has to read.
Links from the package to the rooms are not followed, so that no line counts twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

ROOMS = ("backstory", "engine", "indexer", "searcher", "webui")
PAGE_FOLDERS = ("webui/templates", "webui/static")
PYTHON = ".py"
PAGES = (".html", ".css", ".js")


def python_lines(checkout: Path) -> dict[str, int]:
    """Return the lines of the Python files of each room; 0 for a room that is not there."""
    return {room: sum(map(_lines, _files(checkout / room, (PYTHON,)))) for room in ROOMS}


def page_lines(checkout: Path) -> int:
    """Return the lines of the templates, styles and scripts of the page."""
    return sum(_lines(path) for name in PAGE_FOLDERS for path in _files(checkout / name, PAGES))


def _files(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    for place, _, names in os.walk(folder):  # goes into no link
        paths = (Path(place, name) for name in names if name.endswith(suffixes))
        yield from (path for path in paths if not path.is_symlink())


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")
