"""OpenDocument texts, as LibreOffice writes them: paragraphs, headings, lists, tables, notes.

Tracked deletions and comments are no text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.readers import Format, Reading, Source, metadata, title_from_name
from backstory.indexer.readers.archives import ENCRYPTED, Archive
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.markup import attribute, local, xml_tree

_KIND = "application/vnd.oasis.opendocument.text"
FORMAT = Format(
    "an OpenDocument text",
    suffixes=(".odt", ".ott"),
    mimetypes=(_KIND, f"{_KIND}-template"),
    media_types={_KIND: ".odt"},
    is_risky=True,
    packages=("lxml",),
)

_SKIPPED = frozenset({"tracked-changes", "annotation", "forms", "note-citation", "sequence-decls"})
_SPACES = frozenset({"s", "tab", "line-break"})
_META = {
    "title": "title",
    "initial-creator": "author",
    "creation-date": "date",
    "language": "language",
}


def read(source: Source) -> Reading:
    """Read an OpenDocument text (.odt)."""
    archive = Archive(source)
    manifest = "META-INF/manifest.xml"
    if manifest in archive and b"encryption-data" in archive.read(manifest):
        raise UnreadableDocument(source.name, ENCRYPTED)
    content = xml_tree(archive.read("content.xml"), source.name)
    fields, notes = _fields(archive, source.name)
    body = next((each for each in content.iter() if local(each) == "text"), content)
    title, cut = paragraphs(_Text().blocks(body), fields.get("title", ""))
    fields["title"] = title or title_from_name(source.name)
    return Reading(cut, notes=notes, **fields)


class _Text:
    """The text of a document, block by block."""

    def __init__(self) -> None:
        self._group = 0

    def blocks(self, parent: Any, group: int = 0) -> Iterator[Block]:
        """Yield the headings, paragraphs, items and rows under an element."""
        for element in parent:
            name = local(element)
            if name == "h":
                yield Block(_text(element), int(attribute(element, "outline-level") or 1))
            elif name == "p":
                is_title = attribute(element, "style-name") == "Title"
                yield Block(_text(element), int(is_title), group)
                yield from self._within(element)
            elif name == "list":
                self._group += not group
                yield from self.blocks(element, group or self._group)
            elif name == "table":
                yield from self._table(element)
            elif name not in _SKIPPED and len(element):
                yield from self.blocks(element, group)

    def _within(self, paragraph: Any) -> Iterator[Block]:
        """Yield the notes and text boxes that hang on a paragraph."""
        for element in paragraph.iter():
            if local(element) in ("note-body", "text-box"):
                yield from self.blocks(element)

    def _table(self, table: Any) -> Iterator[Block]:
        self._group += 1
        group = self._group
        for row in table.iter():
            if local(row) == "table-row":
                cells = (_cell(cell) for cell in row if local(cell) == "table-cell")
                yield Block(", ".join(filter(None, cells)), group=group)


def _cell(cell: Any) -> str:
    texts = (_text(each) for each in cell.iter() if local(each) in ("p", "h"))
    return " ".join(" ".join(filter(None, texts)).split())


def _text(element: Any) -> str:
    """Return the text of a paragraph without the notes and frames in it."""
    parts = [element.text or ""]
    for child in element:
        name = local(child)
        if name in _SPACES:
            parts.append(" ")
        elif name not in _SKIPPED and name not in ("note", "frame"):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _fields(archive: Archive, name: str) -> tuple[metadata.Fields, metadata.Notes]:
    if "meta.xml" not in archive:
        return {}, ()
    tree = xml_tree(archive.read("meta.xml"), name)
    info = {local(each): each.text or "" for each in tree.iter()}
    own: dict[str, object] = {field: info.get(key, "") for key, field in _META.items()}
    own["author"] = own["author"] or info.get("creator", "")
    own["tags"] = [each.text or "" for each in tree.iter() if local(each) == "keyword"]
    fields, notes = metadata.clean(own, name)
    if "date" in fields:
        notes += (metadata.date_note(fields["date"], "the file's metadata"),)
    return fields, notes
