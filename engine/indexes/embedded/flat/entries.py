"""The entries file: what a segment stores of each document and each of its passages.

lengths      words in each passage, DOCUMENT_ENTRY on the entries of documents
headers      the entries of documents
record_at    where each record starts (n + 1)
records      JSON of documents and passages, one after the other
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from backstory.engine.indexes.embedded.arrays import Numbers
from backstory.engine.indexes.embedded.flat.flatfile import FlatFile, FlatWriter
from backstory.engine.indexes.embedded.schema import DOCUMENT_ENTRY

ENTRIES_EXTENSION = ".entries"


def path_of(storage: Any, segment: Any, extension: str) -> Path:
    """Return the path of a file of one of Whoosh's segments."""
    return Path(storage.folder, segment.make_filename(extension))


def write_entries(path: Path, lengths: Numbers, records: Iterable[bytes]) -> None:
    """Write the length and record of each entry, documents before their passages."""
    record_at = array("Q", [0])
    with FlatWriter(path) as file:
        start = file.begin()
        for record in records:
            file.write(record)
            record_at.append(record_at[-1] + len(record))
        file.end("records", start)
        file.add("lengths", lengths.astype(np.uint32, copy=False))
        file.add("headers", np.flatnonzero(lengths == DOCUMENT_ENTRY).astype(np.uint32))
        file.add("record_at", np.frombuffer(record_at, np.uint64))


class Entries:
    """The entries of an open segment."""

    def __init__(self, file: FlatFile) -> None:
        self.lengths: Numbers = file.array("lengths")
        self.document_entries: Numbers = file.array("headers")
        self._record_at = file.part("record_at")
        self._records = file.part("records")

    def record(self, entry: int) -> bytes:
        """Return what is stored of an entry; raises IndexDamaged."""
        start, end = self._record_at[entry : entry + 2].tolist()
        return self._records[start:end].tobytes()
