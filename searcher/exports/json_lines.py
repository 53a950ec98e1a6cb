"""Records as JSON, one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from backstory.engine.characters import escaped
from backstory.searcher.exports.base import Record, TableExport


def json_lines(records: Iterable[Record], columns: Sequence[str] = ()) -> Iterator[str]:
    """Yield a line for each record, with all its fields whatever the columns are."""
    for record in records:
        yield escaped(json.dumps(record, ensure_ascii=False)) + "\n"


EXPORT = TableExport(
    name="jsonl",
    label="JSON lines",
    help="One JSON object a line.",
    media_type="application/jsonl",
    suffix="jsonl",
    write=json_lines,
)
