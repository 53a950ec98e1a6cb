"""The columns of a segment: what filters, facets and re-indexing ask of all of its documents.

A row a document, in the order of the headers. A column has codes, one number a row, and the values
that the codes stand for, so that a filter is decided once a value and a facet is counted in
numbers. Beside them stand the files that the documents were read from.

ids, paths, hashes           JSON lists, a text a row
COLUMN.codes, COLUMN.values  numbers, and a JSON list of what they stand for
size, mtime, inode           numbers a row; `sidecars` is a JSON list
FACT.start, .codes, .values  for each entry, a passage or a header, any number of codes
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from backstory.engine.backends.whoosh.flat.flatfile import FlatFile, FlatWriter, smallest
from backstory.engine.documents import Document, FileState, Passage

EXTENSION = ".columns"
OWN_LANGUAGE = "own_language"  # of a passage that is in another than its document
FACTS = ("names", "mentions", OWN_LANGUAGE)
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


# The names, the dates and the language of its own, if any, of an entry, as FACTS says.
Facts = tuple[tuple[str, ...], ...]
NO_FACTS: Facts = ((), (), ())


def facts_of(passage: Passage) -> Facts:
    """Return the facts of a passage."""
    return (passage.names, passage.mentions, (passage.language,) if passage.language else ())


class Spread(NamedTuple):
    """Facts by entry: the codes of an entry are codes[start[entry] : start[entry + 1]]."""

    start: Sequence[int]
    codes: Sequence[int]
    values: Sequence[str]


class Coded(NamedTuple):
    """A column: a code a row, and the values by code."""

    codes: Sequence[int]
    values: Sequence[Any]


def write_columns(path: Path, rows: Sequence[Row], facts: Sequence[Facts]) -> None:
    """Write the columns of a segment: of its documents, and of all its entries."""
    with FlatWriter(path) as file:
        for at, name in enumerate(COLUMNS):
            column = [row.values[at] for row in rows]
            numbered = {value: code for code, value in enumerate(dict.fromkeys(column))}
            codes = [numbered[value] for value in column]
            file.add(f"{name}.codes", array(smallest(codes), codes))
            file.add(f"{name}.values", _encoded(list(numbered)))
        for name, code in _NUMBERS.items():
            file.add(name, array(code, [getattr(row.file, name) for row in rows]))
        for at, name in enumerate(FACTS):
            held = [entry[at] for entry in facts]
            known = {value: code for code, value in enumerate(dict.fromkeys(chain(*held)))}
            codes = [known[value] for values in held for value in values]
            file.add(f"{name}.start", array("I", accumulate(map(len, held), initial=0)))
            file.add(f"{name}.codes", array(smallest(codes), codes))
            file.add(f"{name}.values", _encoded(list(known)))
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

    def spread(self, name: str) -> Spread:
        """Return one of FACTS."""
        start, codes = (self._file.section(f"{name}.{part}") for part in ("start", "codes"))
        return Spread(start, codes, self._list(f"{name}.values"))

    def facts(self) -> list[Facts]:
        """Return the facts of all entries, for another segment to take."""
        found = []
        for name in FACTS:
            start, codes, values = self.spread(name)
            held = list(map(values.__getitem__, codes))
            found.append([tuple(held[a:b]) for a, b in pairwise(start)])
        return list(zip(*found, strict=True))

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
