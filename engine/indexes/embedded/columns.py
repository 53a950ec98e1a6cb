"""The columns of a segment: document fields for filters, facets and incremental indexing.

There is one row per document, in the order of the document entries. Columns are dictionary-encoded:
a code per row, and the value of each code, so that a filter is evaluated once per distinct value
and facets are counted on codes. The states of the source files are stored beside them.

ids, paths, hashes           JSON lists, a text a row
COLUMN.codes, COLUMN.values  numbers, and a JSON list of what they stand for
size, mtime, inode           numbers a row; `sidecars` is a JSON list
FACT.start, .codes, .values  for each entry, document or passage, any number of codes
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backstory.engine.documents import Document, FileState, Passage
from backstory.engine.fields import FIELDS
from backstory.engine.indexes.embedded.arrays import Numbers, narrowed
from backstory.engine.indexes.embedded.flat.flatfile import FlatFile, FlatWriter

EXTENSION = ".columns"
OWN_LANGUAGE = "own_language"  # of a passage that is in another than its document
FACTS = ("names", "mentions", OWN_LANGUAGE)
_NUMBERS = {"size": np.int64, "mtime_ns": np.int64, "inode": np.uint64}


class Row(NamedTuple):
    """The values of a document in the columns."""

    values: tuple[Any, ...]
    sha256: str
    file: FileState

    @classmethod
    def of(cls, document: Document, file: FileState) -> Row:
        """Return the row of a document."""
        return cls(tuple(map(document.value, FIELDS.columns)), document.sha256, file)


# The names, the dates and the language of its own, if any, of an entry, as FACTS says.
Facts = tuple[tuple[str, ...], ...]
NO_FACTS: Facts = ((), (), ())


def facts_of(passage: Passage) -> Facts:
    """Return the facts of a passage."""
    return (passage.names, passage.mentions, (passage.language,) if passage.language else ())


class Spread(NamedTuple):
    """Facts by entry: the codes of an entry are codes[start[entry] : start[entry + 1]]."""

    start: Numbers
    codes: Numbers
    values: Sequence[str]


class Coded(NamedTuple):
    """A column: a code a row, and the values by code."""

    codes: Numbers
    values: Sequence[Any]


def write_columns(path: Path, rows: Sequence[Row], facts: Sequence[Facts]) -> None:
    """Write the columns of a segment: of its documents, and of all its entries."""
    with FlatWriter(path) as file:
        for i, name in enumerate(FIELDS.columns):
            _add_coded(file, name, [row.values[i] for row in rows])
        for name, kind in _NUMBERS.items():
            file.add(name, np.array([getattr(row.file, name) for row in rows], kind))
        for i, name in enumerate(FACTS):
            lists = [entry[i] for entry in facts]
            lengths = np.fromiter(map(len, lists), np.uint32, len(lists))
            file.add(f"{name}.start", np.concatenate(([0], lengths.cumsum())).astype(np.uint32))
            _add_coded(file, name, list(chain(*lists)))
        file.add("paths", _encoded([row.file.path for row in rows]))
        file.add("sidecars", _encoded([row.file.sidecar for row in rows]))
        file.add("hashes", _encoded([row.sha256 for row in rows]))


def _add_coded(file: FlatWriter, name: str, column: Sequence[Any]) -> None:
    numbered = {value: code for code, value in enumerate(dict.fromkeys(column))}
    codes = np.fromiter(map(numbered.__getitem__, column), np.uint32, len(column))
    file.add(f"{name}.codes", narrowed(codes))
    file.add(f"{name}.values", _encoded(list(numbered)))


class Columns:
    """The columns of an open segment; values are decoded at each call, as they may be large.

    A column that is missing, because the segment is older than the field, reads as empty.
    """

    def __init__(self, path: Path) -> None:
        self.file = FlatFile(path)
        self._size = len(self.file.section("size"))

    def coded(self, name: str) -> Coded:
        """Return one of FIELDS.columns; lists are tuples, all else is text."""
        if f"{name}.codes" not in self.file:
            return Coded(np.zeros(self._size, np.uint8), [FIELDS[name].default])
        values = self._list(f"{name}.values")
        if FIELDS[name].is_list:
            values = list(map(tuple, values))
        return Coded(self.file.array(f"{name}.codes"), values)

    def spread(self, name: str) -> Spread:
        """Return one of FACTS."""
        if f"{name}.codes" not in self.file:
            entries = len(self.file.section(f"{FACTS[0]}.start"))
            return Spread(np.zeros(entries, np.uint8), np.zeros(0, np.uint8), [])
        start, codes = (self.file.array(f"{name}.{part}") for part in ("start", "codes"))
        return Spread(start, codes, self._list(f"{name}.values"))

    def facts(self) -> list[Facts]:
        """Return the facts of all entries, for another segment to take."""
        columns = []
        for name in FACTS:
            start, codes, values = self.spread(name)
            flat = list(map(values.__getitem__, codes.tolist()))
            columns.append([tuple(flat[a:b]) for a, b in pairwise(start.tolist())])
        return list(zip(*columns, strict=True))

    def files(self) -> Iterable[tuple[FileState, str, str]]:
        """Return (file, document id, SHA-256 of its content) of every row."""
        numbers = [self.file.section(name) for name in _NUMBERS]
        sidecars = [tuple(sidecar) if sidecar else None for sidecar in self._list("sidecars")]
        files = map(FileState, self._list("paths"), *numbers, sidecars)
        codes, ids = self.coded("id")
        return zip(files, map(ids.__getitem__, codes.tolist()), self._list("hashes"), strict=True)

    def rows(self) -> list[Row]:
        """Return all rows, for another segment to take."""
        columns = [self.coded(name) for name in FIELDS.columns]
        values = zip(*(map(v.__getitem__, codes.tolist()) for codes, v in columns), strict=True)
        return [
            Row(row, sha256, file)
            for row, (file, _, sha256) in zip(values, self.files(), strict=True)
        ]

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    def _list(self, name: str) -> list[Any]:
        values: list[Any] = json.loads(bytes(self.file.section(name)))
        return values


def _encoded(values: Sequence[Any]) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode("ascii")
