"""Where the text of an RTF file goes: to the body, a note, a text box, the head of a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from backstory.indexer.readers import LeftOut
from backstory.indexer.readers.blocks import Block
from backstory.indexer.readers.office import DELETED, HIDDEN, PAGE_NUMBER, only_counts_pages
from backstory.indexer.readers.raised import Place, Run, joined


@dataclass(slots=True)
class State:
    """What a group inherits from the one around it. Text goes to `sink`, or nowhere if None.

    `name` is that of the destination, `fallback` how many characters after a \\u stand for it
    where Unicode is not known. `is_over` says that whatever is inside is passed over.
    """

    sink: Flow | Words | None
    flow: Flow
    name: str = ""
    font: int | None = None
    style: int | None = None
    fallback: int = 1
    place: Place = Place.LINE
    is_deleted: bool = False
    is_hidden: bool = False
    level: int = 0
    is_item: bool = False
    is_in_table: bool = False
    is_over: bool = False
    outer: Flow | Words | None = None  # where Unicode goes that is given beside other characters
    done: Callable[[], None] | None = None  # what is to do at the end of this group


@dataclass(slots=True)
class Words:
    """Text that is no part of the document: the name of a style, an instruction."""

    _parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts)

    def add(self, text: str, state: State) -> None:
        """Add text."""
        self._parts.append(text)


class _Kind(StrEnum):
    TEXT, LIST, TABLE = "", "list", "table"


@dataclass(slots=True)
class Flow:
    """Paragraphs, items and rows in a row; what hangs on one of them follows it.

    `label` is the number or bullet of the item that is being read, None where it is none.
    """

    left_out: list[LeftOut]
    blocks: list[Block] = field(default_factory=list)
    hanging: list[Block] = field(default_factory=list)
    label: str | None = None
    counts_pages: bool = False
    _runs: list[Run] = field(default_factory=list)
    _cells: list[str] = field(default_factory=list)
    _left: list[tuple[str, str]] = field(default_factory=list)  # kinds and texts
    _group: int = 0
    _was: _Kind = _Kind.TEXT

    def add(self, text: str, state: State) -> None:
        """Add text to the paragraph, or to what is left out of it."""
        kind = _why_left(state)
        if kind:
            self._left.append((kind, text))
        else:
            self._runs.append((text, state.place))
            self.leave_out()

    def leave_out(self) -> None:
        """End the piece that is being left out, if one is."""
        for kind, pieces in groupby(self._left, key=lambda piece: piece[0]):
            text = " ".join("".join(piece for _, piece in pieces).split())
            if text:
                self.left_out.append(LeftOut(kind, text))
        self._left = []

    def end_paragraph(self, state: State) -> None:
        """End a paragraph; in a table it goes on after a blank."""
        if state.is_in_table:
            self._runs.append((" ", Place.LINE))
            return
        self.end_row()
        text, label, counts_pages = joined(self._runs), self.label, self.counts_pages
        self._end_line()
        if counts_pages and only_counts_pages(text):
            self.left_out.append(LeftOut(PAGE_NUMBER, " ".join(text.split()) or "a page number"))
        elif text.strip():
            self._append(text, label, state)
        self._hang()

    def end_cell(self) -> None:
        """End a cell of a table."""
        label = self.label if _is_number(self.label) else None
        text = " ".join(joined(self._runs).split())
        self._cells.append(" ".join(filter(None, (label, text))))
        self._end_line()

    def end_row(self) -> None:
        """End a row of a table, if there is one."""
        cells, self._cells = self._cells, []
        if any(cells):
            row = ", ".join(filter(None, cells))
            self.blocks.append(Block(row, group=self._in_group(_Kind.TABLE)))
            self._hang()

    def text(self) -> str:
        """Return all of it on one line."""
        return " ".join(" ".join(block.text for block in self.blocks).split())

    def _append(self, text: str, label: str | None, state: State) -> None:
        is_item = (label is not None or state.is_item) and not state.level
        shown = f"{label} {text}" if _is_number(label) else text
        group = self._in_group(_Kind.LIST if is_item else _Kind.TEXT)
        self.blocks.append(Block(shown, state.level, group, is_numbered=_is_number(label)))

    def _end_line(self) -> None:
        self.leave_out()
        self._runs, self.label, self.counts_pages = [], None, False

    def _in_group(self, kind: _Kind) -> int:
        self._group += kind not in (_Kind.TEXT, self._was)
        self._was = kind
        return self._group if kind else 0

    def _hang(self) -> None:
        if self.hanging:
            self.blocks += self.hanging
            self.hanging, self._was = [], _Kind.TEXT


def _why_left(state: State) -> str:
    return DELETED if state.is_deleted else HIDDEN if state.is_hidden else ""


def _is_number(label: str | None) -> bool:
    """Tell whether the label of an item is a number, not a bullet."""
    return label is not None and any(map(str.isalnum, label))
