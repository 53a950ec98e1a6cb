"""Word files: paragraphs, headings by their styles, numbered lists, tables, notes and comments.

Only the parts that hold text are opened. What stands at the head and the foot of the pages is read
once, at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, Reading, Source, metadata, title_from_name
from backstory.indexer.readers.archives import Archive
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.dispatch import member
from backstory.indexer.readers.markup import attribute, local, xml_tree
from backstory.indexer.readers.office import edges, optional
from backstory.indexer.readers.opc import Package
from backstory.indexer.readers.word_styles import Numbering, Styles
from backstory.indexer.readers.word_text import Text

_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MACROS = "application/vnd.ms-word"
FORMAT = Format(
    "a Word file",
    suffixes=(".docx", ".docm", ".dotx", ".dotm"),
    zip_names=("word/document.xml",),
    mimetypes=(
        f"{_MAIN}.document.main+xml",
        f"{_MAIN}.template.main+xml",
        f"{_MACROS}.document.macroEnabled.main+xml",
        f"{_MACROS}.template.macroEnabledTemplate.main+xml",
    ),
    media_types={
        f"{_MAIN}.document": ".docx",
        f"{_MAIN}.template": ".dotx",
        f"{_MACROS}.document.macroEnabled.12": ".docm",
        f"{_MACROS}.template.macroEnabled.12": ".dotm",
    },
    packages=("lxml",),
)

_PROPERTIES = "docProps/core.xml"
_DOCUMENT = "word/document.xml"
_CHUNK = "aFChunk"  # the kind of a relation to a document within the document
_CORE = {"title": "title", "creator": "author", "created": "date", "language": "language"}
_WITHIN = 8  # the level of headings of a document within the document


def read(source: Source) -> Reading:
    """Read a Word file (.docx)."""
    package = Package(source)
    document = _Document(source, package)
    fields, notes = core_fields(package.archive, source.name)
    title, cut = paragraphs(document.blocks(), fields.get("title", ""))
    fields["title"] = title or title_from_name(source.name)
    left_out = tuple(document.text.left_out)
    return Reading(cut, notes=(*notes, *package.notes), left_out=left_out, **fields)


class _Document:
    """The main part of a Word file with those that it refers to."""

    def __init__(self, source: Source, package: Package) -> None:
        self._source, self._package = source, package
        self._main = package.main(_DOCUMENT)
        self._shown: set[str] = set()
        self._tree = package.tree(self._main)
        self._notes: dict[tuple[str, str], Any] = {
            (kind, attribute(each, "id")): each
            for kind in ("footnote", "endnote", "comment")
            for tree in self._parts(f"{kind}s")
            for each in tree
            if local(each) == kind
        }
        styles, numbering = (next(self._parts(kind), None) for kind in ("styles", "numbering"))
        self.text = Text(Styles(styles), Numbering(numbering), self._notes, self._related)

    def blocks(self) -> Iterator[Block]:
        """Yield the text, the comments that hang on nothing, and the heads and feet of pages."""
        yield from self.text.blocks(self._tree)
        for key, note in self._notes.items():
            if key[0] == "comment" and key not in self.text.noted:
                yield self.text.comment(note)
        yield from edges(self._edge("header"), self._edge("footer"))

    def _parts(self, kind: str) -> Iterator[Any]:
        trees = (self._package.optional(part) for part in self._package.related(self._main, kind))
        return (tree for tree in trees if tree is not None)

    def _edge(self, kind: str) -> Iterator[Block]:
        for tree in self._parts(kind):
            yield from self.text.blocks(tree)
            yield from _watermarks(tree)

    def _related(self, relation: str) -> Iterator[Block]:
        """Yield the text of another part: a document within the document, a diagram, a chart."""
        found = (each for each in self._package.relations(self._main) if each.id == relation)
        told = next(found, None)
        if relation in self._shown:  # once is enough, however often it is referred to
            return
        self._shown.add(relation)
        if told is None or told.target not in self._package:
            if told is None or told.kind == _CHUNK:
                self._leave(relation, "the file lacks this document within the document")
        elif told.kind == _CHUNK:
            yield from self._within(told.target)
        else:
            tree = self._package.optional(told.target)
            yield from _drawn(tree) if tree is not None else ()

    def _within(self, part: str) -> Iterator[Block]:
        try:
            with self._source.deeper("documents"):
                within = member(self._source, part, self._package.read(part))
        except UnreadableDocument as error:
            self._leave(part, error.reason)
            return
        if within.reading is None:
            self._leave(part, within.reason)
            return
        self._package.notes += within.reading.notes
        self.text.left_out += within.reading.left_out
        yield from _replayed(within.reading, part)

    def _leave(self, part: str, problem: str) -> None:
        self._package.notes.append(Remark.of(Code.PART_BROKEN, part=part, problem=problem))


def _replayed(reading: Reading, name: str) -> Iterator[Block]:
    """Yield the blocks that a document within the document was read as."""
    heading = "" if reading.title == title_from_name(name) else reading.title
    if heading:
        yield Block(heading, _WITHIN)
    for paragraph in reading.paragraphs:
        if paragraph.heading not in ("", heading):
            yield Block(paragraph.heading, _WITHIN + 1)
        heading = paragraph.heading
        yield Block(paragraph.text)


def _drawn(tree: Any) -> Iterator[Block]:
    """Yield the words in a diagram or a chart, a paragraph or the name of a value each."""
    for element in tree.iter():
        if local(element) == "p":
            yield Block("".join(each.text or "" for each in element.iter() if local(each) == "t"))
        elif local(element) == "strCache":
            names = (each.text or "" for each in element.iter() if local(each) == "v")
            yield Block(", ".join(names))


def _watermarks(tree: Any) -> Iterator[Block]:
    """Yield what is written across the pages, such as CONFIDENTIAL."""
    for element in tree.iter():
        if local(element) == "textpath":
            yield Block(attribute(element, "string"))


def core_fields(archive: Archive, name: str) -> tuple[metadata.Fields, metadata.Notes]:
    """Return what an Office file says about itself."""
    if _PROPERTIES not in archive:
        return {}, ()
    broken: list[Remark] = []
    tree = optional(_PROPERTIES, lambda: xml_tree(archive.read(_PROPERTIES), name), broken)
    info = {local(each): each.text or "" for each in (() if tree is None else tree)}
    own = {field: info.get(key, "") for key, field in _CORE.items()}
    own["tags"] = info.get("keywords", "").replace(";", ",")
    fields, notes = metadata.clean(own, name)
    if "date" in fields:
        notes += (metadata.date_note(fields["date"], "the file's metadata"),)
    return fields, (*notes, *broken)
