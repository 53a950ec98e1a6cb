"""Writes office files that few libraries write: sheets, slides, Outlook’s mails, old Word."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import xlwt
from containers import Tree, container
from odf.draw import Frame, Page, TextBox
from odf.namespaces import PRESENTATIONNS
from odf.opendocument import OpenDocumentPresentation, OpenDocumentSpreadsheet
from odf.presentation import Notes
from odf.style import MasterPage, PageLayout
from odf.table import Table, TableCell, TableRow
from odf.text import P, S
from pptx import Presentation

Rows = Sequence[Sequence[Any]]
Run = tuple[str, bytes]  # a text with its properties

# --- Sheets


def xlsx(
    sheets: Mapping[str, Rows], change: Callable[[openpyxl.Workbook], object] = lambda book: None
) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    change(book)
    return saved(book)


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xls(rows: Rows) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Fleet")
    formats = {date: "YYYY-MM-DD", datetime: "YYYY-MM-DD HH:MM"}
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            style = xlwt.easyxf(num_format_str=formats.get(type(value), "General"))
            sheet.write(at, column, value, style)
    return saved(book)


def ods(rows: Rows) -> bytes:
    def cell(value: Any) -> Any:
        if isinstance(value, str):
            made = TableCell(valuetype="string")
        elif isinstance(value, date):
            made = TableCell(valuetype="date", datevalue=value.isoformat())
        else:
            made = TableCell(valuetype="float", value=value)
        made.addElement(P(text=str(value)))
        return made

    book = OpenDocumentSpreadsheet()
    table = Table(name="Fleet")
    for row in rows:
        line = TableRow()
        for value in row:
            line.addElement(cell(value))
        table.addElement(line)
    # As LibreOffice writes the rest of a sheet.
    table.addElement(TableRow(numberrowsrepeated=1_000_000))
    book.spreadsheet.addElement(table)
    return saved(book)


def xlsb(rows: Rows) -> bytes:
    """Write a binary workbook of texts and numbers, record by record."""

    def record(kind: int, data: bytes = b"") -> bytes:
        number = bytes([kind & 0x7F | 0x80, kind >> 7]) if kind > 0x7F else bytes([kind])
        size = len(data)
        length = bytes([size & 0x7F | 0x80, size >> 7]) if size > 0x7F else bytes([size])
        return number + length + data

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def cell(column: int, value: Any) -> bytes:
        place = struct.pack("<II", column, 0)
        if isinstance(value, str):
            return record(6, place + wide(value))
        return record(5, place + struct.pack("<d", value))

    lines = b""
    for at, row in enumerate(rows):
        lines += record(0, struct.pack("<IIHHBI", at, 0, 300, 0, 0, 0))
        lines += b"".join(cell(column, value) for column, value in enumerate(row))
    size = struct.pack("<4I", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    sheet = record(129) + record(148, size) + record(145) + lines + record(146) + record(130)
    bundle = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Fleet"))
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.bin" Type="http://schemas.openxmlformats'
        '.org/officeDocument/2006/relationships/worksheet"/></Relationships>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        book = record(131) + record(143) + bundle + record(144) + record(132)
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", relations)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return stream.getvalue()


# --- Slides


def pptx(slides: Sequence[tuple[str, Sequence[str]]]) -> bytes:
    """Write slides of a title and texts."""
    deck = Presentation()
    for title, texts in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text_frame.text = "\n".join(texts)
    return saved(deck)


def odp(slides: Sequence[tuple[str, Sequence[str], str]]) -> bytes:
    deck = OpenDocumentPresentation()
    layout, master = PageLayout(name="l"), MasterPage(name="m", pagelayoutname="l")
    deck.automaticstyles.addElement(layout)
    deck.masterstyles.addElement(master)

    def add(place: object, texts: Sequence[str], kind: str = "") -> None:
        frame, box = Frame(), TextBox()
        if kind:
            frame.setAttrNS(PRESENTATIONNS, "class", kind)
        for text in texts:
            paragraph = P(text=text)
            paragraph.addElement(S())
            paragraph.addText("…")
            box.addElement(paragraph)
        frame.addElement(box)
        place.addElement(frame)  # type: ignore[attr-defined]

    for title, texts, said in slides:
        page, notes = Page(masterpagename=master), Notes()
        add(page, [title], "title")
        add(page, texts)
        add(notes, [said])
        page.addElement(notes)
        deck.presentation.addElement(page)
    stream = io.BytesIO()
    deck.save(stream)
    return stream.getvalue()


# --- Mails of Outlook: numbers of properties

SUBJECT, SENDER, SENDER_ADDRESS, SENT = 0x0037, 0x0C1A, 0x0C1F, 0x0039
BODY, RTF, HTML, CODEPAGE = 0x1000, 0x1009, 0x1013, 0x3FFD
NAME, SMTP, ROLE = 0x3001, 0x39FE, 0x0C15
DATA, LONG_NAME, MIME, CONTENT_ID = 0x3701, 0x3707, 0x370E, 0x3712


def properties(fixed: Mapping[int, int], header: int) -> bytes:
    """Write the numbers of a folder, after a header of so many bytes."""
    entries = (struct.pack("<HHIQ", 3, number, 6, value) for number, value in fixed.items())
    return bytes(header) + b"".join(entries)


def values(texts: Mapping[int, str | bytes], *, is_wide: bool = True) -> dict[str, bytes]:
    """Write the texts and bytes of a folder."""
    found = {}
    for number, value in texts.items():
        if isinstance(value, bytes):
            found[f"__substg1.0_{number:04X}0102"] = value
        elif is_wide:
            found[f"__substg1.0_{number:04X}001F"] = value.encode("utf-16-le")
        else:
            found[f"__substg1.0_{number:04X}001E"] = value.encode("cp1251")
    return found


def message(
    texts: Mapping[int, str | bytes],
    fixed: Mapping[int, int] = {},
    attached: Sequence[Tree] = (),
    people: Sequence[tuple[str, str, int]] = (),
    *,
    header: int = 32,
    is_wide: bool = True,
) -> Tree:
    tree: dict[str, bytes | Tree] = {"__properties_version1.0": properties(fixed, header)}
    tree |= values(texts, is_wide=is_wide)
    for number, (name, address, role) in enumerate(people):
        tree[f"__recip_version1.0_#{number:08X}"] = {
            "__properties_version1.0": properties({ROLE: role}, 8),
            **values({NAME: name, SMTP: address}),
        }
    for number, each in enumerate(attached):
        tree[f"__attach_version1.0_#{number:08X}"] = {
            "__properties_version1.0": properties({}, 8),
            **each,
        }
    return tree


def file_time(moment: datetime) -> int:
    return int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


# --- Old Word

_PAGE = 512


def page(borders: Sequence[int], values: Sequence[bytes], width: int) -> bytes:
    """Write a page of properties: borders, where each value lies, and the values from the end."""
    head = struct.pack(f"<{len(borders)}I", *borders)
    places, data, end = b"", b"", _PAGE - 1
    for value in values:
        end = (end - len(value)) // 2 * 2
        places += struct.pack("B", end // 2 if value else 0).ljust(width, b"\0")
        data = value.ljust(_PAGE - 1 - end - len(data), b"\0") + data
    return (head + places).ljust(_PAGE - 1 - len(data), b"\0") + data + bytes([len(values)])


def word(
    runs: Sequence[Run],
    paragraphs: Sequence[tuple[int, bytes]] = (),
    *,
    wide: bool = True,
    counts: Sequence[int] = (),
    flags: int = 0,
) -> bytes:
    """Write a file: `paragraphs` are style and properties of each, in their order."""
    text = "".join(said for said, _ in runs)
    encoded, width = (text.encode("utf-16-le"), 2) if wide else (text.encode("cp1252"), 1)
    begin = 1024
    letters, paragraph_ends = [begin], [begin]
    for said, _ in runs:
        letters.append(letters[-1] + len(said) * width)
    for at, sign in enumerate(text):
        if sign in "\r\x07":
            paragraph_ends.append(begin + (at + 1) * width)
    first = (begin + len(encoded)) // _PAGE + 1
    chpx = [bytes([len(value)]) + value if value else b"" for _, value in runs]
    papx = []
    for number in range(len(paragraph_ends) - 1):
        style, value = paragraphs[number] if number < len(paragraphs) else (0, b"")
        data = struct.pack("<H", style) + value
        padded = data.ljust((len(data) + 1) // 2 * 2, b"\0")
        papx.append(bytes([0, len(padded) // 2]) + padded)
    pages = page(letters, chpx, 1) + page(paragraph_ends, papx, 13)
    where = begin if wide else begin * 2 | 0x40000000
    pieces = struct.pack("<IIHIH", 0, len(text), 0, where, 0)
    table = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    places = {33: (0, len(table))}
    for which, (borders, number) in {12: (letters, first), 13: (paragraph_ends, first + 1)}.items():
        places[which] = len(table), 12
        table += struct.pack("<III", borders[0], borders[-1], number)
    head = bytearray(begin)
    struct.pack_into("<HH", head, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", head, 0x0A, 0x0200 | flags)
    struct.pack_into("<8I", head, 0x4C, *(list(counts) or [len(text)] + [0] * 7))
    for which, place in places.items():
        struct.pack_into("<II", head, 0x9A + 8 * which, *place)
    stream = (bytes(head) + encoded).ljust(first * _PAGE, b"\0") + pages
    return container({"WordDocument": stream, "1Table": table})
