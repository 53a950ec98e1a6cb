"""Records as a table for a spreadsheet, in which no cell is a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from backstory.engine.characters import visible
from backstory.searcher.exports.base import Record, TableExport

# What a spreadsheet takes for the beginning of a formula; the wide signs of East Asia too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_table(records: Iterable[Record], columns: Sequence[str]) -> Iterator[str]:
    """Yield the header and then a row for each record; a value that is missing is left empty."""
    writer = csv.writer(_Echo())
    yield str(writer.writerow(columns))
    for record in records:
        yield str(writer.writerow([harmless(record.get(name)) for name in columns]))


def harmless(value: object) -> object:
    """Return a value for a spreadsheet cell: text that would be a formula starts with a quote."""
    if isinstance(value, str):
        shown = visible(value)
        return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown
    return value


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


EXPORT = TableExport(
    name="csv",
    label="Table (CSV)",
    help="A table for a spreadsheet.",
    media_type="text/csv",
    suffix="csv",
    write=csv_table,
)
