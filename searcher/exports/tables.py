"""Records as a table for a spreadsheet, or as JSON, one object a line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from backstory.engine.characters import escaped, visible

# What a spreadsheet takes for the beginning of a formula; the wide signs of East Asia too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_table(records: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """Yield the header and then a row for each record; a value that is missing is left empty."""
    writer = csv.writer(_Echo())
    yield str(writer.writerow(columns))
    for record in records:
        yield str(writer.writerow([harmless(record.get(name)) for name in columns]))


def json_lines(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line for each record."""
    for record in records:
        yield escaped(json.dumps(record, ensure_ascii=False)) + "\n"


def harmless(value: object) -> object:
    """Return a value for a spreadsheet cell: text that would be a formula starts with a quote."""
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, str):
        shown = visible(value)
        return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown
    return value


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text
