"""The columns of a segment: what filters, facets and re-indexing ask of all of its documents.

A row a document, in the order of the headers. A column has codes, one number a row, and the values
that the codes stand for, so that a filter is decided once a value and a facet is counted in
numbers. Beside them stand the files that the documents were read from.

ids, paths, hashes           JSON lists, a text a row
COLUMN.codes, COLUMN.values  numbers, and a JSON list of what they stand for
size, mtime, inode           numbers a row; `sidecars` is a JSON list
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from engine.backends.whoosh.flat.flatfile import FlatFile, FlatWriter, smallest
from engine.documents import Document, FileState

EXTENSION = ".columns"
COLUMNS = ("id", "title", "source", "author", "date", "language", "kind", "tags")
_NUMBERS = {"size": "q", "mtime_ns": "q", "inode": "Q"}


class Row(NamedTuple):
    """What the columns hold of a document."""

    values: tuple[Any, ...]
    sha256: str
    file: FileState

    @classmethod
    def of(cls, document: Document, file: FileState) -> Row:
        """Return the row of a document."""
        return cls(tuple(getattr(document, name) for name in COLUMNS), document.sha256, file)


class Coded(NamedTuple):
    """A column: a code a row, and the values by code."""

    codes: Sequence[int]
    values: Sequence[Any]


def write_columns(path: Path, rows: Sequence[Row]) -> None:
    """Write the columns of a segment."""
    with FlatWriter(path) as file:
        for at, name in enumerate(COLUMNS):
            column = [row.values[at] for row in rows]
            numbered = {value: code for code, value in enumerate(dict.fromkeys(column))}
            codes = [numbered[value] for value in column]
            file.add(f"{name}.codes", array(smallest(codes), codes))
            file.add(f"{name}.values", _encoded(list(numbered)))
        for name, code in _NUMBERS.items():
            file.add(name, array(code, [getattr(row.file, name) for row in rows]))
        file.add("paths", _encoded([row.file.path for row in rows]))
        file.add("sidecars", _encoded([row.file.sidecar for row in rows]))
        file.add("hashes", _encoded([row.sha256 for row in rows]))


class Columns:
    """The columns of an open segment; values are read anew each time, for they may be large."""

    def __init__(self, path: Path) -> None:
        self._file = FlatFile(path)

    def coded(self, name: str) -> Coded:
        """Return one of COLUMNS; tags are tuples, all else is text."""
        values = self._list(f"{name}.values")
        if name == "tags":
            values = list(map(tuple, values))
        return Coded(self._file.section(f"{name}.codes"), values)

    def files(self) -> Iterable[tuple[FileState, str, str]]:
        """Return (file, document id, SHA-256 of its content) of every row."""
        numbers = [self._file.section(name) for name in _NUMBERS]
        sidecars = [tuple(held) if held else None for held in self._list("sidecars")]
        files = map(FileState, self._list("paths"), *numbers, sidecars)
        codes, ids = self.coded("id")
        return zip(files, map(ids.__getitem__, codes), self._list("hashes"), strict=True)

    def rows(self) -> list[Row]:
        """Return all rows, for another segment to take."""
        columns = [self.coded(name) for name in COLUMNS]
        values = zip(*(map(held.__getitem__, codes) for codes, held in columns), strict=True)
        return [
            Row(held, sha256, file)
            for held, (file, _, sha256) in zip(values, self.files(), strict=True)
        ]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _list(self, name: str) -> list[Any]:
        held: list[Any] = json.loads(bytes(self._file.section(name)))
        return held


def _encoded(values: Sequence[Any]) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode("ascii")
