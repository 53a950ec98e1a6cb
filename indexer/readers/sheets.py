"""Spreadsheets: every sheet a document, every row a passage with the names of its columns.

A row says in which cells it stands. What a formula gives is read, not the formula; how a number is
shown (percent, currency) is not known. Of cells that were merged downwards each row has the text.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from backstory.engine.cells import Cell, cell_range
from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.engine.times import clock
from backstory.indexer.readers import (
    Format,
    Member,
    Paragraph,
    Reading,
    Source,
    metadata,
    title_from_name,
)
from backstory.indexer.readers.archives import ENCRYPTED, is_zip
from backstory.indexer.readers.columns import Row, header_of, labelled
from backstory.indexer.readers.dispatch import guarded, safe_name
from backstory.indexer.readers.opendocument import meta_fields, open_archive
from backstory.indexer.readers.sheet_comments import comments
from backstory.indexer.readers.word import core_fields

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook, SheetMetadata

_OPEN = "application/vnd.oasis.opendocument.spreadsheet"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMAT = Format(
    "a spreadsheet",
    suffixes=(".xlsx", ".xlsm", ".xlsb", ".xls", ".xlt", ".xltx", ".ods", ".ots"),
    zip_names=("xl/workbook.*",),
    mimetypes=(_OPEN, f"{_OPEN}-template"),
    streams=("Workbook", "Book"),
    text_suffix=".csv",
    media_types={
        _EXCEL: ".xlsx",
        "application/vnd.ms-excel": ".xls",
        "application/vnd.ms-excel.sheet.binary.macroenabled.12": ".xlsb",
        "application/vnd.ms-excel.sheet.macroenabled.12": ".xlsm",
        _OPEN: ".ods",
    },
    holds_members=True,
    packages=("lxml", "python_calamine"),
)

_Comments = Mapping[str, tuple[Paragraph, ...]]
_SLASHES = str.maketrans("/\\", "__")
# A slip of the library on a broken file; no subclass of Exception.
_PANIC = "PanicException"
_WIDEST = 1_000  # columns that one label may spread over


def read(source: Source) -> Reading:
    """Read the sheets of a workbook."""
    data = source.whole
    fields, notes, comments_of = _beside(source) if is_zip(data) else ({}, (), {})
    title = fields.pop("title", "") or title_from_name(source.name)
    budget = _RowBudget(source.formats.max_members)
    described = Reading((), title, notes=notes, **{"kind": "spreadsheet", **fields})
    members = tuple(_members(source, described, budget, comments_of))
    if not members:
        raise UnreadableDocument(source.name, "a workbook without text", Code.EMPTY)
    return replace(described, members=members)


def _beside(source: Source) -> tuple[metadata.Fields, metadata.Notes, _Comments]:
    """Return what the workbook says about itself, and the comments on its sheets."""
    archive = open_archive(source)
    if archive.unpacked > source.budget.size:
        reason = "unfolds to more than formats.max_unpacked_mb"
        raise UnreadableDocument(source.name, reason, Code.TOO_LARGE)
    read_fields = meta_fields if "meta.xml" in archive else core_fields
    try:
        return (*read_fields(archive, source.name), comments(archive, source.name))
    except UnreadableDocument:  # what is wrong with them does not matter to the sheets
        return {}, (), {}


# --- Sheets


class _RowBudget:
    """How many rows of a workbook may still be read."""

    def __init__(self, most: int) -> None:
        self.left = most

    def refusal(self, more: str) -> Remark | None:
        """Return the remark on what is past the limit, None as long as there is room."""
        if self.left > 0:
            return None
        limit = "formats.max_members"
        return Remark.of(Code.TOO_MANY, more=more, what="rows", setting=limit)


def _members(
    source: Source, workbook: Reading, budget: _RowBudget, comments_of: _Comments
) -> Iterator[Member]:
    opened = _workbook(source)
    content = hashlib.sha256(source.data).digest()
    for sheet in opened.sheets_metadata:
        name = safe_name(sheet.name.translate(_SLASHES)) or "…"
        if refusal := source.budget.refusal("sheets") or budget.refusal("the workbook holds more"):
            yield Member(name, remark=refusal)
            return
        # The rows are put before the comments.
        with_comments = replace(workbook, paragraphs=comments_of.get(sheet.name, ()))
        # The same workbook elsewhere is a copy, sheet by sheet.
        digest = hashlib.sha256(content + sheet.name.encode()).hexdigest()
        found = guarded(source, name, digest, partial(_sheet, opened, sheet, with_comments, budget))
        if found.remark is None or found.remark.code is not Code.EMPTY:
            yield found


def _sheet(
    opened: CalamineWorkbook, sheet: SheetMetadata, workbook: Reading, budget: _RowBudget
) -> Reading:
    from python_calamine import SheetVisibleEnum

    title = f"{workbook.title}, {sheet.name}"
    with _faults_told(title, "sheet"):
        found = tuple(_paragraphs(opened.get_sheet_by_name(sheet.name), budget))
    if not found and not workbook.paragraphs:
        raise UnreadableDocument(title, "an empty sheet", Code.EMPTY)
    notes = workbook.notes
    if sheet.visible != SheetVisibleEnum.Visible:
        notes += (Remark.of(Code.HIDDEN, detail="a hidden sheet"),)
    if refusal := budget.refusal("the sheet may hold more"):
        notes += (refusal,)
    return replace(workbook, paragraphs=found + workbook.paragraphs, title=title, notes=notes)


def _workbook(source: Source) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    with _faults_told(source.name, "spreadsheet"):
        return CalamineWorkbook.from_filelike(io.BytesIO(source.whole))


@contextlib.contextmanager
def _faults_told(name: str, what: str) -> Iterator[None]:
    """Raise UnreadableDocument for whatever the library fails with on a broken file."""
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError as error:
        raise UnreadableDocument(name, ENCRYPTED) from error
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        detail = " ".join(f"broken {what}: {error}".split())[:280]
        raise UnreadableDocument(name, detail, Code.BROKEN) from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise UnreadableDocument(name, f"broken {what}", Code.BROKEN) from error


def _paragraphs(sheet: CalamineSheet, budget: _RowBudget) -> Iterator[Paragraph]:
    """Yield every row that has text; a table that follows another may have a header of its own."""
    merged = _Merged(sheet)
    header: Row = {}
    for block in _blocks(sheet, merged, budget):
        numbers, table = list(block), list(block.values())
        at = header_of(table)
        if at is not None:
            header = merged.header(numbers[at], block)
        elif not {column for row in table for column in row} <= header.keys():
            header = {}
        for position, (number, row) in enumerate(block.items()):
            is_note = len(row) == 1 and min(row) == min(header, default=0) and len(header) > 1
            is_above = at is not None and position <= at
            text = labelled(row, {} if is_above or is_note else header)
            yield Paragraph(text, cells=cell_range(Cell(number, min(row)), Cell(number, max(row))))


def _blocks(
    sheet: CalamineSheet, merged: _Merged, budget: _RowBudget
) -> Iterator[Mapping[int, Row]]:
    """Yield the rows between one empty row and the next, by their number."""
    block: dict[int, Row] = {}
    left = (sheet.start or (0, 0))[1] + 1
    for number, cells in enumerate(sheet.iter_rows(), 1):
        texts = ((column, _text(value)) for column, value in enumerate(cells, left))
        row = {column: text for column, text in texts if text}
        if row and budget.left <= 0:
            break
        if row:
            budget.left -= 1
            block[number] = merged.filled(number, row)
        elif block:
            yield block
            block = {}
    if block:
        yield block


class _Merged:
    """The cells of a sheet that were merged; only the first of them has the text."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self._down: dict[tuple[int, int], int] = {}
        self._across: dict[int, list[tuple[int, int]]] = {}
        self._open: dict[int, tuple[int, str]] = {}
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():
            if bottom > top:
                self._down[top + 1, first + 1] = bottom + 1
            elif last > first:
                self._across.setdefault(top + 1, []).append((first + 1, last + 1))

    def filled(self, number: int, row: Row) -> Row:
        """Return a row with the texts that were merged down to it; rows come in their order."""
        for column, text in row.items():
            if bottom := self._down.get((number, column)):
                self._open[column] = bottom, text
        reaching = {
            column: text
            for column, (bottom, text) in self._open.items()
            if number <= bottom and column not in row
        }
        return dict(sorted({**row, **reaching}.items())) if reaching else row

    def header(self, number: int, block: Mapping[int, Row]) -> Row:
        """Return what a row calls the columns, with the labels that the row above spreads."""
        own, above = self._spread(number, block), self._spread(number - 1, block)
        wide = self._across.get(number - 1, ())
        above = {c: above[c] for first, last in wide for c in range(first, last + 1) if c in above}
        return {
            column: f"{above[column]} {text}" if above.get(column, text) != text else text
            for column, text in own.items()
        }

    def _spread(self, number: int, block: Mapping[int, Row]) -> Row:
        row = dict(block.get(number, {}))
        for first, last in self._across.get(number, ()):
            for column in range(first + 1, min(last, first + _WIDEST) + 1):
                row.setdefault(column, row.get(first, ""))
        return {column: text for column, text in row.items() if text}


def _text(value: object) -> str:
    """Return a cell as text: dates as ISO 8601, numbers without a needless fraction."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return (value.date() if is_day else value).isoformat(*(() if is_day else (" ",)))
    if isinstance(value, timedelta):
        return clock(value.total_seconds())
    if isinstance(value, date | time):
        return value.isoformat()
    return " ".join(str(value).split())
