"""OpenDocument texts, as LibreOffice writes them: headings, numbered lists, tables, notes.

Tracked changes are read as accepted; what was deleted or hidden is left out and told. Comments,
notes and text boxes follow the paragraph that they hang on. What stands at the head and the foot
of the pages is read once, at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Remark
from backstory.indexer.readers import Format, LeftOut, Reading, Source, metadata, title_from_name
from backstory.indexer.readers.archives import ENCRYPTED, Archive
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.markup import attribute, local, xml_tree
from backstory.indexer.readers.numbering import Counters
from backstory.indexer.readers.office import (
    DELETED,
    HIDDEN,
    PAGE_NUMBER,
    comment,
    edges,
    only_counts_pages,
    optional,
)
from backstory.indexer.readers.opendocument_styles import Characters, Lists, Styles
from backstory.indexer.readers.raised import Run, joined
from backstory.indexer.readers.word_styles import integer

_KIND = "application/vnd.oasis.opendocument.text"
FORMAT = Format(
    "an OpenDocument text",
    suffixes=(".odt", ".ott"),
    mimetypes=(_KIND, f"{_KIND}-template"),
    media_types={_KIND: ".odt"},
    packages=("lxml",),
)

_NO_TEXT = frozenset({"forms", "note-citation", "sequence-decls", "ruby-text", "number"})
_SPACES = frozenset({"s", "tab", "line-break"})
_HANGING = frozenset({"note", "annotation", "text-box", "custom-shape"})
_HIDDEN_TEXT = frozenset({"hidden-text", "hidden-paragraph"})
_PAGE_FIELDS = frozenset({"page-number", "page-count"})
_HEADS = frozenset({"header", "header-left", "header-first"})
_FEET = frozenset({"footer", "footer-left", "footer-first"})
_META = {
    "title": "title",
    "initial-creator": "author",
    "creation-date": "date",
    "language": "language",
}


def read(source: Source) -> Reading:
    """Read an OpenDocument text (.odt)."""
    archive = open_archive(source)
    content = xml_tree(archive.read("content.xml"), source.name)
    broken: list[Remark] = []
    styles = _optional(archive, "styles.xml", source.name, broken)
    fields, notes = meta_fields(archive, source.name)
    text = _Text(Styles((styles, content)))
    title, cut = paragraphs(text.whole(content, styles), fields.get("title", ""))
    fields["title"] = title or title_from_name(source.name)
    return Reading(cut, notes=(*notes, *broken), left_out=tuple(text.left_out), **fields)


def _optional(archive: Archive, part: str, name: str, notes: list[Remark]) -> Any:
    """Return the XML of a part, an empty element where it is missing or, with a note, broken."""
    tree = None
    if part in archive:
        tree = optional(part, lambda: xml_tree(archive.read(part), name), notes)
    return () if tree is None else tree


@dataclass(slots=True)
class _Line:
    """What has been read of a paragraph; `hanging` are the elements that follow it."""

    runs: list[Run] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    hanging: list[Any] = field(default_factory=list)
    counts_pages: bool = False

    def add(self, text: str | None, characters: Characters) -> None:
        """Add text, to what is hidden where it is."""
        if text and characters.is_hidden:
            self.hidden.append(text)
        elif text:
            self.runs.append((text, characters.place))


def open_archive(source: Source) -> Archive:
    """Open an OpenDocument file; raise UnreadableDocument for one with a password."""
    archive = Archive(source)
    manifest = "META-INF/manifest.xml"
    if manifest in archive and b"encryption-data" in archive.read(manifest):
        raise UnreadableDocument(source.name, ENCRYPTED)
    return archive


class _Text:
    """The text of a document, block by block."""

    def __init__(self, styles: Styles) -> None:
        self._styles, self._lists = styles, Lists(styles)
        self._group = 0
        self.left_out: list[LeftOut] = []

    def whole(self, content: Any, styles: Any) -> Iterator[Block]:
        """Yield the text of the document, then what stands at the head and foot of pages."""
        body = next((each for each in content.iter() if local(each) == "text"), content)
        yield from self.blocks(body)
        yield from edges(self._edge(styles, _HEADS), self._edge(styles, _FEET))

    def blocks(self, parent: Any) -> Iterator[Block]:
        """Yield the headings, paragraphs, items and rows under an element."""
        for element in parent:
            name = local(element)
            if name == "h":
                depth = integer(attribute(element, "outline-level"), 1)
                yield from self._line(element, max(depth, 1), self._lists.heading(depth - 1))
            elif name == "p":
                is_title = self._styles.is_title(attribute(element, "style-name"))
                yield from self._line(element, int(is_title))
            elif name == "list":
                self._group += 1
                yield from self._list(element, "", None, 0)
            elif name == "table":
                yield from self._table(element)
            elif name == "section" and attribute(element, "display") == "none":
                self._leave(HIDDEN, element)
            elif name == "tracked-changes":
                for deletion in _under(element, "deletion"):
                    self._leave(DELETED, deletion)
            elif name not in _NO_TEXT and len(element):
                yield from self.blocks(element)

    def _edge(self, styles: Any, names: frozenset[str]) -> Iterator[Block]:
        for element in _under(styles, *names):
            yield from self.blocks(element)

    def _line(
        self, element: Any, level: int = 0, label: str = "", *, group: int = 0
    ) -> Iterator[Block]:
        line = self._read(element)
        text = joined(line.runs)
        if line.counts_pages and only_counts_pages(text):
            self.left_out.append(LeftOut(PAGE_NUMBER, " ".join(text.split()) or "a page number"))
        else:
            shown = f"{label} {text}" if label and text.strip() else text
            yield Block(shown, level, group, is_numbered=bool(label))
        yield from self._hung(line.hanging)

    def _list(
        self, element: Any, style: str, counters: Counters | None, depth: int
    ) -> Iterator[Block]:
        """Yield the items of a list; one within another counts on at a deeper level."""
        style = attribute(element, "style-name") or style
        if counters is None:
            counters = self._lists.enter(element, style)
        for item in element:
            if start := attribute(item, "start-value"):
                counters.restart(depth, integer(start, 1))
            is_item = local(item) == "list-item"
            for part in item:
                if local(part) == "list":
                    yield from self._list(part, style, counters, depth + 1)
                    continue
                label = counters.label(self._styles.levels(style), depth) if is_item else ""
                is_item = False  # only the first paragraph of an item has its number
                if local(part) == "h":
                    yield from self._line(part, depth + 1, label)
                elif local(part) == "p":
                    yield from self._line(part, 0, label, group=self._group)
                else:
                    yield from self.blocks([part])

    def _table(self, table: Any) -> Iterator[Block]:
        self._group += 1
        group = self._group
        hanging: list[Any] = []
        for row in _under(table, "table-row"):
            cells = (self._cell(cell, hanging) for cell in row if local(cell) == "table-cell")
            yield Block(", ".join(filter(None, cells)), group=group)
        yield from self._hung(hanging)

    def _cell(self, cell: Any, hanging: list[Any]) -> str:
        """Return the text of all paragraphs of a cell or a note, on one line."""
        texts = []
        for element in _under(cell, "p", "h"):
            line = self._read(element)
            hanging += line.hanging
            texts.append(joined(line.runs))
        return " ".join(" ".join(filter(None, texts)).split())

    def _read(self, element: Any) -> _Line:
        line = _Line()
        self._walk(element, line, self._styles.characters(attribute(element, "style-name")))
        if line.hidden:
            self.left_out.append(LeftOut(HIDDEN, " ".join(" ".join(line.hidden).split())))
        return line

    def _walk(self, element: Any, line: _Line, characters: Characters) -> None:
        line.add(element.text, characters)
        for part in element:
            name = local(part)
            if name in _SPACES:
                line.add(" ", characters)
            elif name in _HANGING:
                line.hanging.append(part)
            elif name in _PAGE_FIELDS:
                line.counts_pages = True
            elif name in _HIDDEN_TEXT:
                said = attribute(part, "string-value") or "".join(part.itertext())
                line.add(said, Characters(is_hidden=True))
            elif name not in _NO_TEXT:
                self._walk(part, line, self._within(part, characters))
            line.add(part.tail, characters)

    def _within(self, part: Any, characters: Characters) -> Characters:
        """Return what a part of a paragraph says of its characters, or what holds around it."""
        own = self._styles.characters(attribute(part, "style-name"))
        return own if local(part) == "span" and own != Characters() else characters

    def _hung(self, hanging: list[Any]) -> Iterator[Block]:
        """Yield the text boxes, the notes and the comments that hang on a paragraph."""
        for element in hanging:
            name = local(element)
            if name == "annotation":
                told = {local(each): "".join(each.itertext()) for each in element}
                author, date = told.get("creator", ""), told.get("date", "")[:10]
                yield comment(self._cell(element, []), author, date)
            elif name == "note":
                yield Block(self._cell(element, []))
            else:
                yield from self.blocks(element)

    def _leave(self, kind: str, element: Any) -> None:
        if text := self._cell(element, []):
            self.left_out.append(LeftOut(kind, text))


def _under(parent: Any, *names: str) -> Iterator[Any]:
    """Yield the elements of these names under another, not those within each other."""
    for element in parent:
        if local(element) in names:
            yield element
        elif local(element) not in _HANGING:
            yield from _under(element, *names)


def meta_fields(archive: Archive, name: str) -> tuple[metadata.Fields, metadata.Notes]:
    """Return what an OpenDocument file says about itself, and notes on it."""
    broken: list[Remark] = []
    meta = _optional(archive, "meta.xml", name, broken)
    told = [each for part in meta for each in part.iter()]
    info = {local(each): each.text or "" for each in told}
    own: dict[str, object] = {field: info.get(key, "") for key, field in _META.items()}
    own["author"] = own["author"] or info.get("creator", "")
    own["tags"] = [each.text or "" for each in told if local(each) == "keyword"]
    fields, notes = metadata.clean(own, name)
    if "date" in fields:
        notes += (metadata.date_note(fields["date"], "the file's metadata"),)
    return fields, (*notes, *broken)
