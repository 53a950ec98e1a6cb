"""The list of files that could not be indexed: entries of their own, some files in each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from backstory.engine.documents import SkippedFile
from backstory.engine.indexes.opensearch.mapping import SKIPPED
from backstory.engine.indexes.opensearch.translation import filtered
from backstory.engine.indexes.opensearch.view import View

FILES = 500  # in an entry


def skipped_files(view: View) -> tuple[SkippedFile, ...]:
    """Return the files that a commit could not index."""
    number = view.state.skipped
    if not number:
        return ()
    query = filtered({"term": {"what": SKIPPED}}, {"term": {"set": number}})
    records = (json.loads(entry["record"]) for entry in view.entries(query, [{"n": "asc"}]))
    return tuple(SkippedFile.from_json(one) for record in records for one in record)


def skipped_entries(files: Sequence[SkippedFile], number: int) -> Iterator[dict[str, Any]]:
    """Yield the entries of a list that a commit begins."""
    for n, i in enumerate(range(0, len(files), FILES)):
        record = [one.to_json() for one in files[i : i + FILES]]
        yield {"what": SKIPPED, "set": number, "n": n, "record": json.dumps(record)}
