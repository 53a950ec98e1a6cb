"""The text of a part of a Word file, block by block, with everything that hangs on a paragraph.

Tracked changes are read as accepted: what was inserted is text. What was deleted or hidden, and
the page numbers that the program counts, are left out and told with their kind. Text boxes, notes
and comments follow the paragraph, or the row, that they hang on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from backstory.indexer.readers import LeftOut
from backstory.indexer.readers.blocks import Block
from backstory.indexer.readers.markup import attribute, child, local
from backstory.indexer.readers.office import (
    DELETED,
    HIDDEN,
    PAGE_NUMBER,
    comment,
    is_page_field,
    only_counts_pages,
)
from backstory.indexer.readers.raised import Place, Run, joined
from backstory.indexer.readers.word_styles import (
    Numbering,
    Style,
    Styles,
    outline,
    with_characters,
    with_list,
)

_NO_TEXT = frozenset({"rPr", "pPr", "tblPr", "trPr", "tcPr", "sectPr", "sdtPr", "rt"})
_SPACES = frozenset({"tab", "br", "cr", "ptab"})
_DELETIONS = frozenset({"del", "moveFrom"})
_REFERENCES = frozenset({"footnoteReference", "endnoteReference", "commentReference"})
# What is drawn, and the attribute that has the id of its part; "" where it is in this one.
_DRAWN = {"txbxContent": "", "relIds": "dm", "chart": "id"}

_INSTRUCTION = 100  # characters of a field's that are looked at

Notes = Mapping[tuple[str, str], Any]


@dataclass(slots=True)
class _Line:
    """What has been read of a paragraph; `hanging` are the elements that follow it."""

    runs: list[Run] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)  # kinds and texts
    hanging: list[Any] = field(default_factory=list)
    # What the fields say that are open: their instruction, and whether their result has begun.
    fields: list[tuple[str, bool]] = field(default_factory=list)

    def add(self, text: str, style: Style, kind: str) -> None:
        """Add text where it is text; `kind` says why it is to be left out."""
        kind = kind or (HIDDEN if style.is_hidden else "")
        if not kind and any(shown and is_page_field(said) for said, shown in self.fields):
            kind = PAGE_NUMBER
        if not kind:
            self.runs.append((text, style.place or Place.LINE))
            self.left_out.append(("", ""))  # what is left out after it is a piece of its own
        else:
            self.left_out.append((kind, text))

    def field(self, mark: str) -> None:
        """Open a field, begin its result, or close it."""
        if mark == "begin":
            self.fields.append(("", False))
        elif self.fields and mark == "separate":
            self.fields[-1] = (self.fields[-1][0], True)
        elif self.fields and mark == "end":
            self.fields.pop()

    def instruct(self, said: str) -> None:
        """Add to the instruction of the innermost field."""
        if self.fields:
            before, has_begun = self.fields[-1]
            self.fields[-1] = (f"{before}{said}"[:_INSTRUCTION], has_begun)


class Text:
    """Reads parts of one document; counts its lists, and gathers what is left out.

    `related` returns the blocks of another part by the id of its relation: those of a document
    within the document, a diagram, a chart.
    """

    def __init__(
        self,
        styles: Styles,
        numbering: Numbering,
        notes: Notes,
        related: Callable[[str], Iterator[Block]] = lambda _: iter(()),
    ) -> None:
        self._styles, self._numbering, self._notes = styles, numbering, notes
        self._related = related
        self._group = 0
        self._in_list = False
        self._pending: _Line | None = None  # its paragraph mark was deleted: the next goes on
        self.left_out: list[LeftOut] = []
        self.noted: set[tuple[str, str]] = set()

    def blocks(self, parent: Any) -> Iterator[Block]:
        """Yield the paragraphs and rows under an element."""
        for element in _present(parent):
            name = local(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                yield from self._table(element)
            elif name == "altChunk":
                yield from self._related(attribute(element, "id"))
            elif name in _DELETIONS or (name == "sdtContent" and not len(element)):
                continue
            elif name not in _NO_TEXT and len(element):
                yield from self.blocks(element)

    def comment(self, element: Any) -> Block:
        """Return a comment as a paragraph that says who made it."""
        author, date = attribute(element, "author"), attribute(element, "date")[:10]
        return comment(self._cell(element, []), author, date)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        line, style = self._read(paragraph)
        if _mark_is_deleted(paragraph):
            self._pending = line
            return
        text = joined(line.runs)
        self._keep(line, text)
        label = self._label(style)
        is_item = not style.level and (label is not None or _is_list(paragraph, style))
        self._group += is_item and not self._in_list
        self._in_list = is_item
        if not _is_page_number(line, text):
            shown = f"{label} {text}" if label and text.strip() else text
            yield Block(shown, style.level, self._group if is_item else 0, is_numbered=bool(label))
        yield from self._hung(line.hanging)

    def _label(self, style: Style) -> str | None:
        if style.list_id is None:
            return None
        return self._numbering.label(style.list_id, style.list_level)

    def _table(self, table: Any) -> Iterator[Block]:
        self._group += 1
        self._in_list = False
        group = self._group
        hanging: list[Any] = []
        for row in _rows(table):
            cells = (self._cell(cell, hanging) for cell in row if local(cell) in ("tc", "sdt"))
            yield Block(", ".join(filter(None, cells)), group=group)
        yield from self._hung(hanging)

    def _cell(self, cell: Any, hanging: list[Any]) -> str:
        """Return the text of all paragraphs of a cell or a note, on one line."""
        texts = []
        for paragraph in _paragraphs(cell):
            line, style = self._read(paragraph)
            text = joined(line.runs)
            self._keep(line, text)
            hanging += line.hanging
            texts += [self._label(style) or "", text]
        return " ".join(" ".join(filter(None, texts)).split())

    def _keep(self, line: _Line, text: str) -> None:
        for kind, pieces in groupby(line.left_out, key=lambda piece: piece[0]):
            left = " ".join("".join(piece for _, piece in pieces).split())
            if left and kind != PAGE_NUMBER:
                self.left_out.append(LeftOut(kind, left))
        if _is_page_number(line, text):
            number = "".join(left for kind, left in line.left_out if kind == PAGE_NUMBER)
            self.left_out.append(LeftOut(PAGE_NUMBER, " ".join(f"{text} {number}".split())))

    def _read(self, paragraph: Any) -> tuple[_Line, Style]:
        properties = child(paragraph, "pPr")
        styled = child(properties, "pStyle") if properties is not None else None
        style = self._styles[attribute(styled, "val") if styled is not None else "Normal"]
        style = with_list(style, properties)
        level = outline(properties)
        style = style if level is None else replace(style, level=level)
        line, self._pending = self._pending or _Line(), None
        self._walk(paragraph, line, style, "")
        return line, style

    def _walk(self, element: Any, line: _Line, style: Style, kind: str) -> None:
        for each in _present(element):
            name = local(each)
            if name in ("t", "delText"):
                line.add(each.text or "", style, DELETED if name == "delText" else kind)
            elif name in _SPACES:
                line.add(" ", style, kind)
            elif name == "noBreakHyphen":
                line.add("-", style, kind)
            elif name == "fldChar":
                line.field(attribute(each, "fldCharType"))
            elif name in ("instrText", "delInstrText"):
                line.instruct(each.text or "")
            elif name in _REFERENCES or name in _DRAWN:
                if not kind:
                    line.hanging.append(each)
            elif name == "fldSimple":
                line.fields.append((attribute(each, "instr"), True))
                self._walk(each, line, style, kind)
                line.field("end")
            elif name not in _NO_TEXT and len(each):
                within = self._of_run(style, each) if name == "r" else style
                self._walk(each, line, within, DELETED if name in _DELETIONS else kind)

    def _of_run(self, style: Style, run: Any) -> Style:
        properties = child(run, "rPr")
        if properties is None:
            return style
        named = child(properties, "rStyle")
        if named is not None:
            own = self._styles[attribute(named, "val")]
            style = replace(
                style,
                place=own.place or style.place,
                is_hidden=style.is_hidden if own.is_hidden is None else own.is_hidden,
            )
        return with_characters(style, properties)

    def _hung(self, hanging: list[Any]) -> Iterator[Block]:
        """Yield what is drawn, then the notes and comments that hang on a paragraph."""
        for element in hanging:
            if part := _DRAWN.get(local(element), ""):
                yield from self._related(attribute(element, part))
            elif local(element) in _DRAWN:
                yield from self.blocks(element)
        for element in hanging:
            key = (local(element).removesuffix("Reference"), attribute(element, "id"))
            note = self._notes.get(key)
            if note is None or key in self.noted:
                continue
            self.noted.add(key)
            yield self.comment(note) if key[0] == "comment" else Block(self._cell(note, []))


def _present(parent: Any) -> Iterator[Any]:
    """Yield the children; of content that is there in two forms, the first that has text."""
    for element in parent:
        if local(element) != "AlternateContent":
            yield element
            continue
        forms = [each for each in element if local(each) in ("Choice", "Fallback")]
        told = [
            each for each in forms if any(local(e) in ("txbxContent", "t") for e in each.iter())
        ]
        yield from (told or forms)[:1]


def _rows(table: Any) -> Iterator[Any]:
    for element in table:
        if local(element) == "tr":
            yield element
        elif local(element) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _rows(element)


def _paragraphs(cell: Any) -> Iterator[Any]:
    """Yield the paragraphs of a cell, those of tables in it too; not those of text boxes."""
    for element in _present(cell):
        if local(element) == "p":
            yield element
        elif local(element) not in _NO_TEXT and len(element):
            yield from _paragraphs(element)


def _mark_is_deleted(paragraph: Any) -> bool:
    properties = child(paragraph, "pPr", "rPr")
    return properties is not None and child(properties, "del") is not None


def _is_list(paragraph: Any, style: Style) -> bool:
    """Tell whether a style without a list of its own is called one."""
    styled = child(paragraph, "pPr", "pStyle")
    is_named = styled is not None and attribute(styled, "val").startswith("List")
    return is_named and style.list_id is None


def _is_page_number(line: _Line, text: str) -> bool:
    """Tell whether a line is a page number, with a word or two around it."""
    has_number = any(kind == PAGE_NUMBER for kind, _ in line.left_out)
    return has_number and only_counts_pages(text)
