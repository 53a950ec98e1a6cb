"""The entries file: what a segment stores of each header and passage.

lengths      words in each passage, HEADER on headers
headers      the entries that are headers
record_at    where each record starts (n + 1)
records      JSON of documents and passages, one after the other
"""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any

from backstory.engine.backends.whoosh.flat.flatfile import FlatFile, FlatWriter
from backstory.engine.backends.whoosh.schema import HEADER

ENTRIES_EXTENSION = ".entries"


def path_of(storage: Any, segment: Any, extension: str) -> Path:
    """Return the path of a file of one of Whoosh's segments."""
    return Path(storage.folder, segment.make_filename(extension))


class EntriesWriter:
    """Writes entries as they come; only their lengths and places stay in memory."""

    def __init__(self, path: Path) -> None:
        self.lengths = array("I")
        self._headers = array("I")
        self._record_at = array("Q", [0])
        self._file = FlatWriter(path)
        self._start = self._file.begin()

    def entry(self, length: int, record: bytes) -> None:
        """Add a header (of length HEADER) or a passage."""
        if length == HEADER:
            self._headers.append(len(self.lengths))
        self.lengths.append(length)
        self._record_at.append(self._record_at[-1] + len(record))
        self._file.write(record)

    @property
    def words(self) -> int:
        """The number of words in all passages."""
        return sum(self.lengths) - HEADER * len(self._headers)

    def close(self) -> None:
        """Write what is left and close the file."""
        self._file.end("records", self._start)
        self._file.add("lengths", self.lengths)
        self._file.add("headers", self._headers)
        self._file.add("record_at", self._record_at)
        self._file.close()


class Entries:
    """The entries of an open segment."""

    def __init__(self, file: FlatFile) -> None:
        self.lengths: memoryview[Any] = file.section("lengths")
        self.headers: memoryview[Any] = file.section("headers")
        self._record_at = file.section("record_at")
        self._records = file.section("records")

    def record(self, entry: int) -> bytes:
        """Return what is stored of an entry."""
        return bytes(self._records[self._record_at[entry] : self._record_at[entry + 1]])
