"""Word files: paragraphs, headings by their styles, lists, tables and footnotes.

Only the parts that hold text are opened. Tracked changes are read as accepted: what was inserted
is text, what was deleted is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from backstory.indexer.readers import Format, Reading, Source, metadata, title_from_name
from backstory.indexer.readers.archives import Archive
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.markup import xml_tree

FORMAT = Format(
    "a Word file",
    suffixes=(".docx", ".docm"),
    zip_names=("word/document.xml",),
    media_types={
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx"
    },
    packages=("lxml",),
)

_DOCUMENT = "word/document.xml"
_SKIPPED = frozenset(
    {"del", "moveFrom", "instrText", "delText", "rPr", "pPr", "Fallback", "txbxContent"}
)
_SPACES = frozenset({"tab", "br", "cr", "ptab"})
_HEADING = re.compile(r"heading (\d)|(title)", re.IGNORECASE)
_MAX_STYLES = 20  # how far a style may be based on another
_CORE = {"title": "title", "creator": "author", "created": "date", "language": "language"}


def read(source: Source) -> Reading:
    """Read a Word file (.docx)."""
    archive = Archive(source)
    document = xml_tree(archive.read(_DOCUMENT), source.name)
    text = _Text(_levels(archive, source.name), _footnotes(archive, source.name))
    fields, notes = core_fields(archive, source.name)
    title, cut = paragraphs(text.blocks(document), fields.get("title", ""))
    fields["title"] = title or title_from_name(source.name)
    return Reading(cut, notes=notes, **fields)


def local(element: Any) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """Return an attribute by its name without namespace, or an empty string."""
    return next((str(v) for k, v in element.items() if k.rpartition("}")[2] == name), "")


def _child(element: Any, *path: str) -> Any:
    for name in path:
        element = next((each for each in element if local(each) == name), None)
        if element is None:
            return None
    return element


class _Text:
    """The text of a document part, block by block."""

    def __init__(self, levels: dict[str, int], footnotes: dict[str, str]) -> None:
        self._levels, self._footnotes = levels, footnotes
        self._group = 0
        self._in_list = False

    def blocks(self, parent: Any) -> Iterator[Block]:
        """Yield the paragraphs and rows under an element."""
        for element in parent:
            name = local(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                yield from self._table(element)
            elif name not in _SKIPPED and len(element):
                yield from self.blocks(element)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        properties = _child(paragraph, "pPr")
        style, is_item = "", False
        if properties is not None:
            styled = _child(properties, "pStyle")
            style = attribute(styled, "val") if styled is not None else ""
            is_item = _child(properties, "numPr") is not None or style.startswith("List")
        level = self._levels.get(style, 0)
        is_item = is_item and not level
        self._group += is_item and not self._in_list
        self._in_list = is_item
        yield Block(text_of(paragraph), level, self._group if is_item else 0)
        for element in paragraph.iter():
            if local(element) == "footnoteReference":
                yield Block(self._footnotes.get(attribute(element, "id"), ""))
            elif local(element) == "txbxContent" and not _is_fallback(element):
                yield from self.blocks(element)

    def _table(self, table: Any) -> Iterator[Block]:
        self._group += 1
        self._in_list = False
        group = self._group
        for row in table:
            if local(row) == "tr":
                cells = (_cell(cell) for cell in row if local(cell) in ("tc", "sdt"))
                yield Block(", ".join(filter(None, cells)), group=group)


def _cell(cell: Any) -> str:
    texts = (text_of(each) for each in cell.iter() if local(each) == "p")
    return " ".join(" ".join(filter(None, texts)).split())


def _is_fallback(element: Any) -> bool:
    return any(local(each) == "Fallback" for each in element.iterancestors())


def text_of(element: Any) -> str:
    """Return the text of a paragraph as it reads with all changes accepted."""
    parts: list[str] = []
    for child in element:
        name = local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name in _SPACES:
            parts.append(" ")
        elif name == "noBreakHyphen":
            parts.append("-")
        elif name not in _SKIPPED and len(child):
            parts.append(text_of(child))
    return "".join(parts)


def _levels(archive: Archive, name: str) -> dict[str, int]:
    """Return the level of heading that each style stands for, 0 for none."""
    if "word/styles.xml" not in archive:
        return {}
    styles = {
        attribute(style, "styleId"): style
        for style in xml_tree(archive.read("word/styles.xml"), name)
        if local(style) == "style"
    }
    return {style: _level(style, styles) for style in styles}


def _level(style: str, styles: dict[str, Any]) -> int:
    for _ in range(_MAX_STYLES):
        if style not in styles:
            break
        named = _child(styles[style], "name")
        heading = _HEADING.fullmatch(attribute(named, "val")) if named is not None else None
        if heading:
            return int(heading[1] or 1)
        outline = _child(styles[style], "pPr", "outlineLvl")
        if outline is not None and attribute(outline, "val") in "012345678":
            return int(attribute(outline, "val") or 8) + 1
        base = _child(styles[style], "basedOn")
        style = attribute(base, "val") if base is not None else ""
    return 0


def _footnotes(archive: Archive, name: str) -> dict[str, str]:
    if "word/footnotes.xml" not in archive:
        return {}
    notes = xml_tree(archive.read("word/footnotes.xml"), name)
    return {attribute(note, "id"): _cell(note) for note in notes if local(note) == "footnote"}


def core_fields(archive: Archive, name: str) -> tuple[metadata.Fields, metadata.Notes]:
    """Return what an Office file says about itself."""
    if "docProps/core.xml" not in archive:
        return {}, ()
    info = {
        local(each): each.text or "" for each in xml_tree(archive.read("docProps/core.xml"), name)
    }
    own = {field: info.get(key, "") for key, field in _CORE.items()}
    own["tags"] = info.get("keywords", "").replace(";", ",")
    fields, notes = metadata.clean(own, name)
    if "date" in fields:
        notes += (metadata.date_note(fields["date"], "the file's metadata"),)
    return fields, notes
