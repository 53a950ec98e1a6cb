"""Tables and JSON lines: every row is a document.

The settings say which columns are the text, the title, the date and so on. Of a row without a
column for the text, all columns are: `name: Quintero · rank: admiral`. A row's address ends in its
own id, if it has one that no other row has, or else in its number.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from io import StringIO
from pathlib import PurePosixPath
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.fields import FIELDS
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import (
    Format,
    Member,
    Paragraph,
    Reading,
    Source,
    metadata,
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

_SAMPLE = 64 * 1024
_DELIMITERS = ",;\t|"
_LARGEST_CELL = 16 * 1024 * 1024
_ID = re.compile(r"[\w.@:-]{1,80}")
_MOST_REASONS = 20

Row = Mapping[str, Any]


def read(source: Source) -> Reading:
    """Read a table (`.csv`, `.tsv`) or JSON lines (`.jsonl`)."""
    text, notes = read_text(source)
    is_json = PurePosixPath(source.name).suffix.lower() in (".jsonl", ".ndjson")
    rows = _json_rows(text) if is_json else _table_rows(text, source.name)
    members = tuple(_members(rows, source))
    if not any(member.reading for member in members):
        empty = Remark.of(Code.EMPTY, detail="a table without rows")
        raise UnreadableDocument(source.name, (members and members[0].remark) or empty)
    return Reading((), title_from_name(source.name), notes=notes, members=members)


def _broken(detail: str) -> Remark:
    return Remark.of(Code.BROKEN, detail=detail)


def _members(rows: Iterator[tuple[int, Row | str]], source: Source) -> Iterator[Member]:
    taken: set[str] = set()
    refused = 0
    for number, row in rows:
        if refusal := source.budget.refusal("rows"):
            yield Member(str(number), remark=refusal)
            return
        if isinstance(row, str):
            refused += 1
            if refused > _MOST_REASONS:
                yield Member(str(number), remark=_broken(f"{row}; further rows are not read"))
                return
            yield Member(str(number), remark=_broken(row))
        else:
            try:
                reading = _reading(row, number, source)
            except RecursionError:  # of lists in lists in lists
                deep = Remark.of(Code.TOO_DEEP, detail="nested too deeply")
                yield Member(_address(row, number, taken), remark=deep)
                continue
            if reading is not None:
                yield Member(_address(row, number, taken), reading=reading)


def _address(row: Row, number: int, taken: set[str]) -> str:
    own = str(row.get("id", "")).strip()
    address = own if _ID.fullmatch(own) and own.strip(".") and own not in taken else str(number)
    while address in taken:
        address += "+"
    taken.add(address)
    return address


# --- Rows


def _table_rows(text: str, name: str) -> Iterator[tuple[int, Row | str]]:
    csv.field_size_limit(_LARGEST_CELL)
    lines = csv.reader(StringIO(text, newline=""), _dialect(text, name))
    try:
        header = [" ".join(cell.split()) for cell in next(lines, [])]
        for number, cells in enumerate(lines, 1):
            if any(cell.strip() for cell in cells):
                yield number, _row(header, cells)
    except csv.Error as error:
        yield lines.line_num, f"broken from line {lines.line_num}: {error}"


def _row(header: list[str], cells: list[str]) -> Row:
    more = [f"column {number}" for number in range(len(header) + 1, len(cells) + 1)]
    keys = [key or f"column {number}" for number, key in enumerate([*header, *more], 1)]
    return dict(zip(keys, cells, strict=False))


def _dialect(text: str, name: str) -> type[csv.Dialect]:
    """Tell what stands between the cells: what the first lines have in the same number."""
    if name.lower().endswith(".tsv"):
        return csv.excel_tab
    head = text[:_SAMPLE].split("\n")[:20]
    counts = {mark: [line.count(mark) for line in head if line.strip()] for mark in _DELIMITERS}
    first = {mark: found[0] for mark, found in counts.items() if found and found[0]}
    best = max(first, key=lambda mark: (counts[mark].count(first[mark]), first[mark]), default=",")

    class Dialect(csv.excel):
        delimiter = best

    return Dialect


def _json_rows(text: str) -> Iterator[tuple[int, Row | str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            yield number, f"line {number} is not JSON: {reason}"
            continue
        shown = f"line {number} is no JSON object"
        yield number, row if isinstance(row, dict) else shown


# --- Documents


def _reading(row: Row, number: int, source: Source) -> Reading | None:
    columns = _columns(row, source.rows)
    paragraphs = _paragraphs(row, columns)
    if not paragraphs:
        return None
    found = {field: row[column] for field, column in columns.items() if field != "text"}
    title = found.pop("title", "")
    cleaned, notes = metadata.clean({**found, "title": str(title)}, f"row {number}")
    name = f"{title_from_name(source.name)}, row {number}"
    return Reading(paragraphs, cleaned.pop("title", "") or name, notes=notes, **cleaned)


def _columns(row: Row, settings: RowSettings) -> dict[str, str]:
    """Return the column of each field, the first of those it may have that holds something."""
    by_name = {
        key.strip().lower(): key for key, value in row.items() if value not in (None, "", [])
    }
    columns = {field.name: getattr(settings, field.name) for field in fields(settings)}
    columns |= {field.name: field.columns for field in FIELDS.further}
    return {
        field: by_name[name.lower()]
        for field in reversed(columns)
        for name in reversed(columns[field])
        if name.lower() in by_name
    }


def _paragraphs(row: Row, columns: Mapping[str, str]) -> tuple[Paragraph, ...]:
    if "text" not in columns:
        used = set(columns.values())
        rest = {key: _flat(value) for key, value in row.items() if key not in used}
        shown = " · ".join(f"{key}: {value}" for key, value in rest.items() if value)
        return (Paragraph(shown),) if shown else ()
    value = row[columns["text"]]
    texts = value if isinstance(value, list) else [value]
    found = [part for text in texts for part in plain.paragraphs(_flat(text, between="\n\n"))]
    return tuple(found)


def _flat(value: object, between: str = ", ") -> str:
    if isinstance(value, dict):
        return between.join(f"{key}: {_flat(each)}" for key, each in value.items())
    if isinstance(value, list):
        return between.join(map(_flat, value))
    return "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")
