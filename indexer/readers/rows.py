"""Tables and JSON lines: every row is a document, and everything in it can be found.

The settings say which columns are the text, the title, the date and so on. Of a row without a
column for the text, all columns are: `name: Quintero · rank: admiral`; of one with a text, the
other columns are a last paragraph. What stands above the header of a table is the document of the
file itself. A row's address ends in its own id, if it has one that no other row has, or else in
its number.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import PurePosixPath
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.fields import FIELDS
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import (
    Format,
    LeftOut,
    Member,
    Paragraph,
    Reading,
    Source,
    metadata,
    tables,
    title_from_name,
)
from backstory.indexer.readers import text as plain
from backstory.indexer.readers.encoding import read_text
from backstory.indexer.settings import RowSettings

FORMAT = Format(
    "a table",
    suffixes=(".csv", ".tsv", ".jsonl", ".ndjson"),
    media_types={
        "application/json-seq": ".jsonl",
        "application/jsonl": ".jsonl",
        "application/x-ndjson": ".jsonl",
        "text/csv": ".csv",
    },
    is_plain_text=True,
    # In so little nothing can be so often, or so deep, that it takes a tenth of a second.
    trusted_bytes=8_000,
    holds_members=True,
)

_ID = re.compile(r"[\w.@:-]{1,80}")
_MOST_NOTES = 20

Above = tuple[Paragraph, ...]
Notes = tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its values by the names of their columns, which nobody gave it if not `is_named`."""

    values: Mapping[str, Any]
    is_named: bool = True
    notes: Notes = ()

    @classmethod
    def of_cells(cls, header: Sequence[str], cells: Sequence[str]) -> Row:
        """Make a row of cells; those beyond the header are named by their number."""
        more = (f"column {number}" for number in range(len(header) + 1, len(cells) + 1))
        return cls(dict(zip((*header, *more), cells, strict=False)), bool(header))


def read(source: Source) -> Reading:
    """Read a table (`.csv`, `.tsv`) or JSON lines (`.jsonl`)."""
    text, notes = read_text(source)
    if PurePosixPath(source.name).suffix.lower() in (".jsonl", ".ndjson"):
        return _reading_of(_json_rows(text), source, notes)
    mark = "\t" if source.name.lower().endswith(".tsv") else ""
    try:
        found = tables.parse(text, known=_known(source.rows), delimiter=mark)
    except csv.Error as error:
        raise UnreadableDocument(source.name, _broken(f"broken: {error}")) from error
    rows = ((number, Row.of_cells(found.header, cells)) for number, cells in found.rows)
    above = tuple(map(Paragraph, found.preamble))
    reading = _reading_of(rows, source, notes, above)
    left_out = [LeftOut("column without values", name) for name in found.idle]
    if found.separator_line:
        left_out.insert(0, LeftOut("separator line", found.separator_line))
    return replace(reading, left_out=tuple(left_out))


def _reading_of(
    rows: Iterator[tuple[int, Row]], source: Source, notes: Notes, above: Above = ()
) -> Reading:
    members = tuple(_members(rows, source))
    if not above and not any(member.reading for member in members):
        empty = Remark.of(Code.EMPTY, detail="a table without rows")
        raise UnreadableDocument(source.name, (members and members[0].remark) or empty)
    return Reading(above, title_from_name(source.name), notes=notes, members=members)


def _known(settings: RowSettings) -> frozenset[str]:
    """Return the names of columns that are fields, in small letters."""
    named = (getattr(settings, field.name) for field in fields(settings))
    further = (field.columns for field in FIELDS.further)
    return frozenset(name.lower() for names in (*named, *further) for name in names) | {"id"}


def _broken(detail: str) -> Remark:
    return Remark.of(Code.BROKEN, detail=detail)


def _members(rows: Iterator[tuple[int, Row]], source: Source) -> Iterator[Member]:
    taken: set[str] = set()
    for number, row in rows:
        if refusal := source.budget.refusal("rows"):
            yield Member(str(number), remark=refusal)
            return
        try:
            reading = _reading(row, number, source)
        except RecursionError:  # of lists in lists in lists
            deep = Remark.of(Code.TOO_DEEP, detail="nested too deeply")
            yield Member(_address(row, number, taken), remark=deep)
            continue
        if reading is not None:
            yield Member(_address(row, number, taken), reading=reading)


def _address(row: Row, number: int, taken: set[str]) -> str:
    own = str(row.values.get("id", "")).strip()
    address = own if _ID.fullmatch(own) and own.strip(".") and own not in taken else str(number)
    while address in taken:
        address += "+"
    taken.add(address)
    return address


def _json_rows(text: str) -> Iterator[tuple[int, Row]]:
    """Yield a row for each line; of a line that is no JSON object, its text."""
    broken = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            value, why = line, f"line {number} is not JSON: {reason}"
        else:
            why = f"line {number} is no JSON object"
        if isinstance(value, dict):
            yield number, Row(value)
            continue
        broken += 1
        note = (_broken(f"{why}; read as text"),) if broken <= _MOST_NOTES else ()
        yield number, Row({"": value}, is_named=False, notes=note)


# --- Documents


def _reading(row: Row, number: int, source: Source) -> Reading | None:
    columns = _columns(row, source.rows)
    paragraphs = tuple(_paragraphs(row, columns))
    if not paragraphs:
        return None
    found = {f: row.values[column] for f, column in columns.items() if f != "text"}
    title = found.pop("title", "")
    cleaned, notes = metadata.clean({**found, "title": str(title)}, f"row {number}")
    name = f"{title_from_name(source.name)}, row {number}"
    notes = (*row.notes, *notes)
    return Reading(paragraphs, cleaned.pop("title", "") or name, notes=notes, **cleaned)


def _columns(row: Row, settings: RowSettings) -> dict[str, str]:
    """Return the column of each field, the first of those it may have that holds something."""
    by_name = {
        key.strip().lower(): key for key, value in row.values.items() if value not in (None, "", [])
    }
    columns = {field.name: getattr(settings, field.name) for field in fields(settings)}
    columns |= {field.name: field.columns for field in FIELDS.further}
    return {
        field: by_name[name.lower()]
        for field in reversed(columns)
        for name in reversed(columns[field])
        if name.lower() in by_name
    }


def _paragraphs(row: Row, columns: Mapping[str, str]) -> Iterator[Paragraph]:
    """Yield the paragraphs of the text, if there is a column for it, and then all other columns."""
    elsewhere = set()
    if "text" in columns:
        value = row.values[columns["text"]]
        for text in value if isinstance(value, list) else [value]:
            yield from plain.paragraphs(_flat(text, between="\n\n"))
        # A title is searched as such; a language is no word of the row.
        elsewhere = {columns.get(field) for field in ("text", "title", "language")}
    rest = {key: _flat(value) for key, value in row.values.items() if key not in elsewhere}
    shown = (f"{key}: {value}" if row.is_named else value for key, value in rest.items() if value)
    if joined := " · ".join(shown):
        yield Paragraph(joined)


def _flat(value: object, between: str = ", ") -> str:
    if isinstance(value, dict):
        return between.join(f"{key}: {_flat(each)}" for key, each in value.items())
    if isinstance(value, list):
        return between.join(map(_flat, value))
    return "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")
