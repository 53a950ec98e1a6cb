"""Reads a PDF: its pages, what it says about itself, and what is attached to it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import (
    Format,
    LeftOut,
    Reading,
    Source,
    metadata,
    title_from_name,
)
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.pdf.characters import lines_of_page
from backstory.indexer.readers.pdf.edges import without_edges
from backstory.indexer.readers.pdf.extras import attachments, comments_and_fields
from backstory.indexer.readers.pdf.flow import blocks
from backstory.indexer.readers.pdf.lines import Line, body_size
from backstory.indexer.readers.pdf.notes import with_notes
from backstory.indexer.readers.pdf.numbered import without_numbers
from backstory.indexer.readers.pdf.order import ordered
from backstory.indexer.readers.pdf.stamped import stamps
from backstory.indexer.readers.scans import Scan, among

FORMAT = Format(
    "a PDF",
    suffixes=(".pdf",),
    magic=(b"%PDF-",),
    media_types={"application/pdf": ".pdf"},
    holds_members=True,
    may_be_scanned=True,
    packages=("pypdfium2",),
)

_NO_TITLE = re.compile(r"\.(?:docx?|indd|qxd|pdf|tmp|rtf|odt)$|^(?:microsoft|untitled)", re.I)
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?")


@dataclass(slots=True)
class _Pages:
    """The lines of each page that was read, and what else stands on them."""

    lines: list[list[Line]] = field(default_factory=list)
    extras: list[Block] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)
    stamped: list[int] = field(default_factory=list)  # scans with a line of text on them

    @property
    def empty(self) -> list[int]:
        """The numbers of the pages without text; broken ones count where no page has any."""
        bare = [number for number, lines in enumerate(self.lines, 1) if not lines]
        return [each for each in bare if each not in self.broken] if any(self.lines) else bare


def read(source: Source) -> Reading:
    """Read a PDF that holds text, filled fields, comments or attached files."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(source.whole)
    except PdfiumError as error:
        raise UnreadableDocument(source.name, _fault(str(error))) from error
    try:
        pages, notes = _pages(document, source)
        scan = Scan.of(source.recognised, pages.empty, pages.stamped)
        fields, more = _fields(document, source.name)
        members = tuple(attachments(document, source))
    finally:
        document.close()
    found, left_out = _in_order(pages.lines)
    _part(found, pages.stamped)
    title, cut = paragraphs(
        (*among(blocks(found), scan.blocks), *pages.extras), fields.get("title", "")
    )
    fields["title"] = title or title_from_name(source.name)
    notes = (*notes, *scan.notes, *more)
    if not cut:
        refusal = scan.refusal(len(pages.lines))
        if not members:
            raise UnreadableDocument(source.name, refusal)
        notes = (*notes, refusal) if refusal.code is not Code.EMPTY else notes
    return Reading(
        cut, notes=notes, members=members, left_out=(*left_out, *scan.left_out), **fields
    )


def _in_order(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], tuple[LeftOut, ...]]:
    """Return the lines of each page as they are read, and what was left out of them."""
    without = [without_numbers(page) for page in pages]
    found, edges = without_edges([page for page, _ in without])
    left_out = (*(numbers for _, numbers in without if numbers), *edges)
    body = body_size([line for page in found for line in page])
    inorder = [with_notes(ordered(page), body) for page in found]
    return inorder, tuple(sorted(left_out, key=lambda each: each.page or 0))


def _part(pages: Sequence[list[Line]], stamped: Sequence[int]) -> None:
    """Have a paragraph begin with a stamped page and after it: no text goes on in a stamp."""
    for number in {each for at in stamped for each in (at, at + 1)}:
        if number <= len(pages) and (lines := pages[number - 1]):
            lines[0] = replace(lines[0], opens=True)


def _fault(said: str) -> Remark:
    if "password" in said.lower():  # PDFium says so in words alone
        return Remark.of(Code.ENCRYPTED, detail="encrypted: it needs a password (PDF)")
    return Remark.of(Code.BROKEN, detail="broken (PDF)")


def _pages(document: Any, source: Source) -> tuple[_Pages, metadata.Notes]:
    """Return what stands on each page that time allows for, and notes on what is lacking."""
    from pypdfium2 import PdfiumError

    count = len(document)
    with contextlib.suppress(PdfiumError):  # then fields are read without the forms
        document.init_forms()
    pages = _Pages()
    for number in range(1, count + 1):
        if source.budget.guard.left <= 0:
            break
        _add_page(document, number, pages)
    return pages, _notes(count, len(pages.lines), len(pages.broken))


def _add_page(document: Any, number: int, pages: _Pages) -> None:
    from pypdfium2 import PdfiumError

    lines: list[Line] = []
    try:
        page = document[number - 1]
        try:
            lines = lines_of_page(page, number)
            if stamps(page, lines):
                pages.stamped.append(number)
            pages.extras += comments_and_fields(document, page, number)
        finally:
            page.close()
    except PdfiumError:
        pages.broken.add(number)
    pages.lines.append(lines)


def _notes(count: int, read_pages: int, broken: int) -> metadata.Notes:
    notes = []
    if read_pages < count:
        notes.append(Remark.of(Code.PAGES_LEFT, read=read_pages, count=count))
    if broken:
        notes.append(Remark.of(Code.PAGES_BROKEN, broken=broken, count=count))
    return tuple(notes)


# --- Metadata


def _fields(document: Any, name: str) -> tuple[metadata.Fields, metadata.Notes]:
    info = document.get_metadata_dict(skip_empty=True)
    title = info.get("Title", "").strip()
    found = {
        "title": "" if _NO_TITLE.search(title) else title,
        "author": info.get("Author", ""),
        "tags": info.get("Keywords", "").replace(";", ","),
    }
    fields, notes = metadata.clean(found, name)
    date = _DATE.match(info.get("CreationDate", ""))
    if date:
        written = "-".join(filter(None, date.groups()))
        dated, _ = metadata.clean({"date": written}, name)
        fields |= dated
        notes += tuple(metadata.date_note(each, "the file's metadata") for each in dated.values())
    return fields, notes
